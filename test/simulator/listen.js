'use strict';

/**
 * Lets a server listen on 127.0.0.1.
 * @param {import('node:net').Server} server
 * @param {number} [port] 0 = any that is free
 * @returns {Promise<number>} the port
 */
async function listen(server, port = 0) {
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => resolve(undefined));
	});
	// An AddressInfo, since it listens on a port and not on a pipe.
	return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

module.exports = { listen };
