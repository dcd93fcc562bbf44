'use strict';

const { call, useSimulator } = require('./testClient');
const { jpegHead, dataUri } = require('./pictures');

const { sim, queue } = useSimulator({ jobTime: 20_000 });

const T2V = '/minimax_hailuo_02_t2v';
const get = (url, how) => call(url, { key: 'test-key-vtrix', ...how });

async function ended(prompt) {
	const { json } = await queue(T2V, { body: { prompt } });
	await sim.finished(json.request_id);
	return { ...json, status: (await get(json.status_url)).json };
}

test('submit, status, result, all by the addresses that were answered', async () => {
	const processing = new Promise((resolve) => sim.once('processing', resolve));
	const { json } = await queue(T2V, { body: { prompt: 'x #sim:seconds=600' } });
	expect(json).toMatchObject({ request_id: expect.stringMatching(/^mmsu_/), queue_position: 0 });
	await processing;
	expect((await get(json.status_url)).json.status).toBe('IN_PROGRESS');
	const early = await get(json.response_url);
	expect([early.status, early.json.status]).toEqual([202, 'IN_PROGRESS']);
	sim.skip(600_000);
	await sim.finished(json.request_id);
	const status = (await get(json.status_url)).json;
	expect(status).toMatchObject({
		status: 'COMPLETED',
		metrics: { inference_time: expect.any(Number) },
	});
	expect(status).not.toHaveProperty('error');
	const result = (await get(json.response_url)).json;
	expect(result.outputs).toMatchObject([{ type: 'video', content_type: 'video/mp4', duration: 6 }]);
	expect((await call(result.outputs[0].url)).status).toBe(200);
});

test('a job that waits is IN_QUEUE', async () => {
	sim.options.account.concurrent = 0;
	const { json } = await queue(T2V, { body: { prompt: 'x' } });
	expect((await get(json.status_url)).json.status).toBe('IN_QUEUE');
	sim.options.account.concurrent = Infinity;
});

test('Authorization: Key works too, a wrong key is 401', async () => {
	const headers = { authorization: 'Key test-key-vtrix' };
	const url = `${sim.urls.seaArt}/model/v1/queue${T2V}`;
	expect((await call(url, { headers, body: { prompt: 'x' } })).status).toBe(200);
	const wrong = await call(url, { key: 'wrong', body: { prompt: 'x' } });
	expect([wrong.status, wrong.json.error.code]).toEqual([401, 'UNAUTHORIZED']);
});

test.each([
	['#sim:blocked', 'CONTENT_BLOCKED'],
	['#sim:fail=1200', 'CONTENT_BLOCKED'],
	['#sim:fail', 'INFERENCE_FAILURE'],
	['#sim:timeout', 'INFERENCE_TIMEOUT'],
	['#sim:cancelled', 'CANCELED'],
])('COMPLETED may be a failure: %s', async (prompt, type) => {
	const { status, response_url: url } = await ended(prompt);
	expect(status).toMatchObject({ status: 'COMPLETED', error_type: type });
	expect(status.error).toBeTruthy();
	expect((await get(url)).status).toBe(422);
	expect(sim.account('vtrix').balance).toBe(100);
});

test('lower-case words and error objects', async () => {
	const { status } = await ended('#sim:vocab=alt #sim:fail');
	expect(status).toMatchObject({ status: 'completed', error: { code: 'INFERENCE_FAILURE' } });
	sim.options.account.concurrent = 0;
	const { json } = await queue(T2V, { body: { prompt: '#sim:vocab=alt' } });
	expect((await get(json.status_url)).json.status).toBe('QUEUED');
	sim.options.account.concurrent = Infinity;
});

test('cancel: once, not when over, not what is not there', async () => {
	const { json } = await queue(T2V, { body: { prompt: 'x #sim:seconds=6000' } });
	const cancel = () => get(json.cancel_url, { method: 'PUT' });
	const answer = await cancel();
	expect([answer.status, answer.json.status]).toEqual([202, 'CANCELLATION_REQUESTED']);
	await sim.finished(json.request_id);
	expect((await get(json.status_url)).json.error_type).toBe('CANCELED');
	const over = await cancel();
	expect([over.status, over.json.status]).toEqual([400, 'ALREADY_COMPLETED']);
	const url = json.cancel_url.replace(json.request_id, 'mmsu_none');
	expect((await get(url, { method: 'PUT' })).json.status).toBe('NOT_FOUND');
	expect((await get(url.replace('cancel', 'status'))).json.detail).toBe('Request not found');
});

test('refused: webhooks in any place, unknown models, bad parameters, no credit, too many', async () => {
	const hook = { prompt: 'x', webhook_url: 'http://127.0.0.1/' };
	expect((await queue(T2V, { body: hook })).json.detail).toBe('webhook not supported');
	expect((await queue(`${T2V}?callback=1`, { body: { prompt: 'x' } })).status).toBe(400);
	const headers = { 'x-webhook': '1' };
	expect((await queue(T2V, { body: { prompt: 'x' }, headers })).status).toBe(400);
	const unknown = await queue('/minimax_hailuo_02', { body: { prompt: 'x' } });
	expect(unknown.json.detail).toBe('App not found: minimax_hailuo_02');
	const bad = { prompt: 'x', duration: 10, resolution: '1080P' };
	expect((await queue(T2V, { body: bad })).status).toBe(400);
	expect((await queue(T2V, { body: 5 })).status).toBe(400);
	expect((await queue('/a/b')).status).toBe(404);
	expect(sim.acceptedJobs()).toBe(0);
	const small = { first_frame_image: dataUri(jpegHead(200, 200), 'image/jpeg') };
	const { json } = await queue('/minimax_hailuo_23_i2v', { body: small });
	await sim.finished(json.request_id);
	expect((await get(json.status_url)).json.error_type).toBe('REQUEST_INVALID');
	sim.account('vtrix').balance = 0;
	expect((await queue(T2V, { body: { prompt: 'x' } })).status).toBe(402);
	sim.options.account.submitsPerMinute = 0;
	const many = await queue(T2V, { body: { prompt: 'x' } });
	expect([many.status, many.json.error.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
	sim.options.account.submitsPerMinute = Infinity;
});

test('only the SeaArt base has it', async () => {
	const answer = await get(`${sim.urls.vtrix}/model/v1/queue${T2V}`, { body: { prompt: 'x' } });
	expect(answer.status).toBe(404);
});
