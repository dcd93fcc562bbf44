'use strict';

const ts = require('typescript');

/**
 * Lists whose order has a meaning: models are newest first, resolutions and lengths ascend. They are printed in the
 * order of their names, because lint requires this for every list.
 */
const ORDERED = new Set(['model', 'resolution', 'duration']);

const byName = (a, b) => a.name.localeCompare(b.name);

/** A value as TypeScript. `key`: under which it stands. */
function print(value, key, depth) {
	if (Array.isArray(value)) {
		// n8n's lint requires the names of connections, not their values.
		if (key === 'inputs' || key === 'outputs') return `[${value.map(connection).join(', ')}]`;
		return printList(value, depth);
	}
	if (value === null || typeof value !== 'object') return JSON.stringify(value);
	const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
	if (entries.length === 0) return '{}';
	const ordered = ORDERED.has(value.name) && value.type === 'options';
	const lines = entries.map(([name, inner]) => {
		const shown = ordered && name === 'options' ? [...inner].sort(byName) : inner;
		const safe = /^\w+$/.test(name) ? name : JSON.stringify(name);
		return `${'\t'.repeat(depth + 1)}${safe}: ${print(shown, name, depth + 1)},\n`;
	});
	return `{\n${lines.join('')}${'\t'.repeat(depth)}}`;
}

const connection = (name) => `NodeConnectionTypes.${name[0].toUpperCase()}${name.slice(1)}`;

function printList(list, depth) {
	if (list.every((entry) => typeof entry !== 'object')) return JSON.stringify(list);
	const tabs = '\t'.repeat(depth + 1);
	const lines = list.map((entry) => `${tabs}${print(entry, undefined, depth + 1)},\n`);
	return `[\n${lines.join('')}${'\t'.repeat(depth)}]`;
}

/**
 * The source of a class in which the code of its fields is replaced by their final values. n8n's lint reads only the
 * text of a source, and not the values that come from a function or another file.
 * @param {string} source TypeScript
 * @param {any} instance of its class
 * @param {string[]} fields
 * @returns {string}
 */
function withLiterals(source, instance, fields) {
	const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true);
	const declaration = file.statements.find(ts.isClassDeclaration);
	if (!declaration) throw new Error('The source has no class');
	let text = source;
	// From the end, so that the positions before it stay valid.
	for (const member of [...declaration.members].reverse()) {
		if (!ts.isPropertyDeclaration(member) || !member.initializer) continue;
		const { initializer } = member;
		const name = member.name.getText(file);
		if (!fields.includes(name)) continue;
		const literal = print(instance[name], name, 1);
		text = text.slice(0, initializer.getStart(file)) + literal + text.slice(initializer.end);
	}
	return text;
}

module.exports = { withLiterals };
