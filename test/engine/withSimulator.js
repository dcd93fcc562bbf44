'use strict';

const { startSimulator } = require('../simulator');
const engine = require('./harness');

/**
 * For the tests of a file: n8n's engine, and one simulator with virtual time, which the node uses too. Each test begins
 * with an empty provider, the given options and the right keys. It fails if a key was sent to any other host.
 *
 * @param {Partial<import('../simulator/options').Options>} options
 * @param {(given: { sim: import('../simulator/simulator').Simulator,
 *   credentials: import('./credentialsHelper').CredentialsByType }) => void} use called before
 *   the first test
 * @returns {(parameters: Record<string, unknown>, more?: Partial<engine.Asked>) => Promise<engine.Result>} runs the node with the credentials of that provider;
 *   `more` as for `runNode`
 */
function withSimulator(options, use) {
	let sim;
	let credentials;
	let given;
	let back;
	beforeAll(async () => {
		await engine.startEngine();
		sim = await startSimulator({ time: 'virtual', ...options });
		given = { ...sim.options, account: { ...sim.options.account } };
		back = engine.followTime(sim);
		credentials = engine.credentialsFor(sim);
		use({ sim, credentials });
	});
	afterEach(() => {
		expect(sim.leaks).toEqual([]);
		// Other ids in each test, because a job that this process claimed stays claimed.
		const seed = sim.options.seed + 1;
		for (const name of Object.keys(sim.options)) if (!(name in given)) delete sim.options[name];
		Object.assign(sim.options, given, { seed, account: { ...given.account } });
		sim.reset();
		Object.assign(credentials, engine.credentialsFor(sim));
		engine.logs.length = 0;
	});
	afterAll(async () => {
		back();
		await sim.stop();
		engine.stopEngine();
	});
	return async (parameters, more = {}) =>
		await engine.runNode({ credentials, parameters, ...more });
}

module.exports = { withSimulator };
