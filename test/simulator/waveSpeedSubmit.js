'use strict';

const { json } = require('./answers');
const { waveSpeedError, TEXTS } = require('./errorAnswers');
const { text, HEX } = require('./random');
const models = require('./waveSpeedModels');
const { checkImages } = require('./imageInput');
const { prediction } = require('./waveSpeedPrediction');
const { early } = require('./webhooks');

/** Captured twice (docs/providers.md I.3): no credit is HTTP 400, not 402. */
const NO_CREDIT = 'Insufficient credits. Please top up your account to continue.';

/**
 * POST /{model-id}. Order of the checks (limit, parameters, money): invented.
 * @param {import('./simulator').Simulator} sim
 * @param {import('./server').Req} req
 * @param {any} model
 */
async function submit(sim, req, model) {
	const input = req.json;
	if (!input || typeof input !== 'object' || Array.isArray(input)) {
		return waveSpeedError(400, 'Request body must be a JSON object'); // invented
	}
	const account = sim.account('waveSpeed');
	const wait = account.admit();
	if (wait) return tooMany(sim, wait);
	if (sim.options.concurrencyRefused && sim.engine.isFull('waveSpeed')) {
		return waveSpeedError(429, CONCURRENCY);
	}
	const problem = refusal(sim, model, input);
	// Whether bad parameters fail at submit or as a task is unknown (part F): options.badParams.
	if (problem && sim.options.badParams === 'submit') return waveSpeedError(400, problem.message);
	const cost = models.price(model, input);
	if (!account.canPay(cost)) return waveSpeedError(400, NO_CREDIT);
	/** @type {Record<string, Buffer>} */
	const images = {};
	const { webhook, standard_webhook: standard } = req.query;
	const job = sim.engine.create(
		{
			id: text(sim.random.ids, HEX, 32),
			provider: 'waveSpeed',
			api: 'waveSpeed',
			model: model.model_id,
			input: sim.keep(input),
			prompt: input.prompt,
			cost,
			callback: webhook ?? standard,
			standardWebhook: !webhook && Boolean(standard),
			extraFields: models.extras(model, input),
			check: async () => problem ?? (await badPicture(sim, input, images)),
		},
		req.fault?.outcome,
	);
	job.images = images;
	req.entry.jobId = job.id;
	if (job.outcome.immediate) await job.checked;
	// As it was when it was accepted: the answer says `created` even if the job is over by now.
	const answer = prediction(sim, job);
	await early(sim, job);
	return json({ code: 200, message: 'success', data: answer });
}

function refusal(sim, model, input) {
	const extra = models.extras(model, input)[0];
	if ((sim.options.strictFields || model.strict) && extra) {
		return { code: 1401, message: `Unknown parameter: ${extra}` };
	}
	return models.wrong(model, input);
}

async function badPicture(sim, input, kept) {
	const { image, end_image: endImage, last_image: lastImage } = input;
	const references = Array.isArray(input.reference_images) ? input.reference_images : [];
	const named = {
		image,
		end_image: endImage,
		last_image: lastImage,
		...Object.fromEntries(references.map((value, n) => [`reference_images[${n}]`, value])),
	};
	const bad = await checkImages(sim, 'waveSpeed', named, kept);
	if (!bad) return undefined;
	// 1402: the input could not be fetched; 1401: it was fetched and is not allowed (docs/providers.md A.4).
	return { code: bad.kind === 'fetch' ? 1402 : 1401, message: bad.message };
}

/** One capture of a trial account (I.3), against the page that says that the next job waits: options.concurrencyRefused. */
const CONCURRENCY = 'You have reached your concurrency limit';

/** No Retry-After is documented (A.3): only with options.retryAfter. */
function tooMany(sim, waitMs) {
	const answer = waveSpeedError(429, TEXTS[429]);
	if (sim.options.retryAfter) {
		const seconds = Math.ceil(waitMs / 1000 / sim.options.timeScale);
		answer.headers['retry-after'] = String(seconds);
	}
	return answer;
}

module.exports = { submit, tooMany };
