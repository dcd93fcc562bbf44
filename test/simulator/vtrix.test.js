'use strict';

const { startReceiver } = require('./testReceiver');
const { call, useSimulator } = require('./testClient');
const { jpegHead, webpHead, dataUri } = require('./pictures');

const { sim, vtrix, sea } = useSimulator({ jobTime: 20_000 });

const I2V = 'minimax_hailuo_02_i2v';
const picture = dataUri(webpHead(640, 360), 'image/webp');
const body = (params, model = 'minimax_hailuo_02') => ({ model, input: [{ params }] });
const create = (params, model) => vtrix('', { body: body(params, model) });

async function ended(params, model) {
	const { json } = await create(params, model);
	const id = json.id ?? json.task_id;
	await sim.finished(id);
	return (await vtrix(`/task/${id}`)).json;
}

test('a task: in_progress with progress, then completed with output and cost', async () => {
	const processing = new Promise((resolve) => sim.once('processing', resolve));
	const { status, json } = await create({ prompt: 'x #sim:seconds=600' });
	expect(status).toBe(200);
	expect(json).toMatchObject({
		id: expect.stringMatching(/^[0-9a-v]{20}$/),
		status: 'in_progress',
		model: 'minimax_hailuo_02',
	});
	expect(Math.abs(json.created_at - sim.now() / 1000)).toBeLessThan(5);
	await processing;
	const half = (await vtrix(`/task/${json.id}`)).json;
	expect(half.progress).toBeGreaterThanOrEqual(0);
	expect(half.progress).toBeLessThan(1);
	expect(half).not.toHaveProperty('output');
	sim.skip(600_000);
	await sim.finished(json.id);
	const done = (await vtrix(`/task/${json.id}`)).json;
	const url = `${sim.urls.cdn}/outputs/${json.id}.mp4`;
	expect(done).toMatchObject({
		status: 'completed',
		output: [{ content: [{ type: 'video', url, duration: 6 }] }],
		usage: { cost: '0.28', discount: 1 },
		metadata: { completed_at: expect.any(Number) },
	});
	expect((await call(url)).bytes.equals(await sim.videoFor(json.id))).toBe(true);
});

test('the same under the SeaArt base, whose address carries a path', async () => {
	const { json } = await sea('', { body: body({ prompt: 'x' }) });
	expect(sim.jobs.get(json.id)).toMatchObject({ brand: 'seaArt', api: 'legacy' });
	expect((await sea(`/task/${json.id}`)).status).toBe(200);
});

test('the model may stand in X-Model instead', async () => {
	const headers = { 'x-model': 'minimax_hailuo_02' };
	const answer = await vtrix('', { headers, body: { input: [{ params: { prompt: 'x' } }] } });
	expect(answer.status).toBe(200);
	const none = await vtrix('', { body: { input: [{ params: { prompt: 'x' } }] } });
	expect(none.json.message).toBe('no model_ver_no found in request');
});

test('keys: missing is 401, wrong is 401 or 403', async () => {
	const at = `${sim.urls.vtrix}/model/v1/generation/task/probe-1`;
	expect((await call(at)).status).toBe(401);
	expect((await call(at, { key: 'wrong' })).status).toBe(401);
	sim.options.vtrixBadKey = 'vtrix403BadKey';
	expect((await call(at, { key: 'wrong' })).status).toBe(403);
	sim.options.vtrixBadKey = 'vtrix401';
});

test('the probe says in three ways that a key is good', async () => {
	expect((await vtrix('/task/probe-123')).status).toBe(404);
	sim.options.probe = '200';
	expect((await vtrix('/task/probe-123')).status).toBe(200);
	sim.options.probe = 'message';
	expect((await vtrix('/task/probe-123')).json.message).toMatch(/task not found/i);
	sim.options.probe = '404';
	expect(sim.count({ kind: 'probe' })).toBe(3);
	expect((await vtrix('/task/nothing')).status).toBe(404);
	expect((await vtrix('/nothing')).status).toBe(404);
});

test.each([
	['usual', '#sim:fail', { code: 10004095, error_message: 'Internal generation error' }],
	['a code', '#sim:fail=10004098', { code: 10004098, error_message: 'Status check error' }],
	['object', '#sim:fail #sim:error=object', { code: 10004095, error_message: expect.any(String) }],
	['object2', '#sim:fail #sim:error=object2', { code: 10004095, message: expect.any(String) }],
	['string', '#sim:fail #sim:error=string', 'Internal generation error'],
	[
		'zeropad',
		'#sim:fail #sim:error=zeropad',
		{ code: '010004095', error_message: expect.any(String) },
	],
])('a failed task, error form %s', async (_name, marker, error) => {
	const task = await ended({ prompt: marker });
	expect(task.status).toBe('failed');
	expect(task.error).toEqual(error);
	expect(task).not.toHaveProperty('output');
	expect(sim.account('vtrix').balance).toBe(100);
});

