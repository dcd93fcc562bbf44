'use strict';

const { json } = require('./answers');
const { matches } = require('./log');

/**
 * The simulator's own calls under /__sim/, for another process that drives it. They need no key and
 * stand in no log.
 *
 * GET  state · jobs · requests (?kind=&provider=&since=<n>) · deliveries · leaks
 * POST fail {rule} · options {…} · skip {ms} · reset
 */

/** @param {import('./simulator').Simulator} sim @returns {import('./server').Route} */
function controlRoute(sim, method, name) {
	return { kind: 'control', silent: true, handle: (req) => run(sim, `${method} ${name}`, req) };
}

function run(sim, call, req) {
	const body = req.json ?? {};
	switch (call) {
		case 'GET state':
			return json(state(sim));
		case 'GET jobs':
			return json([...sim.jobs.values()].map(plainJob));
		case 'GET requests':
			return json(requests(sim, req.query));
		case 'GET deliveries':
			return json(sim.deliveries);
		case 'GET leaks':
			return json(sim.leaks);
		case 'POST fail':
			try {
				sim.fail({ ...body, times: body.times ?? Infinity });
			} catch (error) {
				return json({ error: error.message }, 400);
			}
			return json({ rules: sim.faults.rules.length });
		case 'POST options': {
			const { account, ...rest } = body;
			Object.assign(sim.options, rest);
			Object.assign(sim.options.account, account);
			return json(state(sim));
		}
		case 'POST skip':
			sim.skip(Number(body.ms));
			return json(state(sim));
		case 'POST reset':
			sim.reset();
			return json(state(sim));
	}
	return json({ error: `No such call: ${call}` }, 404);
}

function state(sim) {
	const balances = Object.keys(sim.options.keys).map((p) => [p, sim.account(p).balance]);
	return {
		now: sim.now(),
		urls: sim.urls,
		keys: sim.options.keys,
		timeScale: sim.options.timeScale,
		account: sim.options.account,
		balances: Object.fromEntries(balances),
		jobs: sim.jobs.size,
		requests: sim.requests.length,
		paidPosts: sim.paidPosts(),
		acceptedJobs: sim.acceptedJobs(),
		leaks: sim.leaks.length,
		rules: sim.faults.rules.length,
		webhookSecret: sim.webhookSecret,
	};
}

/** Pictures are left out: they are megabytes. */
function plainJob({ images, checked, ...job }) {
	return { ...job, images: Object.keys(images) };
}

function requests(sim, { since = '0', ...wanted }) {
	return sim.requests.filter((entry) => entry.n > Number(since) && matches(entry, wanted));
}

module.exports = { controlRoute };
