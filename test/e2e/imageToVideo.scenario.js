'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { errorOf, itemsOf } = require('../../tools/n8n/client');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { chain, hailuo, manualTrigger, picture } = require('../../tools/n8n/workflows');

const PHOTO = path.join(__dirname, '..', '..', 'tools', 'demo', 'lake.jpg');

/** The main job: a picture from the node before and a prompt go in, an MP4 comes out. */
module.exports = {
	name: 'waveSpeed: image to video, from binary data to binary data',
	versions: ['2.41.1', '2.8.4'],

	async run({ client, sim, assert, log }) {
		const type = 'hailuoWaveSpeedApi';
		const data = simulatorCredentials(sim)[type];
		const credential = await client.createCredential('WaveSpeed', type, data);
		const parameters = {
			provider: 'waveSpeed',
			resource: 'video',
			operation: 'imageToVideo',
			model: 'minimax/hailuo-02/fast',
			prompt: 'The sun sets behind the mountains',
			firstFrameSource: 'binary',
			firstFrameBinaryField: 'data',
			duration: 6,
		};
		const photo = fs.readFileSync(PHOTO);
		const workflow = await client.createWorkflow(
			chain('Image to video', [
				manualTrigger(),
				...picture(photo),
				hailuo(parameters, { [type]: credential }),
			]),
		);

		const execution = await client.run(workflow);
		log(`requests: ${sim.requests.map((r) => `${r.method} ${r.path} ${r.status}`).join(', ')}`);
		assert.equal(execution.status, 'success', errorOf(execution)?.message);

		const [item, ...others] = itemsOf(execution, 'Hailuo');
		assert.equal(others.length, 0);
		assert.equal(item.json.status, 'completed');
		assert.equal(item.json.provider, 'waveSpeed');
		assert.deepEqual(item.pairedItem, { item: 0 });

		assert.equal(sim.paidPosts(), 1, 'exactly one paid POST');
		const [submit] = sim.requests.filter(({ kind }) => kind === 'submit');
		assert.equal(submit.body.prompt, parameters.prompt);
		const job = sim.jobs.get(item.json.jobId);
		assert.ok(job, 'the job of the item is one that the provider made');

		const video = await client.readBinary(item.binary.data);
		const served = await sim.videoFor(job.id);
		assert.equal(item.binary.data.mimeType, 'video/mp4');
		assert.ok(video.equals(served), `${video.length} bytes read, ${served.length} served`);
		assert.deepEqual(sim.leaks, [], 'the key went to the provider alone');
	},
};
