'use strict';

const http = require('node:http');
const { listen } = require('./listen');

/**
 * Receives webhooks and callbacks in the simulator's tests.
 * @param {(body: any) => { status?: number, json?: unknown }} [answer]
 */
async function startReceiver(answer = () => ({})) {
	const posts = [];
	let wake = () => {};
	const server = http.createServer(async (req, res) => {
		const parts = [];
		for await (const part of req) parts.push(part);
		const raw = Buffer.concat(parts).toString();
		const body = JSON.parse(raw);
		posts.push({ headers: req.headers, raw, body });
		const { status = 200, json = {} } = answer(body);
		res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
		wake();
	});
	const port = await listen(server);
	return {
		url: `http://127.0.0.1:${port}/hook`,
		posts,
		/** @param {number} n resolves when that many have come */
		async got(n) {
			while (posts.length < n) await new Promise((resolve) => (wake = () => resolve(undefined)));
			return posts;
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve(undefined));
				server.closeAllConnections();
			}),
	};
}

module.exports = { startReceiver };
