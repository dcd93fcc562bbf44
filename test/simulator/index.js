'use strict';

const { Simulator } = require('./simulator');
const { namedFaults } = require('./errorAnswers');

/**
 * Starts the providers on 127.0.0.1.
 * @param {Partial<import('./options').Options>} [options] durations in simulated ms
 * @returns {Promise<Simulator>}
 */
async function startSimulator(options = {}) {
	return await new Simulator(options).start();
}

module.exports = { startSimulator, namedFaults };
