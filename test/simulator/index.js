'use strict';

const { Simulator } = require('./simulator');
const { namedFaults } = require('./errorAnswers');

/**
 * Starts the providers on 127.0.0.1: WaveSpeed, Vtrix / SeaArt Cloud and MiniMax, played by one HTTP
 * server, and the CDN by a second one (another origin, as in life). It never asks another machine
 * for anything.
 *
 * Where to look: options.js (what can be set), outcome.js (markers in a prompt), faults.js and
 * errorAnswers.js (what can go wrong), simulator.js (what a test can ask), control.js (the same
 * over HTTP), cli.js (by hand). Provider facts come from docs/providers.md; what is not known there is
 * marked "invented" where it stands.
 *
 * @param {Partial<import('./options').Options>} [options] durations in simulated ms
 * @returns {Promise<Simulator>}
 */
async function startSimulator(options = {}) {
	return await new Simulator(options).start();
}

module.exports = { startSimulator, namedFaults };
