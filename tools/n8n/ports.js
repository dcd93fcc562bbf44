'use strict';

const net = require('node:net');

const given = new Set();

/** A port of 127.0.0.1 that is free now, never the same twice from one process. */
async function freePort() {
	for (;;) {
		const port = await new Promise((resolve, reject) => {
			const server = net.createServer();
			server.once('error', reject);
			server.listen(0, '127.0.0.1', () => {
				const { port: found } = server.address();
				server.close(() => resolve(found));
			});
		});
		if (given.has(port)) continue;
		given.add(port);
		return port;
	}
}

module.exports = { freePort };
