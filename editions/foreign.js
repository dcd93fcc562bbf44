'use strict';

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');
const { editions } = require('./editions');

/** A TypeScript source without its comments, which may compare two services. */
function withoutComments(source) {
	const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest);
	const parts = [];
	const visit = (node) => {
		let leaf = true;
		ts.forEachChild(node, (child) => {
			leaf = false;
			visit(child);
		});
		if (leaf) parts.push(node.getText(file));
	};
	visit(file);
	return parts.join('\n');
}

/**
 * Where a staged edition names a service that it does not hold, in its code, its texts or a file's name.
 * @param {import('./editions').Edition} edition
 * @param {string} dir
 * @returns {string[]} e.g. `nodes/Hailuo/models/request.ts: Vtrix`
 */
function foreignNames(edition, dir) {
	const others = editions.filter((other) => other.provider !== edition.provider);
	return fs
		.readdirSync(dir, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)))
		.filter((file) => !/^(node_modules|dist)\/|^package-lock\.json$/.test(file))
		.flatMap((file) => {
			const text = fs.readFileSync(path.join(dir, file), 'utf8');
			const said = `${file}\n${file.endsWith('.ts') ? withoutComments(text) : text}`;
			return others
				.map(({ names }) => names.exec(said)?.[0])
				.filter(Boolean)
				.map((name) => `${file}: ${name}`);
		});
}

module.exports = { foreignNames };
