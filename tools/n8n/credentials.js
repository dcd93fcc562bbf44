'use strict';

/**
 * Credentials for the simulator, for each provider.
 * @param {any} sim a running simulator
 * @returns {Record<string, object>} the data by credential type
 */
const simulatorCredentials = (sim) => ({
	hailuoWaveSpeedApi: { apiKey: sim.options.keys.waveSpeed, baseUrl: sim.urls.waveSpeed },
	hailuoVtrixApi: {
		brand: 'other',
		apiKey: sim.options.keys.vtrix,
		customBaseUrl: sim.urls.vtrix,
	},
	hailuoMiniMaxApi: {
		region: 'other',
		apiKey: sim.options.keys.miniMax,
		customBaseUrl: sim.urls.miniMax,
	},
});

module.exports = { simulatorCredentials };
