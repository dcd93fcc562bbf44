'use strict';

const { json } = require('./answers');
const { keyed } = require('./keys');
const { keyKind, badKey, walletOf } = require('./miniMaxKeys');
const { text, DIGITS } = require('./random');
const { miniMaxV2Error } = require('./miniMaxV2Errors');
const { challenged } = require('./miniMaxCallback');
const { checkMedia } = require('./miniMaxV2Media');
const { uploadFile } = require('./miniMaxFiles');
const { alive, taskOf, wordOf, list } = require('./miniMaxV2Task');
const models = require('./miniMaxV2Models');

/** MiniMax's V2: MiniMax-H3 and MiniMax-H3-Max (docs/providers.md I.1). Errors have real HTTP statuses. */

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * @param {import('./simulator').Simulator} sim
 * @param {string} method
 * @param {string} path
 * @param {URL} url
 * @returns {import('./server').Route | undefined}
 */
function miniMaxV2Route(sim, method, path, url) {
	const found = match(sim, method, path, url.searchParams);
	if (!found) return undefined;
	return keyed('miniMax', 'miniMaxV2', found, (req) => {
		const key = keyKind(sim, req.headers);
		const bad = badKey(key);
		if (bad) return miniMaxV2Error(bad.code, bad.message);
		if (key !== 'subscription' || sim.options.subscriptionOnV2) return undefined;
		// Whether such a key may call V2 is open; this refusal is V1's (I.3), its status invented.
		return miniMaxV2Error(2061, 'your current token plan not support model, MiniMax-H3');
	});
}

function match(sim, method, path, query) {
	if (method === 'POST' && path === '/v1/files/upload') {
		return { kind: 'upload', handle: (req) => uploadFile(sim, req) };
	}
	if (method === 'POST' && path === '/v2/video_generation') {
		return { kind: 'submit', handle: (req) => create(sim, req) };
	}
	if (method === 'GET' && path === '/v2/query/video_generation') {
		return { kind: 'list', handle: () => list(sim, query) };
	}
	const [, call, jobId] = /^\/v2\/(query\/)?video_generation\/([^/]+)$/.exec(path) ?? [];
	if (method === 'GET' && call) {
		return { kind: 'status', jobId, handle: () => status(sim, jobId) };
	}
	if (method === 'DELETE' && jobId && !call) {
		return { kind: 'delete', jobId, handle: () => remove(sim, jobId) };
	}
	return undefined;
}

const refuse = (message) => miniMaxV2Error(2013, `invalid params, ${message}`);

/** Order of the checks (limit, request, files, money): invented. */
async function create(sim, req) {
	const body = req.json;
	const wallet = walletOf(keyKind(sim, req.headers));
	if (req.raw.length > MAX_BODY_BYTES) return refuse('request body exceeds 64 MB'); // form: invented
	if (!body || typeof body !== 'object' || Array.isArray(body)) return refuse('not a JSON object');
	const account = sim.account(wallet);
	if (account.admit('miniMaxV2')) return miniMaxV2Error(1002, 'rate limit, please retry later');
	const problem = models.wrong(body, sim.options.strictFields);
	if (problem) return refuse(problem);
	const media = models.mediaOf(body);
	const seen = await checkMedia(sim, media);
	if (seen.problem) return refuse(seen.problem);
	const cost = models.price(body, seen.videoSeconds);
	if (!account.canPay(cost)) return miniMaxV2Error(1008, 'insufficient balance');
	// What a failed challenge leads to is not documented: a refusal here (invented).
	if (body.callback_url && !(await challenged(sim, body.callback_url))) {
		return refuse('callback_url did not echo the challenge');
	}
	const job = sim.engine.create(
		{
			id: text(sim.random.ids, DIGITS, 15).replace(/^0/, '1'), // the shape of V1's ids
			provider: 'miniMax',
			api: 'miniMaxV2',
			lane: 'miniMaxV2',
			wallet,
			model: body.model,
			input: sim.keep(body),
			prompt: models.promptOf(body),
			cost,
			images: seen.pictures,
			callback: body.callback_url,
			extraFields: models.extras(body),
			shape: media.some(({ role }) => role.endsWith('_frame')) ? '' : (body.ratio ?? ''),
			usage: usageOf(body, media, seen),
		},
		req.fault?.outcome,
	);
	req.entry.jobId = job.id;
	return json({ task_id: job.id });
}

/** Whether the seconds are those asked for or those of the clip is not said: those asked for. */
function usageOf(body, media, { videoSeconds, audioSeconds }) {
	const input = Math.round(videoSeconds * 1000) / 1000;
	return {
		total_seconds: input + body.duration,
		input_seconds: input,
		output_seconds: body.duration,
		input_image_count: media.filter(({ kind }) => kind === 'image').length,
		...(media.some(({ kind }) => kind === 'audio') && { input_audio_seconds: audioSeconds }),
	};
}

/** Measured 2026-09-19: a job that is not there is HTTP 500, the id 0 is 400. */
function status(sim, id) {
	if (!/^[1-9]\d*$/.test(id)) return miniMaxV2Error(2013, 'invalid task_id');
	const job = sim.jobs.get(id);
	if (!alive(sim, job)) {
		// Outside the window of 7 days the page says "invalid task_id".
		const known = job?.api === 'miniMaxV2' && !job.deleted && job.status !== 'deleted';
		return known
			? miniMaxV2Error(2013, 'invalid task_id')
			: miniMaxV2Error(1000, 'record not found');
	}
	return json({ task: taskOf(sim, job) });
}

/** Queued: cancelled, and the money comes back. Ended: the record goes. Running or cancelled: an error (text invented). */
function remove(sim, id) {
	const job = sim.jobs.get(id);
	if (!alive(sim, job)) return miniMaxV2Error(2013, 'invalid task_id');
	if (job.status === 'created') {
		sim.engine.finish(job, 'cancelled');
		return json({ task_id: id, action: actionWord(sim, 'cancelled'), status: 'cancelled' });
	}
	if (job.status === 'processing' || job.status === 'cancelled') {
		return refuse(`task is ${wordOf(sim, job)} and cannot be cancelled or deleted`);
	}
	job.deleted = true;
	return json({ task_id: id, action: actionWord(sim, 'deleted'), status: wordOf(sim, job) });
}

/** English and Chinese page differ in the words; what `status` holds is invented. */
const actionWord = (sim, word) =>
	sim.options.deleteWords === 'chinese' ? { cancelled: 'cancel', deleted: 'delete' }[word] : word;

module.exports = { miniMaxV2Route };
