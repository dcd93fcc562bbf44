'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

/* What is done to an n8n with the trigger in it, in one process or in queue mode. See triggerRun.js. */

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

module.exports = { HAND_OVER_MS, MOMENTS, handOver, survive };
