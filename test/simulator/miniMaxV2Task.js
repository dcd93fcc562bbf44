'use strict';

const { signedQuery } = require('./cdn');
const { json } = require('./answers');
const { miniMaxV2Error } = require('./miniMaxV2Errors');

/** The task as V2 shows it, and the list of tasks (docs/providers.md I.1). */

const WEEK = 7 * 24 * 3600 * 1000;
const WORDS = {
	created: 'queued',
	processing: 'running',
	completed: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
	expired: 'expired',
};

/** Only the last 7 days can be asked for. @param {import('./simulator').Simulator} sim */
function alive(sim, job) {
	return (
		job?.api === 'miniMaxV2' &&
		!job.deleted &&
		job.status !== 'deleted' &&
		sim.now() - job.createdAt < WEEK
	);
}

/** @param {import('./simulator').Simulator} sim @param {import('./jobs').Job} job */
function wordOf(sim, job) {
	const plain = WORDS[job.status] ?? 'failed';
	return job.finishedAt === undefined ? sim.engine.runningWord(job, plain) : plain;
}

/** Whether `content.prompt` is the prompt of a video, and when it is told, is not said (I.1): `options.tellsPrompts`. */
function contentOf(sim, job, url) {
	const { text } = job.input.content.find(({ type }) => type === 'text');
	const content = {
		...(url !== false && { url }),
		...(sim.options.tellsPrompts && { prompt: text }),
	};
	return Object.keys(content).length ? { content } : {};
}

/**
 * Each poll gives a new address. The provider does not say how long it is valid: `options.linkLifetime`.
 * @param {import('./simulator').Simulator} sim
 * @param {import('./jobs').Job} job
 */
function taskOf(sim, job) {
	const done = job.status === 'completed';
	const seconds = (stamp) => Math.floor(sim.clock.wall(stamp) / 1000);
	const query = signedQuery(sim, job.id, sim.now() + sim.options.linkLifetime);
	const url = job.outcome.emptyOutputs ? '' : sim.videos.url(job, query);
	return {
		id: job.id,
		model: job.model,
		status: wordOf(sim, job),
		...(job.error && { error: { code: String(job.error.code), message: job.error.message } }),
		created_at: seconds(job.created),
		updated_at: seconds(job.finished ?? job.created),
		...contentOf(sim, job, done && url),
		resolution: job.input.resolution,
		duration: job.input.duration,
		usage: done && job.outcome.usage !== 'empty' ? job.usage : {},
		// The shape that came out; empty where the pictures decide it.
		ratio: job.shape,
		task_type: 'generation',
		modality: 'video',
	};
}

/**
 * @param {import('./simulator').Simulator} sim
 * @param {URLSearchParams} asked how `filter.task_ids` is written is not said: repeated or with commas
 */
function list(sim, asked) {
	const page = Number(asked.get('page_num') ?? 1);
	const size = Number(asked.get('page_size') ?? 10);
	const refuse = (text) => miniMaxV2Error(2013, `invalid params, ${text}`);
	if (!Number.isInteger(page) || page < 1) return refuse('page_num must be at least 1');
	// The largest page is not said: invented.
	if (!Number.isInteger(size) || size < 1 || size > 100) {
		return refuse('page_size must be between 1 and 100');
	}
	const ids = asked.getAll('filter.task_ids').flatMap((text) => text.split(','));
	const is = (name, value) => !asked.get(name) || asked.get(name) === value;
	const tasks = [...sim.jobs.values()]
		.filter((job) => alive(sim, job) && sim.now() - job.createdAt >= sim.options.listDelay)
		.sort((a, b) => b.n - a.n)
		.map((job) => taskOf(sim, job))
		.filter((task) => !ids.length || ids.includes(task.id))
		.filter((task) => is('filter.status', task.status) && is('filter.model', task.model))
		.filter((task) => is('filter.task_type', task.task_type));
	return json({ items: tasks.slice((page - 1) * size, page * size), total: tasks.length });
}

module.exports = { alive, taskOf, wordOf, list };
