'use strict';

const engine = require('../../test/engine/harness');
const { runPeer } = require('./peer');
const { inOrder, longestFirst, lowerBound } = require('./lowerBound');
const { sequentialLoop } = require('./loop');
const { seconds, sum } = require('./figures');
const { itemOf, jobTimes, makeVideos, numbered, withSimulator } = require('./support');

/*
 * 30 items in one batch. Their times come from a fixed seed; a job's time depends on its item, not on the order in which
 * the provider sees it.
 */

const ITEMS = 30;
const GOAL = 1.1;

const times = jobTimes(ITEMS);
const slowest = Math.max(...times);

async function batch(account, options) {
	return await withSimulator(
		{
			jobTime: (_n, job) => times[itemOf(job)],
			account: { balance: 1e6, ...account },
		},
		async (sim) => await makeVideos(sim, numbered(ITEMS), options),
	);
}

/** The first requests of a process load and compile n8n's helpers, which no later batch pays for. */
async function warmUp() {
	await withSimulator(
		{ jobTime: 30_000 },
		async (sim) => await makeVideos(sim, numbered(3), { submitsPerMinute: 0 }),
	);
}

async function inTurn(work) {
	return await withSimulator(
		{ jobTime: (_n, job) => times[itemOf(job)] },
		async (sim) => await work(sim, numbered(ITEMS)),
	);
}

async function run(log) {
	await engine.startEngine();
	await warmUp();
	const atOnce = await batch({}, { maxConcurrent: ITEMS, submitsPerMinute: 0 });
	log(`all at once: ${seconds(atOnce.ms)}, the slowest job ${seconds(slowest)}`);
	const best = lowerBound(times, 3);
	const three = await batch({ concurrent: 3 }, { maxConcurrent: 3, submitsPerMinute: 0 });
	log(`3 at a time: ${seconds(three.ms)}, no schedule is below ${seconds(best)}`);
	const bronze = await batch({ concurrent: 3, submitsPerMinute: 5 }, {});
	log(`3 at a time, 5 submits a minute: ${seconds(bronze.ms)}`);
	const loop = await inTurn(
		async (sim, items) =>
			await sequentialLoop(
				sim,
				items.map(({ json }) => json.text),
				2_000,
			),
	);
	log(`one after the other, a status call every 2 s: ${seconds(loop)}`);
	const peer = await inTurn(async (sim, items) => await runPeer(sim, items, log));
	engine.stopEngine();

	const ratio = (ms, by) => `${(ms / by).toFixed(3)} (${seconds(ms)})`;
	const goal = `<= ${GOAL.toFixed(2)}`;
	const order = inOrder(times, 3);
	return [
		{
			what: `${ITEMS} items at once: batch / slowest job`,
			ours: ratio(atOnce.ms, slowest),
			beside: `${(loop / slowest).toFixed(2)} in turn, every 2 s`,
			goal,
			met: atOnce.ms / slowest <= GOAL,
		},
		{
			what: '3 at a time: batch / best schedule',
			ours: ratio(three.ms, best),
			beside: `${(order / best).toFixed(3)} same order without a delay, ${(longestFirst(times, 3) / best).toFixed(3)} longest first`,
			goal,
			met: three.ms / best <= GOAL,
		},
		{
			what: '3 at a time, 5 submits a minute (the default)',
			ours: ratio(bronze.ms, best),
			beside: `${(loop / best).toFixed(2)} in turn, every 2 s`,
		},
		{
			what: 'one after the other, a status call every 2 s',
			ours: `${(loop / atOnce.ms).toFixed(1)} and ${(loop / bronze.ms).toFixed(1)} times as fast`,
			beside: `${seconds(loop)} (the jobs alone ${seconds(sum(times))})`,
		},
		{
			what: "n8n-nodes-wavespeed, WaveSpeed's own",
			ours: peer.ms
				? `${(peer.ms / atOnce.ms).toFixed(1)} and ${(peer.ms / bronze.ms).toFixed(1)} times as fast`
				: '',
			beside: peer.ms ? `${seconds(peer.ms)} (${peer.version})` : `not measured: ${peer.why}`,
		},
	];
}

module.exports = { run };
