'use strict';

const { startSimulator } = require('../simulator');
const engine = require('./harness');

/**
 * For the tests of a file: n8n's engine, and one simulator in whose time the node lives. It is empty again after each
 * test, and no test may have leaked a key.
 *
 * @param {{ timeScale?: number, timeouts?: boolean, freshIds?: boolean }} options timeScale: how fast time passes;
 *   timeouts: see followTime; freshIds: other job ids in each test, because what this process once claimed stays claimed
 * @param {(given: { sim: import('../simulator/simulator').Simulator, credentials: object }) => void} use told before
 *   the first test
 */
function withSimulator({ timeScale = 300, timeouts = false, freshIds = false }, use) {
	let sim;
	let back;
	beforeAll(async () => {
		await engine.startEngine();
		sim = await startSimulator({ timeScale, stamps: 'simulated' });
		back = engine.followTime(sim, { timeouts });
		use({ sim, credentials: engine.credentialsFor(sim) });
	});
	afterEach(() => {
		expect(sim.leaks).toEqual([]);
		if (freshIds) sim.options.seed++;
		sim.reset();
		engine.logs.length = 0;
	});
	afterAll(async () => {
		back();
		await sim.stop();
		engine.stopEngine();
	});
}

module.exports = { withSimulator };
