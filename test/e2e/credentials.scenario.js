'use strict';

const { simulatorCredentials } = require('../n8n/credentials');

const PROVIDERS = [
	{ type: 'hailuoWaveSpeedApi', provider: 'waveSpeed', address: 'baseUrl' },
	{ type: 'hailuoVtrixApi', provider: 'vtrix', address: 'customBaseUrl' },
];

/** What the editor says after a credential is saved, and that asking costs nothing. */
module.exports = PROVIDERS.map(({ type, provider, address }) => ({
	name: `${provider}: credential test`,
	versions: ['2.41.1', '2.8.4'],

	async run({ client, sim, assert, log }) {
		const test = async (name, changes = {}) => {
			const data = { ...simulatorCredentials(sim)[type], ...changes };
			const { id } = await client.createCredential(name, type, data);
			const result = await client.testCredential(id);
			log(`${name}: ${JSON.stringify(result)}`);
			return result;
		};
		assert.equal((await test('good key')).status, 'OK');
		const wrong = await test('wrong key', { apiKey: 'wrong' });
		assert.equal(wrong.status, 'Error');
		const down = await test('provider down', { [address]: 'http://127.0.0.1:9' });
		assert.equal(down.status, 'Error');
		assert.notEqual(
			down.message,
			wrong.message,
			'a wrong key differs from a provider that is down',
		);
		assert.equal(sim.paidPosts(), 0);
	},
}));
