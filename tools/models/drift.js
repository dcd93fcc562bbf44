'use strict';

const jsonata = require('jsonata');

/**
 * Where the catalogue's WaveSpeed models disagree with the provider's own list (`GET /models`, docs/providers.md A.6).
 *
 * @typedef {{ model_id: string, type?: string, base_price: number, formula?: string, api_schema?: {
 *   api_schemas: { type: string, request_schema: { properties: Record<string, any>, required?: string[] } }[] } }} Live
 * @typedef {import('../../nodes/Hailuo/providers/modelTypes').Model} Model
 */

/** Listed by the provider and left out on purpose, and why. Custom Model reaches them. */
const LEFT_OUT = [{ id: /^minimax\/video-0[12]$/, why: 'models of 2024 that Hailuo 02 replaced' }];

const list = (values) => [...values].map((value) => JSON.stringify(value)).join(', ') || 'nothing';
const money = (usd) => `$${usd.toFixed(2)}`;

/**
 * @param {readonly Model[]} models of WaveSpeed
 * @param {Live[]} live
 * @returns {Promise<string[]>} a line for each disagreement; none when all agree
 */
async function drift(models, live) {
	const known = new Map(live.map((item) => [item.model_id, item]));
	const lines = [];
	for (const model of models) {
		const item = known.get(model.id);
		const found = item ? await compare(model, item) : ['is gone from the list of the provider'];
		lines.push(...found.map((line) => `${model.id}: ${line}`));
	}
	const ours = new Set(models.map(({ id }) => id));
	for (const { model_id: id, type = '' } of live) {
		const ignored = !/^minimax\//.test(id) || !/video/.test(type) || ours.has(id);
		if (ignored || LEFT_OUT.some((entry) => entry.id.test(id))) continue;
		lines.push(`${id}: is new (${type}); the catalogue does not have it`);
	}
	return lines;
}

/** @param {Model} model @param {Live} item */
async function compare(model, item) {
	const schema = item.api_schema?.api_schemas.find(
		({ type }) => type === 'model_run',
	)?.request_schema;
	if (!schema) return ['has no schema in the list of the provider'];
	const specs = new Map(Object.values(model.fields).map((spec) => [spec.key, spec]));
	return [
		...parameters(specs, schema),
		...durations(model, schema),
		...resolutions(model, schema),
		...prompt(model, schema),
		...(await prices(model, item, schema)),
	];
}

/** A value under the provider's own name. */
const sent = ({ sentAs }, value) => sentAs?.[value] ?? value;

/**
 * @param {Map<string, any>} specs of the catalogue, by the name of the parameter
 * @param {{ properties: Record<string, any>, required?: string[] }} schema
 */
function parameters(specs, { properties, required = [] }) {
	const lines = [];
	for (const [key, spec] of specs) {
		const live = properties[key];
		if (!live) {
			lines.push(`the parameter ${key} is gone`);
			continue;
		}
		const ours = sent(spec, spec.default);
		if (live.default !== undefined && live.default !== ours) {
			lines.push(
				`the default of ${key} is ${list([live.default])}, in the catalogue ${list([ours])}`,
			);
		}
		const must = required.includes(key);
		if (must !== (spec.required === true)) {
			lines.push(`${key} is ${must ? 'required' : 'optional'}, not so in the catalogue`);
		}
	}
	for (const key of Object.keys(properties)) {
		if (specs.has(key)) continue;
		const must = required.includes(key) ? ' (required)' : '';
		lines.push(`the parameter ${key}${must} is missing in the catalogue`);
	}
	return lines;
}

function durations(model, { properties }) {
	const { enum: listed, minimum, maximum } = properties.duration ?? {};
	const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
	const live = listed ?? (maximum === undefined ? undefined : range(minimum, maximum));
	if (!model.fields.duration || !live) return [];
	const ours = new Set(Object.values(model.operations).flatMap((by) => Object.values(by).flat()));
	const same = live.length === ours.size && live.every((value) => ours.has(Number(value)));
	return same ? [] : [`duration may be ${list(live)}, in the catalogue ${list(ours)}`];
}

function resolutions({ fields, operations }, { properties }) {
	const live = properties.resolution?.enum;
	if (!fields.resolution || !live) return [];
	const made = Object.values(operations).flatMap((lengths) => Object.keys(lengths));
	const ours = new Set(made.map((value) => sent(fields.resolution, value)));
	const same = live.length === ours.size && live.every((value) => ours.has(value));
	return same ? [] : [`resolution may be ${list(live)}, in the catalogue ${list(ours)}`];
}

function prompt(model, { properties }) {
	const live = properties.prompt?.maxLength;
	return live === undefined || live === model.promptLimit
		? []
		: [`prompt may have ${live} characters, in the catalogue ${model.promptLimit}`];
}

async function prices(model, item, { properties }) {
	const defaults = Object.fromEntries(
		Object.entries(properties)
			.filter(([, { default: value }]) => value !== undefined)
			.map(([key, { default: value }]) => [key, value]),
	);
	const lines = [];
	for (const [resolution, byLength] of Object.entries(model.prices ?? {})) {
		for (const [seconds, ours] of Object.entries(byLength)) {
			const inputs = { ...defaults, duration: Number(seconds) };
			const live = await priceOf(item, inputs);
			if (live === undefined) {
				lines.push(`its price formula cannot be read: ${item.formula}`);
			} else if (Math.abs(live - ours) >= 0.0001) {
				lines.push(
					`${seconds} s at ${resolution} cost ${money(live)}, in the catalogue ${money(ours)} (of ${model.pricesAsOf})`,
				);
			}
		}
	}
	return lines;
}

/**
 * The price in USD. The formula is JSONata and yields micro-dollars, as `total_price` or bare; without one the base
 * price holds, which is in USD (docs/providers.md A.6).
 *
 * @param {Pick<Live, 'base_price' | 'formula'>} item
 * @param {Record<string, unknown>} inputs
 * @returns {Promise<number | undefined>} undefined for a formula that cannot be read
 */
async function priceOf({ base_price: base, formula }, inputs) {
	if (!formula?.trim()) return base;
	const result = await Promise.resolve()
		.then(() => jsonata(formula).evaluate(inputs))
		.catch(() => undefined);
	const micro = typeof result === 'number' ? result : result?.total_price;
	return typeof micro === 'number' ? micro / 1e6 : undefined;
}

module.exports = { LEFT_OUT, drift, priceOf };
