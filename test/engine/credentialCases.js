'use strict';

const http = require('node:http');
const { freePort } = require('../../tools/n8n/ports');
const { listen } = require('../simulator/listen');

/**
 * What a credential test must report, case by case. The cases run in process (test/engine) and through a real n8n
 * (test/e2e). The simulator stands in for WaveSpeed and Vtrix, a server with fixed answers for MiniMax and for
 * addresses without an API.
 */

const PAGE = { type: 'text/html', body: '<!doctype html><title>Welcome</title>' };
const miniMax = (code) => ({ body: { base_resp: { status_code: code, status_msg: 'x' } } });

/** By the first part of the path: what the server of fixed answers says. */
const ANSWERS = {
	page: { status: 200, ...PAGE },
	page404: { status: 404, ...PAGE },
	page403: { status: 403, ...PAGE },
	foreign: {
		status: 404,
		body: { message: 'Not Found', documentation_url: 'https://example.com' },
	},
	moved: { status: 302, location: '/followed' },
	empty: { status: 200 },
	mm0: miniMax(0),
	mm1004: miniMax(1004),
	mm1008: miniMax(1008),
	mm1033: miniMax(1033),
	mm2013: miniMax(2013),
	mm2049: miniMax(2049),
	mm401: { status: 401, body: { type: 'error', error: { type: 'authentication_error' } } },
	mm503: { status: 503, ...PAGE },
};

