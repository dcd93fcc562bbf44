'use strict';

const { json } = require('./answers');
const { errorAnswer, namedFaults } = require('./errorAnswers');
const { bearer, keyed } = require('./keys');
const { text, BASE32, HEX } = require('./random');
const models = require('./vtrixModels');
const { checkImages } = require('./imageInput');
const { task } = require('./vtrixTask');

/** The legacy generation API of Vtrix and SeaArt Cloud (docs/providers.md B.2, B.3, B.5). */

const named = (name) => errorAnswer({ provider: 'vtrix' }, namedFaults[name]);
/** Text and code of this 400: invented. */
const refuse = (message) => json({ error: { code: 10004099, error_message: message } }, 400);

/**
 * @param {import('./simulator').Simulator} sim
 * @param {string} method
 * @param {string} path below /model/v1/generation
 * @param {string} brand
 * @returns {import('./server').Route}
 */
function vtrixRoute(sim, method, path, brand) {
	return keyed('vtrix', 'legacy', match(sim, method, path, brand), (req) => {
		const key = bearer(req.headers);
		if (!key) return named('vtrix401');
		// 401 or 403: both are documented for a bad key (B.2).
		return key === sim.options.keys.vtrix ? undefined : named(sim.options.vtrixBadKey);
	});
}

function match(sim, method, path, brand) {
	if (method === 'POST' && path === '') {
		return { kind: 'submit', handle: (req) => create(sim, req, brand) };
	}
	if (method === 'POST' && path === '/precharge') {
		return { kind: 'price', handle: (req) => precharge(sim, req) };
	}
	const id = /^\/task\/([^/]+)$/.exec(path)?.[1];
	if (method === 'GET' && id?.startsWith('probe-')) {
		return { kind: 'probe', handle: () => probe(sim) };
	}
	if (method === 'GET' && id) {
		return { kind: 'status', jobId: id, handle: () => status(sim, id) };
	}
	return { kind: 'unknown', handle: () => json({ detail: 'Not Found' }, 404) };
}

/** Any of these three says "the key is good" (B.3). */
function probe(sim) {
	if (sim.options.probe === '200') return json({ id: '', status: 'failed' });
	if (sim.options.probe === 'message') return json({ message: 'Task Not Found' }, 400);
	return json({ error: { message: 'task not found' } }, 404);
}

function status(sim, id) {
	const job = sim.jobs.get(id);
	if (job?.provider !== 'vtrix' || job.api !== 'legacy' || job.status === 'deleted') {
		return json({ error: { message: 'task not found' } }, 404);
	}
	return json(task(sim, job));
}

/** Model and params of a create or precharge body; the model may stand in X-Model (B.2). */
function read(req) {
	const body = req.json ?? {};
	const name = body.model ?? req.headers['x-model'];
	const params = body.input?.[0]?.params;
	// Known example of a 400: sac ERRORS.md.
	if (!name) return { answer: json({ message: 'no model_ver_no found in request' }, 400) };
	const model = models.find(String(name), 'legacy');
	if (!model) return { answer: json({ error: { message: `model not found: ${name}` } }, 400) };
	if (!params || typeof params !== 'object') {
		return { answer: refuse('input[0].params is required') };
	}
	return { model, params };
}

async function create(sim, req, brand) {
	const { answer, model, params } = read(req);
	if (answer) return answer;
	const account = sim.account('vtrix');
	if (account.admit()) return named('vtrix429');
	const problem = models.wrong(model, params);
	if (problem && sim.options.badParams === 'submit') return refuse(problem);
	const cost = models.price(model, params);
	if (!account.canPay(cost)) return named(sim.options.vtrixNoBalance);
	const images = {};
	const job = sim.engine.create(
		{
			id: text(sim.random.ids, BASE32, 20),
			provider: 'vtrix',
			api: 'legacy',
			brand,
			model: model.name,
			input: sim.keep(params),
			prompt: params.prompt,
			cost,
			callback: params.callback_url,
			check: () => check(sim, problem, params, images),
		},
		req.fault?.outcome,
	);
	job.images = images;
	req.entry.jobId = job.id;
	if (job.outcome.immediate) await job.checked;
	return json(task(sim, job));
}

/** A bad picture or parameter fails the task as "task creation" (which of the codes: invented). */
async function check(sim, problem, params, kept) {
	const { first_frame_image: first, last_frame_image: last } = params;
	const pictures = { first_frame_image: first, last_frame_image: last };
	const bad = problem ?? (await checkImages(sim, 'vtrix', pictures, kept))?.message;
	return bad ? { code: 10004099, message: `Task creation error: ${bad}` } : undefined;
}

function precharge(sim, req) {
	if (sim.options.precharge === 'none') return json({ detail: 'Not Found' }, 404);
	const { answer, model, params } = read(req);
	if (answer) return answer;
	if (sim.options.precharge === 'miss') {
		return json({ status: 'failed', data: { cost: null, reason: 'COST_CACHE_MISS' } });
	}
	return json({
		status: 'success',
		data: {
			billing_model: model.name,
			cost: models.price(model, params),
			currency: 'USD',
			discount: 1,
			hash: text(sim.random.ids, HEX, 32),
			model: model.name,
			original_model: model.name,
			sample_count: 1,
			updated_at: Math.floor(sim.clock.told() / 1000),
		},
	});
}

module.exports = { vtrixRoute };
