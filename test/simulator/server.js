'use strict';

const http = require('node:http');
const { listen } = require('./listen');
const faults = require('./faults');
const { write, json } = require('./answers');
const { logged } = require('./log');

/**
 * One HTTP server on 127.0.0.1. `routes` says which part of the simulator plays a request.
 *
 * @typedef {{
 *   method: string, path: string, query: Record<string, string>, url: URL,
 *   headers: Record<string, string>, raw: Buffer, json: any, entry: import('./log').Entry,
 *   provider?: string, api?: string, kind: string, jobId?: string, fault?: import('./faults').Fault,
 * }} Req
 * @typedef {{ provider?: string, api?: string, kind: string, jobId?: string, silent?: boolean,
 *   handle: (req: Req) => import('./answers').Answer | Promise<import('./answers').Answer> }} Route
 */

class Server {
	/**
	 * @param {import('./simulator').Simulator} sim
	 * @param {(method: string, path: string, url: URL) => Route} route
	 */
	constructor(sim, route) {
		this.sim = sim;
		this.route = route;
		this.http = http.createServer((req, res) => void this.serve(req, res));
		// A dropped connection must not end the process that holds the simulator.
		this.http.on('clientError', (_error, socket) => socket.destroy());
		// Limits in real time, which has no meaning here; and the client shares this process: while it writes a large body,
		// its idle sockets would be cut under their next request.
		this.http.requestTimeout = this.http.headersTimeout = this.http.keepAliveTimeout = 0;
	}

	/** @param {number} port @returns {Promise<number>} */
	async listen(port) {
		return await listen(this.http, port);
	}

	/** Ends all sockets at once, hanging ones too. */
	close() {
		return new Promise((resolve) => {
			this.http.close(() => resolve(undefined));
			this.http.closeAllConnections();
		});
	}

	/** @private */
	async serve(message, res) {
		const { sim } = this;
		res.on('error', () => {});
		tellDate(sim, res);
		// Put together by hand: as a relative address '//x/y' would be read as the host x.
		const url = new URL(`http://127.0.0.1${message.url}`);
		const route = this.route(message.method, url.pathname, url);
		/** @type {import('./log').Entry} */
		const entry = {
			n: sim.requests.length + 1,
			at: sim.now(),
			provider: route.provider,
			kind: route.kind,
			method: message.method,
			path: url.pathname,
			query: Object.fromEntries(url.searchParams),
			headers: /** @type {any} */ (message.headers),
			jobId: route.jobId,
		};
		if (!route.silent) sim.requests.push(entry);
		let raw;
		try {
			raw = await readAll(message);
		} catch {
			entry.status = 0; // the client broke off its own request: nothing was accepted
			return;
		}
		const req = this.request(route, url, raw, entry);
		entry.body = logged(raw, req.json, String(message.headers['content-type'] ?? ''));
		if (route.silent) return void write(res, await route.handle(req));
		const fault = sim.faults.take(req);
		if (fault) entry.fault = fault;
		req.fault = fault;
		sim.inspect(req);
		const answer = await this.answer(route, req, fault);
		if (sim.stopped) return;
		entry.ms = sim.now() - entry.at;
		sim.emit('request', entry);
		if (answer === 'hang' || answer === 'cut') {
			entry.status = 0;
			if (answer === 'cut') message.socket.destroy();
			return;
		}
		entry.status = answer.status;
		await write(res, answer, {
			cutAfterBytes: fault?.cutAfterBytes,
			hangAfterBytes: fault?.hangAfterBytes,
			line: fault?.slowCdn ? { bytesPerMs: fault.slowCdn / 1000, clock: sim.clock } : undefined,
			noLength: fault?.noLength,
			headOnly: message.method === 'HEAD',
		});
	}

	/** @private @returns {Req} */
	request(route, url, raw, entry) {
		let parsed;
		if (
			/json/.test(entry.headers['content-type'] ?? '') ||
			/^\s*[[{]/.test(raw.toString('latin1', 0, 20))
		) {
			try {
				parsed = JSON.parse(raw.toString());
			} catch {
				parsed = undefined;
			}
		}
		return {
			method: entry.method,
			path: url.pathname,
			query: entry.query,
			url,
			headers: entry.headers,
			raw,
			json: parsed,
			entry,
			provider: route.provider,
			api: route.api,
			kind: route.kind,
			jobId: route.jobId,
		};
	}

	/** @private */
	async answer(route, req, fault) {
		const early = fault && faults.before(fault, req);
		let answer = early;
		if (!early || fault.accept) {
			try {
				const real = await route.handle(req);
				answer = early ?? (fault ? faults.after(fault, req, real) : real);
			} catch (error) {
				if (this.sim.stopped) return 'hang';
				// A fault of the simulator itself must not look like a fault of the provider.
				answer = json({ simulatorError: String(error.stack) }, 599);
			}
		}
		if (fault?.delay) await this.sim.clock.sleep(fault.delay);
		return answer;
	}
}

/** A gateway has a clock of its own: `dateSkew` is how far it is ahead of the jobs' clock, in ms; `none` sends no Date header. */
function tellDate(sim, res) {
	const { dateSkew } = sim.options;
	const skew = typeof dateSkew === 'function' ? dateSkew() : dateSkew;
	if (skew === 'none') res.sendDate = false;
	else res.setHeader('Date', new Date(sim.clock.told() + (skew ?? 0)).toUTCString());
}

async function readAll(message) {
	const parts = [];
	for await (const part of message) parts.push(part);
	return Buffer.concat(parts);
}

module.exports = { Server };
