'use strict';

const { json } = require('./answers');
const { queueError } = require('./errorAnswers');
const { bearerOrKey, keyed } = require('./keys');
const { text, HEX } = require('./random');
const models = require('./vtrixModels');
const { checkImages } = require('./imageInput');
const { queueStatus, queueResult } = require('./queueAnswers');

/** SeaArt Cloud's queue API (docs/providers.md B.4). Only under the SeaArt base. */

/**
 * @param {import('./simulator').Simulator} sim
 * @param {string} method
 * @param {string} path below /seaart/model/v1/queue
 * @returns {import('./server').Route}
 */
function queueRoute(sim, method, path) {
	return keyed('vtrix', 'queue', match(sim, method, path), (req) =>
		bearerOrKey(req.headers) === sim.options.keys.vtrix
			? undefined
			: queueError('UNAUTHORIZED', 'invalid api key', 401),
	);
}

function match(sim, method, path) {
	const id = /^\/[^/]+\/requests\/([^/]+)\/(status|response|cancel)$/.exec(path);
	if (id) {
		const [, jobId, action] = id;
		const wanted = action === 'cancel' ? 'PUT' : 'GET';
		if (method === wanted) {
			const kind = { status: 'status', response: 'result', cancel: 'cancel' }[action];
			return { kind, jobId, handle: () => onJob(sim, jobId, action) };
		}
	}
	const model = /^\/([^/]+)$/.exec(path)?.[1];
	if (method === 'POST' && model) {
		return { kind: 'submit', handle: (req) => submit(sim, req, model) };
	}
	return { kind: 'unknown', handle: () => json({ detail: 'Not Found' }, 404) };
}

function onJob(sim, id, action) {
	const job = sim.jobs.get(id);
	if (job?.api !== 'queue' || job.status === 'deleted') {
		return action === 'cancel'
			? json({ status: 'NOT_FOUND' }, 404)
			: json({ detail: 'Request not found' }, 404);
	}
	if (action === 'status') return json(queueStatus(sim, job));
	if (action === 'response') return queueResult(sim, job);
	if (job.finishedAt) return json({ status: 'ALREADY_COMPLETED' }, 400);
	sim.clock.after(500, () => sim.engine.finish(job, 'cancelled'));
	return json({ status: 'CANCELLATION_REQUESTED' }, 202);
}

/** Any webhook or callback field in body, query or headers is rejected. */
function namesWebhook(req) {
	const names = [req.json ?? {}, req.query, req.headers].flatMap((part) => Object.keys(part));
	return names.some((name) => /webhook|callback/i.test(name));
}

async function submit(sim, req, name) {
	const params = req.json;
	if (namesWebhook(req)) return json({ detail: 'webhook not supported' }, 400);
	const model = models.find(name, 'queue');
	if (!model) return json({ detail: `App not found: ${name}` }, 404);
	if (!params || typeof params !== 'object') return refuse('body must be a JSON object');
	const account = sim.account('vtrix');
	if (account.admit()) return queueError('RATE_LIMIT_EXCEEDED', 'rate limit exceeded', 429);
	const problem = models.wrong(model, params);
	if (problem && sim.options.badParams === 'submit') return refuse(problem);
	const cost = models.price(model, params);
	if (!account.canPay(cost)) return queueError('INSUFFICIENT_BALANCE', 'no credits', 402);
	const images = {};
	const job = sim.engine.create(
		{
			id: `mmsu_${text(sim.random.ids, HEX, 24)}`,
			provider: 'vtrix',
			api: 'queue',
			brand: 'seaArt',
			model: model.name,
			input: sim.keep(params),
			prompt: params.prompt,
			cost,
			check: () => check(sim, problem, params, images),
		},
		req.fault?.outcome,
	);
	job.images = images;
	req.entry.jobId = job.id;
	const base = `${sim.urls.seaArt}/model/v1/queue/${model.name}/requests/${job.id}`;
	return json({
		request_id: job.id,
		response_url: `${base}/response`,
		status_url: `${base}/status`,
		cancel_url: `${base}/cancel`,
		queue_position: 0, // always 0
	});
}

/** Code and text: invented. */
const refuse = (message) => queueError('INVALID_REQUEST', message, 400);

async function check(sim, problem, params, kept) {
	const { first_frame_image: first, last_frame_image: last } = params;
	const pictures = { first_frame_image: first, last_frame_image: last };
	const bad = problem ?? (await checkImages(sim, 'vtrix', pictures, kept))?.message;
	return bad ? { code: 10004099, message: bad } : undefined;
}

module.exports = { queueRoute };
