'use strict';

const fc = require('fast-check');
const { NodeHelpers } = require('n8n-workflow');
const engine = require('../../test/engine/harness');
const { anyText } = require('./anyText');

/*
 * Possible input of the node, derived from its description, so that a new field is tested without any change here.
 * Every field is an expression on `$json`, as when a sheet or a form fills it in, and may bring anything.
 */

const { description } = engine.hailuo;

/** The fields that a person chooses in a list; n8n accepts no expression for them. */
const FIXED = ['provider', 'resource', 'operation'];
/** Settings of the batch: they are read once, so only runs with one item test them. */
const BATCH = ['maxConcurrent', 'submitsPerMinute'];
/** The first waits for a call from outside n8n, which this engine does not have; the second makes one film of all items. */
const LEFT_OUT = ['sendAndWait', 'join'];
/** The last frame comes from the next item. That item is another random case, and decides whether this one is refused. */
const OF_ANOTHER_ITEM = 'nextItem';

const CAMERA_STEPS = 2;

/** All pairs of provider and operation that the lists offer. */
function placesToTry() {
	return engine.providers.flatMap((provider) =>
		optionsOf('resource', {}).flatMap((resource) =>
			optionsOf('operation', { provider, resource })
				.filter((operation) => !LEFT_OUT.includes(operation))
				.map((operation) => ({ provider, resource, operation })),
		),
	);
}

const shown = (picks, property, all = picks) =>
	NodeHelpers.displayParameter(picks, property, { typeVersion: 1 }, description, all);

function optionsOf(name, picks) {
	const property = description.properties.find((each) => each.name === name && shown(picks, each));
	return property ? offered(property, picks) : [];
}

/** The values of a list that show: an entry may have conditions of its own. */
const offered = ({ options }, picks) =>
	options
		.filter((option) => shown(picks, option) && option.value !== OF_ANOTHER_ITEM)
		.map(({ value }) => value);

/** Fields that may show for this place, whatever else is chosen: by name, each with all its variants. */
function fieldsOf(place) {
	const fields = new Map();
	for (const property of description.properties) {
		const { show = {} } = property.displayOptions ?? {};
		const here = FIXED.every((name) => !show[name] || show[name].includes(place[name]));
		if (!here || FIXED.includes(property.name) || property.type === 'notice') continue;
		fields.set(property.name, [...(fields.get(property.name) ?? []), property]);
	}
	return fields;
}

/**
 * The node's parameters with an expression for each field: `$json.p.<name>`, an entry of a collection as
 * `$json.p.<collection>_<entry>`.
 */
function parametersOf(place, { batch }) {
	const parameters = { ...place };
	for (const [name, [property]] of fieldsOf(place)) {
		if (property.type === 'collection') {
			const entries = property.options.filter((entry) => batch || !BATCH.includes(entry.name));
			parameters[name] = Object.fromEntries(
				entries.map((entry) => [entry.name, expression(`${name}_${entry.name}`)]),
			);
			// Without a value there is no limit; an empty value would be a limit that cannot be read.
			if ('maxPrice' in parameters[name]) {
				parameters[name].maxPrice = `={{ $json.p['${name}_maxPrice'] ?? 1000000 }}`;
			}
			if (!batch && entries.length < property.options.length) {
				Object.assign(parameters[name], { maxConcurrent: 50, submitsPerMinute: 0 });
			}
		} else if (property.type === 'fixedCollection') {
			const [{ name: group, values }] = property.options;
			const steps = Array.from({ length: CAMERA_STEPS }, (_, i) =>
				Object.fromEntries(values.map((value) => [value.name, expression(`${name}_${i}`)])),
			);
			parameters[name] = { [group]: steps };
		} else {
			parameters[name] = expression(name);
		}
	}
	return parameters;
}

/** A field without a value in the case is empty, as if a person left it empty: `undefined` would be another mistake. */
const expression = (key) => `={{ '${key}' in $json.p ? $json.p['${key}'] : '' }}`;

/** Values that a careful person could give, where the description alone does not say so. */
const GOOD = {
	prompt: fc.constantFrom('A paper boat', 'Wellen 🌊 am Strand', 'x'.repeat(1_900), ' a\nb '),
	firstFrameUrl: fc.constantFrom(
		'https://example.invalid/a.jpg',
		'https://example.invalid/b.png?x=1',
	),
	lastFrameUrl: fc.constant('https://example.invalid/z.jpg'),
	firstFrameBinaryField: fc.constant('data'),
	lastFrameBinaryField: fc.constant('data'),
	jobId: fc.constantFrom('0'.repeat(32), 'd758n65e878c73cmdg20', '123456789012345'),
	callbackUrl: fc.constant('https://example.com/hook'),
	outputField: fc.constant('clip'),
	customModel: fc.constantFrom(
		'minimax/hailuo-02/standard',
		'minimax_hailuo_02',
		'MiniMax-Hailuo-02',
	),
	additionalFields: fc.constantFrom('{}', '{"seed":1}', {}),
	maxPrice: fc.constant(5),
	timeLimit: fc.constantFrom(1, 5, 15),
};

