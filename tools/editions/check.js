'use strict';

// `npm run editions`: makes the single-provider packages and checks each as n8n's reviewers would: strict
// lint, the scan of sources and tarball, lint of the final texts, and that it is one service indeed.
// That they load and run in a real n8n: test/e2e/editions.scenario.js.
const path = require('node:path');
const { packEditions } = require('./pack');
const { foreignNames } = require('./foreign');
const { repositoryFor } = require('./repository');
const full = require('../../package.json');
const { loadDescribed } = require('../lint/described');
const { lintDescriptions } = require('../lint/descriptions');
const { ROOT } = require('../n8n/package');
const { run } = require('../n8n/processes');

/** Collects the findings, e.g. `<package>: its license is "ISC", not "MIT"`. */
function comparing(name, findings) {
	return (what, is, wanted) => {
		const [a, b] = [JSON.stringify(is), JSON.stringify(wanted)];
		if (a !== b) findings.push(`${name}: ${what} is ${a}, not ${b}`);
	};
}

/** One provider, without a choice; one credential, that of the provider. @returns {string[]} the findings */
function checkOneService({ provider, name, displayName }, { nodes, credentials }, dir) {
	const findings = [];
	const expected = comparing(name, findings);
	expected('the number of credentials', credentials.length, 1);
	for (const { file, instance } of nodes) {
		const { description } = instance;
		const codex = require(path.join(dir, file.replace(/\.ts$/, '.json')));
		const fields = description.properties.filter((field) => field.name === 'provider');
		expected(
			`provider of ${file}`,
			fields.map((field) => [field.type, field.default]),
			[['hidden', provider]],
		);
		expected(
			`credentials of ${file}`,
			description.credentials.map((entry) => entry.name),
			[credentials[0]?.instance.name],
		);
		expected(`codex node of ${file}`, codex.node, `${name}.${description.name}`);
		if (!description.displayName.startsWith(displayName)) {
			expected(`name of ${file}`, description.displayName, displayName);
		}
	}
	return findings;
}

/** Every address is in the edition's own repository; the rest is as in the full package. @returns {string[]} */
function checkManifest(edition, { nodes, credentials }, dir) {
	const findings = [];
	const expected = comparing(edition.name, findings);
	const own = require(path.join(dir, 'package.json'));
	const home = `https://github.com/${repositoryFor(edition)}`;
	expected('its name', own.name, edition.name);
	expected('its repository', own.repository, { type: 'git', url: `git+${home}.git` });
	expected('its homepage', own.homepage, `${home}#readme`);
	expected('the address of its issues', own.bugs.url, `${home}/issues`);
	for (const { file, instance } of credentials) {
		expected(`documentation of ${file}`, instance.documentationUrl, `${home}#credentials`);
	}
	for (const { file } of nodes) {
		const { resources } = require(path.join(dir, file.replace(/\.ts$/, '.json')));
		expected(`documentation of ${file}`, resources, {
			credentialDocumentation: [{ url: `${home}#credentials` }],
			primaryDocumentation: [{ url: `${home}#readme` }],
		});
	}
	for (const field of SAME) expected(`its field ${field}`, own[field], full[field]);
	expected('its dependencies', own.dependencies, undefined);
	return findings;
}

const SAME = [
	'version',
	'license',
	'author',
	'engines',
	'files',
	'peerDependencies',
	'publishConfig',
];

async function check({ edition, dir }) {
	const described = loadDescribed(dir, path.join(dir, 'dist'));
	const findings = [
		...checkOneService(edition, described, dir),
		...checkManifest(edition, described, dir),
	];
	const cli = path.join(ROOT, 'node_modules', '.bin', 'n8n-node');
	await run(`lint of ${edition.name}`, cli, ['lint'], { cwd: dir });
	await run(`scan of ${edition.name}`, process.execPath, [path.join(ROOT, 'tools/scan.mjs'), dir]);
	findings.push(...(await lintDescriptions(dir)).findings);
	findings.push(...foreignNames(edition, dir).map((found) => `${edition.name}: ${found}`));
	return findings;
}

/** ms; it takes one minute on four cores. */
const AT_MOST_MS = 10 * 60_000;

async function main() {
	setTimeout(() => {
		console.error(`Not done after ${AT_MOST_MS / 60_000} minutes`);
		process.exit(1);
	}, AT_MOST_MS).unref();
	const packed = await packEditions();
	let bad = 0;
	for (const one of packed) {
		const findings = await check(one);
		for (const finding of findings) console.log(finding);
		bad += findings.length;
		const { edition, size, files } = one;
		console.log(
			`${edition.name}: ${size} bytes, ${files.length} files, ${findings.length} findings`,
		);
	}
	process.exitCode = bad ? 1 : 0;
}

main().catch((error) => {
	console.error(error.message);
	process.exit(1);
});
