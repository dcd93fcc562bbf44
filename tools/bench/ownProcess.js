'use strict';

const { fork } = require('node:child_process');

/**
 * Has a file do its work in a process of its own, where `gc()` can be called.
 *
 * @param {string} file
 * @param {object} message what it is told
 * @returns {Promise<any>} what it sends back, once it has ended: it removes its files at its own exit
 */
async function inOwnProcess(file, message) {
	const child = fork(file, [], { execArgv: ['--expose-gc'] });
	const gone = new Promise((resolve) => child.once('exit', resolve));
	try {
		return await new Promise((resolve, reject) => {
			child.once('message', resolve);
			child.once('exit', (code) => reject(new Error(`The measured process ended with ${code}`)));
			child.send(message);
		});
	} finally {
		await gone;
	}
}

module.exports = { inOwnProcess };
