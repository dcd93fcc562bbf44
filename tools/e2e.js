'use strict';

// `npm run e2e [-- words]`: the package, as a user installs it, in a real n8n. Every
// test/e2e/*.scenario.js is run in each n8n version it names; with words, only those whose name
// holds all of them.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { tail } = require('./n8n/processes');
const { ensureModules } = require('./setup');

const SCENARIOS = path.join(__dirname, '..', 'test', 'e2e');
const DEFAULT_VERSIONS = ['2.41.1'];
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string[]} [versions] of n8n; default: the newest only
 * @property {number} [timeoutMs] default: two minutes
 * @property {'full'|'editions'|'both'} [install] the package (default), the single-provider ones, or all
 * @property {(context: {n8n: any, client: any, sim: any, log: (line: string) => void,
 *   assert: typeof import('node:assert/strict'), version: string, tarball: string})
 *   => Promise<void>} run  n8n: see n8n.js; client: logged in as the owner; sim: the simulator,
 *   empty at the start of each scenario
 */

/** @returns {Scenario[]} */
function load(words) {
	return fs
		.readdirSync(SCENARIOS)
		.filter((file) => file.endsWith('.scenario.js'))
		.sort()
		.map((file) => require(path.join(SCENARIOS, file)))
		.flat()
		.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word.toLowerCase())));
}

async function within(timeoutMs, work) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`not ended after ${timeoutMs / 1000} s`)), timeoutMs);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Runs one scenario. @returns {Promise<boolean>} */
async function play(scenario, context) {
	const started = Date.now();
	const notes = [];
	const name = `${scenario.name} [n8n ${context.version}]`;
	context.sim.reset();
	const logged = context.n8n.readLog().length;
	try {
		const run = scenario.run({ ...context, assert, log: (line) => notes.push(line) });
		await within(scenario.timeoutMs ?? 120_000, run);
		console.log(`ok      ${name} (${seconds(started)})`);
		return true;
	} catch (error) {
		console.log(`FAILED  ${name} (${seconds(started)})`);
		for (const note of notes) console.log(`        ${note}`);
		console.log(String(error.stack ?? error).replace(/^/gm, '        '));
		const said = tail(context.n8n.readLog().slice(logged), 40);
		if (said) console.log(`        n8n's log meanwhile:\n${said.replace(/^/gm, '        ')}`);
		return false;
	}
}

async function playVersion(version, scenarios, { packages }) {
	const { startSimulator } = require('../test/simulator');
	const { startN8n } = require('./n8n/n8n');
	const { N8nClient } = require('./n8n/client');
	const sim = await startSimulator({ timeScale: 20 });
	let n8n;
	let failed = 0;
	try {
		const started = Date.now();
		n8n = await startN8n({ version, packages, log: console.log });
		const client = new N8nClient(n8n.url);
		await client.setupOwner();
		console.log(`n8n ${version} is up (${seconds(started)})`);
		for (const scenario of scenarios) {
			if (!(await play(scenario, { n8n, client, sim, version, tarball: packages[0] }))) failed++;
		}
	} finally {
		await n8n?.stop();
		await sim.stop();
	}
	return failed;
}

/** Packs what scenarios ask for. @returns {Promise<string[]>} tarballs; the first of `both` is the full package */
const PACK = {
	async full() {
		const { packPackage } = require('./n8n/package');
		const { tarball, size } = await packPackage({ log: console.log });
		console.log(`Packed ${path.basename(tarball)} (${size} bytes)`);
		return [tarball];
	},
	async editions() {
		const { packEditions } = require('./editions/pack');
		return (await packEditions({ log: console.log })).map(({ tarball }) => tarball);
	},
	async both(packed) {
		return [...(await packed('full')), ...(await packed('editions'))];
	},
};

/** One n8n for each version and what is installed in it. @param {Scenario[]} scenarios */
function groupsOf(scenarios) {
	return Object.keys(PACK).flatMap((install) => {
		const here = scenarios.filter((scenario) => (scenario.install ?? 'full') === install);
		const of = (scenario) => scenario.versions ?? DEFAULT_VERSIONS;
		return [...new Set(here.flatMap(of))].map((version) => ({
			install,
			version,
			scenarios: here.filter((scenario) => of(scenario).includes(version)),
		}));
	});
}

async function main() {
	await ensureModules();
	const scenarios = load(process.argv.slice(2));
	if (!scenarios.length) throw new Error('No scenario has such a name');
	const tarballs = {};
	const packed = async (install) => (tarballs[install] ??= await PACK[install](packed));
	let passed = 0;
	let failed = 0;
	for (const { install, version, scenarios: here } of groupsOf(scenarios)) {
		const packages = await packed(install);
		let bad;
		try {
			bad = await playVersion(version, here, { packages });
		} catch (error) {
			console.log(`n8n ${version} could not be used: ${error.message}`);
			bad = here.length;
		}
		failed += bad;
		passed += here.length - bad;
	}
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}

main().catch((error) => {
	console.error(error.message);
	console.log('0 passed, 1 failed');
	process.exit(1);
});
