'use strict';

const fs = require('node:fs');
const path = require('node:path');
const engine = require('../../test/engine/harness');
const { loadForeign } = require('./foreign');
const { cacheRoot } = require('../n8n/cache');

/*
 * n8n's own MiniMax node, as the n8n that `npm run e2e` installed brings it, run in the same engine against the same
 * simulator. Only its address is changed.
 */

const VERSION = '2.41.1';
const NODE = path.join('node_modules', '@n8n', 'n8n-nodes-langchain');

/** The folder of the package; HAILUO_BENCH_N8N names an installed n8n. @returns {string | undefined} */
function folder() {
	const given = process.env.HAILUO_BENCH_N8N;
	const known = fs.existsSync(cacheRoot())
		? fs.readdirSync(cacheRoot()).filter((name) => name.startsWith(`n8n-${VERSION}-`))
		: [];
	const roots = given ? [path.resolve(given)] : known.map((name) => path.join(cacheRoot(), name));
	return roots.map((root) => path.join(root, NODE)).find((dir) => fs.existsSync(dir));
}

/** @returns {{ MiniMax: new () => object, MinimaxApi: new () => object, version: string } | undefined} */
function loadOwn() {
	const found = folder();
	if (!found) return undefined;
	const dir = fs.realpathSync(found);
	const { MiniMax, MinimaxApi } = loadForeign(dir, [
		'dist/nodes/vendors/MiniMax/MiniMax.node.js',
		'dist/credentials/MinimaxApi.credentials.js',
	]);
	return { MiniMax, MinimaxApi, version: VERSION };
}

/** Runs Text to Video with Hailuo 3 over items with `json.text`. @returns {Promise<object>} as `engine.runNode` */
async function runOwn(sim, { MiniMax, MinimaxApi }, items) {
	engine.credentialTypes.minimaxApi = MinimaxApi;
	const url = `${new URL(sim.urls.miniMax).origin}/v1`;
	return await engine.runNode({
		type: new MiniMax(),
		credentials: { minimaxApi: { apiKey: sim.options.keys.miniMax, url } },
		items,
		parameters: {
			...{ resource: 'video', operation: 'textToVideo', modelId: 'MiniMax-H3' },
			...{ prompt: '={{ $json.text }}', h3Duration: 5, h3Resolution: '768P', ratio: '16:9' },
			downloadVideo: true,
		},
		node: { typeVersion: 1.2, onError: 'continueRegularOutput' },
	});
}

module.exports = { loadOwn, runOwn };
