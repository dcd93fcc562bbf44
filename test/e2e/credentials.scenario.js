'use strict';

const { arrange, credentialCases, startAnswers } = require('../engine/credentialCases');

const PROVIDERS = {
	waveSpeed: 'hailuoWaveSpeedApi',
	vtrix: 'hailuoVtrixApi',
	miniMax: 'hailuoMiniMaxApi',
};

/** @returns {Promise<string | undefined>} nothing where n8n itself refuses an incomplete credential */
async function save(client, { name, type, data, incomplete }) {
	try {
		return (await client.createCredential(name, type, data)).id;
	} catch (error) {
		if (incomplete && error.status === 400 && /is mandatory/.test(error.message)) return undefined;
		throw error;
	}
}

async function check(one, { client, sim, log, assert }) {
	const id = await save(client, one);
	if (!id) return;
	const restore = arrange(sim, one);
	const result = await client.testCredential(id).finally(restore);
	log(`${one.name}: ${result.status}: ${result.message}`);
	assert.equal(result.status, one.ok ? 'OK' : 'Error', `${one.name}: ${result.message}`);
	assert.match(result.message, one.says, one.name);
	const key = one.data.apiKey.trim();
	assert.ok(!key || !result.message.includes(key), `${one.name}: the key is shown`);
}

/** What the editor says after a credential is saved, for each way it can go, and that asking costs nothing. */
module.exports = Object.entries(PROVIDERS).map(([provider, type]) => ({
	name: `${provider}: credential test`,
	versions: ['2.41.1', '2.8.4'],

	async run({ client, sim, log, assert }) {
		const answers = await startAnswers();
		try {
			const cases = await credentialCases({ sim, answers });
			for (const one of cases.filter((c) => c.type === type)) {
				await check(one, { client, sim, log, assert });
			}
			assert.equal(sim.paidPosts(), 0, 'a credential test paid for a job');
			const followed = answers.requests.filter(({ path }) => path === '/followed');
			assert.deepEqual(followed, [], 'the key followed a redirect');
		} finally {
			await answers.close();
		}
	},
}));
