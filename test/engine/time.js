'use strict';

const { load } = require('./load');
const { clock } = load('nodes/Hailuo/n8n/clock');

// n8n-core's own copy, through which its HTTP helper sends.
const axios = require(require.resolve('axios', { paths: [require.resolve('n8n-core')] }));

/**
 * Makes the node live in the simulator's time, so that a job of a minute takes a fraction of a second.
 *
 * @param {{ now(): number, options: { timeScale: number } }} sim
 * @param {{ timeouts?: boolean }} [options] `timeouts`: n8n's own limits for an answer (30 s, 60 s for a submit) are
 *   in simulated time too. Only where the machine is sure to answer in time: at 30 times the speed they are 1 and 2 s.
 * @returns {() => void} puts the real time back
 */
function followTime(sim, { timeouts = false } = {}) {
	const { now, sleep } = clock;
	clock.now = () => sim.now();
	clock.sleep = async (ms, signal) => await sleep.call(clock, ms / sim.options.timeScale, signal);
	const shorter = axios.interceptors.request.use((config) => {
		if (timeouts && config.timeout > 0) config.timeout /= sim.options.timeScale;
		return config;
	});
	return () => {
		axios.interceptors.request.eject(shorter);
		Object.assign(clock, { now, sleep });
	};
}

/** Sends requests for one host to another: for a node whose provider's address is fixed. @returns {() => void} */
function redirectHost(from, to) {
	const moved = axios.interceptors.request.use((config) => {
		if (config.url?.startsWith(from)) config.url = to + config.url.slice(from.length);
		return config;
	});
	return () => axios.interceptors.request.eject(moved);
}

module.exports = { clock, followTime, redirectHost };
