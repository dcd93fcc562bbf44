'use strict';

/**
 * MiniMax video models behind Vtrix / SeaArt Cloud (docs/providers.md B.6) and their checks.
 * Prices are not published (part E); MiniMax's own stand in for them: invented.
 */

const P02 = {
	'512P': { 6: 0.1, 10: 0.15 },
	'768P': { 6: 0.28, 10: 0.56 },
	'1080P': { 6: 0.49 },
};
const P23 = { '768P': P02['768P'], '1080P': P02['1080P'] };
const FAST = { '512P': P02['512P'], '768P': { 6: 0.19, 10: 0.32 }, '1080P': { 6: 0.33 } };
const OLD = { '720P': { 6: 0.43 } };

const T2V = ['prompt'];
const I2V = ['first_frame_image'];

/** `end` = takes last_frame_image; `resolution` = the default one. */
const MODELS = {
	minimax_hailuo_02_i2v: { api: ['legacy', 'queue'], required: I2V, prices: P02, end: true },
	minimax_hailuo_02: { api: ['legacy'], required: T2V, prices: P23 },
	minimax_hailuo_02_t2v: { api: ['queue'], required: T2V, prices: P23 },
	minimax_hailuo_23_t2v: { api: ['queue'], required: T2V, prices: P23 },
	minimax_hailuo_23_i2v: { api: ['legacy', 'queue'], required: I2V, prices: P23 },
	minimax_hailuo_23_fast_i2v: { api: ['legacy', 'queue'], required: I2V, prices: FAST },
	minimax_t2v_01: { api: ['legacy'], required: T2V, prices: OLD, resolution: '720P' },
	minimax_t2v_01_director: { api: ['legacy'], required: T2V, prices: OLD, resolution: '720P' },
	minimax_i2v_01: { api: ['legacy'], required: I2V, prices: OLD, resolution: '720P' },
	minimax_i2v_01_live: { api: ['legacy'], required: I2V, prices: OLD, resolution: '720P' },
	minimax_i2v_01_director: { api: ['legacy'], required: I2V, prices: OLD, resolution: '720P' },
};

const TYPES = {
	prompt: 'string',
	first_frame_image: 'string',
	last_frame_image: 'string',
	prompt_optimizer: 'boolean',
	fast_pretreatment: 'boolean',
	aigc_watermark: 'boolean',
	callback_url: 'string',
	resolution: 'string',
};

/** @param {string} name @param {'legacy' | 'queue'} api */
function find(name, api) {
	const model = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
	return model?.api.includes(api) ? { name, resolution: '768P', ...model } : undefined;
}

/**
 * Resolution and length against one another; docs/providers.md S.5, C.2.
 * @param {{ prices: object, end?: boolean, resolution: string, required: string[] }} model
 * @param {Record<string, any>} params
 * @returns {string | undefined} what is wrong (texts: invented)
 */
function wrong(model, params) {
	for (const name of model.required) {
		if (!params[name]) return `${name} is required`;
	}
	for (const [name, type] of Object.entries(TYPES)) {
		if (params[name] !== undefined && typeof params[name] !== type) {
			return `${name} must be of type ${type}`;
		}
	}
	if ([...(params.prompt ?? '')].length > 2000)
		return 'prompt must not be longer than 2000 characters';
	const { duration = 6, resolution = model.resolution } = params;
	if (![6, 10].includes(duration)) return 'duration must be 6 or 10';
	if (!model.prices[resolution]) {
		return `resolution must be one of ${Object.keys(model.prices).join(', ')}`;
	}
	if (!model.prices[resolution][duration]) {
		return `duration ${duration} is not available with resolution ${resolution}`;
	}
	if (params.last_frame_image && model.end && resolution === '512P') {
		return 'resolution 512P is not available with last_frame_image';
	}
	return undefined;
}

/** @returns {number} USD */
function price(model, params) {
	const { duration = 6, resolution = model.resolution } = params;
	return model.prices[resolution]?.[duration] ?? 0.28;
}

module.exports = { find, wrong, price, P02, P23, FAST };
