'use strict';

/*
 * n8n's UX guidelines for the texts that users read, as far as lint does not check them. Lint on the final
 * texts: `npm run lint:descriptions`.
 */

const path = require('node:path');
const manifest = require('../../package.json');

const load = (shipped) => {
	const file = path.relative('dist', shipped).replace(/\.js$/, '');
	const name = path.basename(file).split('.')[0];
	return new (require(path.join('..', '..', file))[name])();
};

const nodes = manifest.n8n.nodes.map(load).map(({ description }) => description);
const credentials = manifest.n8n.credentials.map(load);

/** Each field, at any level, with its path. */
function* fieldsOf(properties, where) {
	for (const field of properties) {
		const at = `${where} > ${field.displayName}`;
		yield { ...field, at };
		for (const entry of field.options ?? []) {
			if (entry.values) yield* fieldsOf(entry.values, `${at} > ${entry.displayName}`);
			else if (entry.type) yield* fieldsOf([entry], at);
		}
	}
}

const fields = [...nodes, ...credentials].flatMap(({ displayName, properties }) => [
	...fieldsOf(properties, displayName),
]);
const choices = fields
	.filter(({ type }) => type === 'options' || type === 'multiOptions')
	.flatMap(({ options = [], at, name: field }) =>
		options.map((option) => ({ ...option, field, at: `${at} > ${option.name}` })),
	);

/** The texts that break a guideline, so that the report names all of them at once. */
const broken = (list, text, keeps) =>
	list
		.filter((entry) => text(entry) !== undefined && !keeps(text(entry), entry))
		.map((entry) => `${entry.at}: ${text(entry)}`);

