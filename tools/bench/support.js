'use strict';

const engine = require('../../test/engine/harness');
const { startSimulator } = require('../../test/simulator');
const { named } = require('../../test/simulator/random');

/** Settings of an account without limits: all jobs run at the same time, submits as fast as they come. */
const NO_LIMITS = { concurrent: Infinity, submitsPerMinute: Infinity, balance: 1e6 };

/**
 * Starts a simulator, lets the node use its time, runs `work`, and ends both.
 *
 * @template T
 * @param {Partial<import('../../test/simulator/options').Options>} options
 * @param {(sim: import('../../test/simulator/simulator').Simulator) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withSimulator(options, work) {
	const sim = await startSimulator({ time: 'virtual', account: NO_LIMITS, ...options });
	const back = engine.followTime(sim);
	try {
		return await work(sim);
	} finally {
		back();
		await sim.stop();
	}
}

/** Job times in ms, evenly spread from 30 to 90 s, the same for the same seed. */
function jobTimes(count, seed = 1) {
	const random = named(seed, 'bench');
	return Array.from({ length: count }, () => 30_000 + Math.floor(random() * 60_000));
}

/** Which item a job was made for: its prompt ends in `#<number>`. */
const itemOf = (job) => Number(/#(\d+)$/.exec(job.prompt)?.[1]);

/** Items `{ text }` whose prompts tell them apart. */
const numbered = (count) =>
	Array.from({ length: count }, (_, i) => ({ json: { text: `A paper boat #${i}` } }));

/**
 * Runs the node's Text to Video over items on WaveSpeed.
 *
 * @param {import('../../test/simulator/simulator').Simulator} sim
 * @param {{ json: { text: string } }[]} items
 * @param {object} options of the node
 * @returns {Promise<{ items: object[], ms: number }>} ms simulated
 */
async function makeVideos(sim, items, options) {
	const began = sim.now();
	const { items: rows, error } = await engine.runNode({
		credentials: engine.credentialsFor(sim),
		items,
		parameters: { operation: 'textToVideo', prompt: '={{ $json.text }}', options },
		node: { onError: 'continueRegularOutput' },
	});
	const ms = sim.now() - began;
	if (error) throw error;
	const bad = rows.find(({ json }) => json.status !== 'completed');
	if (bad || rows.length !== items.length) {
		throw new Error(`Not every item has its video: ${JSON.stringify(bad?.json)}`);
	}
	return { items: rows, ms };
}

module.exports = {
	itemOf,
	jobTimes,
	makeVideos,
	numbered,
	withSimulator,
};
