'use strict';

const { startSimulator } = require('.');
const { startReceiver } = require('./testReceiver');
const { clients, call, useSimulator } = require('./testClient');
const { png, dataUri } = require('./pictures');
const { mp4Head, heicHead, wav, mp3Head } = require('./clips');

const { sim, mini2, mini } = useSimulator({ jobTime: 20_000 });

const frame = dataUri(png(640, 360));
const clip = dataUri(mp4Head({ seconds: 4 }), 'video/mp4');
const sound = dataUri(wav(3), 'audio/wav');

const image = (role, url = frame) => ({
	type: 'image_url',
	image_url: { url },
	...(role && { role }),
});
const video = (url = clip) => ({ type: 'video_url', video_url: { url }, role: 'reference_video' });
const audio = (url = sound) => ({ type: 'audio_url', audio_url: { url }, role: 'reference_audio' });
const words = (text = 'a lake') => ({ type: 'text', text });

const T2V = {
	model: 'MiniMax-H3',
	content: [words()],
	resolution: '768P',
	duration: 5,
	ratio: '16:9',
};
const create = (body) => mini2('/video_generation', { body: { ...T2V, ...body } });
const withMedia = (...media) => create({ content: [words(), ...media], ratio: undefined });
const query = (id) => mini2(`/query/video_generation/${id}`);
const list = async (asked = '') => (await mini2(`/query/video_generation${asked}`)).json;
const remove = (id) => mini2(`/video_generation/${id}`, { method: 'DELETE' });

async function submitted(body) {
	const { json } = await create(body);
	return json.task_id;
}

async function ended(body) {
	const id = await submitted(body);
	await sim.finished(id);
	return id;
}

const refusal = (code, status, type) => ({
	status,
	json: {
		type: 'error',
		error: { type, message: expect.stringMatching(`\\(${code}\\)$`), http_code: String(status) },
		request_id: expect.any(String),
	},
});
const INVALID = refusal(2013, 400, 'bad_request_error');

test('queued, running, succeeded, and the video by its address', async () => {
	sim.options.account.concurrent = 0;
	const { status, json } = await create({ content: [words('a lake #sim:seconds=600')] });
	expect(status).toBe(200);
	expect(json).toEqual({ task_id: expect.stringMatching(/^[1-9]\d{14}$/) });
	const id = json.task_id;
	expect((await query(id)).json.task).toMatchObject({ id, status: 'queued', usage: {} });
	sim.options.account.concurrent = Infinity;
	const processing = new Promise((resolve) => sim.once('processing', resolve));
	sim.engine.pump('miniMaxV2');
	await processing;
	const running = (await query(id)).json.task;
	expect(running.status).toBe('running');
	expect(running).not.toHaveProperty('content');
	sim.skip(600_000);
	await sim.finished(id);
	const { task } = (await query(id)).json;
	expect(task).toEqual({
		id,
		model: 'MiniMax-H3',
		status: 'succeeded',
		created_at: expect.any(Number),
		updated_at: expect.any(Number),
		content: { url: expect.stringMatching(/^http/) },
		resolution: '768P',
		duration: 5,
		usage: { total_seconds: 5, input_seconds: 0, output_seconds: 5, input_image_count: 0 },
		ratio: '16:9',
		task_type: 'generation',
		modality: 'video',
	});
	expect(Number.isInteger(task.created_at) && task.updated_at >= task.created_at).toBe(true);
	const got = await call(task.content.url);
	expect(got.bytes.equals(await sim.videoFor(id))).toBe(true);
	expect(sim.leaks).toEqual([]);
	expect(sim.account('miniMax').balance).toBe(99.6);
});

test('an address expires, another poll gives a new one', async () => {
	const id = await ended();
	const address = async () => (await query(id)).json.task.content.url;
	const first = await address();
	expect((await call(first)).status).toBe(200);
	sim.skip(3601_000);
	expect((await call(first)).status).toBe(403);
	expect((await call(await address())).status).toBe(200);
});

test('V1 and V2 do not know one another’s jobs, whose ids look alike', async () => {
	const id = await submitted();
	const old = (
		await mini('/video_generation', { body: { model: 'MiniMax-Hailuo-02', prompt: 'x' } })
	).json.task_id;
	expect([id.length, old.length]).toEqual([15, 15]);
	expect((await mini(`/query/video_generation?task_id=${id}`)).json.base_resp.status_code).toBe(
		2013,
	);
	expect((await mini(`/query/video_generation?task_id=${old}`)).json.status).toBeTruthy();
	expect(await query(old)).toMatchObject(refusal(1000, 500, 'server_error'));
	expect((await list()).total).toBe(1);
});

