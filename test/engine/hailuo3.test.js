'use strict';

const { createHash } = require('node:crypto');
const { heicHead, mp4Head, mp3Head, wav } = require('../simulator/clips');
const { png } = require('../simulator/pictures');
const engine = require('./harness');
const { REFERENCE_VIDEO } = require('./referenceVideo');
const { withSimulator } = require('./withSimulator');

/*
 * Hailuo 3 on MiniMax's V2 through the node: references from files, what is refused before anything is paid, and what
 * only V2 has: a list, Cancel and Delete. Its job IDs are similar to those of V1.
 */

let sim;
const run = withSimulator({}, (given) => ({ sim } = given));

const H3 = {
	...REFERENCE_VIDEO,
	prompt: 'The bottle on a rock by the sea, the voice tells of it',
};

const stored = async (buffer, fileName, mimeType) =>
	await engine.binaryFrom(buffer, { fileName, mimeType });

const picture = async (name = 'photo.png', [width, height] = [640, 480]) =>
	await stored(png(width, height), name, 'image/png');
const clip = async (facts = { seconds: 4 }) =>
	await stored(mp4Head(facts), 'clip.mp4', 'video/mp4');
const sound = async (seconds = 3) => await stored(wav(seconds), 'voice.wav', 'audio/wav');

const submits = () => sim.requests.filter(({ kind }) => kind === 'submit');
const uploads = () => sim.requests.filter(({ kind }) => kind === 'upload');
/** Role and address of each file. Of a long text, the log keeps only the hash. */
const filesOf = ({ body }) =>
	body.content.slice(1).map((part) => {
		const { url } = part[part.type];
		return [part.role, url.sha256 ?? url];
	});
const inline = (bytes) => hashOf(`data:image/png;base64,${bytes.toString('base64')}`);
const hashOf = (text) => createHash('sha256').update(text).digest('hex');

const withFiles = async (binary, parameters = {}) =>
	await run({ ...H3, ...parameters }, { items: [{ json: {}, binary }] });

test('pictures, a clip and a voice from the item become one video with its cost', async () => {
	const binary = {
		photo_10: await picture('ten.png'),
		photo_2: await picture('two.png', [800, 480]),
		clip: await clip(),
		voice: await sound(),
	};
	const { error, items } = await withFiles(binary, {
		referencePictures: 'photo_*, https://pictures.example.com/a.jpg',
		referenceVideos: 'clip',
		referenceAudios: '*',
	});
	expect(error).toBeUndefined();
	const [sent] = submits();
	expect(filesOf(sent)).toEqual([
		// In the order of their numbers: 2 before 10.
		['reference_image', inline(png(800, 480))],
		['reference_image', inline(png(640, 480))],
		['reference_image', 'https://pictures.example.com/a.jpg'],
		['reference_video', expect.stringMatching(/^mm_file:/)],
		['reference_audio', expect.stringMatching(/^mm_file:/)],
	]);
	expect(uploads()).toHaveLength(2);
	const [{ json, binary: files }] = items;
	// 5 s and 4 s of the clip at $0.08.
	expect(json).toMatchObject({ cost: 0.72, currency: 'USD', costComputed: true });
	expect(json.cost).toBe(sim.jobs.get(json.jobId).cost);
	const video = await engine.readBinary(files.data);
	expect(video.equals(await sim.videoFor(json.jobId))).toBe(true);
});

describe('references at WaveSpeed', () => {
	const wave = { provider: 'waveSpeed', model: 'minimax/h3/reference-to-video' };
	const files = async () => ({ photo: await picture(), clip: await clip(), voice: await sound() });
	const named = {
		...{ referencePictures: 'photo', referenceVideos: 'clip', referenceAudios: 'voice' },
		...{ resolution: '2K', duration: 4 },
	};

	test('are sent in lists: a small picture inline, a clip and a voice by their uploaded addresses', async () => {
		const { error, items } = await withFiles(await files(), { ...wave, ...named });
		expect(error).toBeUndefined();
		const [{ body, path }] = submits();
		expect(path).toBe('/api/v3/minimax/h3/reference-to-video');
		expect(body).toEqual({
			prompt: H3.prompt,
			reference_images: [expect.objectContaining({ sha256: inline(png(640, 480)) })],
			reference_videos: [expect.stringMatching(/^https?:/)],
			reference_audios: [expect.stringMatching(/^https?:/)],
			resolution: '2k',
			duration: 4,
			aspect_ratio: '16:9',
		});
		expect(uploads()).toHaveLength(2);
		const video = await engine.readBinary(items[0].binary.data);
		expect(video.equals(await sim.videoFor(items[0].json.jobId))).toBe(true);
	});

	test('the job of a submit without an answer is found in the history, and paid once', async () => {
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
		const { error, items } = await withFiles(await files(), { ...wave, ...named });
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ status: 'completed', jobId: [...sim.jobs.keys()][0] });
		expect(sim.paidPosts()).toBe(1);
	});

	test('the price for Maximum Price is requested again with the files, because they may cost something', async () => {
		const answer = { code: 200, message: 'success', data: { price: 0.99, currency: 'USD' } };
		sim.fail({ kind: 'price', skip: 1, fault: { status: 200, body: answer } });
		const options = { maxPrice: 0.6 };
		const { error } = await withFiles(await files(), { ...wave, ...named, options });
		expect(error?.message).toMatch(/is \$0\.60, but this job would cost \$0\.99/);
		const asked = sim.requests
			.filter(({ kind }) => kind === 'price')
			.map(({ body }) => body.inputs);
		expect(asked.map(({ reference_videos: clips }) => clips?.length)).toEqual([undefined, 1]);
		expect(sim.paidPosts()).toBe(0);
	});
});