/** @returns {Promise<{url: string, requests: Array<{path: string, authorization?: string}>, close: () => Promise<void>}>} */
async function startAnswers() {
	const requests = [];
	const server = http.createServer((request, response) => {
		const { pathname } = new URL(String(request.url), 'http://127.0.0.1');
		requests.push({ path: pathname, authorization: request.headers.authorization });
		const answer = ANSWERS[pathname.split('/')[1]] ?? { status: 500 };
		const { status = 200, type = 'application/json', body, location } = answer;
		response.writeHead(status, { 'content-type': type, ...(location && { location }) });
		response.end(typeof body === 'object' ? JSON.stringify(body) : body);
	});
	const port = await listen(server);
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

const VALID = /^The API key is valid/;
const NO_CREDIT = /^The API key is valid, but the .* account is out of credit/;
const BAD_KEY = /does not accept this API key/;
const DOWN = /answers 50\d, so the key could not be checked/;
const NOT_THE_API = /^This address is not the .* API, so the key could not be checked.*'Base URL'/;
const NOTHING = /^There is no answer from 127\.0\.0\.1:\d+, so the key could not be checked/;

/**
 * @typedef {{ name: string, type: string, data: Record<string, string>, ok?: boolean, says: RegExp,
 *   fault?: import('../simulator/faults').Rule['fault'], options?: object, incomplete?: boolean }} Case
 *   fault: of the simulator; options: of the simulator, for this case; incomplete: n8n may refuse to
 *   save it, as a required field is empty
 * @returns {Promise<Case[]>}
 */
async function credentialCases({ sim, answers }) {
	const dead = `http://127.0.0.1:${await freePort()}`;
	const { keys } = sim.options;
	const waveSpeed = (name, more) => ({
		name: `WaveSpeed: ${name}`,
		type: 'hailuoWaveSpeedApi',
		...more,
		data: { apiKey: keys.waveSpeed, baseUrl: sim.urls.waveSpeed, ...more.data },
	});
	// As a person enters a custom address: with the choice, and in the field that the choice shows.
	const vtrix = (name, { url = sim.urls.vtrix, ...more }) => ({
		name: `Vtrix: ${name}`,
		type: 'hailuoVtrixApi',
		...more,
		data: { apiKey: keys.vtrix, brand: 'other', customBaseUrl: url, ...more.data },
	});
	const miniMaxCase = (name, path, more) => ({
		name: `MiniMax: ${name}`,
		type: 'hailuoMiniMaxApi',
		...more,
		data: {
			apiKey: keys.miniMax,
			region: 'other',
			customBaseUrl: `${answers.url}/${path}`,
			...more.data,
		},
	});
	const wrong = { apiKey: 'wrong' };
	return [
		waveSpeed('good key', { ok: true, says: /^The API key is valid\. Balance: \$\d+\.\d\d$/ }),
		waveSpeed('slash at the end', {
			data: { baseUrl: `${sim.urls.waveSpeed}/` },
			ok: true,
			says: VALID,
		}),
		waveSpeed('wrong key', { data: wrong, says: BAD_KEY }),
		waveSpeed('key without the permission', {
			fault: 'waveSpeed403Role',
			says: /does not let this API key read the account/,
		}),
		waveSpeed('402', { fault: 'waveSpeed402', says: NO_CREDIT }),
		waveSpeed('400, no credit', { fault: 'waveSpeed400NoCredit', says: NO_CREDIT }),
		waveSpeed('429', { fault: 'waveSpeed429', says: /is receiving too many requests/ }),
		waveSpeed('500', { fault: { status: 500 }, says: DOWN }),
		waveSpeed('502 with a web page', { fault: { status: 502 }, says: DOWN }),
		waveSpeed('401 inside HTTP 200', {
			fault: { envelope: { code: 401, message: 'invalid authentication' } },
			says: BAD_KEY,
		}),
		waveSpeed('dropped connection', {
			fault: { drop: 'before' },
			says: /could not be reached \(ECONNRESET\)/,
		}),
		waveSpeed('nothing listening', { data: { baseUrl: dead }, says: NOTHING }),
		waveSpeed('path of the API missing', { data: { baseUrl: sim.urls.vtrix }, says: NOT_THE_API }),
		waveSpeed('a web page', { data: { baseUrl: `${answers.url}/page` }, says: NOT_THE_API }),
		waveSpeed('an empty 200', { data: { baseUrl: `${answers.url}/empty` }, says: NOT_THE_API }),
		waveSpeed('a redirect', { data: { baseUrl: `${answers.url}/moved` }, says: NOT_THE_API }),
		waveSpeed('a firewall', {
			data: { baseUrl: `${answers.url}/page403` },
			says: /^A web page came back/,
		}),
		waveSpeed('no scheme in the address', {
			data: { baseUrl: 'api.wavespeed.ai/api/v3' },
			says: /^The field 'Base URL' of the credential must start with https:/,
		}),
		waveSpeed('empty key', {
			data: { apiKey: '' },
			incomplete: true,
			says: /^The field 'API Key' is empty/,
		}),
		waveSpeed('key with a line break', {
			data: { apiKey: `${keys.waveSpeed}\n` },
			says: /contains a space, a line break/,
		}),
		waveSpeed('key with "Bearer"', {
			data: { apiKey: `Bearer ${keys.waveSpeed}` },
			says: /^Remove the word 'Bearer'/,
		}),

		vtrix('good key, the probe answers 404', { ok: true, says: VALID }),
		vtrix('good key, the probe answers 200', { options: { probe: '200' }, ok: true, says: VALID }),
		vtrix('good key, the probe answers 400 "Task Not Found"', {
			options: { probe: 'message' },
			ok: true,
			says: VALID,
		}),
		vtrix('address with a path', { url: `${sim.urls.seaArt}/`, ok: true, says: VALID }),
		vtrix('address as the documents print it', {
			url: `${sim.urls.vtrix}/model/v1/generation`,
			ok: true,
			says: VALID,
		}),
		vtrix('base URL given outright, as over the API of n8n', {
			data: { brand: 'vtrix', baseUrl: sim.urls.vtrix },
			ok: true,
			says: VALID,
		}),
		vtrix('wrong key, 401', { data: wrong, says: BAD_KEY }),
		vtrix('wrong key, 403', {
			data: wrong,
			options: { vtrixBadKey: 'vtrix403BadKey' },
			says: BAD_KEY,
		}),
		vtrix('403 insufficient balance', { fault: 'vtrix403NoBalance', says: NO_CREDIT }),
		vtrix('403 insufficient balance, nested', { fault: 'vtrix403Nested', says: NO_CREDIT }),
		vtrix('402', { fault: 'vtrix402Nested', says: NO_CREDIT }),
		vtrix('402 inside HTTP 200', { fault: 'vtrix402NestedIn200', says: NO_CREDIT }),
		vtrix('403 for another reason', {
			fault: 'vtrix403Message',
			says: /\(403\) without giving a reason/,
		}),
		vtrix('500', { fault: 'vtrix500Object', says: DOWN }),
		vtrix('504 with a web page', { fault: { status: 504 }, says: DOWN }),
		vtrix('nothing listening', { url: dead, says: NOTHING }),
		vtrix('no address typed', {
			url: '',
			incomplete: true,
			says: /^The field 'Base URL' of the credential is empty/,
		}),
		vtrix('wrong path', { url: `${sim.urls.vtrix}/nowhere`, says: NOT_THE_API }),
		vtrix('404 web page', { url: `${answers.url}/page404`, says: NOT_THE_API }),
		vtrix('404 of another API', { url: `${answers.url}/foreign`, says: NOT_THE_API }),
		vtrix('a redirect', { url: `${answers.url}/moved`, says: NOT_THE_API }),

		miniMaxCase('good key at the simulator', '', {
			data: { customBaseUrl: `${sim.urls.miniMax}/v1/` },
			ok: true,
			says: VALID,
		}),
		miniMaxCase('wrong key at the simulator', '', {
			data: { apiKey: 'wrong', customBaseUrl: sim.urls.miniMax },
			says: BAD_KEY,
		}),
		miniMaxCase('good key', 'mm0', { ok: true, says: VALID }),
		miniMaxCase('good key, 2013', 'mm2013', { ok: true, says: VALID }),
		miniMaxCase('1004', 'mm1004', { says: BAD_KEY }),
		miniMaxCase('2049', 'mm2049', { says: /'Region'.*Global.*Mainland China/ }),
		miniMaxCase('401', 'mm401', { says: BAD_KEY }),
		miniMaxCase('1008', 'mm1008', { says: NO_CREDIT }),
		miniMaxCase('1033', 'mm1033', { says: /internal code 1033, so the key could not be checked/ }),
		miniMaxCase('503', 'mm503', { says: DOWN }),
		miniMaxCase('a web page', 'page', { says: NOT_THE_API }),
		miniMaxCase('nothing listening', '', { data: { customBaseUrl: dead }, says: NOTHING }),
	];
}

/**
 * Sets up the simulator for one case.
 * @param {import('../simulator/simulator').Simulator} sim
 * @param {Pick<Case, 'fault' | 'options'>} one
 * @returns {() => void} restores it
 */
function arrange(sim, { fault, options = {} }) {
	const before = Object.fromEntries(Object.keys(options).map((name) => [name, sim.options[name]]));
	Object.assign(sim.options, options);
	const heal = fault ? sim.fail({ kind: ['balance', 'probe'], fault }) : () => {};
	return () => {
		heal();
		Object.assign(sim.options, before);
	};
}

module.exports = { arrange, credentialCases, startAnswers };
