'use strict';

/** Requests that the simulator itself sends: webhooks and callbacks. Never off this machine. */

/** @param {string} url */
function isLocal(url) {
	try {
		return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
	} catch {
		return false;
	}
}

/**
 * @typedef {{ at: number, provider: string, jobId: string, url: string, headers: Record<string, string>,
 *   body: string, status?: number, answer?: string, error?: string }} Delivery
 *   `error` 'not on this machine' = nothing was sent
 */

/**
 * @param {import('./simulator').Simulator} sim
 * @param {{ provider: string, jobId: string, url: string, headers?: Record<string, string>, body: string }} wanted
 * @param {number} [timeoutMs] real ms: the receiver is a real program
 * @returns {Promise<Delivery>} never rejects
 */
async function deliver(sim, wanted, timeoutMs = 10_000) {
	/** @type {Delivery} */
	const delivery = { at: sim.now(), headers: {}, ...wanted };
	sim.deliveries.push(delivery);
	if (!isLocal(wanted.url)) {
		delivery.error = 'not on this machine';
		return delivery;
	}
	try {
		const response = await fetch(wanted.url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...wanted.headers },
			body: wanted.body,
			redirect: 'manual',
			signal: AbortSignal.any([sim.stopping, AbortSignal.timeout(timeoutMs)]),
		});
		delivery.answer = await response.text();
		delivery.status = response.status;
	} catch (error) {
		delivery.error = String(error.cause?.code ?? error.name);
	}
	return delivery;
}

module.exports = { isLocal, deliver };