const SMALL = /^(a|an|and|as|at|but|by|for|in|nor|of|on|or|per|the|to|via|with|n8n|e\.g\.|px|s)$/;
const titleCase = (text) =>
	text
		.replace(/[()]/g, '')
		.split(/[ /]+/)
		.every((word, at) => /^([A-Z0-9&#]|n8n$)/.test(word) || (at > 0 && SMALL.test(word)));

const oneSentence = (text) => !/[.!?] /.test(text.replace(/e\.g\. /g, ''));
const EMOJI = /\p{Extended_Pictographic}/u;
/** The words that n8n's guidelines ask to avoid, because they blame. */
const BLAMES = /\b(errors?|problems?|failures?|mistakes?)\b/i;

/** @type {[what: string, list: any[], text: (entry: any) => string | undefined][]} */
const TEXTS = [
	['label', fields, ({ displayName }) => displayName],
	['description', fields, ({ description }) => description],
	['hint', fields, ({ hint }) => hint],
	['placeholder', fields, ({ placeholder }) => placeholder],
	['choice', choices, ({ name }) => name],
	['description of a choice', choices, ({ description }) => description],
	['action', choices, ({ action }) => action],
];

describe.each(TEXTS)('every %s', (_, list, text) => {
	test('is plain: no emoji, no double blank, no blank at its ends', () => {
		const plain = (value) => value === value.trim() && !EMOJI.test(value) && !/ {2}/.test(value);
		expect(broken(list, text, plain)).toEqual([]);
	});

	test('does not blame', () => {
		expect(broken(list, text, (value) => !BLAMES.test(value))).toEqual([]);
	});

	test('says file and field, where built-in nodes used to say binary property', () => {
		expect(broken(list, text, (value) => !/binary (property|data)/i.test(value))).toEqual([]);
	});

	test('is not too long', () => {
		expect(broken(list, text, (value) => value.length <= 260)).toEqual([]);
	});
});

test('labels and choices are in Title Case', () => {
	// The models keep the names that their makers gave them.
	const given = choices.filter(({ field }) => field !== 'model');
	const labelled = fields.filter(({ type }) => type !== 'notice');
	expect(broken(labelled, ({ displayName }) => displayName, titleCase)).toEqual([]);
	expect(broken(given, ({ name }) => name, titleCase)).toEqual([]);
});

test('hints begin with a capital; one sentence ends without a period, two end with one', () => {
	const ends = (text) => /^[A-Z0-9]/.test(text) && /\.$/.test(text) !== oneSentence(text);
	expect(broken(fields, ({ hint }) => hint, ends)).toEqual([]);
});

test('placeholders show an example, or say what the button of a collection does', () => {
	const fits = (text, { type }) =>
		/ollection$/.test(type) ? /^Add [A-Za-z]+$/.test(text) : /^e\.g\. \S/.test(text);
	expect(broken(fields, ({ placeholder }) => placeholder, fits)).toEqual([]);
});

test('links open in a new tab, over https', () => {
	const links = fields.flatMap(({ at, description = '', hint = '' }) =>
		[...`${description} ${hint}`.matchAll(/<a [^>]*>/g)].map(([tag]) => ({ at, tag })),
	);
	const fits = (tag) => /^<a href="https:\/\/[^"]+" target="_blank">$/.test(tag);
	expect(broken(links, ({ tag }) => tag, fits)).toEqual([]);
});

test('optional collections have no required fields, and are sorted by label', () => {
	for (const { at, options } of fields.filter(({ type }) => type === 'collection')) {
		const labels = options.map(({ displayName }) => displayName);
		expect([at, labels]).toEqual([at, [...labels].sort((a, b) => a.localeCompare(b))]);
		expect([at, options.filter(({ required }) => required)]).toEqual([at, []]);
	}
});

test('actions are sentences without articles', () => {
	const fits = (text) =>
		/^[A-Z][a-z]+ /.test(text) &&
		!/\.$| [A-Z][a-z]|\b(a|an|the)\b/.test(text.replace(/MiniMax|WaveSpeed|Vtrix/g, ''));
	const operations = choices.filter(({ field }) => field === 'operation');
	expect(operations.filter(({ action }) => !action)).toEqual([]);
	expect(broken(operations, ({ action }) => action, fits)).toEqual([]);
});

describe.each(nodes.map((node) => [node.displayName, node]))('%s', (_, node) => {
	const isTrigger = node.group.includes('trigger');
	const [file] = manifest.n8n.nodes
		.filter(
			(shipped) => path.basename(shipped).toLowerCase() === `${node.name}.node.js`.toLowerCase(),
		)
		.map((shipped) => path.relative('dist', shipped).replace(/\.js$/, '.json'));
	const codex = require(path.join('..', '..', file));

	test('is found by the words that people search for', () => {
		const words = ['hailuo', 'minimax', 'video', 'wavespeed', 'vtrix', 'seaart'];
		expect(codex.alias).toEqual(expect.arrayContaining([...words, 'image to video']));
		expect(codex.alias).toEqual([...new Set(codex.alias.map((word) => word.toLowerCase()))]);
		expect(codex.node).toBe(`${manifest.name}.${node.name}`);
	});

	test('has an icon for light and for dark, and a version', () => {
		expect(node.icon.light).not.toBe(node.icon.dark);
		expect(node.version).toBe(1);
		expect(node.usableAsTool).toBe(isTrigger ? undefined : true);
	});

	test('names each credential of the package once, and tests each', () => {
		const names = node.credentials.map(({ name }) => name);
		expect(names).toEqual([...new Set(names)]);
		const known = credentials.map(({ name }) => name);
		expect(known).toEqual(expect.arrayContaining(names));
		if (!isTrigger) expect(names.sort()).toEqual(known.sort());
	});
});

test('the choice of the provider, the resource and the operation come first', () => {
	for (const { group, properties } of nodes) {
		if (group.includes('trigger')) continue;
		const names = properties.map(({ name }) => name);
		const first = ['provider', 'resource', 'operation'];
		const rest = names.slice(names.lastIndexOf('operation') + 1);
		expect(names.slice(0, names.length - rest.length)).toEqual(expect.arrayContaining(first));
		expect(new Set(names.slice(0, names.length - rest.length))).toEqual(new Set(first));
	}
});
