'use strict';

const engine = require('./harness');

const VIDEOS = {
	waveSpeed: { operation: 'textToVideo' },
	vtrix: {
		operation: 'imageToVideo',
		model: 'minimax_hailuo_02_i2v',
		firstFrameSource: 'url',
		firstFrameUrl: 'https://example.com/a.jpg',
	},
};

/**
 * The input of the node for one video per prompt: one item for each.
 *
 * @param {string[]} prompts may carry the simulator's markers (outcome.js)
 * @param {{ provider?: 'waveSpeed' | 'vtrix', options?: object, [parameter: string]: unknown }} [parameters]
 */
const videosOf = (prompts, { provider = 'waveSpeed', options, ...parameters } = {}) => ({
	items: prompts.map((prompt) => ({ json: { prompt } })),
	parameters: {
		provider,
		resource: 'video',
		...VIDEOS[provider],
		prompt: '={{ $json.prompt }}',
		options: { submitsPerMinute: 0, maxConcurrent: 10, ...options },
		...parameters,
	},
});

/**
 * Lets the node submit jobs, one after the other, without waiting for them.
 *
 * @param {import('../simulator/simulator').Simulator} sim
 * @param {string[]} prompts as for videosOf
 * @param {{ provider?: 'waveSpeed' | 'vtrix' }} [options]
 * @returns {Promise<string[]>} their ids
 */
async function submitJobs(sim, prompts, { provider } = {}) {
	const { items, error } = await engine.runNode({
		credentials: engine.credentialsFor(sim),
		...videosOf(prompts, { provider, continueWhen: 'submitted', options: { maxConcurrent: 1 } }),
	});
	expect(error).toBeUndefined();
	return items.map(({ json }) => json.jobId);
}

/** Jobs on WaveSpeed that have ended. The parameters are those of submitJobs. */
async function endedJobs(sim, prompts) {
	const made = await submitJobs(sim, prompts);
	await Promise.all(made.map((id) => sim.finished(id)));
	return made;
}

module.exports = { endedJobs, submitJobs, videosOf };
