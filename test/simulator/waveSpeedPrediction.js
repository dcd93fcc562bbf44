'use strict';

/** The prediction object (docs/providers.md A.2). */

const WEEK = 7 * 24 * 3600 * 1000;

/** History reaches back 7 days (A.1); what GET answers after that is unknown (part F): 404. */
function alive(sim, job) {
	return (
		job !== undefined &&
		job.provider === 'waveSpeed' &&
		!job.deleted &&
		sim.now() - job.createdAt < WEEK
	);
}

/**
 * `created_at` with 2 to 9 digits of fraction, as seen (A.2). Cut, not rounded: with 2 digits the
 * stamp can lie up to 9 ms before the moment itself.
 */
function createdAt(sim, job) {
	const ms = Math.floor(sim.clock.wall(job.created));
	const digits = 2 + ((job.n * 5) % 8);
	const [whole, fraction] = new Date(ms).toISOString().slice(0, -1).split('.');
	return `${whole}.${`${fraction}417283`.slice(0, digits)}Z`;
}

/**
 * @param {import('./simulator').Simulator} sim
 * @param {import('./jobs').Job} job
 * @param {{ input?: boolean }} [how]
 */
function prediction(sim, job, how = {}) {
	const done = job.status === 'completed';
	const url = sim.videos.url(job);
	const running = ['created', 'processing'].includes(job.status);
	const outputs =
		!done || job.outcome.emptyOutputs ? [] : [job.outcome.objectOutputs ? { url } : url];
	return {
		id: job.id,
		model: job.model,
		...(how.input && { input: job.input }),
		outputs,
		urls: { get: `${sim.urls.waveSpeed}/predictions/${job.id}/result` },
		has_nsfw_contents: outputs.map(() => Boolean(job.outcome.nsfw)),
		status: running ? sim.engine.runningWord(job, job.status) : job.status,
		created_at: createdAt(sim, job),
		error: job.error?.message ?? '',
		...(job.error && { code: job.error.code }),
		executionTime: sim.engine.workMs(job),
		timings: { inference: sim.engine.workMs(job) },
	};
}

module.exports = { prediction, alive };
