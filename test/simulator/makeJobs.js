'use strict';

const { text, HEX } = require('./random');

/**
 * Jobs of the WaveSpeed account that were made elsewhere: on the website, or by another program.
 * @param {import('./simulator').Simulator} sim
 * @param {number} count
 * @param {Partial<import('./jobs').Wanted>} [facts]
 * @returns {string[]} their ids
 */
function makeJobs(sim, count, facts = {}) {
	const { model = 'minimax/hailuo-02/fast', prompt = 'A lake', ...more } = facts;
	return Array.from({ length: count }, () => {
		// No two in the same moment: their order in the history is that of their times.
		sim.skip(1);
		const job = sim.engine.create({
			id: text(sim.random.ids, HEX, 32),
			provider: 'waveSpeed',
			api: 'waveSpeed',
			model,
			input: { prompt },
			prompt,
			cost: 0.1,
			...more,
		});
		return job.id;
	});
}

module.exports = { makeJobs };
