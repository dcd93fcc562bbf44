'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { chain, hailuo, items, manualTrigger } = require('../../tools/n8n/workflows');
const { signature } = require('../simulator/webhooks');

/** What the scenarios of Generate and Resume by Callback have in common. */

/** Long enough (simulated s) that a job is still open while a scenario checks the sleeping execution. */
const LONG = '#sim:seconds=400';

const TYPES = { waveSpeed: 'hailuoWaveSpeedApi', vtrix: 'hailuoVtrixApi' };

/** Waits until `find` gives something. @throws {Error} naming `what`, after `timeoutMs` */
async function until(what, find, timeoutMs = 60_000) {
	for (const started = Date.now(); ; await sleep(100)) {
		const found = await find();
		if (found) return found;
		if (Date.now() - started > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
	}
}

/**
 * A workflow of the operation, its items given by a node before it.
 * @param {{client: any, sim: any}} context
 * @param {object[]} list what the items hold; the prompt is their `text`
 * @param {{provider?: 'waveSpeed' | 'vtrix', parameters?: object, node?: object, before?: object[],
 *   after?: object[], connect?: object}} [more] connect: connections in place of the chain's, by node
 */
async function callbackWorkflow({ client, sim }, list, more = {}) {
	const { provider = 'waveSpeed', parameters, node, before, after = [], connect } = more;
	const type = TYPES[provider];
	const credential = await client.createCredential(type, type, simulatorCredentials(sim)[type]);
	const asked = {
		provider,
		resource: 'video',
		operation: 'sendAndWait',
		generateFrom: 'textToVideo',
		prompt: '={{ $json.text }}',
		...parameters,
		options: { submitsPerMinute: 0, ...parameters?.options },
	};
	const given = before ?? [items(list)];
	const ours = hailuo(asked, { [type]: credential }, node);
	const late = after.map((one) => ({ ...one, credentials: { [type]: credential } }));
	const workflow = chain('Callback', [manualTrigger(), ...given, ours, ...late]);
	Object.assign(workflow.connections, connect);
	return await client.createWorkflow(workflow);
}

/** Runs a workflow until it sleeps. @returns {Promise<string>} the id of the execution */
async function runToSleep(client, workflow) {
	const id = await client.startRun(workflow);
	await until('the execution sleeps', async () => {
		const { status, data } = await client.execution(id);
		if (['error', 'success', 'crashed'].includes(status)) {
			throw new Error(`It ended as ${status}: ${JSON.stringify(data?.resultData?.error)}`);
		}
		return status === 'waiting';
	});
	return id;
}

/** Posts to a resume address as the provider would. @returns {Promise<number>} the HTTP status */
async function post(url, body = {}, headers = {}) {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(60_000),
	});
	await response.text();
	return response.status;
}

/** WaveSpeed's headers for a body. */
function signed(sim, id, body, secret = sim.webhookSecret) {
	const at = Math.floor(Date.now() / 1000);
	return {
		'webhook-id': id,
		'webhook-timestamp': String(at),
		'webhook-signature': signature(secret, id, at, JSON.stringify(body)),
	};
}

/** Lets every open job of the simulator end, now. */
/** @param {number} [ms] of the provider's time, longer than the jobs take */
async function endJobs(sim, ms = 500_000) {
	const open = [...sim.jobs.values()].filter(({ finishedAt }) => finishedAt === undefined);
	const ended = Promise.all(open.map(({ id }) => sim.finished(id)));
	sim.skip(ms);
	await ended;
}

module.exports = { LONG, callbackWorkflow, endJobs, post, runToSleep, signed, sleep, until };
