'use strict';

const { createHash } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');
const { itemsOf } = require('../n8n/client');
const { isGone } = require('../n8n/processes');
const { HAND_OVER_MS, MOMENTS, handOver, survive } = require('../../test/e2e/triggerKills');
const { TriggerRun } = require('../../test/e2e/triggerRun');
const { Cluster, LOCK_MS, spread, takenBy } = require('./cluster');
const { listedIds } = require('./runJob');

/** More kills, also at the moments in which n8n takes over the result of a poll. */
const full = process.env.HAILUO_FULL === '1';

/** Behind the trigger: the file is read on the worker; and the execution lasts, so that the worker can be killed in it. */
const AFTER = [
	{
		name: 'Sum',
		type: 'n8n-nodes-base.crypto',
		parameters: { action: 'hash', type: 'SHA256', binaryData: true, dataPropertyName: 'sum' },
	},
	{
		name: 'After',
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		parameters: { amount: 4, unit: 'seconds' },
	},
];

/**
 * The trigger on the main, its executions on two workers; then main, worker and Redis are ended and started again.
 * @param {{ version: string, mode: keyof typeof import('../../test/e2e/triggerRun').MODES, log: (line: string) => void,
 *   table: import('./table').Table }} options `mode`: how n8n runs polling triggers
 */
async function trigger({ version, mode, log, table }) {
	const cluster = new Cluster({ version, log });
	const prefix = `trigger, ${mode}`;
	const named = {
		tell: (what, found) => table.tell(`${prefix}: ${what}`, found),
		check: (what, ok, found) => table.check(`${prefix}: ${what}`, ok, found),
	};
	let run;
	try {
		await cluster.setUp();
		const { env, port, tarball } = cluster;
		run = new TriggerRun({ version, mode, tarball, env, port, after: AFTER });
		await run.setUp();
		await cluster.startWorkers(2, run.env);
		const context = { run, cluster, table: named };
		await deliver(context);
		await idle(context);
		await killMain(context);
		const lost = await killWorker(context);
		await endRedis(context, lost);
		await outliveRedis(context, lost);
		if (full) await killAtHandOver(context);
	} finally {
		await run?.tearDown();
		await cluster.tearDown();
	}
}

/** Checks that each job came once, with its execution on one of the workers and its video in the database. */
async function deliver({ run, cluster, table }) {
	for (let second = 1; second <= 21; second += 4) run.make(4, second);
	await run.settle();
	const { made, emitted, missing, twice } = await run.count();
	const ok = missing.length === 0 && twice.length === 0;
	table.check(`${made} jobs, emitted once`, ok, emitted - twice.length);
	const executions = await run.executions();
	const ids = executions.map(({ id }) => id);
	await Promise.all(ids.map((id) => run.client.waitForEnd(id)));
	table.tell(`its ${ids.length} executions on two workers`, spread(cluster.workers, ids));
	let equal = 0;
	let shown = 0;
	for (const id of ids) {
		const execution = await run.client.execution(id);
		for (const { json } of itemsOf(execution, 'After')) {
			const bytes = await run.sim.videoFor(json.jobId);
			if (json.sum === createHash('sha256').update(bytes).digest('hex')) equal++;
		}
		for (const { binary } of itemsOf(execution, 'Hailuo Trigger')) {
			const read = await Promise.allSettled([run.client.readBinary(binary.data)]);
			if (read[0].status === 'fulfilled') shown++;
		}
	}
	table.check('videos byte for byte, read by a node after it', equal === made, equal);
	table.tell('videos that n8n shows in its list of executions', shown);
}

/** Only one of the three processes polls. */
async function idle({ run, table }) {
	const before = run.sim.count({ provider: 'waveSpeed' });
	await sleep(30_000);
	const requests = run.sim.count({ provider: 'waveSpeed' }) - before;
	table.check('requests of 6 polls without news', requests >= 5 && requests <= 7, requests);
}

async function killMain({ run, table }) {
	const moments = Object.keys(MOMENTS).slice(0, full ? 10 : 4);
	await survive(run, moments, run.made.length + (full ? 100 : 40));
	await tellCount(run, table, `main killed ${moments.length} times while it polls or rests`);
}

