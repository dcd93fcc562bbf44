'use strict';

const { startReceiver } = require('./testReceiver');
const { call, useSimulator } = require('./testClient');
const { webpHead, dataUri } = require('./pictures');

const { sim, mini } = useSimulator({ jobTime: 20_000 });

const frame = dataUri(webpHead(640, 360), 'image/webp');
const create = (body) =>
	mini('/video_generation', { body: { model: 'MiniMax-Hailuo-02', prompt: 'x', ...body } });
const query = async (id) => (await mini(`/query/video_generation?task_id=${id}`)).json;

async function ended(body) {
	const { task_id: id } = (await create(body)).json;
	await sim.finished(id);
	return await query(id);
}

test('Preparing, Processing, Success, then the file by its int64 id', async () => {
	const processing = new Promise((resolve) => sim.once('processing', resolve));
	const { status, json } = await create({ prompt: 'x #sim:seconds=600' });
	expect(status).toBe(200);
	expect(json).toEqual({
		task_id: expect.stringMatching(/^\d+$/),
		base_resp: { status_code: 0, status_msg: 'success' },
	});
	await processing;
	expect(await query(json.task_id)).toMatchObject({ status: 'Processing' });
	sim.skip(600_000);
	await sim.finished(json.task_id);
	const done = await query(json.task_id);
	expect(done).toMatchObject({ status: 'Success', file_id: expect.any(String), video_height: 768 });
	expect(Number.isSafeInteger(Number(done.file_id))).toBe(false);
	const file = await mini(`/files/retrieve?file_id=${done.file_id}`);
	expect(file.bytes.toString()).toContain(`"file_id":${done.file_id}`);
	const video = await call(file.json.file.download_url);
	expect(file.json.file.bytes).toBe(0);
	expect(video.bytes.equals(await sim.videoFor(json.task_id))).toBe(true);
	const content = await mini(`/files/retrieve_content?file_id=${done.file_id}`);
	expect(content.bytes.equals(video.bytes)).toBe(true);
	expect(sim.count({ kind: 'fileRetrieve', jobId: json.task_id })).toBe(1);
	expect(sim.leaks).toEqual([]);
});

test('a link ends after an hour, a new retrieve gives a new one', async () => {
	const { file_id: id } = await ended({});
	const link = async () => (await mini(`/files/retrieve?file_id=${id}`)).json.file.download_url;
	const first = await link();
	expect((await call(first)).status).toBe(200);
	expect((await call(first.replace(/Signature=.{4}/, 'Signature=0000'))).status).toBe(403);
	expect((await call(first.split('?')[0])).status).toBe(403);
	sim.skip(3601_000);
	expect((await call(first)).status).toBe(403);
	expect((await call(await link())).status).toBe(200);
});

test('Queueing while it waits, Preparing before it runs', async () => {
	sim.options.account.concurrent = 0;
	const { task_id: id } = (await create({})).json;
	expect((await query(id)).status).toBe('Queueing');
	sim.options.account.concurrent = Infinity;
});

test('errors are HTTP 200 with base_resp', async () => {
	const at = `${sim.urls.miniMax}/v1/video_generation`;
	const none = await call(at, { body: {} });
	expect([none.status, none.json.base_resp.status_code]).toEqual([200, 1004]);
	const wrong = await call(at, { body: {}, key: 'wrong' });
	expect(wrong.json.base_resp.status_code).toBe(1004);
	expect((await query('0')).base_resp.status_code).toBe(2013);
	expect((await mini('/files/retrieve?file_id=0')).json.base_resp.status_code).toBe(2013);
	expect((await mini('/files/retrieve_content?file_id=0')).json.base_resp.status_code).toBe(2013);
	expect((await mini('/video_generation', { body: 5 })).json.base_resp.status_code).toBe(2013);
	sim.account('miniMax').balance = 0;
	expect((await create({})).json.base_resp.status_code).toBe(1008);
	sim.options.account.submitsPerMinute = 0;
	expect((await create({})).json.base_resp.status_code).toBe(1002);
	sim.options.account.submitsPerMinute = Infinity;
	sim.options.miniMaxErrorStatus = 401;
	expect((await call(at, { body: {} })).status).toBe(401);
	sim.options.miniMaxErrorStatus = 200;
	expect((await mini('/nothing')).status).toBe(404);
	expect(sim.acceptedJobs()).toBe(0);
});

test.each([
	['#sim:fail', 1000],
	['#sim:fail=1026', 1026],
	['#sim:fail=1200', 1027],
])('Fail: %s', async (prompt, code) => {
	expect(await ended({ prompt })).toMatchObject({
		status: 'Fail',
		base_resp: { status_code: code },
	});
	expect(sim.account('miniMax').balance).toBe(100);
});

test.each([
	[{ duration: 10, resolution: '1080P' }, false],
	[{ duration: 10 }, true],
	[{ resolution: '512P' }, false],
	[{ resolution: '512P', first_frame_image: frame }, true],
	[{ resolution: '512P', first_frame_image: frame, last_frame_image: frame }, false],
	[{ resolution: '4K' }, false],
	[{ prompt: '' }, false],
	[{ prompt: 5 }, false],
	[{ prompt: 'x'.repeat(2001) }, false],
	[{ model: 'MiniMax-Hailuo-2.3-Fast' }, false],
	[{ model: 'MiniMax-Hailuo-2.3-Fast', first_frame_image: frame }, true],
	[{ model: 'MiniMax-Hailuo-2.3', first_frame_image: frame, last_frame_image: frame }, false],
	[{ model: 'other' }, false],
	[{ first_frame_image: dataUri(webpHead(200, 200)) }, false],
])('the matrix: %j', async (body, good) => {
	const { base_resp: answer } = (await create(body)).json;
	expect(answer.status_code).toBe(good ? 0 : 2013);
});

test('callback: challenge first, then each change, in its own words', async () => {
	const hook = await startReceiver((body) =>
		body.challenge ? { json: { challenge: body.challenge } } : {},
	);
	const { task_id: id } = (await create({ callback_url: hook.url })).json;
	await hook.got(3);
	expect(hook.posts[0].body.challenge).toEqual(expect.any(String));
	expect(hook.posts.slice(1).map((post) => [post.body.task_id, post.body.status])).toEqual([
		[id, 'processing'],
		[id, 'success'],
	]);
	await hook.stop();
	const deaf = await startReceiver();
	const refused = (await create({ callback_url: deaf.url })).json;
	expect(refused.base_resp.status_code).toBe(2013);
	sim.options.callbackDelay = 10;
	await deaf.stop();
	sim.options.callbackDelay = 0;
	expect(sim.acceptedJobs()).toBe(1);
});