test('a file ID of 18 digits keeps all digits, and a large picture is uploaded first', async () => {
	const big = await stored(
		Buffer.concat([png(640, 480), Buffer.alloc(300_000)]),
		'big.png',
		'image/png',
	);
	const { error } = await withFiles({ data: big }, { continueWhen: 'submitted' });
	expect(error).toBeUndefined();
	const [{ body }] = submits();
	expect(body.content[1].image_url.url).toMatch(/^mm_file:\/\/8\d{17,}$/);
});

const many = (count, name) =>
	Array.from({ length: count }, (_, n) => `https://pictures.example.com/${name}${n}`).join('\n');

test.each([
	['nothing', async () => ({}), { referencePictures: '' }, /needs at least one reference/],
	[
		'sound alone',
		async () => ({ voice: await sound() }),
		{ referencePictures: '', referenceAudios: 'voice' },
		/does not accept sound alone/,
	],
	['10 pictures', async () => ({}), { referencePictures: many(10, 'a') }, /10 files.* at most 9/],
	[
		'13 files',
		async () => ({}),
		{
			referencePictures: many(9, 'a'),
			referenceVideos: many(3, 'b'),
			referenceAudios: many(1, 'c'),
		},
		/13 files in total.* at most 12/,
	],
	[
		'a name that is not there',
		async () => ({ data: await picture() }),
		{ referencePictures: 'photo' },
		/input field 'photo'.* only data/,
	],
	[
		'a pattern without a file',
		async () => ({ data: await picture() }),
		{ referencePictures: 'photo_*' },
		/pattern 'photo_\*'/,
	],
	[
		'a small picture',
		async () => ({ data: await picture('a.png', [255, 400]) }),
		{},
		/at least 256 px/,
	],
	[
		'a picture beyond 5760 px',
		async () => ({ data: await stored(heicHead(5761, 3000), 'a.heic', 'image/heic') }),
		{},
		/at most 5760 px/,
	],
	[
		'a clip of 1 s',
		async () => ({ data: await clip({ seconds: 1 }) }),
		{ referencePictures: '', referenceVideos: 'data' },
		/lasts 1 s; .* 2 to 15 s/,
	],
	[
		'a clip of 16 s',
		async () => ({ data: await clip({ seconds: 16 }) }),
		{ referencePictures: '', referenceVideos: 'data' },
		/lasts 16 s/,
	],
	[
		'VP9',
		async () => ({ data: await clip({ seconds: 4, codec: 'vp09' }) }),
		{ referencePictures: '', referenceVideos: 'data' },
		/'vp09'; it must be H.264/,
	],
	[
		'15 fps',
		async () => ({ data: await clip({ seconds: 4, fps: 15 }) }),
		{ referencePictures: '', referenceVideos: 'data' },
		/15 frames per second/,
	],
	[
		'clips of 16 s together',
		async () => ({ a: await clip({ seconds: 8 }), b: await clip({ seconds: 8.5 }) }),
		{ referencePictures: '', referenceVideos: 'a, b' },
		/last 16.5 s in total/,
	],
	[
		'an MP3 of 20 s',
		async () => ({
			data: await picture(),
			voice: await stored(mp3Head(20), 'v.mp3', 'audio/mpeg'),
		}),
		{ referenceAudios: 'voice' },
		/lasts 20(\.\d)? s/,
	],
	[
		'a sound as a video',
		async () => ({ data: await sound() }),
		{ referencePictures: '', referenceVideos: 'data' },
		/which is a sound file \(WAV\); it must be MP4 or MOV/,
	],
	['a list of numbers', async () => ({}), { referencePictures: '={{ [1, 2] }}' }, /must be text/],
	[
		'another shape',
		async () => ({ data: await picture() }),
		{ aspectRatio: '={{ "2:1" }}' },
		/'Aspect Ratio' cannot be '2:1'/,
	],
])('refused before any request: %s', async (_name, files, parameters, says) => {
	const { error } = await withFiles(await files(), parameters);
	expect(error?.message ?? 'no error').toMatch(says);
	expect(sim.requests).toEqual([]);
});