test('cost as string, number, nothing; other words; completed at once; cancelled', async () => {
	expect((await ended({ prompt: '#sim:cost=string' })).usage.cost).toBe('0.28');
	expect((await ended({ prompt: '#sim:cost=number' })).usage.cost).toBe(0.28);
	expect((await ended({ prompt: '#sim:cost=empty' })).usage.cost).toBe('');
	const created = (await create({ prompt: '#sim:vocab=alt' })).json;
	expect(created).toMatchObject({ task_id: expect.any(String), status: 'pending' });
	expect(created).not.toHaveProperty('id');
	const alt = await ended({ prompt: '#sim:vocab=alt' });
	expect(alt).toMatchObject({
		status: 'completed',
		output: [{ content: [{ type: 'video_url' }] }],
	});
	const now = (await create({ prompt: '#sim:immediate' })).json;
	expect(now).toMatchObject({ status: 'completed', output: [{ content: [{ type: 'video' }] }] });
	expect((await ended({ prompt: '#sim:cancelled' })).status).toBe('cancelled');
	expect((await ended({ prompt: '#sim:empty-outputs' })).output[0].content).toEqual([]);
	expect((await create({ prompt: '#sim:status=in_queue' })).json.status).toBe('in_queue');
});

test.each([
	['10 s at 1080P', { duration: 10, resolution: '1080P' }],
	['512P with a last frame', { resolution: '512P', last_frame_image: picture }],
	['7 s', { duration: 7 }],
	['a length as text', { duration: '6' }],
	['an unknown resolution', { resolution: '4K' }],
	['no first frame', { first_frame_image: undefined }],
	['a long prompt', { prompt: 'x'.repeat(2001) }],
	['a number as prompt', { prompt: 5 }],
])('refused: %s', async (_name, params) => {
	const all = { first_frame_image: picture, ...params };
	expect((await create(all, I2V)).status).toBe(400);
	expect(sim.acceptedJobs()).toBe(0);
	sim.options.badParams = 'task';
	const task = await ended(all, I2V);
	sim.options.badParams = 'submit';
	expect(task).toMatchObject({ status: 'failed', error: { code: 10004099 } });
});

test('accepted: what the matrix allows, WebP, the ends of the ratio', async () => {
	for (const params of [
		{ duration: 10, resolution: '512P' },
		{ duration: 6, resolution: '1080P', last_frame_image: picture },
		{ first_frame_image: dataUri(jpegHead(1000, 400), 'image/jpeg') },
	]) {
		const task = await ended({ first_frame_image: picture, ...params }, I2V);
		expect(task.status).toBe('completed');
	}
	const small = await ended({ first_frame_image: dataUri(webpHead(300, 300), 'image/webp') }, I2V);
	expect(small.error.error_message).toContain('300');
	expect((await create({ prompt: 'x' }, 'minimax_hailuo_02_t2v')).status).toBe(400);
	expect((await vtrix('', { body: { model: I2V } })).status).toBe(400);
});

test('precharge quotes without a job', async () => {
	const asked = { body: body({ prompt: 'x', duration: 10 }) };
	expect((await vtrix('/precharge', asked)).json).toMatchObject({
		status: 'success',
		data: { cost: 0.56, currency: 'USD' },
	});
	sim.options.precharge = 'miss';
	expect((await vtrix('/precharge', asked)).json.data.reason).toBe('COST_CACHE_MISS');
	sim.options.precharge = 'none';
	expect((await vtrix('/precharge', asked)).status).toBe(404);
	sim.options.precharge = 'ok';
	expect((await vtrix('/precharge', { body: {} })).status).toBe(400);
	expect([sim.acceptedJobs(), sim.paidPosts()]).toEqual([0, 0]);
});

test('no credit: 402 nested, or a 403 that is not a bad key; too many: 429', async () => {
	sim.options.account.balance = 0;
	sim.reset();
	const nested = await create({ prompt: 'x' });
	expect([nested.status, nested.json.status.error_code]).toEqual([402, 40201]);
	sim.options.vtrixNoBalance = 'vtrix403NoBalance';
	expect((await create({ prompt: 'x' })).json).toEqual({ error: 'insufficient balance' });
	sim.options.account.submitsPerMinute = 0;
	expect((await create({ prompt: 'x' })).status).toBe(429);
	Object.assign(sim.options, { vtrixNoBalance: 'vtrix402Nested' });
	Object.assign(sim.options.account, { balance: 100, submitsPerMinute: Infinity });
});

test('callback_url is told when the task ends', async () => {
	const hook = await startReceiver();
	sim.options.callbackDelay = 10;
	const { json } = await create({ prompt: 'x', callback_url: hook.url });
	const [post] = await hook.got(1);
	expect(post.body).toMatchObject({ id: json.id, status: 'completed' });
	sim.options.callbackDelay = 0;
	await hook.stop();
});
