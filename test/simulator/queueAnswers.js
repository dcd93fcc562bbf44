'use strict';

const { json } = require('./answers');

/** Status and result of the queue API (docs/providers.md B.4). COMPLETED may be a failure. */

const WORDS = { created: 'IN_QUEUE', processing: 'IN_PROGRESS' };
/** seacloud-cli's tests also show these. */
const ALT_WORDS = { created: 'QUEUED', processing: 'in_progress' };

function errorType(job) {
	if (job.status === 'cancelled') return 'CANCELED';
	if (job.status === 'timeout') return 'INFERENCE_TIMEOUT';
	if (job.outcome.blocked || Number(job.outcome.fail) === 1200) return 'CONTENT_BLOCKED';
	return job.error?.code === 10004099 ? 'REQUEST_INVALID' : 'INFERENCE_FAILURE';
}

function failure(job) {
	if (job.status === 'completed') return {};
	const message = job.error?.message ?? `Request ${job.status}`;
	const type = errorType(job);
	const alt = job.outcome.vocab === 'alt';
	return { error: alt ? { code: type, message } : message, error_type: type };
}

/** @param {import('./simulator').Simulator} sim @param {import('./jobs').Job} job */
function queueStatus(sim, job) {
	const alt = job.outcome.vocab === 'alt';
	const over = job.finishedAt !== undefined;
	const word = over ? (alt ? 'completed' : 'COMPLETED') : (alt ? ALT_WORDS : WORDS)[job.status];
	return {
		status: over ? word : sim.engine.runningWord(job, word),
		request_id: job.id,
		response_url: `${sim.urls.seaArt}/model/v1/queue/${job.model}/requests/${job.id}/response`,
		...(!over && { queue_position: 0 }),
		...(over && { metrics: { inference_time: sim.engine.workMs(job) / 1000 }, ...failure(job) }),
	};
}

/** 202 with the status body while it runs. What a failed job's result looks like: invented. */
function queueResult(sim, job) {
	if (job.finishedAt === undefined) return json(queueStatus(sim, job), 202);
	if (job.status !== 'completed') return json(queueStatus(sim, job), 422);
	const output = {
		type: 'video',
		url: sim.videos.url(job),
		content_type: 'video/mp4',
		file_name: `${job.id}.mp4`,
		duration: job.input.duration ?? 6,
		width: 1366,
		height: 768,
	};
	return json({
		request_id: job.id,
		outputs: job.outcome.emptyOutputs ? [] : [output],
		metadata: { prompt: job.prompt },
	});
}

module.exports = { queueStatus, queueResult };
