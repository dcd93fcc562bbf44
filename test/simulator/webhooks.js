'use strict';

const { createHmac } = require('node:crypto');
const { deliver } = require('./outgoing');
const { prediction } = require('./waveSpeedPrediction');

/**
 * WaveSpeed's webhooks (docs/providers.md A.5): the bare prediction with its input, signed.
 *
 * options.webhooks, or a function (job) => the same:
 * @typedef {{
 *   lose?: boolean, duplicate?: number, delay?: number, beforeAnswer?: boolean,
 *   forge?: 'signature' | 'timestamp' | 'unsigned' | 'body', retries?: number,
 * }} WebhookFaults  `duplicate` = how many more copies; `delay` simulated ms; `beforeAnswer` = the
 *   job is over and its webhook delivered before the submit is answered; `forge` 'timestamp' = a
 *   true signature of 10 minutes ago, 'body' = changed after signing. `retries` on a non-2xx: the
 *   provider's policy is unknown, so 0 by default.
 */

/** @returns {WebhookFaults} */
function settings(sim, job) {
	const { webhooks } = sim.options;
	return (typeof webhooks === 'function' ? webhooks(job) : webhooks) ?? {};
}

/** @param {string} secret with its prefix @param {string} id @param {number} seconds @param {string} body */
function signature(secret, id, seconds, body) {
	const key = secret.replace(/^whsec_/, ''); // used as plain text, not base64 (A.5)
	return `v3,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('hex')}`;
}

/**
 * By the Standard Webhooks specification: the secret without its prefix is Base64. WaveSpeed names `standard_webhook` in an
 * article only; that it is signed so is inferred (docs/providers.md I.3).
 */
function standardSignature(secret, id, seconds, body) {
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** @param {import('./simulator').Simulator} sim @param {import('./jobs').Job} job */
async function send(sim, job) {
	const how = settings(sim, job);
	if (how.lose) return;
	if (how.delay) await sim.clock.sleep(how.delay);
	for (let copy = 0; copy <= (how.duplicate ?? 0); copy++) {
		for (let attempt = 0; attempt <= (how.retries ?? 0); attempt++) {
			const { status } = await once(sim, job, how);
			if (status !== undefined && status >= 200 && status < 300) break;
		}
	}
}

function once(sim, job, how) {
	const id = job.id;
	// The client's time: the receiver compares it with its own clock and rejects after 300 s.
	const seconds = Math.floor(sim.clock.told() / 1000) - (how.forge === 'timestamp' ? 600 : 0);
	const data = prediction(sim, job, { input: true });
	let body = JSON.stringify(data);
	const secret = how.forge === 'signature' ? 'whsec_not-the-secret' : sim.webhookSecret;
	const headers = {
		'webhook-id': id,
		'webhook-timestamp': String(seconds),
		'webhook-signature': (job.standardWebhook ? standardSignature : signature)(
			secret,
			id,
			seconds,
			body,
		),
	};
	if (how.forge === 'body') {
		body = JSON.stringify({ ...data, outputs: ['https://forged.example/video.mp4'] });
	}
	const signed = how.forge === 'unsigned' ? {} : headers;
	return deliver(sim, {
		provider: 'waveSpeed',
		jobId: id,
		url: job.callback,
		headers: signed,
		body,
	});
}

/** Sends the webhook while the submit is still unanswered, where that was asked for. */
async function early(sim, job) {
	if (!job.callback || !settings(sim, job).beforeAnswer) return;
	await job.checked;
	job.webhookSent = true;
	sim.engine.finish(job);
	await send(sim, job);
}

/** @param {import('./simulator').Simulator} sim */
function watchWebhooks(sim) {
	sim.on('finished', (job) => {
		if (job.provider !== 'waveSpeed' || !job.callback || job.webhookSent) return;
		job.webhookSent = true;
		void send(sim, job);
	});
}

module.exports = { watchWebhooks, early, signature, standardSignature };
