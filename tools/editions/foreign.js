'use strict';

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');
const { editions } = require('./editions');

/** What the other editions alone may say. @param {import('./editions').Edition} edition */
const foreignTo = (edition) =>
	editions.filter(({ provider }) => provider !== edition.provider).map(({ names }) => names);

/** Comments as a person sees them: `//` on lines that follow one another are one. @returns {ts.TextRange[]} */
function commentsOf(source) {
	const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true);
	const found = new Map();
	const visit = (node) => {
		const trivia = [
			...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
			...(ts.getTrailingCommentRanges(source, node.end) ?? []),
		];
		for (const range of trivia) found.set(range.pos, range);
		node.getChildren(file).forEach(visit);
	};
	visit(file);
	const comments = [];
	for (const { kind, pos, end } of [...found.values()].sort((a, b) => a.pos - b.pos)) {
		const last = comments.at(-1);
		const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
		const follows = last?.isLine && /^\n[ \t]*$/.test(source.slice(last.end, pos));
		if (isLine && follows) last.end = end;
		else comments.push({ isLine, pos, end });
	}
	return comments;
}

/**
 * A source without the comments that name a service which the edition does not hold: they compare, or say what
 * another one's documents mean.
 * @param {string} source TypeScript
 * @param {import('./editions').Edition} edition
 * @returns {string} needs formatting
 */
function withoutForeignComments(source, edition) {
	return commentsOf(source)
		.filter(({ pos, end }) =>
			foreignTo(edition).some((names) => names.test(source.slice(pos, end))),
		)
		.reverse()
		.reduce((text, { pos, end }) => {
			const before = text.slice(0, pos).replace(/[ \t]+$/, '');
			const after = text.slice(end);
			// A line of its own goes with its line break.
			return before + (/(^|\n)$/.test(before) ? after.replace(/^[ \t]*\n/, '') : after);
		}, source);
}

/**
 * Where a staged edition names a service that it does not hold: in its code, its texts or a file's name.
 * @param {import('./editions').Edition} edition
 * @param {string} dir
 * @returns {string[]} e.g. `nodes/Hailuo/models/requireModel.ts: Vtrix`
 */
function foreignNames(edition, dir) {
	return fs
		.readdirSync(dir, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)))
		.filter((file) => !/^node_modules\/|^package-lock\.json$/.test(file))
		.flatMap((file) => {
			const said = `${file}\n${fs.readFileSync(path.join(dir, file), 'utf8')}`;
			return foreignTo(edition)
				.map((names) => names.exec(said)?.[0])
				.filter(Boolean)
				.map((name) => `${file}: ${name}`);
		});
}

module.exports = { foreignNames, withoutForeignComments };
