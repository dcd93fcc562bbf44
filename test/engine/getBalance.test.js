'use strict';

const { withSimulator } = require('./withSimulator');

/* The credit of the account. */

let sim;
let credentials;
const run = withSimulator({}, (given) => ({ sim, credentials } = given));

describe('Get Balance', () => {
	test('sends one request, and gives each item the answer', async () => {
		sim.options.account.balance = 12.5;
		sim.reset();
		const { items } = await run(
			{ resource: 'account', operation: 'getBalance' },
			{ items: [{ json: {} }, { json: {} }] },
		);
		const json = { provider: 'waveSpeed', balance: 12.5, currency: 'USD' };
		expect(items).toEqual([
			{ json, pairedItem: { item: 0 } },
			{ json, pairedItem: { item: 1 } },
		]);
		expect(sim.count({ kind: 'balance' })).toBe(1);
	});

	test('a wrong key is reported at once', async () => {
		const wrong = { ...credentials.hailuoWaveSpeedApi, apiKey: 'test-wrong' };
		const { error } = await run(
			{ resource: 'account', operation: 'getBalance' },
			{ credentials: { hailuoWaveSpeedApi: wrong } },
		);
		expect(error?.message).toMatch(/401/);
		expect(error?.description).toMatch(/API key/);
		expect(`${error?.message}${error?.description}`).not.toMatch('test-wrong');
	});
});
