'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { checkNode } = require('../../tools/examples/checkNode');
const { EXAMPLES, isSticky, loadExamples } = require('../../tools/examples/examples');
const { openBrowser } = require('../../tools/n8n/browser');
const { errorOf, itemsOf } = require('../../tools/n8n/client');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { clip } = require('../engine/joinClips');
const { wav } = require('../simulator/clips');
const { playInBrowser } = require('./player');
const { startStandIns, withStandIns } = require('./standIns');

/* The workflows of examples/, as a user imports and runs them. Services out of reach have stand-ins. */

/** @typedef {import('./standIns').StandIns} StandIns */

const NEWEST = ['2.41.1'];
/** Where n8n itself does much of the work: the form, the agent. */
const BOTH = ['2.41.1', '2.8.4'];
const PHOTO = path.join(__dirname, '..', '..', 'tools', 'demo', 'lake.jpg');

/** @returns {any} the workflow of an example */
function load(file) {
	const found = loadExamples().find((example) => example.file === file);
	if (!found) throw new Error(`There is no example ${file}`);
	return found.workflow;
}

/** How many pictures a video has, counted by decoding it. @param {Buffer} video */
function framesOf(video) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-frames-'));
	const file = path.join(folder, 'video.mp4');
	try {
		fs.writeFileSync(file, video);
		const said = execFileSync('ffprobe', [
			...['-v', 'error', '-select_streams', 'v', '-count_frames', '-of', 'csv=p=0'],
			...['-show_entries', 'stream=nb_read_frames', file],
		]);
		return parseInt(said.toString(), 10);
	} finally {
		fs.rmSync(folder, { recursive: true });
	}
}

/**
 * Videos of 4 s that differ: each job has a colour of its own.
 * @param {Parameters<typeof clip>[1]} options
 */
function colouredVideos(options) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-clips-'));
	let made = 0;
	const video = () =>
		clip(path.join(folder, 'clip.mp4'), { hue: 100 * made++, fps: 24, seconds: 4, ...options });
	return { video, remove: () => fs.rmSync(folder, { recursive: true }) };
}

/**
 * A scenario that imports one example, with what it needs, and plays it.
 * @param {string} file
 * @param {string} name
 * @param {(context: any) => Promise<void>} play
 * @param {StandIns & { versions?: string[], videos?: Parameters<typeof clip>[1], type?: string }} [needs] `videos`: the
 *   options of the simulator's videos; without them, all jobs have the same small one. `type`: of the credential
 */
const example = (file, name, play, { versions = NEWEST, videos, ...more } = {}) => ({
	name: `examples: ${name}`,
	versions,
	timeoutMs: 240_000,

	async run(context) {
		const { client, sim } = context;
		const services = await startStandIns(more);
		const coloured = videos && colouredVideos(videos);
		const { video } = sim.options;
		if (coloured) sim.options.video = coloured.video;
		try {
			const { type = 'hailuoWaveSpeedApi' } = more;
			const credentials = {
				[type]: await client.createCredential(file, type, simulatorCredentials(sim)[type]),
				openAiApi: await client.createCredential('Chat', 'openAiApi', {
					apiKey: 'not-a-key',
					url: `${services.url}/v1`,
				}),
			};
			const add = async (of = file, change = (workflow) => workflow) =>
				await client.createWorkflow(
					change(withStandIns(load(of), { url: services.url, credentials })),
				);
			await play({ ...context, services, add });
			context.assert.deepEqual(sim.leaks, [], 'the key went to the provider alone');
		} finally {
			sim.options.video = video;
			coloured?.remove();
			await services.close();
		}
	},
});

/** Changes the parameters of one node of a workflow. */
const changed = (workflow, name, parameters) => ({
	...workflow,
	nodes: workflow.nodes.map((node) =>
		node.name === name ? { ...node, parameters: { ...node.parameters, ...parameters } } : node,
	),
});

async function succeed({ client, assert }, workflow) {
	const execution = await client.run(workflow, { timeoutMs: 120_000 });
	assert.equal(execution.status, 'success', errorOf(execution)?.message);
	return execution;
}

