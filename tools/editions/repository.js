'use strict';

/*
 * The addresses of the repositories. The only place for them is package.json: `repository.url`, and the author's mail.
 * `npm run repository -- <owner>/<name> [mail]` sets both, and changes all other mentions (links, codex files,
 * credentials). test/unit/publishing.test.js finds a mention that was not changed.
 */
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..', '..');

const MANIFEST = path.join(ROOT, 'package.json');
const readManifest = () => JSON.parse(fs.readFileSync(MANIFEST, 'utf8'));

/** This repository. @returns {string} `owner/name` */
function ownRepository() {
	const { url } = readManifest().repository;
	const [, repository] = /github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url) ?? [];
	if (!repository) throw new Error(`package.json: "${url}" is no repository on GitHub`);
	return repository;
}

/** That of an edition: with the same owner, named after its package. @returns {string} `owner/name` */
const repositoryFor = ({ name }) => `${ownRepository().split('/')[0]}/${name}`;

/** @returns {string} the text with one repository's name in place of the other's */
function moved(text, from, to) {
	const mention = new RegExp(`github\\.com/${from.replaceAll('.', '\\.')}(?![\\w-])`, 'g');
	return text.replace(mention, `github.com/${to}`);
}

/** What git ignores, and git's own. */
const SKIPPED = [
	'.git',
	'.e2e',
	'build',
	'demo-output',
	'dist',
	'node_modules',
	'package-lock.json',
];

/** The files of this repository that can name it. @returns {string[]} from its root */
const textFiles = () =>
	fs
		.readdirSync(ROOT, { withFileTypes: true })
		.filter(({ name }) => !SKIPPED.includes(name))
		.flatMap((entry) =>
			entry.isDirectory()
				? fs
						.readdirSync(path.join(ROOT, entry.name), { recursive: true })
						.map((file) => path.join(entry.name, file))
				: [entry.name],
		)
		.filter((file) => /\.(md|json|ts|js|mjs|yml)$/.test(file));

/** @param {string[]} given the repository, and the mail of the author */
function main([to = '', mail]) {
	if (!/^[\w.-]+\/[\w.-]+$/.test(to) || (mail && !/^\S+@\S+$/.test(mail))) {
		throw new Error(
			'Say where it is to live: npm run repository -- <owner>/<name> [mail of the author]',
		);
	}
	const from = ownRepository();
	for (const file of textFiles()) {
		const target = path.join(ROOT, file);
		const text = fs.readFileSync(target, 'utf8');
		const there = moved(text, from, to);
		if (there !== text) {
			fs.writeFileSync(target, there);
			console.log(file);
		}
	}
	if (!mail) return;
	const manifest = readManifest();
	manifest.author.email = mail;
	fs.writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, '\t')}\n`);
}

module.exports = { moved, ownRepository, repositoryFor, textFiles };

if (require.main === module) {
	try {
		main(process.argv.slice(2));
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
