'use strict';

const fs = require('node:fs');
const path = require('node:path');
const engine = require('../../test/engine/harness');
const { loadForeign } = require('./foreign');
const { cacheRoot, cachedDir } = require('../n8n/cache');
const { npmEnv, NPM_QUIET } = require('../n8n/install');
const { run } = require('../n8n/processes');

/*
 * WaveSpeed's own n8n node (MIT), as its registry package brings it: installed into the cache outside the repository,
 * run in the same engine against the same simulator. It is not a dependency of this package.
 */

const NAME = '@wavespeed/n8n-nodes-wavespeed';
const VERSION = '0.1.6';

/** The package's folder. HAILUO_BENCH_PEER names one that is there already (a build of its repository). */
async function folder(log) {
	const given = process.env.HAILUO_BENCH_PEER;
	if (given) return path.resolve(given);
	fs.mkdirSync(cacheRoot(), { recursive: true });
	const dir = await cachedDir(`peer-${VERSION}`, log, async (temp) => {
		fs.writeFileSync(path.join(temp, 'package.json'), '{"private":true}');
		const flags = ['--ignore-scripts', '--legacy-peer-deps', ...NPM_QUIET];
		const args = ['install', ...flags, `${NAME}@${VERSION}`];
		await run(`installing ${NAME}`, 'npm', args, { cwd: temp, env: npmEnv(), log: () => {} });
	});
	return path.join(dir, 'node_modules', NAME);
}

const load = (dir) =>
	loadForeign(dir, [
		'dist/nodes/WaveSpeed/WaveSpeed.node.js',
		'dist/credentials/WavespeedApi.credentials.js',
	]);

/**
 * Runs the same items through the peer, its defaults untouched, downloads on.
 *
 * @returns {Promise<{ ms?: number, version?: string, why?: string }>} ms simulated, or why it was not measured
 */
async function runPeer(sim, items, log) {
	let dir;
	try {
		dir = fs.realpathSync(await folder(log));
	} catch (error) {
		const why = /E404/.test(error.message) ? 'the registry does not have it' : 'not installable';
		log(`${NAME} is not measured: ${why}`);
		return { why };
	}
	const { version } = require(path.join(dir, 'package.json'));
	const { WaveSpeed, WavespeedApi } = load(dir);
	engine.credentialTypes.wavespeedApi = WavespeedApi;
	const back = engine.redirectHost('https://api.wavespeed.ai', new URL(sim.urls.waveSpeed).origin);
	try {
		const began = sim.now();
		const { items: rows, error } = await engine.runNode({
			type: new WaveSpeed(),
			credentials: { wavespeedApi: { apiKey: sim.options.keys.waveSpeed } },
			items,
			parameters: {
				operation: 'generateVideo',
				model: 'minimax/hailuo-02/standard',
				prompt: '={{ $json.text }}',
				videoOptions: { duration: 6 },
				options: { downloadOutput: true },
			},
		});
		const ms = sim.now() - began;
		if (error || rows.length !== items.length) throw error ?? new Error('items are missing');
		log(`${NAME} ${version}: ${(ms / 1000).toFixed(1)} s`);
		return { ms, version };
	} finally {
		back();
	}
}

module.exports = { runPeer };
