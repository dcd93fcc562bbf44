'use strict';

const { itemsOf } = require('../n8n/client');
const { chain, hailuo, manualTrigger } = require('../n8n/workflows');

/**
 * An operation of the resource Job in a workflow of its own, on whichever worker takes it.
 *
 * @param {{ client: import('../n8n/client').N8nClient, credentials: object }} context
 * @param {object} parameters of the node
 * @returns {Promise<any[]>} its items
 */
async function runJob({ client, credentials }, parameters) {
	const nodes = [manualTrigger(), hailuo({ resource: 'job', ...parameters }, credentials)];
	const workflow = await client.createWorkflow(chain(`Job: ${parameters.operation}`, nodes));
	return itemsOf(await client.run(workflow, { timeoutMs: 180_000 }), 'Hailuo');
}

/** @returns {Promise<string[]>} the ids of all jobs of the account */
async function listedIds(context) {
	const items = await runJob(context, { operation: 'getAll', returnAll: true });
	return items.map(({ json }) => json.jobId);
}

module.exports = { listedIds, runJob };