test('a job that is not there is HTTP 500; the id 0, and what is older than 7 days, 400', async () => {
	const unknown = await query('123456789012345');
	expect(unknown).toMatchObject(refusal(1000, 500, 'server_error'));
	expect(unknown.json.error.message).toBe('record not found (1000)');
	for (const answer of [await query('0'), await remove('123456789012345')]) {
		expect(answer).toMatchObject(INVALID);
		expect(answer.json.error.message).toBe('invalid task_id (2013)');
	}
	const id = await ended();
	sim.skip(7 * 24 * 3600_000);
	expect((await query(id)).json.error.message).toBe('invalid task_id (2013)');
	expect(await list()).toEqual({ items: [], total: 0 });
});

test('failed, cancelled and expired jobs', async () => {
	/** @type {[string, object][]} */
	const ends = [
		['fail=1026', { status: 'failed', error: { code: '1026', message: expect.any(String) } }],
		['cancelled', { status: 'cancelled' }],
		['expired', { status: 'expired' }],
	];
	for (const [marker, wanted] of ends) {
		const id = await ended({ content: [words(`x #sim:${marker}`)] });
		const { task } = (await query(id)).json;
		expect(task).toMatchObject({ ...wanted, usage: {} });
		expect(task).not.toHaveProperty('content');
	}
	expect(sim.account('miniMax').balance).toBe(100);
	const gone = await ended({ content: [words('x #sim:deleted')] });
	expect((await query(gone)).status).toBe(500);
	const bare = await ended({ content: [words('x #sim:usage=empty')] });
	expect((await query(bare)).json.task.usage).toEqual({});
});

test.each([
	['no text', { content: [] }],
	['empty text', { content: [words('  ')] }],
	['two texts', { content: [words(), words()] }],
	['7001 characters', { content: [words('x'.repeat(7001))] }],
	['a prompt instead of content', { content: undefined, prompt: 'x' }],
	['an unknown item', { content: [words(), { type: 'mask_url' }] }],
	['an unknown model', { model: 'MiniMax-Hailuo-02' }],
	['no resolution', { resolution: undefined }],
	['H3 has no 480P', { resolution: '480P' }],
	['H3-Max has no 2K', { model: 'MiniMax-H3-Max', resolution: '2K' }],
	['no duration', { duration: undefined }],
	['3 s', { duration: 3 }],
	['16 s', { duration: 16 }],
	['half a second', { duration: 5.5 }],
	['a duration as text', { duration: '5' }],
	['H3-Max is at least 5 s', { model: 'MiniMax-H3-Max', duration: 4 }],
	['no ratio', { ratio: undefined }],
	['ratio adaptive for text', { ratio: 'adaptive' }],
	['an unknown ratio', { ratio: '2:1' }],
	['another key in extra', { extra: { mode: 'x' } }],
	['an unknown mode', { extra: { prompt_expansion_mode: 'balance' } }],
	['a callback that is no text', { callback_url: 5 }],
])('refused: %s', async (_name, body) => {
	expect(await create(body)).toMatchObject(INVALID);
	expect(sim.acceptedJobs()).toBe(0);
});

test('taken: emoji count as one character, H3-Max with its mode, unknown keys', async () => {
	expect((await create({ content: [words('🎬'.repeat(7000))] })).status).toBe(200);
	const max = {
		model: 'MiniMax-H3-Max',
		resolution: '480P',
		extra: { prompt_expansion_mode: 'quality' },
	};
	expect((await create(max)).status).toBe(200);
	const id = await submitted({ seed: 5 });
	expect(sim.jobs.get(id).extraFields).toEqual(['seed']);
	sim.options.strictFields = true;
	expect(await create({ seed: 5 })).toMatchObject(INVALID);
	sim.options.strictFields = false;
});

const many = (count, item) => Array.from({ length: count }, () => item);

test.each([
	['a picture without a role', true, [image()]],
	['first and last frame', true, [image('first_frame'), image('last_frame')]],
	['last frame alone', false, [image('last_frame')]],
	['two pictures without a role', false, [image(), image()]],
	['two first frames', false, many(2, image('first_frame'))],
	['9 pictures', true, many(9, image('reference_image'))],
	['10 pictures', false, many(10, image('reference_image'))],
	['4 clips', false, many(4, video())],
	['4 sounds', false, [image('reference_image'), ...many(4, audio())]],
	['12 files', true, [...many(8, image('reference_image')), ...many(3, video()), audio()]],
	['13 files', false, [...many(9, image('reference_image')), ...many(3, video()), audio()]],
	['sound alone', false, [audio()]],
	['a frame with a reference', false, [image('first_frame'), image('reference_image')]],
	['a clip without a role', false, [{ ...video(), role: undefined }]],
	['a clip as a frame', false, [{ ...video(), role: 'first_frame' }]],
	['no address', false, [image('first_frame', '')]],
])('files: %s', async (_name, good, media) => {
	expect((await withMedia(...media)).status).toBe(good ? 200 : 400);
});