const known = {
	name: 'examples: import in the editor, every field as n8n knows it',
	versions: BOTH,
	timeoutMs: 600_000,

	async run({ n8n, client, assert, log }) {
		const types = await client.nodeTypes();
		const typeOf = ({ type, typeVersion }) =>
			types.find(({ name, version }) => name === type && [version].flat().includes(typeVersion));
		for (const { file, workflow } of loadExamples()) {
			for (const node of workflow.nodes) {
				assert.ok(typeOf(node), `${file}: n8n has no ${node.type} ${node.typeVersion}`);
				assert.deepEqual(checkNode(node, typeOf(node)), [], file);
			}
		}
		const { editor, page, close } = await openBrowser(n8n.url, { log });
		try {
			await editor.login();
			for (const { file, workflow } of loadExamples()) {
				await editor.newWorkflow();
				const input = page.locator('[data-test-id=workflow-import-input]');
				await input.setInputFiles(path.join(EXAMPLES, file));
				const working = workflow.nodes.filter((node) => !isSticky(node));
				const names = new Set();
				for (let i = 0; i < 50 && names.size < working.length; i++) {
					const shown = page.locator('[data-test-id=canvas-node][data-node-name]');
					for (const node of await shown.all())
						names.add(await node.getAttribute('data-node-name'));
					await page.waitForTimeout(100);
				}
				for (const { name } of working) assert.ok(names.has(name), `${file}: "${name}" is shown`);
				const folder = process.env.HAILUO_SCREENSHOTS;
				if (folder) await editor.screenshot(path.join(folder, file.replace('json', 'png')));
			}
		} finally {
			await close();
		}
	},
};

/**
 * Opens the form of a workflow, lets it be filled in and sends it.
 * @param {any} context
 * @param {any} workflow
 * @param {string} name of the node that has the form
 * @param {(page: any) => Promise<void>} fill
 * @returns {Promise<Buffer>} the file that comes back
 */
async function answerOf({ n8n, client, log }, workflow, name, fill) {
	await client.activate(workflow);
	const { webhookId } = workflow.nodes.find((node) => node.name === name);
	const { page, close } = await openBrowser(n8n.url, { log });
	try {
		await page.goto(`${n8n.url}/form/${webhookId}`);
		await fill(page);
		const [download] = await Promise.all([
			page.waitForEvent('download', { timeout: 120_000 }),
			page.locator('#submit-btn, button[type=submit]').first().click(),
		]);
		return fs.readFileSync(await download.path());
	} finally {
		await close();
		await client.deactivate(workflow);
	}
}

async function assertVideo({ sim, assert }, video) {
	const [job] = [...sim.jobs.values()];
	assert.ok(video.equals(await sim.videoFor(job.id)), `${video.length} bytes came back`);
}

const form = example(
	'picture-form-to-video.json',
	'a form takes a picture and gives the video back',
	async (context) => {
		const { sim, assert, add } = context;
		const video = await answerOf(context, await add(), 'Picture Form', async (page) => {
			await page.locator('input[type=file]').setInputFiles(PHOTO);
			await page.locator('textarea').fill('The sun sets behind the mountains');
			await page.locator('select').selectOption('10');
		});
		await assertVideo(context, video);
		const [submit] = sim.requests.filter(({ kind }) => kind === 'submit');
		assert.equal(submit.body.prompt, 'The sun sets behind the mountains');
		assert.equal(submit.body.duration, 10);
		assert.equal(sim.paidPosts(), 1);
	},
	{ versions: BOTH },
);

const product = example(
	'product-and-voice-to-video.json',
	'a form takes a product picture and a voice, and gives a video with sound back',
	async (context) => {
		const { sim, assert, add } = context;
		const video = await answerOf(context, await add(), 'Product Form', async (page) => {
			const files = page.locator('input[type=file]');
			await files.nth(0).setInputFiles(PHOTO);
			const voice = { name: 'voice.wav', mimeType: 'audio/wav', buffer: wav(3) };
			await files.nth(1).setInputFiles(voice);
			await page.locator('textarea').fill('The lake of picture 1, told of by audio 1');
		});
		await assertVideo(context, video);
		const [{ path: to, body }] = sim.requests.filter(({ kind }) => kind === 'submit');
		assert.equal(to, '/v2/video_generation');
		const roles = body.content.map(({ type, role = type }) => role);
		assert.deepEqual(roles, ['text', 'reference_image', 'reference_audio']);
		assert.equal(sim.paidPosts(), 1);
	},
	{ type: 'hailuoMiniMaxApi' },
);

