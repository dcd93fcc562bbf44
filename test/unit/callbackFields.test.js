'use strict';

const { NodeHelpers } = require('n8n-workflow');
const { Hailuo } = require('../../nodes/Hailuo/Hailuo.node');
const { modelsFor, VIDEO_OPERATIONS } = require('../../nodes/Hailuo/models/catalogue');
const { finishFields } = require('../../nodes/Hailuo/n8n/options');
const { providers } = require('../../nodes/Hailuo/providers');

/*
 * The fields of Generate and Resume by Callback are derived from those of the video operations: what the editor shows
 * for a model must be the same, except for what a sleeping execution cannot do.
 */

const { description } = new Hailuo();
const node = { typeVersion: 1 };

/** The fields that the editor shows, by their names. */
function shown(parameters) {
	const values = { resource: 'video', ...parameters };
	const found = description.properties.filter((property) =>
		NodeHelpers.displayParameter(values, property, node, description),
	);
	const twice = found.filter(({ name }, i) => found.findIndex((one) => one.name === name) !== i);
	expect(twice).toEqual([]);
	return new Map(found.map((property) => [property.name, /** @type {any} */ (property)]));
}

const own = ['operation', 'continueWhen', 'generateFrom', 'callbackNotice', 'options', 'model'];
const cases = providers
	.filter((provider) => provider !== 'miniMax')
	.flatMap((provider) =>
		VIDEO_OPERATIONS.flatMap((from) =>
			modelsFor(provider, from).map(({ id, api }) => [provider, from, id, api]),
		),
	);

test.each(cases.filter(([, , , api]) => api !== 'queue'))('%s, %s, %s', (provider, from, model) => {
	const values = { provider, model, firstFrameSource: 'url', lastFrameSource: 'binary' };
	const waiting = shown({ ...values, operation: from, resolution: '768P' });
	const called = shown({
		...values,
		operation: 'sendAndWait',
		generateFrom: from,
		resolution: '768P',
	});
	const names = (fields) => [...fields.keys()].filter((name) => !own.includes(name)).sort();
	expect(names(called)).toEqual(names(waiting));
	for (const name of names(called)) {
		const { displayOptions: _one, ...here } = called.get(name);
		const { displayOptions: _other, ...there } = waiting.get(name);
		expect(here).toEqual(there);
	}
	expect(called.get('model')?.default).toBe(waiting.get('model')?.default);
	expect(called.get('model')?.options?.map(({ value }) => value)).toContain(model);
	expect(called.has('continueWhen')).toBe(false);
});

test('models of the queue, which refuses callbacks, are in no list', () => {
	const queued = new Set(cases.filter(([, , , api]) => api === 'queue').map(([, , id]) => id));
	expect(queued.size).toBeGreaterThan(0);
	for (const from of VIDEO_OPERATIONS) {
		const fields = shown({ provider: 'vtrix', operation: 'sendAndWait', generateFrom: from });
		// If no model of the provider can do it, there is nothing to choose.
		if (!fields.has('model')) continue;
		const offered = fields.get('model').options.map(({ value }) => value);
		expect(offered.filter((id) => queued.has(id))).toEqual([]);
		expect(offered).toContain(fields.get('model')?.default);
	}
});

test('MiniMax does not offer it, because it calls the address before it answers', () => {
	const fields = shown({ provider: 'miniMax', operation: 'sendAndWait' });
	expect(fields.has('generateFrom')).toBe(false);
	const operation = shown({ provider: 'miniMax' }).get('operation');
	const entry = operation.options.find(({ value }) => value === 'sendAndWait');
	expect(entry.displayOptions.show.provider).not.toContain('miniMax');
});

test('a field that is read when the execution continues accepts no expression', () => {
	const { options } = shown({ provider: 'waveSpeed', operation: 'sendAndWait' }).get('options');
	const fixed = options.filter(({ noDataExpression }) => noDataExpression).map(({ name }) => name);
	expect(fixed.sort()).toEqual(
		finishFields(true)
			.map(({ name }) => name)
			.sort(),
	);
	const limit = options.find(({ name }) => name === 'timeLimit');
	expect(limit.default).toBe(60);
	expect(limit.typeOptions.minValue).toBe(2);
});
