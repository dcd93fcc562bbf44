'use strict';

const { text, DIGITS } = require('./random');
const { deliver } = require('./outgoing');

/** Callbacks of MiniMax, V1 and V2 (docs/providers.md C.4, I.1). They carry no signature. */

/** {challenge} must come back within 3 s, real time: the receiver is a real program (C.4). */
async function challenged(sim, url) {
	const challenge = text(sim.random.ids, DIGITS, 12);
	const wanted = { provider: 'miniMax', jobId: '', url, body: JSON.stringify({ challenge }) };
	const { answer } = await deliver(sim, wanted, 3000);
	try {
		return JSON.parse(answer ?? '').challenge === challenge;
	} catch {
		return false;
	}
}

/**
 * Posts each change of a job to its callback address.
 * @param {import('./simulator').Simulator} sim
 * @param {Record<string, (job: import('./jobs').Job) => unknown>} bodies by API: what is posted about a job
 */
function watchMiniMaxCallbacks(sim, bodies) {
	const send = (job) => {
		if (job.provider !== 'miniMax' || !job.callback) return;
		const body = JSON.stringify(bodies[job.api](job));
		const post = () =>
			void deliver(sim, { provider: 'miniMax', jobId: job.id, url: job.callback, body });
		if (sim.options.callbackDelay) sim.clock.after(sim.options.callbackDelay, post);
		else post();
	};
	sim.on('processing', send).on('finished', send);
}

module.exports = { challenged, watchMiniMaxCallbacks };
