'use strict';

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

/**
 * Steps that print what they do and how long it took. If one fails, it prints which one and why.
 * @param {number} count how many there are
 */
function steps(count) {
	let at = 0;
	return async function step(title, work) {
		const number = ++at;
		const started = Date.now();
		console.log(`[${number}/${count}] ${title}`);
		try {
			const result = await work();
			console.log(`      done (${seconds(started)})`);
			return result;
		} catch (error) {
			throw new Error(`Step ${number} of ${count} failed: ${title}\n${error.message}`);
		}
	};
}

module.exports = { seconds, steps };
