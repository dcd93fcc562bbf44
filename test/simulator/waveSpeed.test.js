'use strict';

const { call, useSimulator, STANDARD } = require('./testClient');
const { png, jpegHead, webpHead, dataUri } = require('./pictures');

const { sim, wave } = useSimulator({ jobTime: 20_000 });

const submit = (body, model = STANDARD) => wave(model, { body });

async function ended(body, model) {
	const { json } = await submit(body, model);
	await sim.finished(json.data.id);
	return (await wave(`/predictions/${json.data.id}/result`)).json.data;
}

test('a job walks created, processing, completed, and both result paths tell of it', async () => {
	const processing = new Promise((resolve) => sim.once('processing', resolve));
	const { status, json } = await submit({ prompt: 'a cat #sim:seconds=600' });
	expect(status).toBe(200);
	expect(json).toMatchObject({ code: 200, message: 'success' });
	const { id } = json.data;
	expect(json.data).toMatchObject({
		id: expect.stringMatching(/^[0-9a-f]{32}$/),
		model: 'minimax/hailuo-02/standard',
		outputs: [],
		urls: { get: `${sim.urls.waveSpeed}/predictions/${id}/result` },
		has_nsfw_contents: [],
		status: 'created',
		error: '',
		executionTime: 0,
	});
	await processing;
	expect((await wave(`/predictions/${id}`)).json.data.status).toBe('processing');
	sim.skip(600_000);
	await sim.finished(id);
	const done = await call(json.data.urls.get, { key: 'test-key-wavespeed' });
	expect(done.json.data).toMatchObject({
		status: 'completed',
		outputs: [`${sim.urls.cdn}/outputs/${id}.mp4`],
		has_nsfw_contents: [false],
	});
	expect(done.json.data.timings.inference).toBeGreaterThanOrEqual(600_000);
	expect(sim.jobs.get(id).videoSha256).toHaveLength(64);
});

test.each([
	['no key', {}],
	['a wrong key', { authorization: 'Bearer nonsense' }],
	['X-API-Key', { 'x-api-key': 'test-key-wavespeed' }],
])('%s is refused with 401', async (_name, headers) => {
	const answer = await call(`${sim.urls.waveSpeed}/balance`, { headers });
	expect(answer.status).toBe(401);
	expect(answer.json.message).toBe('Invalid API key');
});

test('an unknown model or path is "Model not found."', async () => {
	for (const path of ['/minimax/hailuo-02/i2v-fast', '/media/upload', '/nothing']) {
		const answer = await wave(path, { body: {} });
		expect([answer.status, answer.json.message]).toEqual([400, 'Model not found.']);
	}
	expect((await wave('/nothing')).status).toBe(400);
});

test('money is taken at once and given back when the job fails', async () => {
	const { json } = await submit({ prompt: 'x #sim:fail=1403 #sim:seconds=6000', duration: 10 });
	expect((await wave('/balance')).json.data).toEqual({ balance: 99.44 });
	sim.skip(6000_000);
	const job = await sim.finished(json.data.id);
	expect((await wave('/balance')).json.data).toEqual({ balance: 100 });
	expect(job).toMatchObject({ cost: 0.56, charged: 0.56, refunded: 0.56, status: 'failed' });
});

test('a failed task is HTTP 200 with its code', async () => {
	const { json } = await submit({ prompt: 'x #sim:fail=1200' });
	await sim.finished(json.data.id);
	const answer = await wave(`/predictions/${json.data.id}/result`);
	expect(answer.status).toBe(200);
	expect(answer.json.code).toBe(200);
	expect(answer.json.data).toMatchObject({ status: 'failed', code: 1200, outputs: [] });
	expect(answer.json.data.error).not.toBe('');
	expect(await ended({ prompt: '#sim:fail=5003' })).toMatchObject({ code: 5003 });
	expect(await ended({ prompt: '#sim:fail' })).toMatchObject({ code: 1403 });
});

test.each(['cancelled', 'timeout', 'deleted'])('a job may end %s', async (word) => {
	expect((await ended({ prompt: `x #sim:${word}` })).status).toBe(word);
});