test('HEIC is accepted by Hailuo 3, but not by older models', async () => {
	const heic = await stored(heicHead(1000, 800), 'a.heic', 'image/heic');
	const asFrame = { operation: 'imageToVideo', continueWhen: 'submitted' };
	expect((await withFiles({ data: heic }, asFrame)).error).toBeUndefined();
	const older = await withFiles({ data: heic }, { ...asFrame, model: 'MiniMax-Hailuo-02' });
	expect(older.error?.message).toMatch(/is a HEIC picture/);
	expect(sim.paidPosts()).toBe(1);
});

async function submitted(parameters = {}) {
	const { error, items } = await run({
		...H3,
		operation: 'textToVideo',
		continueWhen: 'submitted',
		...parameters,
	});
	expect(error).toBeUndefined();
	return items[0].json.jobId;
}

const job = async (operation, parameters = {}) =>
	await run({ provider: 'miniMax', resource: 'job', operation, ...parameters });

describe('a job by its ID, which does not show its API', () => {
	test('is found in V2, or in V1 if V2 does not know it', async () => {
		const newer = await submitted();
		const older = await submitted({ model: 'MiniMax-Hailuo-02' });
		const { error, items } = await job('wait', { jobId: `${newer},${older}` });
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => [json.jobId, json.status])).toEqual([
			[newer, 'completed'],
			[older, 'completed'],
		]);
		// V2 is called once for the older job. After that, its API is known.
		const asked = sim.requests.filter(
			({ kind, path }) => kind === 'status' && path.includes(older),
		);
		expect(asked).toHaveLength(1);
	});

	test('an unknown one is reported as unknown at once, although V2 answers 500', async () => {
		const { error } = await job('get', { jobId: '123456789012345' });
		expect(error?.message).toMatch(/does not know the job 123456789012345/);
	});
});

describe('what only V2 has', () => {
	test('Get Many lists the jobs of Hailuo 3, newest first', async () => {
		const first = await submitted();
		const second = await submitted({ model: 'MiniMax-H3-Max' });
		const { items } = await job('getAll', { returnAll: true });
		expect(items.map(({ json }) => [json.jobId, json.model])).toEqual([
			[second, 'MiniMax-H3-Max'],
			[first, 'MiniMax-H3'],
		]);
		const before = await job('getAll', {
			...{ returnAll: true, filters: { createdBefore: '2020-01-01T00:00:00' } },
		});
		expect(before.items).toEqual([]);
		const some = await job('getAll', { returnAll: true, filters: { model: 'MiniMax-H3' } });
		expect(some.items.map(({ json }) => json.jobId)).toEqual([first]);
	});

	test('Cancel cancels a queued job, and never deletes one that has ended', async () => {
		sim.options.account.concurrent = 0;
		const jobId = await submitted();
		const { items } = await job('cancel', { jobId });
		expect(items[0].json).toEqual({ cancelRequested: true, jobId, provider: 'miniMax' });
		expect(sim.jobs.get(jobId).status).toBe('cancelled');
		sim.options.account.concurrent = Infinity;
		const done = await submitted({ prompt: 'another' });
		await sim.finished(done);
		const { error } = await job('cancel', { jobId: done });
		expect(error?.message).toMatch(/has already ended/);
		expect(sim.jobs.get(done).deleted).toBeFalsy();
	});

	test('Delete removes jobs that have ended, and never cancels an open one', async () => {
		const jobId = await submitted();
		await sim.finished(jobId);
		const { items } = await job('delete', { jobId });
		expect(items[0].json).toEqual({ deleted: true, jobId, provider: 'miniMax' });
		expect(sim.jobs.get(jobId).deleted).toBe(true);
		sim.options.account.concurrent = 0;
		const waiting = await submitted({ prompt: 'another' });
		const { error } = await job('delete', { jobId: waiting });
		expect(error?.message).toMatch(/has not ended/);
		expect(sim.jobs.get(waiting).status).toBe('created');
	});

	test('a submit whose answer was lost: its job is found in the list and named, and nothing is sent again', async () => {
		// If V2 lists no prompt, no job is adopted: the same rule as for WaveSpeed.
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
		const { error } = await run({ ...H3, operation: 'textToVideo' });
		const [made] = [...sim.jobs.values()];
		expect(sim.paidPosts()).toBe(1);
		expect(error?.description).toContain(made.id);
		const { items } = await job('wait', { jobId: made.id });
		expect(items[0].json).toMatchObject({ jobId: made.id, status: 'completed' });
		expect(sim.paidPosts()).toBe(1);
	});

	test('if the list shows the prompt, the job of a lost text-only submit is found again and paid once', async () => {
		sim.options.tellsPrompts = true;
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
		const { error, items } = await run({ ...H3, operation: 'textToVideo' });
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ status: 'completed', jobId: [...sim.jobs.keys()][0] });
		expect(sim.paidPosts()).toBe(1);
	});

	test.each([
		['a frame', { operation: 'imageToVideo' }],
		['a reference', {}],
	])('it does not show files, so a job with %s is named and never adopted', async (_what, more) => {
		sim.options.tellsPrompts = true;
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
		const { error } = await withFiles({ data: await picture() }, more);
		expect(error?.description).toContain([...sim.jobs.keys()][0]);
		expect(sim.paidPosts()).toBe(1);
	});

	test('the job of an older model is not searched for in the list of the newer ones', async () => {
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
		const { error } = await run({ ...H3, operation: 'textToVideo', model: 'MiniMax-Hailuo-02' });
		expect(error?.message).toMatch(/may be billed/);
		expect(sim.requests.filter(({ kind }) => kind === 'list')).toEqual([]);
		expect(sim.paidPosts()).toBe(1);
	});
});

