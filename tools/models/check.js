'use strict';

/*
 * `npm run models:check`: compares the catalogue with WaveSpeed's list of models as it is now. Needs a key of the
 * provider in WAVESPEED_API_KEY; the call costs nothing. WAVESPEED_BASE_URL names another address.
 *
 * Exits with 0 if everything agrees, 1 if not, 2 if the list could not be loaded.
 */

const { ensureModules } = require('../setup');

const BASE_URL = 'https://api.wavespeed.ai/api/v3';

/** @returns {Promise<import('./drift').Live[]>} */
async function fetchModels(baseUrl, key) {
	const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
		headers: { authorization: `Bearer ${key}` },
		redirect: 'error',
		signal: AbortSignal.timeout(60_000),
	});
	const body = await response.json().catch(() => undefined);
	if (!response.ok || !Array.isArray(body?.data)) {
		throw new Error(`${baseUrl}/models answered HTTP ${response.status}: ${body?.message ?? ''}`);
	}
	return body.data;
}

async function main() {
	const { WAVESPEED_API_KEY: key, WAVESPEED_BASE_URL: baseUrl = BASE_URL } = process.env;
	if (!key) throw new Error('Put a key of WaveSpeed into the variable WAVESPEED_API_KEY');
	await ensureModules();
	const { compiled } = require('../bench/compiled');
	const { drift, LEFT_OUT } = require('./drift');
	const { waveSpeedCatalogue } = require(compiled('providers/waveSpeed/models.ts'));
	const models = waveSpeedCatalogue.models.filter(({ custom }) => !custom);
	const lines = await drift(models, await fetchModels(baseUrl, key));
	for (const line of lines) console.log(line);
	const days = [...new Set(models.flatMap(({ pricesAsOf: day }) => day ?? []))].join(', ');
	const found = `${lines.length} ${lines.length === 1 ? 'difference' : 'differences'}`;
	console.log(`${models.length} models of WaveSpeed, prices of ${days}: ${found}`);
	for (const { id, why } of LEFT_OUT) console.log(`Not compared: ${id} (${why})`);
	process.exitCode = lines.length ? 1 : 0;
}

main().catch((error) => {
	console.error(error.cause ? `${error.message} (${error.cause.message})` : error.message);
	process.exit(2);
});
