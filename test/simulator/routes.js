'use strict';

const { json } = require('./answers');
const { waveSpeedRoute } = require('./waveSpeed');
const { vtrixRoute } = require('./vtrix');
const { queueRoute } = require('./queue');
const { miniMaxRoute } = require('./miniMax');
const { miniMaxV2Route } = require('./miniMaxV2');
const { miniMaxAccountRoute } = require('./miniMaxAccount');
const { controlRoute } = require('./control');

/** @param {import('./simulator').Simulator} sim @returns {(method: string, path: string, url: URL) => import('./server').Route} */
function apiRoutes(sim) {
	return (method, path, url) => {
		const wave = /^\/api\/v3(\/.*)$/.exec(path);
		if (wave) return waveSpeedRoute(sim, method, wave[1]);
		const legacy = /^(\/seaart)?\/model\/v1\/generation(\/.*)?$/.exec(path);
		if (legacy) {
			const brand = legacy[1] ? 'seaArt' : 'vtrix';
			return vtrixRoute(sim, method, legacy[2] ?? '', brand);
		}
		const queue = /^\/seaart\/model\/v1\/queue(\/.*)$/.exec(path);
		if (queue) return queueRoute(sim, method, queue[1]);
		const miniMax =
			miniMaxRoute(sim, method, path, url) ??
			miniMaxV2Route(sim, method, path, url) ??
			miniMaxAccountRoute(sim, method, path);
		if (miniMax) return miniMax;
		const control = /^\/__sim\/(\w+)$/.exec(path);
		if (control) return controlRoute(sim, method, control[1]);
		return { kind: 'unknown', handle: () => json({ detail: 'Not Found' }, 404) };
	};
}

module.exports = { apiRoutes };
