'use strict';

const net = require('node:net');
const { listen } = require('../../test/simulator/listen');

const given = new Set();

/** A port of 127.0.0.1 that is free now, never the same twice from one process. */
async function freePort() {
	for (;;) {
		const server = net.createServer();
		const port = await listen(server);
		await new Promise((resolve) => server.close(resolve));
		if (given.has(port)) continue;
		given.add(port);
		return port;
	}
}

module.exports = { freePort };
