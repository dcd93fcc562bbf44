'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { credentialOf } = require('../../tools/editions/cut');
const { editions, testedWith } = require('../../tools/editions/editions');
const { openBrowser } = require('../../tools/n8n/browser');
const { errorOf, itemsOf } = require('../../tools/n8n/client');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { registerPackage } = require('../../tools/n8n/package');
const { chain, hailuo, manualTrigger, PACKAGE } = require('../../tools/n8n/workflows');

/*
 * The full package and the editions in one n8n. n8n puts the package's name before that of a node, but a credential has
 * its name alone: the package that is loaded last says what it looks like and which nodes test it, whoever uses it.
 */

/** The nodes that n8n has of a package; while n8n writes the list anew, it reads as cut off. */
async function nodesOf(name, { client }) {
	for (let tries = 1; ; tries++) {
		try {
			return (await client.nodeTypes()).filter((node) => node.name.startsWith(`${name}.`));
		} catch (error) {
			if (tries === 20) throw error;
			await sleep(250);
		}
	}
}

/** Submits a video and goes on: with the full package's node (`provider` given), or an edition's. */
const submit = (name, pack, credentials, more = {}) => {
	const parameters = { operation: 'textToVideo', prompt: 'A calm lake', continueWhen: 'submitted' };
	return hailuo({ ...parameters, ...more }, credentials, { name, type: `${pack}.hailuo` });
};

/** Runs the nodes one after the other. @returns {Promise<any>} the workflow */
async function checkSubmits(title, nodes, { client, sim, assert }) {
	const workflow = await client.createWorkflow(chain(title, [manualTrigger(), ...nodes]));
	const before = sim.paidPosts();
	const execution = await client.run(workflow);
	assert.equal(execution.status, 'success', errorOf(execution)?.message);
	for (const { name } of nodes) {
		assert.ok(itemsOf(execution, name)[0].json.jobId, `${title}, ${name}: a job`);
	}
	assert.equal(sim.paidPosts(), before + nodes.length, `${title}: each node paid once`);
	return workflow;
}

/** A node of the edition behind one of the full package, both with the same credential. */
async function checkBeside({ provider, name, service }, context) {
	const { client, sim, assert } = context;
	const type = credentialOf(provider);
	const data = simulatorCredentials(sim)[type];
	const credential = await client.createCredential(service, type, data);
	const tested = await client.testCredential(credential.id);
	assert.equal(tested.status, 'OK', `${type}: ${tested.message}`);
	const credentials = { [type]: credential };
	const nodes = [
		submit('Full', PACKAGE, credentials, { provider }),
		submit('Edition', name, credentials),
	];
	return { credential, credentials, workflow: await checkSubmits(name, nodes, context) };
}

/** In the editor both nodes have all that they need. */
async function checkPanels(workflows, { n8n, assert, log }) {
	const { editor, close } = await openBrowser(n8n.url, { log });
	try {
		await editor.login();
		for (const { id, name } of workflows) {
			await editor.openWorkflow(id);
			for (const node of ['Full', 'Edition']) {
				await editor.openNode(node);
				assert.deepEqual(await editor.issues(), [], `${name}, ${node}: nothing is asked for`);
				await editor.closeNode();
			}
		}
	} finally {
		await close();
	}
}

/** Uninstalls a package from the running n8n: all that the other one needs is still there. */
async function checkGone(gone, left, { credential }, node, context) {
	const { client, n8n, assert } = context;
	await registerPackage(n8n, gone);
	await client.uninstall(gone);
	assert.deepEqual(await nodesOf(gone, context), [], `${gone} is uninstalled`);
	const trigger = (await nodesOf(left, context)).find(({ polling }) => polling);
	assert.equal(trigger.properties.filter(({ name }) => name === 'pollTimes').length, 1);
	const tested = await client.testCredential(credential.id);
	assert.equal(tested.status, 'OK', `without ${gone}: ${tested.message}`);
	await checkSubmits(`Without ${gone}`, [node], context);
}

module.exports = {
	name: 'edition beside the full package: one credential serves both, and outlives either',
	install: 'both',
	versions: testedWith,
	timeoutMs: 180_000,

	async run(context) {
		const { sim, assert } = context;
		for (const { name } of [{ name: PACKAGE }, ...editions]) {
			const nodes = (await nodesOf(name, context)).map((node) => node.name);
			for (const node of ['hailuo', 'hailuoTrigger']) assert.ok(nodes.includes(`${name}.${node}`));
		}
		const made = [];
		for (const edition of editions) made.push(await checkBeside(edition, context));
		await checkPanels(
			made.map(({ workflow }) => workflow),
			context,
		);
		const [first, second] = editions;
		const { provider } = first;
		const full = submit('Video', PACKAGE, made[0].credentials, { provider });
		await checkGone(first.name, PACKAGE, made[0], full, context);
		const own = submit('Video', second.name, made[1].credentials);
		await checkGone(PACKAGE, second.name, made[1], own, context);
		assert.deepEqual(sim.leaks, [], 'each key went to its provider alone');
	},
};
