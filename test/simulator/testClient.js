'use strict';

/** A bare client for the simulator's own tests: one request, one answer, no cleverness. */

/**
 * @param {string} url
 * @param {{ method?: string, key?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, redirect?: RequestRedirect }} [how]
 */
async function call(url, how = {}) {
	const { key, body, headers = {}, method = body === undefined ? 'GET' : 'POST' } = how;
	const response = await fetch(url, {
		method,
		redirect: how.redirect ?? 'manual',
		signal: how.signal,
		headers: {
			...(key && { authorization: `Bearer ${key}` }),
			...(body !== undefined && { 'content-type': 'application/json' }),
			...headers,
		},
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const bytes = Buffer.from(await response.arrayBuffer());
	let json;
	try {
		json = JSON.parse(bytes.toString());
	} catch {
		json = undefined;
	}
	return { status: response.status, headers: response.headers, bytes, json };
}

/** @returns {Promise<string>} the error code of a call that must fail */
async function failing(promise) {
	try {
		await promise;
	} catch (error) {
		return String(error.cause?.code ?? error.name);
	}
	throw new Error('expected the connection to fail');
}

/** @param {import('./simulator').Simulator} sim */
function clients(sim) {
	const { waveSpeed, vtrix, miniMax } = sim.options.keys;
	const to = (base, key) => (path, how) => call(base + path, { key, ...how });
	return {
		wave: to(sim.urls.waveSpeed, waveSpeed),
		vtrix: to(`${sim.urls.vtrix}/model/v1/generation`, vtrix),
		sea: to(`${sim.urls.seaArt}/model/v1/generation`, vtrix),
		queue: to(`${sim.urls.seaArt}/model/v1/queue`, vtrix),
		mini2: to(`${sim.urls.miniMax}/v2`, miniMax),
		mini: to(`${sim.urls.miniMax}/v1`, miniMax),
		cdn: to(sim.urls.cdn, undefined),
		control: to(sim.urls.control, undefined),
	};
}

const STANDARD = '/minimax/hailuo-02/standard';

module.exports = { call, failing, clients, STANDARD };
