'use strict';

// `npm run demo`: from a fresh clone to a video. A real n8n with this package, and the simulator instead of the
// providers. Nothing is paid, and nothing outside 127.0.0.1 is used except npm's registry (and Debian's, for
// ffmpeg). `npm run demo -- --keep` leaves everything running, to try it in a browser.
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, ensureModules } = require('../setup');
const { seconds, steps } = require('./steps');

const N8N_VERSION = '2.41.1';
const PHOTO = path.join(__dirname, 'lake.jpg');
const OUTPUT = path.join(ROOT, 'demo-output');
const JOB_MS = 15_000;

const say = (line) => console.log(`      ${line}`);
const keep = process.argv.includes('--keep');

async function findFfmpeg() {
	const { ensureFfmpeg } = require('../n8n/system');
	try {
		say(`${await ensureFfmpeg(say)} will make the video from the picture`);
	} catch (error) {
		say(error.message);
		say('Without it the simulator answers with a ready-made clip, not made from the picture.');
	}
}

function demoWorkflow(credentials) {
	const { chain, hailuo, manualTrigger } = require('../n8n/workflows');
	return chain('Hailuo demo: picture to video', [
		manualTrigger(),
		{
			name: 'Read the Picture',
			type: 'n8n-nodes-base.readWriteFile',
			parameters: { operation: 'read', fileSelector: PHOTO, options: {} },
		},
		hailuo(
			{
				provider: 'waveSpeed',
				resource: 'video',
				operation: 'imageToVideo',
				model: 'minimax/hailuo-02/fast',
				firstFrameSource: 'binary',
				firstFrameBinaryField: 'data',
				prompt: 'Evening on a mountain lake: the water ripples, the camera moves slowly closer',
				duration: 6,
			},
			{ hailuoWaveSpeedApi: credentials.hailuoWaveSpeedApi },
			{ name: 'Make the Video' },
		),
	]);
}

async function setUp(client, sim) {
	const { OWNER } = require('../n8n/client');
	const { simulatorCredentials } = require('../n8n/credentials');
	await client.setupOwner();
	say(`owner ${OWNER.email}`);
	const credentials = {};
	for (const [type, data] of Object.entries(simulatorCredentials(sim))) {
		const name = `${type.replace(/^hailuo(.*)Api$/, '$1')} (simulator)`;
		credentials[type] = await client.createCredential(name, type, data);
		const { status, message } = await client.testCredential(credentials[type].id);
		if (status !== 'OK') throw new Error(`n8n's test of ${type} says: ${message}`);
		say(`credential ${name}: works`);
	}
	return await client.createWorkflow(demoWorkflow(credentials));
}

/** Runs the workflow, and prints the status of the provider's job meanwhile. */
async function makeVideo(client, sim, workflow) {
	const { errorOf, itemsOf } = require('../n8n/client');
	const started = Date.now();
	let told = '';
	const onPoll = () => {
		const [job] = [...sim.jobs.values()];
		const now = job ? `job ${job.id}: ${job.status}` : 'the node reads the picture';
		if (now !== told) say(`${seconds(started)}: ${now}`);
		told = now;
	};
	const execution = await client.run(workflow, { onPoll, timeoutMs: 180_000 });
	const failure = errorOf(execution);
	if (execution.status !== 'success') {
		const why = [failure?.message, failure?.description].filter(Boolean).join('. ');
		throw new Error(`The run ended as "${execution.status}". ${why}`);
	}
	const [item] = itemsOf(execution, 'Make the Video');
	if (!item?.binary?.data) throw new Error('The node gave no video');
	say(`${seconds(started)}: ${item.json.status}, model ${item.json.model}`);
	return item.binary.data;
}

async function save(client, binary) {
	const { which } = require('../n8n/system');
	const { run } = require('../n8n/processes');
	const video = await client.readBinary(binary);
	if (video.subarray(4, 8).toString('latin1') !== 'ftyp') throw new Error('This is not an MP4');
	fs.mkdirSync(OUTPUT, { recursive: true });
	const file = path.join(OUTPUT, path.basename(binary.fileName ?? 'video.mp4'));
	fs.writeFileSync(file, video);
	const ffprobe = which('ffprobe');
	if (!ffprobe) return file;
	const entries = 'stream=codec_name,width,height:format=duration';
	const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', file];
	const { streams, format } = JSON.parse(await run('reading the video', ffprobe, args));
	const { codec_name: codec, width, height } = streams[0];
	say(`${video.length} bytes, ${codec}, ${width} x ${height}, ${Number(format.duration)} s`);
	return file;
}

async function untilCtrlC() {
	await new Promise((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
		// Handlers of signals alone do not keep Node running.
		setInterval(() => {}, 60_000);
	});
}

async function main() {
	const step = steps(7);
	const running = [];
	try {
		await step('Development packages', () => ensureModules(say));
		const { ensureN8n } = require('../n8n/install');
		const { startN8n, packPackage } = require('../n8n/n8n');
		const { N8nClient, OWNER } = require('../n8n/client');
		await step(`Node 24 and n8n ${N8N_VERSION}`, async () => {
			say(`in ${(await ensureN8n(N8N_VERSION, say)).dir}`);
		});
		const packed = await step('Build and pack the package', () => packPackage({ log: say }));
		const sim = await step('Start the simulated providers', async () => {
			await findFfmpeg();
			const { startSimulator } = require('../../test/simulator');
			const started = await startSimulator({ render: true, jobTime: JOB_MS });
			running.push(started);
			say(`WaveSpeed is played on ${started.urls.waveSpeed}`);
			return started;
		});
		const client = await step(`Install ${packed.name} in n8n and start it`, async () => {
			// n8n lets a workflow read files only in the folders named here.
			const env = { N8N_RESTRICT_FILE_ACCESS_TO: __dirname };
			const n8n = await startN8n({
				version: N8N_VERSION,
				packages: [packed.tarball],
				env,
				log: say,
			});
			running.push(n8n);
			say(`n8n is up on ${n8n.url}`);
			return new N8nClient(n8n.url);
		});
		const workflow = await step('Owner, credentials, workflow', () => setUp(client, sim));
		const file = await step('Make a video of lake.jpg', async () =>
			save(client, await makeVideo(client, sim, workflow)),
		);
		console.log(`\nThe video: ${file}`);
		if (keep) {
			console.log(`\nThe editor: ${client.url}/workflow/${workflow.id}`);
			console.log(`Login: ${OWNER.email}, password ${OWNER.password}`);
			console.log('Ctrl-C ends n8n and the simulator.');
			await untilCtrlC();
			console.log('\nEnding.');
		}
	} finally {
		for (const it of running.reverse()) await it.stop();
	}
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(`\n${error.message}`);
		process.exit(1);
	},
);
