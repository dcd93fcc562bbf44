'use strict';

const { models } = require('./data/waveSpeedModels.json');

/** The models on WaveSpeed: schema checks, prices, and the form of GET /models (docs/providers.md A.6). */

const byId = new Map(models.map((model) => [model.model_id, model]));

/** @param {string} id */
const find = (id) => byId.get(id);

/**
 * @param {{ properties: Record<string, any>, required: string[] }} model
 * @param {Record<string, unknown>} input
 * @returns {{ code: 1400 | 1401, message: string } | undefined} texts: invented
 */
function wrong(model, input) {
	for (const name of model.required) {
		if (input[name] === undefined || input[name] === null || input[name] === '') {
			return { code: 1400, message: `Missing required parameter: ${name}` };
		}
	}
	for (const [name, value] of Object.entries(input)) {
		const rule = model.properties[name];
		if (!rule || value === undefined) continue;
		const problem = breaks(rule, value);
		if (problem) return { code: 1401, message: `Invalid parameter ${name}: ${problem}` };
	}
	return soundAlone(input);
}

/**
 * Hailuo 3 takes sounds only beside pictures or clips (docs/providers.md I.1, taken over for WaveSpeed: invented).
 * @param {Record<string, any>} input
 * @returns {{ code: 1401, message: string } | undefined}
 */
function soundAlone({
	reference_audios: sounds,
	reference_images: pictures,
	reference_videos: clips,
}) {
	if (!sounds?.length || pictures?.length || clips?.length) return undefined;
	return { code: 1401, message: 'reference_audios needs reference_images or reference_videos' };
}

function breaks(rule, value) {
	if (rule.type === 'array') {
		if (!Array.isArray(value) || value.some((entry) => typeof entry !== rule.items.type)) {
			return `must be an array of type ${rule.items.type}`;
		}
		return value.length > rule.maxItems ? `must not have more than ${rule.maxItems}` : undefined;
	}
	const fits =
		rule.type === 'integer'
			? Number.isInteger(value)
			: typeof value === rule.type || (rule.type === 'number' && typeof value === 'number');
	if (!fits) return `must be of type ${rule.type}`;
	if (rule.enum && !rule.enum.includes(value)) return `must be one of ${rule.enum.join(', ')}`;
	// JSON Schema counts characters, not the units that JavaScript stores them in.
	if (rule.maxLength && [...value].length > rule.maxLength) {
		return `must not be longer than ${rule.maxLength}`;
	}
	if (value < rule.minimum || value > rule.maximum) {
		return `must be between ${rule.minimum} and ${rule.maximum}`;
	}
	return undefined;
}

/** Names that the schema does not have. Whether the provider ignores them is unknown (part F). */
const extras = (model, input) => Object.keys(input).filter((name) => !model.properties[name]);

/**
 * Price in USD. Hailuo 3 costs by the second (I.2). `formula` is JSONata in micro-dollars; the only form our models use is
 * `(field = value) ? a : b`, so that is all this reads. An empty formula means the base price.
 */
function price(model, input) {
	if (model.price_per_second) {
		const given = (name) => input[name] ?? model.properties[name].default;
		const perSecond = model.price_per_second[given('resolution')] ?? 0;
		return Math.round(perSecond * given('duration') * 1e6) / 1e6;
	}
	const form = /\((\w+) = "?(\w+)"?\) \? (\d+) ?: ?(\d+)/.exec(model.formula);
	if (!form) return model.base_price;
	const [, name, value, yes, no] = form;
	const given = input[name] ?? model.properties[name]?.default;
	return Number(String(given) === value ? yes : no) / 1e6;
}

/** Name, description and sort_order: invented. */
function catalogue(baseUrl) {
	return models.map((model, n) => ({
		model_id: model.model_id,
		name: model.model_id,
		base_price: model.base_price,
		formula: model.formula,
		description: `Simulated ${model.model_id} (${model.evidence})`,
		type: model.type,
		sort_order: n + 1,
		api_schema: {
			api_schemas: [
				{
					type: 'model_run',
					method: 'POST',
					server: new URL(baseUrl).origin,
					api_path: `/api/v3/${model.model_id}`,
					request_schema: {
						type: 'object',
						properties: model.properties,
						required: model.required,
						'x-order-properties': model.order,
					},
				},
			],
		},
	}));
}

module.exports = { find, wrong, extras, price, catalogue };
