'use strict';

const { startSimulator } = require('.');
const { clients, call, useSimulator, STANDARD } = require('./testClient');
const { models } = require('./data/waveSpeedModels.json');

const { sim, wave, vtrix, cdn } = useSimulator({ jobTime: 200 });

beforeEach(() => {
	Object.assign(sim.options.account, {
		concurrent: Infinity,
		submitsPerMinute: Infinity,
		balance: 100,
	});
});

const submit = async (prompt, model = STANDARD) =>
	(await wave(model, { body: { prompt } })).json.data;
const list = async (body) => (await wave('/predictions', { body })).json.data;

test('the list: newest first, pages, filters, inputs on request', async () => {
	const a = await submit('a');
	const b = await submit('b #sim:fail', '/minimax/hailuo-02/pro');
	await sim.finished(b.id);
	const c = await submit('c #sim:seconds=600');
	expect((await list({})).items.map((job) => job.id)).toEqual([c.id, b.id, a.id]);
	const second = await list({ page: 2, page_size: 2 });
	expect(second).toMatchObject({ page: 2, total: 3, items: [{ id: a.id }] });
	expect(second.items[0]).not.toHaveProperty('input');
	const withInput = await list({ model: 'minimax/hailuo-02/pro', include_inputs: true });
	expect(withInput.items).toMatchObject([{ id: b.id, input: { prompt: 'b #sim:fail' } }]);
	expect((await list({ status: 'failed' })).items).toMatchObject([{ id: b.id }]);
	const later = new Date(sim.now() + 60_000).toISOString();
	expect((await list({ created_after: later })).items).toEqual([]);
	expect((await list({ created_before: later })).total).toBe(3);
	const got = await wave('/predictions?page=1&page_size=1');
	expect(got.json.data.items).toHaveLength(1);
	expect((await wave('/predictions', { body: { page: 0 } })).status).toBe(400);
	expect((await wave('/predictions', { body: { page_size: 101 } })).status).toBe(400);
});

test('history ends after 7 days, outputs too; a new job may be missing from the list for a while', async () => {
	const { id } = await submit('a');
	await sim.finished(id);
	sim.skip(6 * 24 * 3600_000);
	const { created_at: at } = (await list({})).items[0];
	expect(sim.now() - Date.parse(at)).toBeGreaterThan(5 * 24 * 3600_000);
	sim.skip(2 * 24 * 3600_000);
	expect((await list({})).items).toEqual([]);
	expect((await wave(`/predictions/${id}/result`)).status).toBe(404);
	expect((await cdn(`/outputs/${id}.mp4`)).status).toBe(403);
	sim.options.listDelay = 60_000;
	await submit('b');
	expect((await list({})).total).toBe(0);
	sim.options.listDelay = 0;
	expect((await list({})).total).toBe(1);
});

test('delete takes jobs out of the history', async () => {
	const { id } = await submit('a');
	const answer = await wave('/predictions/delete', { body: { ids: [id, 'nothing'] } });
	expect(answer.json.data).toEqual({ deleted_count: 1 });
	expect((await wave(`/predictions/${id}`)).status).toBe(404);
	expect((await list({})).items).toEqual([]);
	expect((await wave('/predictions/delete', { body: {} })).status).toBe(400);
});

test('both price calls, each of which may be missing', async () => {
	const body = { model_id: 'minimax/hailuo-02/standard', inputs: { duration: 10 } };
	sim.options.discount = 0.1;
	expect((await wave('/model/price', { body })).json.data).toEqual({
		model_id: 'minimax/hailuo-02/standard',
		price: 0.56,
		discounted_price: 0.504,
		discount_rate: 0.1,
		currency: 'USD',
	});
	sim.options.discount = 0;
	expect((await wave('/model/pricing', { body })).json.data).toEqual({
		model_id: 'minimax/hailuo-02/standard',
		unit_price: 0.56,
		currency: 'USD',
	});
	const video02 = { model_id: 'minimax/video-02', inputs: { resolution: '1080p' } };
	expect((await wave('/model/pricing', { body: video02 })).json.data.unit_price).toBe(0.44);
	expect((await wave('/model/price', { body: { model_id: 'x' } })).status).toBe(400);
	for (const [priceCall, wanted] of [
		['price', [200, 400]],
		['pricing', [400, 200]],
		['none', [400, 400]],
	]) {
		sim.options.priceCall = priceCall;
		const both = [await wave('/model/price', { body }), await wave('/model/pricing', { body })];
		expect(both.map((answer) => answer.status)).toEqual(wanted);
	}
	sim.options.priceCall = 'both';
	expect(sim.paidPosts()).toBe(0);
});

