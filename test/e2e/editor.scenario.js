'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { openBrowser } = require('../../tools/n8n/browser');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { chain, hailuo, manualTrigger, picture } = require('../../tools/n8n/workflows');

const PHOTO = path.join(__dirname, '..', '..', 'tools', 'demo', 'lake.jpg');

/** What a user does in the editor: find the node, choose, run it, see the video. */
module.exports = {
	name: 'editor: find the node, choose the provider, execute the step',
	versions: ['2.41.1', '2.8.4'],

	async run({ n8n, client, sim, assert, log, version }) {
		/** @type {Record<string, { id: string, name: string }>} */
		const credentials = {};
		for (const [type, data] of Object.entries(simulatorCredentials(sim))) {
			credentials[type] = await client.createCredential(`${type} in the editor`, type, data);
		}
		const parameters = { resource: 'video', operation: 'imageToVideo', prompt: 'A calm lake' };
		const workflow = await client.createWorkflow(
			chain('In the editor', [
				manualTrigger(),
				...picture(fs.readFileSync(PHOTO)),
				hailuo(parameters, credentials),
			]),
		);
		const { editor, close } = await openBrowser(n8n.url, { log });
		try {
			await editor.login();
			await editor.openWorkflow(workflow.id);
			assert.equal(await editor.subtitle('Hailuo'), 'Image to Video');
			await editor.openNode('Hailuo');
			const names = (await editor.parameters()).map(({ name }) => name);
			log(`fields: ${names.join(', ')}`);
			// n8n's editor hides a field when every one of its values stands in a `show` of a credential:
			// it takes it for the choice of the kind of login.
			assert.ok(names.includes('provider'), 'the panel shows the provider');
			assert.deepEqual(await editor.issues(), []);

			const output = await editor.executeStep();
			assert.match(output, /\.mp4/);
			assert.match(output, /video\/mp4/);
			assert.equal(sim.paidPosts(), 1, 'exactly one paid POST');

			await editor.closeNode();
			for (const words of ['hailuo', 'image to video']) {
				const found = await editor.searchNodes(words);
				const hit = found.find(({ name }) => name === 'Hailuo');
				assert.ok(hit, `"${words}" finds the node, not only ${found.map(({ name }) => name)}`);
				// n8n shows the node under the description of its trigger, n8n 2.8 without any.
				if (version !== '2.8.4')
					assert.match(hit?.description ?? '', /^Make videos .* or start a workflow/);
			}
		} finally {
			await close();
		}
	},
};
