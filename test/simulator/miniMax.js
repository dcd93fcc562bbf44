'use strict';

const { json } = require('./answers');
const { miniMaxError, TEXTS } = require('./errorAnswers');
const { keyed } = require('./keys');
const { keyKind, badKey, walletOf } = require('./miniMaxKeys');
const { text, DIGITS } = require('./random');
const { challenged } = require('./miniMaxCallback');
const { signedQuery } = require('./cdn');
const { checkImages } = require('./imageInput');
const models = require('./miniMaxModels');

/** MiniMax's own API, V1 (docs/providers.md C). Errors are HTTP 200 with base_resp. */

const OK = { status_code: 0, status_msg: 'success' };
const WORDS = { created: 'Preparing', processing: 'Processing', completed: 'Success' };
/** Callbacks use other words than the query (C.3). */
const CALLBACK_WORDS = { created: 'processing', processing: 'processing', completed: 'success' };

/**
 * @param {import('./simulator').Simulator} sim
 * @param {string} method
 * @param {string} path
 * @param {URL} url
 * @returns {import('./server').Route | undefined}
 */
function miniMaxRoute(sim, method, path, url) {
	const found = match(sim, method, path, url.searchParams);
	if (!found) return undefined;
	return keyed('miniMax', 'miniMax', found, (req) => {
		const bad = badKey(keyKind(sim, req.headers));
		return bad && error(sim, bad.code, bad.message);
	});
}

function match(sim, method, path, query) {
	if (method === 'POST' && path === '/v1/video_generation') {
		return { kind: 'submit', handle: (req) => create(sim, req) };
	}
	if (method !== 'GET') return undefined;
	const jobId = query.get('task_id') ?? undefined;
	const fileId = query.get('file_id');
	const job = [...sim.jobs.values()].find((j) => j.fileId && j.fileId === fileId);
	switch (path) {
		case '/v1/query/video_generation':
			return { kind: 'status', jobId, handle: () => status(sim, sim.jobs.get(jobId)) };
		case '/v1/files/retrieve':
			return { kind: 'fileRetrieve', jobId: job?.id, handle: () => retrieve(sim, job) };
		case '/v1/files/retrieve_content':
			return { kind: 'fileContent', jobId: job?.id, handle: () => content(sim, job) };
	}
	return undefined;
}

const error = (sim, code, message) => miniMaxError(code, message, sim.options.miniMaxErrorStatus);

async function create(sim, req) {
	const body = req.json;
	const wallet = walletOf(keyKind(sim, req.headers));
	if (!body || typeof body !== 'object') return error(sim, 2013, 'invalid params, not JSON');
	const account = sim.account(wallet);
	if (account.admit('miniMax')) return error(sim, 1002, 'rate limit');
	const { first_frame_image: first, last_frame_image: last } = body;
	/** @type {Record<string, Buffer>} */
	const images = {};
	const pictures = { first_frame_image: first, last_frame_image: last };
	const problem =
		models.wrong(body) ?? (await checkImages(sim, 'miniMax', pictures, images))?.message;
	if (problem) return error(sim, 2013, `invalid params, ${problem}`);
	const cost = models.price(body);
	if (!account.canPay(cost)) return error(sim, 1008, TEXTS[402]);
	// What a failed challenge leads to is not documented: a refusal here (invented).
	if (body.callback_url && !(await challenged(sim, body.callback_url))) {
		return error(sim, 2013, 'invalid params, callback_url did not echo the challenge');
	}
	const job = sim.engine.create(
		{
			id: text(sim.random.ids, DIGITS, 15).replace(/^0/, '1'),
			// int64, beyond 2^53: a client that makes a number of it asks for another file.
			fileId: `9${text(sim.random.ids, DIGITS, 17).replace(/.$/, '7')}`,
			provider: 'miniMax',
			api: 'miniMax',
			wallet,
			model: body.model,
			input: sim.keep(body),
			prompt: body.prompt,
			cost,
			images,
			callback: body.callback_url,
		},
		req.fault?.outcome,
	);
	req.entry.jobId = job.id;
	return json({ task_id: job.id, base_resp: OK });
}

function word(sim, job, words) {
	if (job.status === 'created' && job.queued && words === WORDS) return 'Queueing';
	const running = ['created', 'processing'].includes(job.status);
	const plain = words[job.status] ?? (words === WORDS ? 'Fail' : 'failed');
	return running ? sim.engine.runningWord(job, plain) : plain;
}

/** The query's answer; callbacks have the same shape (C.4). */
function answerOf(sim, job, words) {
	const done = job.status === 'completed';
	return {
		task_id: job.id,
		status: word(sim, job, words),
		...(done && { file_id: job.fileId, video_width: 1366, video_height: 768 }),
		base_resp: job.error ? { status_code: job.error.code, status_msg: job.error.message } : OK,
	};
}

/** Code for an unknown task: invented. */
function status(sim, job) {
	if (job?.api !== 'miniMax' || job.status === 'deleted') {
		return error(sim, 2013, 'invalid params, task not found');
	}
	return json(answerOf(sim, job, WORDS));
}

function retrieve(sim, job) {
	if (!job || job.status !== 'completed') return error(sim, 2013, 'invalid params, no such file');
	const query = signedQuery(sim, job.id, sim.now() + sim.options.linkLifetime);
	const file = JSON.stringify({
		file_id: 0,
		bytes: 0, // measured (docs/providers.md I.3)
		created_at: Math.floor(sim.clock.wall(job.finished) / 1000),
		filename: `${job.id}.mp4`,
		purpose: 'video_generation',
		download_url: sim.videos.url(job, query),
	});
	// A bare int64 here, a string in the query (C.1).
	const withId = file.replace('"file_id":0', `"file_id":${job.fileId}`);
	return { status: 200, rawJson: `{"file":${withId},"base_resp":${JSON.stringify(OK)}}` };
}

async function content(sim, job) {
	if (!job || job.status !== 'completed') return error(sim, 2013, 'invalid params, no such file');
	return { status: 200, type: 'video/mp4', source: await sim.videos.source(job) };
}

/** @param {import('./simulator').Simulator} sim @param {import('./jobs').Job} job what a callback says of it */
const callbackBody = (sim, job) => answerOf(sim, job, CALLBACK_WORDS);

module.exports = { miniMaxRoute, callbackBody };
