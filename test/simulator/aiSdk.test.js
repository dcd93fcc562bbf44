'use strict';

const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');
const { startSimulator } = require('.');
const { png } = require('./pictures');
const { mp4Head, wav } = require('./clips');

/** `@ai-sdk/minimax`, written by others, unchanged: if it is content, the wire form of V2 is right. */

const CLIENT = path.join(__dirname, 'aiSdkClient.mjs');
const run = promisify(execFile);
let sim;

beforeAll(async () => {
	// In scaled time: the SDK runs in a process of its own, whose timers nobody here can see.
	sim = await startSimulator({ timeScale: 1000, jobTime: 20_000 });
});
beforeEach(() => sim.reset());
afterAll(() => sim.stop());

async function generate(options, model = 'MiniMax-H3', key = 'test-key-minimax') {
	const input = JSON.stringify({ url: sim.urls.miniMax, key, model, options });
	const { stdout } = await run(process.execPath, [CLIENT, input]);
	return JSON.parse(stdout);
}

const picture = { base64: png(640, 360).toString('base64'), mediaType: 'image/png' };
const clip = { base64: mp4Head({ seconds: 4 }).toString('base64'), mediaType: 'video/mp4' };
const roles = () => [...sim.jobs.values()][0].input.content.map((item) => item.role ?? item.type);

test('text to video', async () => {
	const made = await generate({ prompt: 'a lake', aspectRatio: '9:16', duration: 6 });
	const [id] = sim.jobs.keys();
	expect(made).toMatchObject({
		taskId: id,
		warnings: [],
		duration: 6,
		ratio: '9:16',
		resolution: '2K',
		usage: { totalSeconds: 6, inputSeconds: 0, outputSeconds: 6 },
	});
	expect(Buffer.from(made.bytes, 'base64').equals(await sim.videoFor(id))).toBe(true);
	expect(sim.leaks).toEqual([]);
});

test('a first frame', async () => {
	const made = await generate({ prompt: 'x', image: picture, duration: 5 });
	expect(made).toMatchObject({ warnings: [], resolvedInputs: { imageCount: 1 } });
	expect(roles()).toEqual(['text', 'first_frame']);
});

test('picture, clip and sound as references', async () => {
	const minimax = {
		resolution: '768P',
		referenceAudioUrls: [`data:audio/wav;base64,${wav(2).toString('base64')}`],
	};
	const made = await generate({ prompt: 'x', references: [picture, clip], duration: 5, minimax });
	expect(made).toMatchObject({ warnings: [], usage: { totalSeconds: 9, inputSeconds: 4 } });
	expect(roles()).toEqual(['text', 'reference_image', 'reference_video', 'reference_audio']);
});

test('it sends no references to H3-Max, which the vendor’s API text takes', async () => {
	const made = await generate(
		{ prompt: 'x', references: [picture], duration: 5 },
		'MiniMax-H3-Max',
	);
	expect(made.warnings).toHaveLength(1);
	expect(roles()).toEqual(['text']);
});

test('a failed job, a refused request, a wrong key, a bad status call', async () => {
	expect(await generate({ prompt: 'x #sim:fail=1027' })).toEqual({
		name: 'MINIMAX_VIDEO_GENERATION_FAILED',
		message: expect.stringMatching(/output sensitive \(1027\)\. Task ID: \d{15}$/),
	});
	const empty = await generate({ prompt: '' });
	expect(empty.message).toBe(
		'invalid params, content must include a non-empty text item (prompt is required) (2013)',
	);
	expect((await generate({ prompt: 'x' }, undefined, 'wrong')).message).toMatch(/\(1004\)$/);
	sim.fail({ kind: 'status', fault: { status: 500 } });
	expect((await generate({ prompt: 'x' })).message).toBe('internal error (1000)');
}, 20_000);
