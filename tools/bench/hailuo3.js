'use strict';

const engine = require('../../test/engine/harness');
const { named } = require('../../test/simulator/random');
const { loadOwn, runOwn } = require('./ownMiniMax');
const { seconds, sum } = require('./figures');
const { itemOf, numbered, withSimulator } = require('./support');

/*
 * The same five jobs of Hailuo 3 through n8n's own MiniMax node and through this one: how long it takes, how many calls,
 * how much memory, and what is left when one status call fails. Jobs take 1 to 7 minutes, as measured at the provider
 * (docs/providers.md I.1); a job's time depends on its item.
 */

const ITEMS = 5;
/** The originals, before a simulator replaces the time. */
const { setInterval: repeat, clearInterval: end } = globalThis;
const VIDEO_BYTES = 8_000_000;

const random = named(3, 'bench');
const times = Array.from({ length: ITEMS }, () => 60_000 + Math.floor(random() * 360_000));

const runOurs = async (sim, items) =>
	await engine.runNode({
		credentials: engine.credentialsFor(sim),
		items,
		parameters: {
			...{ provider: 'miniMax', operation: 'textToVideo', model: 'MiniMax-H3' },
			...{ prompt: '={{ $json.text }}', duration: 5, resolution: '768P', aspectRatio: '16:9' },
		},
		node: { onError: 'continueRegularOutput' },
	});

/** The most bytes in buffers at a time above those before; the simulator in this process has its part in both. */
function bufferMeter() {
	global.gc?.();
	const before = process.memoryUsage().arrayBuffers;
	let most = before;
	const timer = repeat(() => {
		most = Math.max(most, process.memoryUsage().arrayBuffers);
	}, 5);
	return () => {
		end(timer);
		return most - before;
	};
}

/**
 * @param {(sim: import('../../test/simulator/simulator').Simulator, items: object[]) => Promise<any>} run
 * @param {{ fault?: import('../../test/simulator/faults').Rule,
 *   jobTime?: import('../../test/simulator/options').Options['jobTime'] }} [how]
 */
async function measure(run, { fault, jobTime = (_n, job) => times[itemOf(job)] } = {}) {
	const options = { jobTime, videoBytes: VIDEO_BYTES };
	return await withSimulator(options, async (sim) => {
		if (fault) sim.fail(fault);
		const buffers = bufferMeter();
		const began = sim.now();
		const { items, error } = await run(sim, numbered(ITEMS));
		const ms = sim.now() - began;
		if (error && !fault) throw error;
		const withVideo = items.filter(({ binary }) => binary);
		const lost = items.filter(({ binary }) => !binary).map(({ json }) => JSON.stringify(json));
		const ids = [...sim.jobs.keys()];
		return {
			ms,
			buffers: buffers(),
			status: sim.count({ kind: 'status' }),
			calls: sim.requests.length,
			paid: sim.paidPosts(),
			videos: withVideo.length,
			named: lost.filter((text) => ids.some((id) => text.includes(id))).length,
		};
	});
}

async function run(log) {
	await engine.startEngine();
	// The first requests of a process load n8n's helpers.
	await measure(runOurs, { jobTime: 1_000 });
	const own = loadOwn();
	const why = 'not measured: this machine has no n8n of the tests (`npm run e2e` installs it)';
	const fault = { kind: 'status', skip: 4, times: 1, fault: { status: 500 } };
	const figures = {};
	/** @type {Record<string, Parameters<typeof measure>[0]>} */
	const nodes = {
		ours: runOurs,
		...(own && { theirs: async (sim, items) => await runOwn(sim, own, items) }),
	};
	for (const [name, each] of Object.entries(nodes)) {
		const plain = await measure(each);
		const broken = await measure(each, { fault });
		figures[name] = { plain, broken };
		log(`${name}: ${JSON.stringify(figures[name])}`);
	}
	engine.stopEngine();

	const { ours, theirs: other } = figures;
	const beside = (tell) => (own ? `${tell(other)} (n8n's own node, ${own.version})` : why);
	const left = ({ broken }) =>
		`${broken.videos} videos of ${broken.paid} paid jobs, ${broken.named} further named`;
	const mb = ({ plain }) => `${(plain.buffers / 1e6).toFixed(0)} MB`;
	const slowest = Math.max(...times);
	return [
		{
			what: `${ITEMS} jobs of Hailuo 3, ${seconds(Math.min(...times), 0)} to ${seconds(slowest, 0)} each: time`,
			ours: seconds(ours.plain.ms, 0),
			beside: beside(({ plain }) => seconds(plain.ms, 0)),
			goal: '<= 1.15 of the slowest',
			met: ours.plain.ms <= slowest * 1.15,
		},
		{
			what: 'calls, those for the status among them',
			ours: `${ours.plain.calls}, ${ours.plain.status}`,
			beside: beside(({ plain }) => `${plain.calls}, ${plain.status}`),
		},
		{
			what: `most bytes in buffers, videos of ${VIDEO_BYTES / 1e6} MB`,
			ours: mb(ours),
			beside: beside(mb),
		},
		{
			what: 'after one status call that failed (HTTP 500)',
			ours: left(ours),
			beside: beside(left),
			goal: 'all videos',
			met: ours.broken.videos === ITEMS && ours.broken.paid === ITEMS,
		},
		{
			what: 'the jobs alone, one after the other',
			ours: '',
			beside: seconds(sum(times), 0),
		},
	];
}

module.exports = { run };