const large = (type, length) => `data:${type};base64,${Buffer.alloc(length).toString('base64')}`;
const MB = 1024 * 1024;

test.each([
	['HEIC', true, image('first_frame', dataUri(heicHead(1000, 800), 'image/heic'))],
	['256 px', true, image('first_frame', dataUri(png(256, 256)))],
	['255 px', false, image('first_frame', dataUri(png(255, 400)))],
	['5761 px', false, image('first_frame', dataUri(heicHead(5761, 3000)))],
	['5 to 2', true, image('first_frame', dataUri(png(1000, 400)))],
	['wider than 5 to 2', false, image('first_frame', dataUri(png(1001, 400)))],
	['upper case', false, image('first_frame', dataUri(png(640, 360), 'image/PNG'))],
	['not a picture', false, image('first_frame', dataUri(Buffer.from('hello')))],
	['31 MB', false, image('first_frame', large('image/png', 31 * MB))],
	['neither URL nor data', false, image('first_frame', 'picture.png')],
	['unknown file', false, image('first_frame', 'mm_file://123')],
	['H.265', true, video(dataUri(mp4Head({ codec: 'hvc1' }), 'video/mp4'))],
	['VP9', false, video(dataUri(mp4Head({ codec: 'vp09' }), 'video/mp4'))],
	['23.976 fps', true, video(dataUri(mp4Head({ fps: 24000 / 1001 }), 'video/mp4'))],
	['15 fps', false, video(dataUri(mp4Head({ fps: 15 }), 'video/mp4'))],
	['a clip of 1 s', false, video(dataUri(mp4Head({ seconds: 1 }), 'video/mp4'))],
	['a clip of 16 s', false, video(dataUri(mp4Head({ seconds: 16 }), 'video/mp4'))],
	['a small clip', false, video(dataUri(mp4Head({ width: 128, height: 72 }), 'video/mp4'))],
	['not a clip', false, video(dataUri(png(640, 360), 'video/mp4'))],
])(
	'a file: %s',
	async (_name, good, medium) => {
		const answer = await withMedia(medium);
		expect(answer.status).toBe(good ? 200 : 400);
		if (!good) expect(answer.json.error.message).toMatch(/^invalid params, content\[1\]\./);
	},
	30_000,
);

test('clips and sounds are 15 s together', async () => {
	const of = (seconds) => dataUri(mp4Head({ seconds }), 'video/mp4');
	expect((await withMedia(video(of(8)), video(of(7)))).status).toBe(200);
	expect((await withMedia(video(of(8)), video(of(8)))).status).toBe(400);
	const picture = image('reference_image');
	const mp3 = (seconds) => audio(dataUri(mp3Head(seconds), 'audio/mpeg'));
	expect((await withMedia(picture, mp3(8), mp3(7))).status).toBe(200);
	expect((await withMedia(picture, mp3(8), mp3(8))).status).toBe(400);
});

test('a body is 64 MB at most', async () => {
	const answer = await create({ prompt: ' '.repeat(64 * MB) });
	expect(answer.json.error.message).toContain('64 MB');
});

test('usage and price: seconds of clips, pictures above the free ones', async () => {
	const { json } = await withMedia(...many(7, image('reference_image')), video(), video(), audio());
	await sim.finished(json.task_id);
	const { task } = (await query(json.task_id)).json;
	expect(task.usage).toEqual({
		total_seconds: 13,
		input_seconds: 8,
		output_seconds: 5,
		input_image_count: 7,
		input_audio_seconds: 3,
	});
	expect(task.ratio).toBe('');
	// 5 s and 8 s at 0.08, two pictures at 0.04.
	expect(sim.jobs.get(json.task_id).cost).toBe(1.12);
	const max = await submitted({ model: 'MiniMax-H3-Max', resolution: '480P', duration: 15 });
	expect(sim.jobs.get(max).cost).toBe(0.75);
	const dear = await submitted({ resolution: '2K', duration: 15 });
	expect(sim.jobs.get(dear).cost).toBe(1.95);
});

