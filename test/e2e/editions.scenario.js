'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { credentialOf } = require('../../tools/editions/cut');
const { editions, testedWith } = require('../../tools/editions/editions');
const { openBrowser } = require('../../tools/n8n/browser');
const { errorOf, itemsOf } = require('../../tools/n8n/client');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { ROOT } = require('../../tools/n8n/package');
const { chain, manualTrigger, picture } = require('../../tools/n8n/workflows');

const PHOTO = path.join(__dirname, '..', '..', 'tools', 'demo', 'lake.jpg');

/** One service: its credential alone, and no provider to choose. */
async function checkType({ name, provider, displayName }, type, { client, assert }) {
	const own = (await client.nodeTypes()).filter((node) => node.name.startsWith(`${name}.`));
	const action = own.find((node) => node.name === `${name}.hailuo`);
	assert.ok(action, `n8n has loaded ${name}`);
	assert.equal(action.displayName, displayName);
	for (const node of own) {
		assert.deepEqual(
			node.credentials.map((credential) => credential.name),
			[type],
		);
	}
	const choices = action.properties.filter((field) => field.name === 'provider');
	assert.deepEqual(
		choices.map((field) => [field.type, field.default]),
		[['hidden', provider]],
	);
}

/** The panel as a user sees it. */
async function checkPanel(workflow, node, { n8n, assert, log }) {
	const { editor, close } = await openBrowser(n8n.url, { log });
	try {
		await editor.login();
		await editor.openWorkflow(workflow.id);
		await editor.openNode(node);
		const names = (await editor.parameters()).map(({ name }) => name);
		for (const field of ['resource', 'operation', 'model', 'prompt']) {
			assert.ok(names.includes(field), `the panel shows ${field}, not only ${names}`);
		}
		assert.ok(!names.includes('provider'), 'the panel shows no provider');
		assert.deepEqual(await editor.issues(), []);
	} finally {
		await close();
	}
}

/** The workflow that the README tells to paste, with the credential that it tells to choose. */
function pasted({ name }, credentials) {
	const file = path.join(ROOT, 'build', 'editions', name, 'README.md');
	const json = /```json\n([^]*?)\n```/.exec(fs.readFileSync(file, 'utf8'))?.[1];
	if (!json) throw new Error(`${file} has no workflow`);
	const { nodes, connections } = JSON.parse(json);
	const [start, video] = nodes;
	return { name: `${name}: README`, nodes: [start, { ...video, credentials }], connections };
}

/**
 * All editions in one n8n: none brings what another lacks, because each has a credential of its own, and
 * none gets in another's way.
 */
module.exports = editions.map((edition) => ({
	name: `edition ${edition.name}: loads, opens, makes a video`,
	install: 'editions',
	versions: testedWith,

	async run(context) {
		const { client, sim, assert, log } = context;
		const type = credentialOf(edition.provider);
		await checkType(edition, type, context);

		const credential = await client.createCredential(
			edition.service,
			type,
			simulatorCredentials(sim)[type],
		);
		const tested = await client.testCredential(credential.id);
		log(`credential test: ${tested.message}`);
		assert.equal(tested.status, 'OK');

		// As the editor stores it: what equals its default, like the provider, is left out.
		const parameters = { resource: 'video', operation: 'imageToVideo', prompt: 'A calm lake' };
		const node = {
			name: edition.displayName,
			type: `${edition.name}.hailuo`,
			parameters,
			credentials: { [type]: credential },
		};
		const workflow = await client.createWorkflow(
			chain(edition.name, [manualTrigger(), ...picture(fs.readFileSync(PHOTO)), node]),
		);
		// The wait for the video is the longest part: the panel is checked meanwhile.
		const started = await client.startRun(workflow);
		await checkPanel(workflow, edition.displayName, context);
		const execution = await client.waitForEnd(started);
		log(`requests: ${sim.requests.map((r) => `${r.method} ${r.path} ${r.status}`).join(', ')}`);
		assert.equal(execution.status, 'success', errorOf(execution)?.message);
		const [item] = itemsOf(execution, edition.displayName);
		assert.equal(item.json.provider, edition.provider);
		assert.equal(item.json.status, 'completed');
		assert.equal(sim.paidPosts(), 1, 'exactly one paid POST');
		const video = await client.readBinary(item.binary.data);
		assert.ok(video.equals(await sim.videoFor(item.json.jobId)), 'the video of the job');

		const fromReadme = await client.createWorkflow(pasted(edition, { [type]: credential }));
		const second = await client.run(fromReadme);
		assert.equal(second.status, 'success', errorOf(second)?.message);
		const [made] = itemsOf(second, edition.displayName);
		assert.equal(made.json.status, 'completed');
		assert.equal(sim.paidPosts(), 2, "one more for the README's workflow");
		assert.deepEqual(sim.leaks, [], 'the key went to the provider alone');
	},
}));