const shorts = example(
	'upright-shorts.json',
	'each sentence becomes an upright video',
	async (context) => {
		const { sim, assert, add } = context;
		const execution = await succeed(context, await add());
		const sent = sim.requests.filter(({ kind }) => kind === 'submit');
		assert.deepEqual(
			sent.map(({ path: to, body }) => [to, body.aspect_ratio, body.resolution, body.duration]),
			sent.map(() => ['/api/v3/minimax/h3/text-to-video', '9:16', '768p', 6]),
		);
		const items = itemsOf(execution, 'Make the Videos');
		assert.deepEqual(
			items.map(({ binary }) => binary.data.mimeType),
			['video/mp4', 'video/mp4'],
		);
		assert.equal(sim.paidPosts(), 2);
		assert.equal(sim.count({ kind: 'price' }), 1, 'the ceiling was kept');
	},
);

const ROWS = [
	{ row_number: 2, Prompt: 'A kite over the dunes', Status: 'todo' },
	{ row_number: 3, Prompt: '', Status: 'todo' },
	{ row_number: 5, Prompt: 'A train in the fog', Status: 'todo' },
];

const sheet = example(
	'sheet-rows-to-videos.json',
	'each row of a sheet becomes a video, and gets its address or the reason',
	async (context) => {
		const { sim, assert, services, add } = context;
		await succeed(context, await add());
		assert.equal(sim.paidPosts(), 2, 'a row without a prompt is not submitted');
		const done = services.sent['Row Is Done'];
		assert.deepEqual(
			done.map(({ row_number }) => row_number),
			['2', '5'],
		);
		for (const row of done) {
			const job = sim.jobs.get(row['Job ID']);
			const asked = ROWS.find(({ row_number }) => String(row_number) === row.row_number);
			assert.equal(job.input.prompt, asked?.Prompt, 'the row has the video of its own prompt');
			assert.equal(row.Video, sim.videos.url(job));
			assert.equal(row.Status, 'done');
		}
		const [other, ...more] = services.sent['Row Did Not Work'];
		assert.deepEqual(more, []);
		assert.equal(other.row_number, '3');
		assert.match(other.Note, /'Prompt' is empty/);
	},
	{ rows: ROWS },
);

const slack = example(
	'post-video-to-slack.json',
	'a video is posted as a file, or the reason as a message',
	async (context) => {
		const { sim, assert, services, add } = context;
		const workflow = await add();
		await succeed(context, workflow);
		const [{ file, comment }] = services.sent['Post the Video'];
		const [job] = [...sim.jobs.values()];
		assert.ok(file.equals(await sim.videoFor(job.id)));
		assert.match(comment, /A cup of coffee/);
		assert.equal(services.sent['Say Why Not'], undefined);

		sim.outcome = () => ({ fail: 1200 });
		try {
			await succeed(context, workflow);
		} finally {
			sim.outcome = undefined;
		}
		const [{ text }] = services.sent['Say Why Not'];
		assert.match(text, /^No video today: The job \w+ did not succeed/);
		assert.equal(services.sent['Post the Video'].length, 1);
	},
);

const FILES = { lake: fs.readFileSync(PHOTO), notes: Buffer.from('No picture at all') };

const youTube = example(
	'drive-pictures-to-youtube.json',
	'a picture in a Drive folder becomes a video on YouTube, another file costs nothing',
	async (context) => {
		const { sim, assert, services, add } = context;
		const found = [
			{ id: 'lake', name: 'Evening lake.jpg' },
			{ id: 'notes', name: 'notes.txt' },
		];
		const workflow = await add('drive-pictures-to-youtube.json', (it) => ({
			...it,
			pinData: { 'A Picture Arrives': found.map((json) => ({ json })) },
		}));
		const execution = await succeed(context, workflow);
		const [job, ...others] = [...sim.jobs.values()];
		assert.deepEqual(others, []);
		assert.equal(sim.paidPosts(), 1);
		const [{ file, title, privacyStatus }, ...more] = services.sent['Put It on YouTube'];
		assert.deepEqual(more, []);
		assert.ok(file.equals(await sim.videoFor(job.id)));
		assert.equal(title, 'Evening lake');
		assert.equal(privacyStatus, 'private');
		const [{ json }] = itemsOf(execution, 'No Video');
		assert.match(json.error.message, /^'First Frame' is /);
	},
	{ files: FILES },
);