test('the list: pages and filters, newest first', async () => {
	const failed = await ended({ content: [words('x #sim:fail')] });
	const max = await ended({ model: 'MiniMax-H3-Max' });
	const waiting = await submitted({ content: [words('x #sim:seconds=6000')] });
	const all = await list();
	expect(all.total).toBe(3);
	expect(all.items.map((task) => task.id)).toEqual([waiting, max, failed]);
	const ids = async (asked) => (await list(`?${asked}`)).items.map((task) => task.id);
	expect(await ids('filter.status=failed')).toEqual([failed]);
	expect(await ids('filter.model=MiniMax-H3-Max')).toEqual([max]);
	expect(await ids(`filter.task_ids=${failed},${max}`)).toEqual([max, failed]);
	expect(await ids(`filter.task_ids=${failed}&filter.task_ids=${waiting}`)).toEqual([
		waiting,
		failed,
	]);
	expect(await ids('filter.task_type=regeneration')).toEqual([]);
	expect(await list('?page_num=2&page_size=2')).toMatchObject({
		total: 3,
		items: [{ id: failed }],
	});
	for (const bad of ['?page_num=0', '?page_size=0', '?page_size=101', '?page_num=x']) {
		expect(await mini2(`/query/video_generation${bad}`)).toMatchObject(INVALID);
	}
	sim.options.listDelay = 1e9;
	expect((await list()).total).toBe(0);
	sim.options.listDelay = 0;
});

test('DELETE cancels what is queued and deletes what has ended', async () => {
	sim.options.account.concurrent = 0;
	const queued = await submitted();
	sim.options.account.concurrent = Infinity;
	expect((await remove(queued)).json).toEqual({
		task_id: queued,
		action: 'cancelled',
		status: 'cancelled',
	});
	expect((await query(queued)).json.task.status).toBe('cancelled');
	expect(sim.account('miniMax').balance).toBe(100);
	expect(await remove(queued)).toMatchObject(INVALID);
	const processing = new Promise((resolve) => sim.once('processing', resolve));
	const running = await submitted({ content: [words('x #sim:seconds=600')] });
	await processing;
	expect(await remove(running)).toMatchObject(INVALID);
	sim.skip(600_000);
	await sim.finished(running);
	sim.options.deleteWords = 'chinese';
	expect((await remove(running)).json).toMatchObject({ task_id: running, action: 'delete' });
	sim.options.deleteWords = 'english';
	expect((await query(running)).status).toBe(500);
	expect((await list()).items.map((task) => task.id)).toEqual([queued]);
});

function form(parts) {
	const body = new FormData();
	for (const [name, value] of Object.entries(parts)) {
		if (Buffer.isBuffer(value)) body.append(name, new Blob([new Uint8Array(value)]), 'file.bin');
		else body.append(name, value);
	}
	return body;
}

async function upload(parts) {
	const response = await fetch(`${sim.urls.miniMax}/v1/files/upload`, {
		method: 'POST',
		headers: { authorization: `Bearer ${sim.options.keys.miniMax}` },
		body: form(parts),
	});
	return { status: response.status, text: await response.text() };
}

test('upload: a file by its int64 id, for 7 days', async () => {
	const purpose = 'video_generation_input';
	const { status, text } = await upload({ purpose, file: mp4Head({ seconds: 6, filler: 5000 }) });
	expect(status).toBe(200);
	const id = /"file_id":(\d+)/.exec(text)?.[1];
	expect(Number.isSafeInteger(Number(id))).toBe(false);
	expect((await withMedia(video(`mm_file://${id}`))).status).toBe(200);
	expect([...sim.jobs.values()][0].usage.input_seconds).toBe(6);
	expect((await withMedia(video(`mm_file://${Number(id)}`))).status).toBe(400);
	expect((await upload({ purpose, file: png(640, 360) })).status).toBe(200);
	expect((await upload({ purpose, file: wav(3) })).status).toBe(200);
	for (const bad of [
		{ purpose: 'voice_clone', file: png(640, 360) },
		{ file: png(640, 360) },
		{ purpose },
		{ purpose, file: png(100, 100) },
		{ purpose, file: mp4Head({ seconds: 30 }) },
		{ purpose, file: Buffer.from('hello') },
	]) {
		expect((await upload(bad)).status).toBe(400);
	}
	sim.skip(7 * 24 * 3600_000);
	const late = await withMedia(video(`mm_file://${id}`));
	expect(late.json.error.message).toContain('file not found or expired');
});

