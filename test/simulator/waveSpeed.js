'use strict';

const { json } = require('./answers');
const { waveSpeedError, TEXTS } = require('./errorAnswers');
const { bearer, keyed } = require('./keys');
const models = require('./waveSpeedModels');
const { submit } = require('./waveSpeedSubmit');
const { list, remove } = require('./waveSpeedHistory');
const { uploadBinary, uploadTicket } = require('./waveSpeedUpload');
const { prediction, alive } = require('./waveSpeedPrediction');

/** WaveSpeed's API v3 (docs/providers.md A.1 to A.6). */

const ok = (data) => json({ code: 200, message: 'success', data });

/**
 * @param {import('./simulator').Simulator} sim
 * @param {string} method
 * @param {string} path below /api/v3
 * @returns {import('./server').Route}
 */
function waveSpeedRoute(sim, method, path) {
	// X-API-Key is not a key here: A says it gives 401.
	return keyed('waveSpeed', 'waveSpeed', match(sim, method, path), (req) =>
		bearer(req.headers) === sim.options.keys.waveSpeed
			? undefined
			: waveSpeedError(401, TEXTS[401]),
	);
}

function match(sim, method, path) {
	const key = `${method} ${path}`;
	const { priceCall } = sim.options;
	switch (key) {
		case 'GET /balance':
			return {
				kind: 'balance',
				handle: () => ok({ balance: sim.account('waveSpeed').balance }),
			};
		case 'GET /models':
			return { kind: 'models', handle: () => ok(models.catalogue(sim.urls.waveSpeed)) };
		case 'GET /webhook/secret':
			return { kind: 'webhookSecret', handle: () => ok(sim.webhookSecret) };
		case 'POST /predictions':
			return { kind: 'list', handle: (req) => list(sim, req.json ?? {}) };
		case 'GET /predictions':
			return { kind: 'list', handle: (req) => list(sim, req.query) };
		case 'POST /predictions/delete':
			return { kind: 'delete', handle: (req) => remove(sim, req.json ?? {}) };
		case 'POST /media/upload/binary':
			return { kind: 'upload', handle: (req) => uploadBinary(sim, req) };
		case 'POST /media/uploads':
			return { kind: 'uploadTicket', handle: (req) => uploadTicket(sim, req) };
		case 'POST /model/price':
			if (!['price', 'both'].includes(priceCall)) break;
			return { kind: 'price', handle: (req) => quote(sim, req, 'new') };
		case 'POST /model/pricing':
			if (!['pricing', 'both'].includes(priceCall)) break;
			return { kind: 'price', handle: (req) => quote(sim, req, 'old') };
	}
	const id = /^\/predictions\/([^/]+)(\/result)?$/.exec(path);
	if (method === 'GET' && id) {
		return { kind: 'status', jobId: id[1], handle: () => status(sim, id[1]) };
	}
	// Any unknown path is taken for a model id (A.1), so a switched-off price call is one too.
	const kind = path.startsWith('/model/') ? 'price' : method === 'POST' ? 'submit' : 'unknown';
	const model = method === 'POST' ? models.find(path.slice(1)) : undefined;
	return {
		kind,
		handle: (req) => (model ? submit(sim, req, model) : waveSpeedError(400, 'Model not found.')),
	};
}

function status(sim, id) {
	const job = sim.jobs.get(id);
	// Text of 404: invented.
	if (!alive(sim, job)) return waveSpeedError(404, 'prediction not found');
	return ok(prediction(sim, job));
}

/** Partial inputs are fine (A.1). `discount_rate`'s meaning is unknown: taken as the share off. */
function quote(sim, req, form) {
	const { model_id: modelId, inputs } = req.json ?? {};
	const model = models.find(modelId);
	if (!model) return waveSpeedError(400, 'Model not found.');
	const price = models.price(model, inputs ?? {});
	if (form === 'old') return ok({ model_id: modelId, unit_price: price, currency: 'USD' });
	const { discount } = sim.options;
	return ok({
		model_id: modelId,
		price,
		discounted_price: Math.round(price * (1 - discount) * 1e6) / 1e6,
		discount_rate: discount,
		currency: 'USD',
	});
}

module.exports = { waveSpeedRoute };