/** What the editor lets a person enter in this field, seeing what was picked before it. */
function goodValue(property, picks) {
	if (GOOD[property.name]) return GOOD[property.name];
	switch (property.type) {
		case 'options':
			return fc.constantFrom(...offered(property, picks));
		case 'boolean':
			return fc.boolean();
		case 'number':
			return fc.constant(property.default);
		case 'dateTime':
			return fc.constantFrom('', '2026-01-02T03:04:05Z');
		default:
			return fc.constant(property.default);
	}
}

/** What a sheet, a form or a model may bring in instead. */
const hostile = fc.oneof(
	{ weight: 4, arbitrary: anyText(60) },
	{
		weight: 6,
		arbitrary: fc.constantFrom(
			'',
			' ',
			'\u0000',
			'\u202e',
			'null',
			'undefined',
			'NaN',
			'true',
			'0',
			'-1',
			'6',
			'10',
			'6.0',
			'1e3',
			'٦',
			'__proto__',
			'constructor',
			'toString',
			'={{ 1 }}',
			'{{ $json }}',
			'${1}',
			'<script>',
			"'; DROP TABLE",
			'%00',
			'../../etc/passwd',
			'a'.repeat(2_001),
			'🌊'.repeat(1_500),
			'[push in]'.repeat(300),
			'512P',
			'768p',
			'1080P',
			'4K',
		),
	},
	{
		weight: 4,
		arbitrary: fc.constantFrom(
			'http://',
			'https://',
			'ftp://example.invalid/a.jpg',
			'file:///etc/passwd',
			'javascript:alert(1)',
			'//example.invalid/a',
			'http://127.0.0.1:1/a.jpg',
			'http://[::1]/a.jpg',
			'http://localhost/a.png',
			'https://user:pw@example.invalid/a.jpg',
			'https://exa mple.com/a.jpg',
			'https://example.invalid/a.jpg\r\nX-Y: z',
			'data:',
			'data:image/png;base64,',
			'data:image/png;base64,AAAA',
			'data:text/html,<b>',
			'data:image/jpeg;base64,%%%',
			'iVBORw0KGgo=',
			'A'.repeat(400),
			`https://example.invalid/${'a'.repeat(9_000)}`,
		),
	},
	{
		weight: 4,
		arbitrary: fc.constantFrom(
			0,
			-1,
			1,
			5,
			6,
			7,
			10,
			6.5,
			1e9,
			1e308,
			-1e308,
			Number.MIN_VALUE,
			2 ** 53,
			true,
			false,
			null,
		),
	},
	{
		weight: 3,
		arbitrary: fc.oneof(
			fc.constantFrom(
				[],
				{},
				[[]],
				[null],
				['6'],
				{ value: 6 },
				{ mode: 'id', value: 'x' },
				{ id: 'filesystem-v2:../../x', mimeType: 'image/png', data: 'x' },
			),
			fc.jsonValue({ maxDepth: 2 }),
		),
	},
);

/** Files that an item may carry, by name. */
const FILES = ['good', 'small', 'page', 'empty', 'none', 'cut'];

/**
 * Draws one item for a place: `p` the values of its fields, `file` the binary it carries, `bad` the fields that were given
 * something hostile. With none of them it is what the editor offers, and has to be taken.
 *
 * @param {import('fast-check').GeneratorValue} gen
 */
function drawCase(gen, place, { batch = false } = {}) {
	const fields = fieldsOf(place);
	const picks = { ...place };
	const p = {};
	const bad = [];
	const clean = gen(fc.nat, 9) < 3;
	const put = (key, property, all) => {
		const isBad = !clean && gen(fc.nat, 9) < 2;
		if (isBad) bad.push(key);
		const value = gen(() => (isBad ? hostile : goodValue(property, picks)));
		if (value !== undefined) p[key] = value;
		if (all) all[property.name] = value;
	};
	for (const [name, variants] of fields) {
		const property = variants.find((variant) => shown(picks, variant));
		if (!property) {
			// Left over from another choice.
			if (!clean && gen(fc.nat, 9) < 2) {
				p[name] = gen(() => hostile);
				bad.push(name);
			}
			continue;
		}
		if (property.type === 'collection') {
			for (const entry of property.options) {
				const chosen = { ...picks, [name]: {} };
				if (!batch && BATCH.includes(entry.name)) continue;
				if (!shown(picks, entry, chosen) || gen(fc.nat, 9) < 6) continue;
				put(`${name}_${entry.name}`, entry);
			}
		} else if (property.type === 'fixedCollection') {
			const [{ values }] = property.options;
			const movements = values[0].options.map(({ value }) => value);
			const good = fc.subarray(movements, { maxLength: 3 });
			for (let i = 0; i < CAMERA_STEPS; i++) {
				const isBad = !clean && gen(fc.nat, 9) < 2;
				if (isBad) bad.push(name);
				p[`${name}_${i}`] = isBad ? gen(() => hostile) : gen(() => good);
			}
		} else {
			put(name, property, picks);
		}
	}
	const file = clean ? 'good' : gen(() => fc.constantFrom('good', 'good', ...FILES));
	if (file !== 'good') bad.push('file');
	return { place, p, file, bad };
}

module.exports = { drawCase, hostile, parametersOf, placesToTry };
