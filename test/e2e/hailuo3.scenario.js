'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { errorOf, itemsOf } = require('../../tools/n8n/client');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { chain, hailuo, manualTrigger } = require('../../tools/n8n/workflows');
const { mp4Head, wav } = require('../simulator/clips');

const PHOTO = path.join(__dirname, '..', '..', 'tools', 'demo', 'lake.jpg');

/** One item with several files, which no node of n8n makes from nothing. */
const files = (binary) => ({
	name: 'Files',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode: `return [{ json: {}, binary: ${JSON.stringify(binary)} }];` },
});

const file = (bytes, fileName, mimeType) => ({
	...{ data: bytes.toString('base64'), fileName, mimeType },
	fileExtension: fileName.split('.').pop(),
});

/** Hailuo 3: a picture, a clip and a voice become one video. */
module.exports = {
	name: 'miniMax: Hailuo 3 from a picture, a clip and a voice',
	versions: ['2.41.1', '2.8.4'],

	async run({ client, sim, assert, log }) {
		const type = 'hailuoMiniMaxApi';
		const credential = await client.createCredential(
			'MiniMax',
			type,
			simulatorCredentials(sim)[type],
		);
		const parameters = {
			...{ provider: 'miniMax', resource: 'video', operation: 'referenceToVideo' },
			model: 'MiniMax-H3',
			prompt: 'The lake of picture 1, moved as in the clip, told of by the voice',
			referencePictures: 'photo_*',
			referenceVideos: 'clip',
			referenceAudios: 'voice',
			aspectRatio: '9:16',
		};
		const workflow = await client.createWorkflow(
			chain('References to video', [
				manualTrigger(),
				files({
					photo_1: file(fs.readFileSync(PHOTO), 'lake.jpg', 'image/jpeg'),
					clip: file(mp4Head({ seconds: 4 }), 'clip.mp4', 'video/mp4'),
					voice: file(wav(3), 'voice.wav', 'audio/wav'),
				}),
				hailuo(parameters, { [type]: credential }),
			]),
		);
		const execution = await client.run(workflow);
		log(`requests: ${sim.requests.map((r) => `${r.method} ${r.path} ${r.status}`).join(', ')}`);
		assert.equal(execution.status, 'success', errorOf(execution)?.message);
		const [item] = itemsOf(execution, 'Hailuo');
		assert.equal(item.json.status, 'completed');
		// 5 s and 4 s of the clip at $0.08.
		assert.equal(item.json.cost, 0.72);
		assert.equal(sim.paidPosts(), 1, 'exactly one paid POST');
		const [{ body }] = sim.requests.filter(({ kind }) => kind === 'submit');
		assert.deepEqual(
			body.content.map(({ role = 'text' }) => role),
			['text', 'reference_image', 'reference_video', 'reference_audio'],
		);
		const video = await client.readBinary(item.binary.data);
		assert.equal(item.binary.data.mimeType, 'video/mp4');
		assert.ok(video.equals(await sim.videoFor(item.json.jobId)), 'the video of the provider');
		assert.deepEqual(sim.leaks, [], 'the key went to the provider alone');
	},
};
