'use strict';

const fs = require('node:fs');
const path = require('node:path');
const prettier = require('prettier');
const { cut, ownerOf } = require('./cut');
const { editions, ids } = require('./editions');
const { withoutForeignComments } = require('./foreign');
const { moved, ownRepository, repositoryFor } = require('./repository');

const ROOT = path.resolve(__dirname, '..', '..');
const FULL = 'n8n-nodes-hailuo';

/** The files that an edition has unchanged. */
const SAME = [
	'LICENSE',
	'.npmrc',
	'.prettierrc.js',
	'eslint.config.mjs',
	'index.js',
	'tools/bundle.js',
	'tsconfig.json',
];
const SOURCES = ['nodes', 'credentials', 'icons'];
/** Without the tests: they are in the repository of the full package, where everything is tested. */
const DEV_DEPENDENCIES = [
	'@n8n/node-cli',
	'@types/node',
	'esbuild',
	'eslint',
	'mediabunny',
	'n8n-workflow',
	'prettier',
	'release-it',
	'typescript',
];
const SCRIPTS = {
	build: 'n8n-node build && node tools/bundle.js',
	dev: 'n8n-node dev',
	lint: 'n8n-node lint',
	release: 'n8n-node release',
	prepublishOnly: 'n8n-node prerelease',
};

const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

function write(dir, file, text) {
	const target = path.join(dir, file);
	fs.mkdirSync(path.dirname(target), { recursive: true });
	fs.writeFileSync(target, text);
}

const format = async (text, filepath) =>
	await prettier.format(text, { ...require('../../.prettierrc.js'), filepath });

/** The repository of the full package becomes that of the edition. */
const atHome = (text, edition) => moved(text, ownRepository(), repositoryFor(edition));

/** Removes the words of the other services. */
function ownWords(words, edition) {
	const foreign = editions.filter((other) => other !== edition).flatMap((other) => other.words);
	return words.filter((word) => !foreign.includes(word));
}

/** Nodes of several editions can appear in one list, so each says to which service it belongs. */
function named(source, { displayName }) {
	let count = 0;
	const text = source.replace(
		/(displayName: |defaults: \{ name: )'Hailuo( Trigger)?'/g,
		(_, before, trigger = '') => {
			count++;
			return `${before}'${displayName}${trigger}'`;
		},
	);
	if (count !== 2) throw new Error(`A node's names stand in ${count} places, not in 2`);
	return text;
}

async function source(file, edition) {
	const own = cut(read(file), { ids, kept: edition.provider });
	const text = atHome(withoutForeignComments(own, edition), edition);
	return await format(file.endsWith('.node.ts') ? named(text, edition) : text, file);
}

async function codex(file, edition) {
	const json = JSON.parse(atHome(read(file), edition));
	const alias = ownWords(json.alias, edition);
	const node = json.node.replace(FULL, edition.name);
	return await format(JSON.stringify({ ...json, node, alias }), file);
}

/** @returns {object} package.json */
function manifest(edition) {
	const full = JSON.parse(atHome(read('package.json'), edition));
	const mine = (file) => [undefined, edition.provider].includes(ownerOf(file, ids));
	const through = edition.provider === 'miniMax' ? "MiniMax's own API" : edition.service;
	return {
		...full,
		name: edition.name,
		description: full.description.replace('Hailuo in n8n', `Hailuo through ${through} in n8n`),
		keywords: ownWords(full.keywords, edition),
		scripts: SCRIPTS,
		n8n: { ...full.n8n, credentials: full.n8n.credentials.filter(mine) },
		devDependencies: Object.fromEntries(
			DEV_DEPENDENCIES.map((name) => [name, full.devDependencies[name]]),
		),
	};
}

/** The full package's way of publishing, without the steps that an edition does not have. */
function publishWorkflow() {
	const whole = read('.github/workflows/publish.yml');
	const steps = ['npm test', 'npm run build', 'npm run scan'];
	return steps.reduce((text, step) => {
		const line = `      - run: ${step}\n\n`;
		if (!text.includes(line)) throw new Error(`publish.yml has no step "${step}" of its own`);
		return text.replace(line, '');
	}, whole);
}

const changelog = ({ name }) => `# Changelog

\`${name}\` is made of the source of [${FULL}](https://github.com/${ownRepository()}) and has its version
numbers. What changes is in [its changelog](https://github.com/${ownRepository()}/blob/main/CHANGELOG.md).
`;

/**
 * Writes the sources of an edition: a package of its own, complete but for its README, which is made of what
 * the built package says of itself (readme.js).
 * @param {import('./editions').Edition} edition
 * @param {string} dir emptied first
 */
async function stage(edition, dir) {
	fs.rmSync(dir, { recursive: true, force: true });
	for (const file of SAME) write(dir, file, read(file));
	const files = SOURCES.flatMap((folder) =>
		fs
			.readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name))),
	);
	for (const file of files) {
		const owner = ownerOf(file, ids);
		if (owner && owner !== edition.provider) continue;
		if (file.endsWith('.ts')) write(dir, file, await source(file, edition));
		else if (file.endsWith('.json')) write(dir, file, await codex(file, edition));
		else write(dir, file, read(file));
	}
	write(dir, 'package.json', `${JSON.stringify(manifest(edition), null, '\t')}\n`);
	write(dir, '.github/workflows/publish.yml', publishWorkflow());
	write(dir, 'CHANGELOG.md', changelog(edition));
	write(dir, '.gitignore', 'node_modules\ndist/\n*.tgz\n');
}

module.exports = { FULL, ROOT, stage };