test('Get Balance for a pay-as-you-go key, and a clear message for a subscription', async () => {
	const all = engine.credentialsFor(sim);
	const asked = { provider: 'miniMax', resource: 'account', operation: 'getBalance' };
	const { items } = await engine.runNode({ credentials: all, parameters: asked });
	expect(items[0].json).toEqual({ provider: 'miniMax', balance: 100, currency: 'USD' });
	all.hailuoMiniMaxApi.apiKey = sim.options.miniMaxKeys.subscription;
	const { error } = await engine.runNode({ credentials: all, parameters: asked });
	expect(error?.message).toMatch(/does not report a balance for this key/);
	expect(error?.description).toMatch(/pay-as-you-go key \(sk-api-…\)/);
});

test('a model from an expression can use all of its resolutions, whatever the list in the editor shows', async () => {
	const { error } = await run({
		...{ resource: 'video', operation: 'textToVideo', provider: 'waveSpeed', prompt: 'a boat' },
		...{ model: '={{ "minimax/hailuo-02/pro" }}', resolution: '768P', duration: 6 },
	});
	expect(error).toBeUndefined();
	expect(submits()[0].body).not.toHaveProperty('resolution');
});

test('the default time limit is enough for a job of 17 minutes', async () => {
	const { error, items } = await run({
		...H3,
		operation: 'textToVideo',
		prompt: 'A long one #sim:seconds=1020',
	});
	expect(error).toBeUndefined();
	expect(items[0].json.status).toBe('completed');
});

test('V2 runs 30 jobs at the same time, so ten jobs do not run in groups of three', async () => {
	const began = sim.now();
	const items = Array.from({ length: 10 }, (_, n) => ({ json: { text: `${n} #sim:seconds=120` } }));
	const all = { ...H3, operation: 'textToVideo', prompt: '={{ $json.text }}' };
	const { error } = await run(all, { items });
	expect(error).toBeUndefined();
	expect(sim.now() - began).toBeLessThan(180_000);
});

describe('Custom Model with an ID of Hailuo 3', () => {
	const frames = {
		...{ resource: 'video', operation: 'firstLastFrameToVideo', model: 'custom', prompt: 'A lake' },
		...{ firstFrameSource: 'url', firstFrameUrl: 'https://pictures.example.com/a.jpg' },
		...{ lastFrameSource: 'url', lastFrameUrl: 'https://pictures.example.com/b.jpg' },
		continueWhen: 'submitted',
	};

	test('WaveSpeed: the last frame is sent under its own name', async () => {
		await run({ ...frames, provider: 'waveSpeed', customModel: 'minimax/h3/image-to-video' });
		expect(submits()[0].body).toEqual({
			prompt: 'A lake',
			image: 'https://pictures.example.com/a.jpg',
			last_image: 'https://pictures.example.com/b.jpg',
		});
	});

	test('WaveSpeed: if the name of the field is unknown, nothing is sent', async () => {
		const customModel = 'wavespeed-ai/minimax-h3/image-to-video';
		const { error } = await run({ ...frames, provider: 'waveSpeed', customModel });
		expect(error?.message).toMatch(
			/'Last Frame' cannot be sent, because this node does not know what .* calls/,
		);
		expect(sim.requests).toEqual([]);
	});

	test('MiniMax: is sent to V2, with the parameters that were typed in', async () => {
		const { error } = await run({
			...{ ...frames, provider: 'miniMax', customModel: 'MiniMax-H3' },
			additionalFields: '{"resolution": "768P", "duration": 4}',
		});
		expect(error).toBeUndefined();
		expect(submits()[0]).toMatchObject({
			path: '/v2/video_generation',
			body: { model: 'MiniMax-H3', resolution: '768P', duration: 4 },
		});
	});
});