const frames = example(
	'start-and-end-frame.json',
	'a video leads from one picture to another',
	async (context) => {
		const { sim, assert, add } = context;
		const execution = await succeed(context, await add());
		const [submit] = sim.requests.filter(({ kind }) => kind === 'submit');
		assert.equal(submit.body.image, 'https://example.com/morning.jpg');
		assert.equal(submit.body.end_image, 'https://example.com/evening.jpg');
		const [item] = itemsOf(execution, 'Make the Video');
		assert.equal(item.binary.data.mimeType, 'video/mp4');
	},
);

/** A browser plays a film from its beginning to its end, every frame of it. */
async function assertPlays({ assert, log }, file, { width, height, frames, seconds }) {
	const { duration, ...played } = await playInBrowser(file, { log });
	assert.deepEqual(played, { end: 'ended', width, height, seconds: duration, frames });
	assert.ok(Math.abs(duration - seconds) < 0.05, `the browser plays ${duration} s of ${seconds}`);
}

const film = example(
	'storyboard-to-film.json',
	'pictures of a sheet become clips side by side, and these one film',
	async (context) => {
		const { sim, assert, services, add } = context;
		const execution = await succeed(context, await add());
		const jobs = [...sim.jobs.values()];
		assert.equal(jobs.length, 2, 'three pictures make two clips');
		assert.equal(sim.paidPosts(), 2);
		const [item, ...others] = itemsOf(execution, 'Join the Film');
		assert.deepEqual(others, []);
		const clips = await Promise.all(jobs.map(async ({ id }) => framesOf(await sim.videoFor(id))));
		const [{ file, description }] = services.sent['Put It on YouTube'];
		assert.equal(item.json.frames, clips[0] + clips[1]);
		assert.equal(framesOf(file), item.json.frames, 'every frame of the clips is decoded');
		assert.equal(file.length, item.json.bytes);
		assert.equal(description, 'A film of 2 clips');
		await assertPlays(context, file, item.json);
	},
	{
		videos: {},
		rows: (url) =>
			['dawn', 'noon', 'dusk'].map((name) => ({
				Picture: `${url}/files/${name}`,
				Sentence: `The light turns to ${name}`,
			})),
		files: { dawn: FILES.lake, noon: FILES.lake, dusk: FILES.lake },
	},
);

const continued = example(
	'continue-a-clip.json',
	'a clip is the reference of the next one, and both become one film',
	async (context) => {
		const { client, sim, assert, add } = context;
		const execution = await succeed(context, await add());
		const [first, next, ...others] = sim.requests.filter(({ kind }) => kind === 'submit');
		assert.deepEqual(others, []);
		const roles = ({ body }) => body.content.map(({ type, role = type }) => role);
		assert.deepEqual([roles(first), roles(next)], [['text'], ['text', 'reference_video']]);
		assert.match(next.body.content[0].text, /^Continue video 1/);
		assert.equal(sim.paidPosts(), 2);
		const [item] = itemsOf(execution, 'Join the Film');
		assert.deepEqual([item.json.clips, item.json.hasSound, item.json.frames], [2, true, 192]);
		const file = await client.readBinary(item.binary.data);
		assert.equal(framesOf(file), 192);
		await assertPlays(context, file, item.json);
	},
	{ type: 'hailuoMiniMaxApi', videos: { size: '512x288', sound: 440 } },
);

const ceiling = example(
	'price-ceiling.json',
	'what is dearer than the ceiling is not submitted',
	async (context) => {
		const { sim, assert, add } = context;
		const execution = await succeed(context, await add());
		const prices = itemsOf(execution, 'Ask the Prices').map(({ json }) => json.price);
		assert.deepEqual(prices, [0.23, 0.56]);
		const [made] = itemsOf(execution, 'Made');
		assert.equal(made.json.status, 'completed');
		const [dear, ...others] = itemsOf(execution, 'Too Dear');
		assert.deepEqual(others, []);
		assert.match(
			dear.json.error.message,
			/'Maximum Price \(USD\)' is \$0\.30, but this job would cost \$0\.56/,
		);
		assert.equal(sim.paidPosts(), 1, 'only the one within the ceiling was submitted');
	},
);