test('callback: the challenge, then each change in the shape of the query', async () => {
	const hook = await startReceiver((body) =>
		body.challenge ? { json: { challenge: body.challenge } } : {},
	);
	const id = await submitted({ callback_url: hook.url });
	await hook.got(3);
	expect(hook.posts[0].body).toEqual({ challenge: expect.any(String) });
	expect(hook.posts.slice(1).map(({ body }) => [body.task.id, body.task.status])).toEqual([
		[id, 'running'],
		[id, 'succeeded'],
	]);
	expect(hook.posts[2].body.task.content.url).toMatch(/^http/);
	await hook.stop();
	const deaf = await startReceiver();
	expect(await create({ callback_url: deaf.url })).toMatchObject(INVALID);
	await deaf.stop();
	expect(sim.acceptedJobs()).toBe(1);
});

test('keys and money: 401, 402 by the wallet of the key, 429', async () => {
	const at = `${sim.urls.miniMax}/v2/video_generation`;
	const { payAsYouGo, subscription, otherRegion } = sim.options.miniMaxKeys;
	const UNAUTHORIZED = (code) => refusal(code, 401, 'authorized_error');
	expect(await call(at, { body: T2V })).toMatchObject(UNAUTHORIZED(1004));
	expect(await call(at, { body: T2V, key: 'wrong' })).toMatchObject(UNAUTHORIZED(1004));
	expect(await call(at, { body: T2V, key: otherRegion })).toMatchObject(UNAUTHORIZED(2049));
	sim.account('miniMax').balance = 0.39;
	const broke = refusal(1008, 402, 'insufficient_balance_error');
	expect(await call(at, { body: T2V, key: payAsYouGo })).toMatchObject(broke);
	expect((await call(at, { body: T2V, key: subscription })).status).toBe(200);
	expect(sim.account('miniMaxSubscription').balance).toBe(99.6);
	sim.account('miniMaxSubscription').balance = 0;
	expect(await call(at, { body: T2V, key: subscription })).toMatchObject(broke);
	sim.options.subscriptionOnV2 = false;
	expect((await call(at, { body: T2V, key: subscription })).json.error.message).toMatch(
		/\(2061\)$/,
	);
	sim.options.subscriptionOnV2 = true;
	sim.options.account.submitsPerMinute = 0;
	expect(await create()).toMatchObject(refusal(1002, 429, 'rate_limit_error'));
	sim.options.account.submitsPerMinute = Infinity;
	expect(sim.leaks).toEqual([]);
});

test('the limits that the provider publishes', async () => {
	const own = await startSimulator({ documentedLimits: true, account: { balance: 1000 } });
	const to = clients(own);
	for (let n = 0; n < 31; n++) {
		expect((await to.mini2('/video_generation', { body: T2V })).status).toBe(200);
	}
	expect([...own.jobs.values()].filter((job) => job.queued)).toHaveLength(1);
	const codes = [];
	for (let n = 0; n < 21; n++) {
		const body = { model: 'MiniMax-Hailuo-02', prompt: 'x' };
		codes.push((await to.mini('/video_generation', { body })).json.base_resp.status_code);
	}
	expect(codes).toEqual([...many(20, 0), 1002]);
	await own.stop();
});

test('a bare status has the body of V2', async () => {
	for (const [status, type, code] of [
		[400, 'bad_request_error', 2013],
		[422, 'unprocessable_entity_error', 1026],
		[429, 'rate_limit_error', 1002],
		[500, 'server_error', 1000],
		[529, 'overloaded_error', 1000],
	]) {
		sim.fail({ kind: 'submit', times: 1, fault: { status } });
		expect(await create()).toMatchObject(refusal(code, status, type));
	}
	expect([sim.paidPosts(), sim.acceptedJobs()]).toEqual([5, 0]);
});

test('balance: by the kind of the key', async () => {
	const { payAsYouGo, subscription } = sim.options.miniMaxKeys;
	const get = (path, key) => call(sim.urls.miniMax + path, { key });
	sim.account('miniMax').balance = 12.5;
	expect((await get('/account/query_balance', payAsYouGo)).json).toMatchObject({
		available_amount: '12.50',
		cash_balance: '12.50',
		voucher_balance: '0.00',
		credit_balance: '0.00',
		owed_amount: '0.00',
		base_resp: { status_code: 0 },
	});
	const refused = (await get('/account/query_balance', subscription)).json;
	expect(refused.base_resp.status_code).toBe(1004);
	expect((await get('/account/query_balance', 'wrong')).json.base_resp.status_code).toBe(1004);
	expect((await get('/v1/account/balance', payAsYouGo)).status).toBe(403);
	expect((await get('/v1/token_plan/remains', subscription)).json.model_remains).toHaveLength(1);
	expect((await get('/v1/token_plan/remains', payAsYouGo)).json.base_resp.status_code).toBe(1004);
});
