'use strict';

const { Simulator } = require('./simulator');

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
	/**
	 * The address is read at each call, since the simulator may be started later.
	 * @param {keyof import('./simulator').Urls} name
	 * @param {string} below
	 * @param {string} [key]
	 * @returns {(path: string, how?: Parameters<typeof call>[1]) => ReturnType<typeof call>}
	 */
	const to = (name, below, key) => (path, how) =>
		call(sim.urls[name] + below + path, { key, ...how });
	return {
		wave: to('waveSpeed', '', waveSpeed),
		vtrix: to('vtrix', '/model/v1/generation', vtrix),
		sea: to('seaArt', '/model/v1/generation', vtrix),
		queue: to('seaArt', '/model/v1/queue', vtrix),
		mini2: to('miniMax', '/v2', miniMax),
		mini: to('miniMax', '/v1', miniMax),
		cdn: to('cdn', ''),
		control: to('control', ''),
	};
}

/**
 * One simulator for the tests of a file, in virtual time unless the options say otherwise. It runs from before the first
 * test until after the last one, and each test begins with an empty provider.
 *
 * @param {Partial<import('./options').Options>} options
 * @returns {ReturnType<typeof clients> & { sim: any }} the simulator, whose `urls` are set before the first test, and its
 *   clients. `sim` is of any type: tests also set what is wrong, and read jobs that they know to be there.
 */
function useSimulator(options) {
	const sim = new Simulator({ time: 'virtual', ...options });
	beforeAll(() => sim.start());
	beforeEach(() => sim.reset());
	afterAll(() => sim.stop());
	return { sim, ...clients(sim) };
}

const STANDARD = '/minimax/hailuo-02/standard';

module.exports = { call, failing, clients, useSimulator, STANDARD };