test('the models in the captured form', async () => {
	const { data } = (await wave('/models')).json;
	expect(data).toHaveLength(models.length);
	const standard = data.find((item) => item.model_id === 'minimax/hailuo-02/standard');
	expect(standard).toMatchObject({ base_price: 0.23, type: 'image-to-video' });
	expect(standard.formula).toContain('560000');
	const [schema] = standard.api_schema.api_schemas;
	expect(schema).toMatchObject({ type: 'model_run', method: 'POST' });
	expect(schema.request_schema.properties.duration).toEqual({
		type: 'integer',
		default: 6,
		enum: [6, 10],
	});
	const h3 = data.find((item) => item.model_id.startsWith('minimax/h3'));
	expect(h3.description).toContain('invented');
	const long = await wave('/minimax/h3/text-to-video', { body: { prompt: 'x', duration: 16 } });
	expect(long.status).toBe(400);
});

test('an empty purse is 400 with words of credit, and nothing is accepted', async () => {
	sim.options.account.balance = 0.2;
	sim.reset();
	expect(await wave(STANDARD, { body: { prompt: 'x' } })).toMatchObject({
		status: 400,
		json: { code: 400, message: expect.stringContaining('Insufficient credits') },
	});
	expect(sim.acceptedJobs()).toBe(0);
	expect(sim.paidPosts()).toBe(1);
});

test('jobs above the concurrency limit are refused with 429 where a test wants it', async () => {
	Object.assign(sim.options, { concurrencyRefused: true });
	sim.options.account.concurrent = 1;
	sim.reset();
	const submit = async () => await wave(STANDARD, { body: { prompt: '#sim:seconds=600' } });
	expect((await submit()).status).toBe(200);
	expect(await submit()).toMatchObject({
		status: 429,
		json: { message: 'You have reached your concurrency limit' },
	});
	expect(sim.acceptedJobs()).toBe(1);
	sim.options.concurrencyRefused = false;
});

test('jobs above the concurrency limit wait, and are not refused', async () => {
	sim.options.account.concurrent = 2;
	const jobs = await Promise.all(['a', 'b', 'c'].map((p) => submit(`${p} #sim:seconds=600`)));
	const third = [...sim.jobs.values()][2];
	expect(third.queued).toBe(true);
	sim.skip(600_000);
	await sim.finished(jobs[0].id);
	await sim.finished(jobs[1].id);
	expect(third.queued).toBe(false);
	sim.skip(600_000);
	await sim.finished(third.id);
	const starts = [...sim.jobs.values()].map((job) => job.startedAt);
	expect(starts[2] - starts[0]).toBeGreaterThanOrEqual(600_000);
});

test('submits above the minute limit are 429 until the minute is over', async () => {
	sim.options.account.submitsPerMinute = 2;
	sim.skip(60_000 - ((sim.now() - sim.clock.startWall) % 60_000)); // the minute's start
	const answers = [];
	for (const prompt of ['a', 'b', 'c']) answers.push(await wave(STANDARD, { body: { prompt } }));
	expect(answers.map((answer) => answer.status)).toEqual([200, 200, 429]);
	expect(answers[2].json.message).toBe('Too Many Requests');
	expect(answers[2].headers.get('retry-after')).toBeNull();
	sim.options.retryAfter = true;
	const again = await wave(STANDARD, { body: { prompt: 'c' } });
	expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
	sim.options.retryAfter = false;
	sim.skip(60_000);
	expect((await wave(STANDARD, { body: { prompt: 'c' } })).status).toBe(200);
	expect(sim.acceptedJobs()).toBe(3);
});

test('a refund may come later', async () => {
	sim.options.refundDelay = 3600_000;
	const { id } = await submit('#sim:fail');
	await sim.finished(id);
	expect(sim.account('waveSpeed').balance).toBe(99.77);
	sim.skip(3600_000);
	expect(sim.account('waveSpeed').balance).toBe(100);
	sim.options.refundDelay = 0;
});

test('a client that lives in simulated time is told simulated time', async () => {
	const other = await startSimulator({ timeScale: 1000, stamps: 'simulated' });
	other.skip(3600_000);
	const answer = await clients(other).wave(STANDARD, { body: { prompt: 'x' } });
	const hour = 3600_000;
	expect(Date.parse(answer.json.data.created_at) - Date.now()).toBeGreaterThan(0.9 * hour);
	expect(Date.parse(answer.headers.get('date') ?? '') - Date.now()).toBeGreaterThan(0.9 * hour);
	await other.stop();
});

test('a base URL with a slash too many is not found, and does not confuse the server', async () => {
	const answer = await vtrix('', { body: {} });
	expect(answer.status).toBe(400);
	const { status } = await call(`${sim.urls.vtrix}//model/v1/generation/task/a`);
	expect(status).toBe(404);
});

test('the same seed gives the same run', async () => {
	const other = await startSimulator({ time: 'virtual' });
	const run = async (one) => {
		one.reset();
		for (let i = 0; i < 3; i++) await clients(one).wave(STANDARD, { body: { prompt: 'x' } });
		return [...one.jobs.values()].map((job) => [job.id, job.ms]);
	};
	const first = await run(other);
	expect(await run(other)).toEqual(first);
	expect(first.every(([, ms]) => ms >= 30_000 && ms <= 90_000)).toBe(true);
	await other.stop();
});