/** @param {string[]} [lost] ids of jobs that n8n is known to have lost; a job twice is never right */
async function tellCount(run, table, what, lost = []) {
	const { made, missing, twice } = await run.count();
	const found = `${made} jobs until now, ${missing.length} missing, ${twice.length} twice`;
	const ok = twice.length === 0 && missing.every((id) => lost.includes(id));
	table.check(what, ok, found);
}

/**
 * A worker dies in an execution that the trigger began.
 * @returns {Promise<string[]>} ids of the jobs whose items n8n has lost
 */
async function killWorker({ run, cluster, table }) {
	const known = (await run.executions()).map(({ id }) => id);
	run.make(2, 1);
	const isNew = (id) => !known.includes(id);
	const busy = () => cluster.workers.find((worker) => takenBy(worker).some(isNew));
	await run.until(() => busy() !== undefined, 60_000);
	const victim = busy();
	if (!victim) throw new Error('No worker took the execution');
	const id = takenBy(victim).find(isNew);
	await sleep(1_000);
	await victim.kill();
	const { status } = await run.client.waitForEnd(id, { timeoutMs: LOCK_MS * 12 });
	table.tell('status of the execution when its worker was killed (SIGKILL)', status);
	const { missing: lost } = await run.count();
	table.tell('jobs of it that n8n lost', lost.length);
	const log = run.n8n.readLog();
	const logged = lost.filter((job) => log.includes(job)).length;
	table.check('lost jobs in the log of the main', logged === lost.length, logged);
	const listed = await listedIds(run);
	const found = lost.filter((job) => listed.includes(job)).length;
	table.check('lost jobs found with Job: Get Many', found === lost.length, found);
	await cluster.replace([victim], run.env);
	await tellCount(run, table, 'jobs after that', lost);
	return lost;
}

/** Redis is killed without saving anything, as in a power cut, and starts again 8 s later. */
async function endRedis({ run, cluster, table }, lost) {
	const known = (await run.executions()).map(({ id }) => id);
	await cluster.redis.kill();
	run.make(4, 0.1);
	await sleep(8_000);
	await cluster.redis.start();
	await run.settle(lost.length);
	await tellCount(run, table, 'Redis killed, and back after 8 s', lost);
	const fresh = (await run.executions()).filter(({ id }) => !known.includes(id));
	const ended = await Promise.all(
		fresh.map(async ({ id }) => await run.client.waitForEnd(id).catch(({ message }) => message)),
	);
	table.tell('how the executions of that time ended', ended.map((e) => e.status ?? e).join(', '));
}

/** Redis stays down until n8n gives up. Then processes that ended are started again, as a service manager does. */
async function outliveRedis({ run, cluster, table }, lost) {
	const processes = [run.n8n, ...cluster.workers];
	await cluster.redis.kill();
	run.make(4, 0.1);
	await run.until(() => processes.every(({ child }) => isGone(child)), 45_000);
	const ended = processes.filter(({ child }) => isGone(child)).length;
	table.tell('processes (of 3) that shut down while Redis was down', ended);
	await cluster.redis.start();
	if (isGone(run.n8n.child)) await run.start();
	const gone = cluster.workers.filter(({ child }) => isGone(child));
	await cluster.replace(gone, run.env);
	await run.settle(lost.length);
	const { missing } = await run.count();
	const forgotten = missing.filter((id) => !lost.includes(id));
	table.tell('jobs that n8n lost then', forgotten.length);
	const log = run.n8n.readLog();
	const logged = forgotten.filter((id) => log.includes(id)).length;
	table.check('lost jobs in the log of the main', logged === forgotten.length, logged);
	await tellCount(run, table, 'all started again with Redis', missing);
}

async function killAtHandOver({ run, table }) {
	const ends = await handOver(run);
	const lost = HAND_OVER_MS.filter((_, i) => ends[i] === 'lost').map((ms) => `${ms} ms`);
	table.check(
		'one job, main killed 0 to 300 ms after its download (10 times)',
		!ends.includes('twice'),
		`${ends.filter((end) => end === 'once').length} once, ${lost.length} lost (${lost.join(', ') || 'none'}), 0 twice`,
	);
}

module.exports = { trigger };
