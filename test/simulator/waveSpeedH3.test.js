'use strict';

const { createHmac } = require('node:crypto');
const { startReceiver } = require('./testReceiver');
const { call, useSimulator, STANDARD } = require('./testClient');
const { png, dataUri } = require('./pictures');

/** Hailuo 3 on WaveSpeed (docs/providers.md I.2), and the corrections of I.3. */

const { sim, wave } = useSimulator({ jobTime: 20_000 });

const image = dataUri(png(640, 360));
const at = (name) => `/minimax/${name}`;
const many = (count) => Array.from({ length: count }, () => image);

test.each([
	['h3/text-to-video', { prompt: 'x', aspect_ratio: '9:16', resolution: '2k', duration: 15 }, 2.1],
	['h3/image-to-video', { image, last_image: image }, 0.5],
	['h3/reference-to-video', { prompt: 'x', reference_images: many(9), duration: 4 }, 0.4],
	['h3-lite/text-to-video', { prompt: 'x', resolution: '480p' }, undefined],
])('%s is taken, at the price of its quote', async (name, body, price) => {
	const quote = { model_id: `minimax/${name}`, inputs: body };
	const quoted = (await wave('/model/price', { body: quote })).json.data.price;
	if (price) expect(quoted).toBe(price);
	const { status, json } = await wave(at(name), { body });
	expect(status).toBe(200);
	const job = await sim.finished(json.data.id);
	expect(job).toMatchObject({ status: 'completed', cost: quoted });
});

test.each([
	['h3/text-to-video', { prompt: 'x', aspect_ratio: 'adaptive' }],
	['h3/text-to-video', { prompt: 'x', image }],
	['h3/text-to-video', { prompt: 'x', resolution: '480p' }],
	['h3/text-to-video', { prompt: 'x', duration: 3 }],
	['h3/image-to-video', { prompt: 'x' }],
	['h3/image-to-video', { image, end_image: image }],
	['h3/image-to-video', { image, aspect_ratio: '16:9' }],
	['h3/reference-to-video', { reference_images: [image] }],
	['h3/reference-to-video', { prompt: 'x', reference_images: many(10) }],
	['h3/reference-to-video', { prompt: 'x', reference_images: image }],
	['h3/reference-to-video', { prompt: 'x', reference_audios: ['http://a.example/a.mp3'] }],
	['h3-lite/text-to-video', { prompt: 'x', resolution: '2k' }],
])('%s refuses %j', async (name, body) => {
	expect((await wave(at(name), { body })).status).toBe(400);
	expect(sim.acceptedJobs()).toBe(0);
});

test('a reference picture is checked', async () => {
	const body = { prompt: 'x', reference_images: [image, dataUri(png(100, 100))] };
	const { json } = await wave(at('h3/reference-to-video'), { body });
	expect((await sim.finished(json.data.id)).error).toMatchObject({
		code: 1401,
		message: expect.stringContaining('reference_images[1]'),
	});
});

test('no credit, a wrong key, too many at the same time', async () => {
	const body = { prompt: 'x' };
	expect((await call(sim.urls.waveSpeed + STANDARD, { body, key: 'no' })).json).toEqual({
		code: 401,
		message: 'Invalid API key',
	});
	sim.account('waveSpeed').balance = 0;
	const broke = await wave(STANDARD, { body });
	expect([broke.status, broke.json.message]).toEqual([
		400,
		'Insufficient credits. Please top up your account to continue.',
	]);
	sim.account('waveSpeed').balance = 10;
	Object.assign(sim.options, { concurrencyRefused: true });
	sim.options.account.concurrent = 1;
	expect((await wave(STANDARD, { body: { prompt: '#sim:seconds=1000' } })).status).toBe(200);
	const full = await wave(STANDARD, { body });
	expect([full.status, full.json.message]).toEqual([
		429,
		'You have reached your concurrency limit',
	]);
	Object.assign(sim.options, { concurrencyRefused: false });
	sim.options.account.concurrent = Infinity;
	expect(sim.acceptedJobs()).toBe(1);
});

test('standard_webhook is signed by the Standard Webhooks specification', async () => {
	const hook = await startReceiver();
	await wave(`${STANDARD}?standard_webhook=${encodeURIComponent(hook.url)}`, {
		body: { prompt: 'x' },
	});
	const [{ headers, raw }] = await hook.got(1);
	const key = Buffer.from(sim.webhookSecret.slice('whsec_'.length), 'base64');
	const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${raw}`;
	const sum = createHmac('sha256', key).update(text).digest('base64');
	expect(headers['webhook-signature']).toBe(`v1,${sum}`);
	await hook.stop();
});
