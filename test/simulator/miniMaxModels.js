'use strict';

const { P02, FAST } = require('./vtrixModels');

/** MiniMax's own models (docs/providers.md C.2); prices of E. */
const MODELS = {
	'MiniMax-Hailuo-02': { text: true, end: true, small: true, prices: P02 },
	'MiniMax-Hailuo-2.3': { text: true, prices: P02 },
	'MiniMax-Hailuo-2.3-Fast': { text: false, prices: FAST },
};

/**
 * @param {Record<string, any>} body
 * @returns {string | undefined} what is wrong (texts: invented; the code is 2013, C.3)
 */
function wrong(body) {
	const model = Object.hasOwn(MODELS, body.model ?? '') ? MODELS[body.model] : undefined;
	if (!model) return `unknown model ${body.model}`;
	const { first_frame_image: first, last_frame_image: last, prompt } = body;
	const { duration = 6, resolution = '768P' } = body;
	if (prompt !== undefined && typeof prompt !== 'string') return 'prompt must be a string';
	if ([...(prompt ?? '')].length > 2000) return 'prompt must not be longer than 2000 characters';
	if (!first && !last) {
		if (!model.text) return 'this model needs first_frame_image';
		if (!prompt) return 'prompt is required';
	}
	if (last && !model.end) return 'last_frame_image is not supported by this model';
	if (resolution === '512P' && (!model.small || !first || last)) {
		return 'resolution 512P is not available here';
	}
	if (!model.prices[resolution]) return `resolution ${resolution} is not available`;
	if (!model.prices[resolution][duration]) {
		return `duration ${duration} is not available with resolution ${resolution}`;
	}
	return undefined;
}

/** @returns {number} USD */
function price(body) {
	const { duration = 6, resolution = '768P' } = body;
	return MODELS[body.model].prices[resolution][duration];
}

module.exports = { wrong, price };
