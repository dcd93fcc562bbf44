'use strict';

const { json } = require('./answers');
const { waveSpeedError } = require('./errorAnswers');
const { prediction, alive } = require('./waveSpeedPrediction');

/** List and delete (docs/providers.md A.1). */

/**
 * @param {import('./simulator').Simulator} sim
 * @param {Record<string, any>} asked body of the POST, or query of the GET
 */
function list(sim, asked) {
	const page = Number(asked.page ?? 1);
	const size = Number(asked.page_size ?? 20);
	if (!Number.isInteger(page) || page < 1) return waveSpeedError(400, 'page must be at least 1');
	if (!Number.isInteger(size) || size < 1 || size > 100) {
		return waveSpeedError(400, 'page_size must be between 1 and 100');
	}
	const after = time(asked.created_after);
	const before = time(asked.created_before);
	const items = [...sim.jobs.values()]
		.filter((job) => alive(sim, job))
		.filter((job) => sim.now() - job.createdAt >= sim.options.listDelay)
		.filter((job) => !asked.model || job.model === asked.model)
		.filter((job) => !asked.status || prediction(sim, job).status === asked.status)
		.filter((job) => after === undefined || sim.clock.wall(job.created) >= after)
		.filter((job) => before === undefined || sim.clock.wall(job.created) <= before)
		// Out of order, but the same at each reading: a page must not show a job twice.
		.sort((a, b) => (sim.options.listShuffled ? (a.id < b.id ? -1 : 1) : b.n - a.n));
	const input = asked.include_inputs === true || asked.include_inputs === 'true';
	return json({
		code: 200,
		message: 'success',
		data: {
			page,
			total: items.length,
			items: items.slice((page - 1) * size, page * size).map((j) => prediction(sim, j, { input })),
		},
	});
}

/** ISO string, or Unix seconds or milliseconds. The form is not documented: all are taken. */
function time(value) {
	if (value === undefined || value === '') return undefined;
	const number = Number(value);
	if (Number.isFinite(number)) return number < 1e11 ? number * 1000 : number;
	const parsed = Date.parse(value);
	return Number.isNaN(parsed) ? undefined : parsed;
}

function remove(sim, asked) {
	if (!Array.isArray(asked.ids)) return waveSpeedError(400, 'ids must be an array');
	let count = 0;
	for (const id of asked.ids) {
		const job = sim.jobs.get(id);
		if (!alive(sim, job)) continue;
		job.deleted = true;
		count++;
	}
	return json({ code: 200, message: 'success', data: { deleted_count: count } });
}

module.exports = { list, remove };
