'use strict';

const { json } = require('./answers');
const { waveSpeedRoute } = require('./waveSpeed');
const { vtrixRoute } = require('./vtrix');

/** @param {import('./simulator').Simulator} sim @returns {(method: string, path: string) => import('./server').Route} */
function apiRoutes(sim) {
	return (method, path) => {
		const wave = /^\/api\/v3(\/.*)$/.exec(path);
		if (wave) return waveSpeedRoute(sim, method, wave[1]);
		const legacy = /^(\/seaart)?\/model\/v1\/generation(\/.*)?$/.exec(path);
		if (legacy) {
			const brand = legacy[1] ? 'seaArt' : 'vtrix';
			return vtrixRoute(sim, method, legacy[2] ?? '', brand);
		}
		return { kind: 'unknown', handle: () => json({ detail: 'Not Found' }, 404) };
	};
}

module.exports = { apiRoutes };
