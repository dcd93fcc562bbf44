'use strict';

const ts = require('typescript');

/*
 * Takes the providers that an edition does not hold out of the source. The rules are few, and what they leave over
 * does not compile: ProviderId is narrowed by the second, and tsc then finds each table, list and comparison that
 * still names one that is gone.
 *
 * 1. A file named after a provider belongs to it: providers/vtrix/queueApi.ts, HailuoVtrixApi.credentials.ts, vtrix.svg.
 *    Imports and exports of such a file go, and so do entries of lists and tables that are what was imported.
 * 2. A provider's id goes out of lists (`['waveSpeed', 'vtrix']`) and out of types (`'waveSpeed' | 'vtrix'`).
 * 3. An entry of a table under a provider's id goes: `vtrix: …`.
 * 4. An entry of a list goes that is named after a provider's credential: `{ name: 'hailuoVtrixApi', … }`.
 */

const credentialOf = (id) => `hailuo${id[0].toUpperCase()}${id.slice(1)}Api`;

/**
 * The provider that a file belongs to by the name of its folder or its own, if any.
 * @param {string} file
 * @param {readonly string[]} ids of all providers
 * @returns {string | undefined}
 */
function ownerOf(file, ids) {
	const names = file.toLowerCase().split('/');
	const last = names.pop() ?? '';
	return ids.find((id) => {
		const own = id.toLowerCase();
		return names.includes(own) || last.startsWith(own) || last.startsWith(`hailuo${own}`);
	});
}

/** @param {ts.Node} node @returns {node is ts.StringLiteral | ts.NoSubstitutionTemplateLiteral} */
const isText = (node) => ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
const keyOf = (property) =>
	property.name && (ts.isIdentifier(property.name) || isText(property.name))
		? property.name.text
		: undefined;

/**
 * The file that an import or a re-export names; TypeScript allows only a text there.
 * @param {ts.ImportDeclaration | ts.ExportDeclaration} node @returns {string | undefined}
 */
const fileIn = ({ moduleSpecifier }) =>
	moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : undefined;

/** The names that a source imports from files which belong to a provider that is gone. */
function importsOf(file, isGone) {
	const names = new Set();
	for (const statement of file.statements) {
		if (!ts.isImportDeclaration(statement) || !isGone(fileIn(statement))) continue;
		const { namedBindings, name } = statement.importClause ?? {};
		if (name) names.add(name.text);
		if (namedBindings && ts.isNamedImports(namedBindings)) {
			for (const element of namedBindings.elements) names.add(element.name.text);
		} else if (namedBindings) names.add(namedBindings.name.text);
	}
	return names;
}

/** What a value of a list or table comes down to: `...x`, `x`. */
const valueOf = (node) =>
	ts.isSpreadElement(node) || ts.isSpreadAssignment(node) ? node.expression : node;

/**
 * @param {string} source TypeScript
 * @param {{ids: readonly string[], kept: string}} providers ids: of all; kept: of the one that stays
 * @returns {string} needs formatting
 */
function cut(source, { ids, kept }) {
	const gone = ids.filter((id) => id !== kept);
	const credentials = gone.map(credentialOf);
	const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true);
	const isGoneFile = (specifier) => {
		const owner = specifier && ownerOf(specifier, ids);
		return owner !== undefined && gone.includes(owner);
	};
	const imported = importsOf(file, isGoneFile);
	const isImported = (node) => ts.isIdentifier(node) && imported.has(node.text);

	function goesFromList(element) {
		const value = valueOf(element);
		if (isImported(value)) return true;
		if (isText(value)) return gone.includes(value.text);
		return (
			ts.isObjectLiteralExpression(value) &&
			value.properties.some(
				(property) =>
					keyOf(property) === 'name' &&
					ts.isPropertyAssignment(property) &&
					isText(property.initializer) &&
					credentials.includes(property.initializer.text),
			)
		);
	}

	function goesFromTable(property) {
		if (ts.isSpreadAssignment(property)) return isImported(property.expression);
		if (gone.includes(keyOf(property))) return true;
		if (ts.isShorthandPropertyAssignment(property)) return isImported(property.name);
		return ts.isPropertyAssignment(property) && isImported(property.initializer);
	}

	const goesFromType = (type) =>
		ts.isLiteralTypeNode(type) && isText(type.literal) && gone.includes(type.literal.text);

	/** @type {Array<{from: number, to: number, text: string}>} */
	const changes = [];
	const remove = (node) => {
		// With the comment above it and the comma behind it.
		const comma = /^\s*,/.exec(source.slice(node.end));
		changes.push({ from: node.getFullStart(), to: node.end + (comma?.[0].length ?? 0), text: '' });
	};

	function visit(node) {
		if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
			if (isGoneFile(fileIn(node))) {
				// With its line, but without what stands above: that can be the comment of the whole file.
				const line = /^[ \t]*\n/.exec(source.slice(node.end));
				const to = node.end + (line?.[0].length ?? 0);
				changes.push({ from: node.getStart(file), to, text: '' });
			}
			return;
		}
		/** @type {[readonly ts.Node[], (node: any) => boolean]} */
		const [list, goes] = ts.isArrayLiteralExpression(node)
			? [node.elements, goesFromList]
			: ts.isObjectLiteralExpression(node)
				? [node.properties, goesFromTable]
				: [[], () => false];
		for (const entry of list) if (goes(entry)) remove(entry);
		if (ts.isUnionTypeNode(node) && node.types.some(goesFromType)) {
			const left = node.types.filter((type) => !goesFromType(type));
			const text = left.map((type) => type.getText(file)).join(' | ') || 'never';
			changes.push({ from: node.getStart(file), to: node.end, text });
			return;
		}
		ts.forEachChild(node, (child) => {
			if (!list.includes(child) || !goes(child)) visit(child);
		});
	}
	visit(file);

	// From the end, so that the positions before it stay true.
	return changes
		.sort((a, b) => b.from - a.from)
		.reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), source);
}

module.exports = { credentialOf, cut, ownerOf };