test('an unknown status lasts while the job runs, or for ever', async () => {
	const weird = (await submit({ prompt: '#sim:status=queued #sim:seconds=10' })).json.data;
	expect(weird.status).toBe('queued');
	await sim.finished(weird.id);
	expect((await wave(`/predictions/${weird.id}`)).json.data.status).toBe('completed');
	const { id } = (await submit({ prompt: '#sim:status=weird! #sim:seconds=1' })).json.data;
	sim.skip(3600_000);
	await new Promise((resolve) => setTimeout(resolve, 10));
	expect((await wave(`/predictions/${id}`)).json.data.status).toBe('weird');
});

test('outputs may be empty, objects, or flagged', async () => {
	expect((await ended({ prompt: '#sim:empty-outputs' })).outputs).toEqual([]);
	const object = await ended({ prompt: '#sim:object-outputs' });
	expect(object.outputs).toEqual([{ url: expect.stringMatching(/\.mp4$/) }]);
	expect((await ended({ prompt: '#sim:nsfw' })).has_nsfw_contents).toEqual([true]);
});

test('sim.outcome decides too, and the length of a job is a function', async () => {
	sim.outcome = (job) => (job.n === 2 ? { fail: 1405, message: 'second one' } : undefined);
	expect((await ended({ prompt: 'a' })).status).toBe('completed');
	expect((await ended({ prompt: 'b' })).error).toBe('second one');
});

test('bad parameters: 400 at submit, or a failed task', async () => {
	expect((await submit({})).json.message).toContain('prompt');
	expect((await submit({ prompt: 'x', duration: 7 })).status).toBe(400);
	expect((await submit({ prompt: 'x', duration: '6' })).status).toBe(400);
	expect((await submit({ prompt: 'x'.repeat(2001) })).status).toBe(400);
	expect((await submit({ prompt: 'x', seed: 1 })).status).toBe(200);
	expect([...sim.jobs.values()][0].extraFields).toEqual(['seed']);
	expect(sim.acceptedJobs()).toBe(1);
	Object.assign(sim.options, { badParams: 'task', strictFields: true });
	expect(await ended({})).toMatchObject({ status: 'failed', code: 1401 - 1 });
	expect(await ended({ prompt: 'x', duration: 7 })).toMatchObject({ code: 1401 });
	expect(await ended({ prompt: 'x', seed: 1 })).toMatchObject({ code: 1401 });
	Object.assign(sim.options, { badParams: 'submit', strictFields: false });
	const array = await submit([]);
	expect(array.status).toBe(400);
});

test.each([
	['a good PNG', dataUri(png(640, 360)), undefined],
	['the spelling with a space', dataUri(png(640, 360)).replace(';', '; '), undefined],
	['a good JPEG', dataUri(jpegHead(640, 360), 'image/jpeg'), undefined],
	['WebP', dataUri(webpHead(640, 360), 'image/webp'), 1401],
	['a short side of 300', dataUri(png(300, 400)), 1401],
	['exactly 5:2', dataUri(jpegHead(1000, 400)), 1401],
	['no picture', dataUri(Buffer.from('hello')), 1401],
	['no URL', 'C:/cat.png', 1402],
	['a public URL, not checked', 'https://example.com/cat.png', undefined],
])('a first frame that is %s', async (_name, image, code) => {
	const data = await ended({ image }, '/minimax/hailuo-02/fast');
	expect([data.status, data.code]).toEqual(code ? ['failed', code] : ['completed', undefined]);
});

test('an image URL on this machine is fetched; a missing one fails with 1402', async () => {
	const missing = `${sim.urls.cdn}/uploads/00/cat.png`;
	expect(await ended({ image: missing }, '/minimax/hailuo-02/fast')).toMatchObject({ code: 1402 });
	sim.options.foreignImages = 'fail';
	const data = await ended({ image: 'https://example.com/a.png' }, '/minimax/hailuo-02/fast');
	expect(data.code).toBe(1402);
	sim.options.foreignImages = 'accept';
});

test('created_at has 2 to 9 digits of fraction and is in the clock of the client', async () => {
	const seen = new Set();
	const from = sim.now() - 10;
	for (let i = 0; i < 8; i++) {
		const { created_at: at } = (await submit({ prompt: 'x' })).json.data;
		seen.add(/\.(\d+)Z$/.exec(at)?.[1].length);
		expect(Date.parse(at)).toBeGreaterThanOrEqual(from);
		expect(Date.parse(at)).toBeLessThanOrEqual(sim.now());
	}
	expect([...seen].sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
});

test('waiting for a job that does not exist is an error', async () => {
	await expect(sim.finished('none')).rejects.toThrow('No job none');
});
