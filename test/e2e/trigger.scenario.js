'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { TriggerRun } = require('./triggerRun');

/** The full run: 200 jobs, ten kills, and the moment in which n8n may lose an event measured. */
const full = process.env.HAILUO_FULL === '1';

/**
 * When n8n is killed. Each begins with n8n up, some jobs finished meanwhile and some still running. None of them is the
 * moment between n8n's own two writes (state, execution): see `handOver`.
 */
const MOMENTS = {
	'while the history is read': async (run) => await run.request('list', 1),
	'while statuses are read': async (run) => await run.request('status', 3),
	'while videos are downloaded': async (run) => await run.request('download', 2),
	'1 s after an execution': async (run) => await afterExecution(run, 1_000),
	'while the second history is read': async (run) => await run.request('list', 2),
	'at the first status': async (run) => await run.request('status', 1),
	'at the first download': async (run) => await run.request('download', 1),
	'5 s after an execution': async (run) => await afterExecution(run, 5_000),
	'after polls without a result': async () => await sleep(16_000),
	'as soon as n8n is up': async () => {},
};

/** ms from the answer to a poll's last download until the kill. */
const HAND_OVER_MS = [0, 3, 6, 10, 15, 20, 30, 50, 100, 300];

async function afterExecution(run, ms) {
	const before = (await run.executions())[0]?.id;
	await run.until(async () => (await run.executions())[0]?.id !== before, 30_000);
	await sleep(ms);
}

/** Kills n8n at each moment and starts it again. */
async function survive(run, moments, jobs) {
	const share = Math.floor(jobs / (moments.length + 1));
	for (const moment of moments) {
		run.make(share - 3, 0.5);
		run.make(2, 12);
		run.make(1, 25);
		// The polls after the start find them.
		const reached = MOMENTS[moment](run);
		await Promise.race([reached, sleep(60_000).then(() => Promise.reject(new Error(moment)))]);
		await run.kill();
		await run.start();
	}
	run.make(jobs - run.made.length, 1);
	await run.settle();
}

/**
 * What n8n loses or repeats when it is killed just when it takes over what a poll returned.
 * @returns {Promise<string[]>} for each moment: `once`, `lost` or `twice`
 */
async function handOver(run) {
	const ids = [];
	for (const ms of HAND_OVER_MS) {
		run.make(1, 0.1);
		const id = run.made.at(-1);
		ids.push(id);
		await run.request('download', 1);
		await sleep(ms);
		await run.kill();
		await run.start();
		await run.until(async () => (await run.emitted()).includes(id), 30_000);
	}
	await sleep(10_000);
	const { missing, twice } = await run.count();
	return ids.map((id) => (missing.includes(id) ? 'lost' : twice.includes(id) ? 'twice' : 'once'));
}

async function play({ version, mode, tarball, log, assert }) {
	const run = new TriggerRun({ version, mode, tarball });
	const say = (line) => {
		log(line);
		if (full) console.log(line);
	};
	try {
		await run.setUp();
		const moments = Object.keys(MOMENTS).slice(0, full ? 10 : 4);
		await survive(run, moments, full ? 200 : 60);
		const { made, emitted, missing, twice } = await run.count();
		say(
			`${version} ${mode}: ${made} jobs, ${run.kills} kills, ${emitted} emitted, ${missing.length} missing, ${twice.length} twice`,
		);
		assert.deepEqual({ missing, twice }, { missing: [], twice: [] }, `${version} ${mode}`);
		if (full) {
			const ends = await handOver(run);
			const each = HAND_OVER_MS.map((ms, i) => `${ms} ms: ${ends[i]}`).join(', ');
			say(`${version} ${mode}: killed after the last download, ${each}`);
		}
	} finally {
		await run.tearDown();
	}
}

/** The n8n processes of one version run side by side: most of the time they wait. */
const scenario = (version, modes) => ({
	name: `trigger on ${version}: killed and started again, ${modes.join(', ')}`,
	versions: [version],
	timeoutMs: full ? 1_500_000 : 170_000,

	async run(context) {
		const played = modes.map(async (mode) => await play({ ...context, version, mode }));
		const failed = (await Promise.allSettled(played)).find(({ reason }) => reason);
		if (failed) throw failed.reason;
	},
});

module.exports = [
	scenario('2.41.1', ['default', 'scheduler', 'scheduler with durable cursors']),
	scenario('2.8.4', ['default']),
];