/** n8n allows one poll a minute for each entry: twelve of them make one every 5 s. */
const OFTEN = {
	item: Array.from({ length: 12 }, (_, i) => ({
		mode: 'custom',
		cronExpression: `${i * 5} * * * * *`,
	})),
};

const later = example(
	'submit-now.json',
	'one workflow submits, the trigger of another delivers',
	async (context) => {
		const { client, sim, assert, services, add } = context;
		const waiting = await add('fetch-later.json', (workflow) =>
			changed(workflow, 'A Job Has Ended', { pollTimes: OFTEN }),
		);
		await client.activate(waiting);
		try {
			while (sim.count({ kind: 'list' }) === 0) await sleep(200);
			const execution = await succeed(context, await add());
			const items = itemsOf(execution, 'Submit the Videos').map(({ json }) => json);
			assert.equal(items.length, 3);
			for (const { status } of items) assert.notEqual(status, 'completed');
			const kept = () => services.sent['Keep the Video'] ?? [];
			for (let i = 0; i < 600 && kept().length < 3; i++) await sleep(200);
			const names = kept().map(({ name }) => name);
			assert.deepEqual(
				names.sort(),
				items.map(({ jobId }) => `minimax-hailuo-02-standard-${jobId}.mp4`).sort(),
			);
			for (const { name, file } of kept()) {
				const { jobId } = items.find((one) => name.includes(one.jobId));
				assert.ok(file.equals(await sim.videoFor(jobId)));
			}
			assert.equal(sim.paidPosts(), 3);
		} finally {
			await client.deactivate(waiting);
		}
	},
);

/** A model that calls the tool once, polls the job, and then answers with the address. */
function chat(messages) {
	const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
	const said = results.map((content) => JSON.stringify(content));
	const call = (name, args) => ({
		role: 'assistant',
		content: null,
		tool_calls: [
			{ id: `call-${name}`, type: 'function', function: { name, arguments: JSON.stringify(args) } },
		],
	});
	if (said.length === 0) return call('Make_a_Video', { prompt: 'A lighthouse at dusk' });
	const [, jobId] = /jobId\W+([0-9a-f]{32})/.exec(said[0]) ?? [];
	if (said.length === 1) return call('Look_at_a_Job', { jobId });
	const [, url] = /videoUrl\W+(https?:[^\\"]+)/.exec(said[1]) ?? [];
	return { role: 'assistant', content: `Your video: ${url}` };
}

const agent = example(
	'ai-agent-tool.json',
	'an AI agent makes a video with the node as its tool',
	async (context) => {
		const { sim, assert, services, add, log } = context;
		const asked = { sessionId: 'one', action: 'sendMessage', chatInput: 'A lighthouse, please' };
		const workflow = await add('ai-agent-tool.json', (it) => ({
			...it,
			pinData: { Chat: [{ json: asked }] },
		}));
		const execution = await succeed(context, workflow);
		const [job, ...others] = [...sim.jobs.values()];
		log(`the model was sent: ${JSON.stringify(services.sent.chat?.at(-1)?.messages)}`);
		assert.deepEqual(others, []);
		assert.equal(sim.paidPosts(), 1);
		assert.equal(job.input.prompt, 'A lighthouse at dusk');
		const [{ json }] = itemsOf(execution, 'AI Agent');
		assert.equal(json.output, `Your video: ${sim.videos.url(job)}`);
		assert.equal(sim.count({ kind: 'price' }), 1, 'the ceiling was kept');
		const [{ tools }] = services.sent.chat;
		assert.deepEqual(tools.map(({ function: { name } }) => name).sort(), [
			'Look_at_a_Job',
			'Make_a_Video',
		]);
		const fetched = sim.requests.filter(({ kind }) => kind === 'download');
		assert.deepEqual(fetched, [], 'a file for an agent is not fetched');
	},
	{ chat, versions: BOTH },
);

module.exports = [
	known,
	form,
	product,
	shorts,
	sheet,
	slack,
	youTube,
	frames,
	film,
	continued,
	ceiling,
	later,
	agent,
];
