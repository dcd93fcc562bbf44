'use strict';

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

/* The map in CONTRIBUTING.md: which folder under nodes/Hailuo may import which. */

const ROOT = path.join(__dirname, '..', '..', 'nodes', 'Hailuo');

/** By folder: the others from which it may import. `jobs` uses the types and errors of the providers, but no provider. */
const NODE = ['providers', 'models', 'jobs', 'media', 'n8n', 'n8n-workflow', 'crypto'];
const MAY_KNOW = {
	providers: ['crypto'],
	models: ['providers'],
	jobs: ['providers', 'crypto'],
	// mediabunny is bundled by the build.
	media: ['jobs', 'models', 'providers', 'n8n-workflow', 'crypto', 'mediabunny'],
	// What both nodes need from n8n. It imports neither of them, so that it does not become a place for everything.
	n8n: ['jobs', 'media', 'models', 'providers', 'n8n-workflow', 'crypto'],
	methods: ['models', 'n8n', 'providers', 'n8n-workflow', 'crypto'],
	actions: NODE,
	trigger: NODE,
	Hailuo: ['actions', 'methods', 'providers', 'n8n-workflow'],
	HailuoTrigger: ['trigger', 'methods', 'providers', 'n8n-workflow'],
};

const files = fs
	.readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => path.join(ROOT, file));

const roomOf = (file) => path.relative(ROOT, file).split(path.sep)[0].split('.')[0];

/** @returns {Array<{ target: string, typeOnly: boolean }>} a file of ours by its path, a module by its name */
function importsOf(file) {
	const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
	return source.statements
		.filter((node) => ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
		.flatMap((node) => {
			if (!node.moduleSpecifier) return [];
			const { text } = /** @type {ts.StringLiteral} */ (node.moduleSpecifier);
			const typeOnly = ts.isImportDeclaration(node)
				? Boolean(node.importClause?.isTypeOnly)
				: node.isTypeOnly;
			const at = path.resolve(path.dirname(file), text);
			const target = [`${at}.ts`, path.join(at, 'index.ts')].find((one) => fs.existsSync(one));
			return { target: target ?? text, typeOnly };
		});
}

test('each folder imports only from the folders that it may use', () => {
	const strangers = files.flatMap((file) =>
		importsOf(file)
			.map(({ target }) => (path.isAbsolute(target) ? roomOf(target) : target))
			.filter((room) => room !== roomOf(file) && !MAY_KNOW[roomOf(file)].includes(room))
			.map((room) => `${path.relative(ROOT, file)} imports from ${room}`),
	);
	expect(strangers).toEqual([]);
	expect(Object.keys(MAY_KNOW).sort()).toEqual([...new Set(files.map(roomOf))].sort());
});

test('there are no import cycles', () => {
	const needs = new Map(
		files.map((file) => [
			file,
			importsOf(file)
				.filter(({ typeOnly, target }) => !typeOnly && path.isAbsolute(target))
				.map(({ target }) => target),
		]),
	);
	const done = new Set();
	const circles = [];
	const follow = (file, way) => {
		if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file]);
		else if (!done.has(file)) needs.get(file)?.forEach((next) => follow(next, [...way, file]));
		done.add(file);
	};
	for (const file of files) follow(file, []);
	expect(circles.map((way) => way.map((file) => path.relative(ROOT, file)))).toEqual([]);
});
