'use strict';

/*
 * What goes wrong in the chaos run: shares of all answers of a kind, together 30 %. Durations in simulated ms, so that
 * they meet n8n's own limits (30 s for an answer, 60 s for that of a submit) where those follow the simulator's time.
 */

const LIMITED = { status: 429 };
const LIMITED_FOR = (seconds) => ({ status: 429, headers: { 'retry-after': String(seconds) } });
/** MiniMax refuses with HTTP 200 (docs/providers.md C.3). */
const MINIMAX_LIMITED = 'miniMax1002';

/** Calls that cost nothing: status, history, links to files. */
const READ = [
	[0.05, LIMITED],
	[0.03, LIMITED_FOR(3)],
	[0.03, { status: 500 }],
	[0.03, { status: 502 }],
	[0.02, { status: 503 }],
	[0.01, { status: 504 }],
	[0.04, { drop: 'before' }],
	[0.04, { drop: 'after' }],
	[0.03, { badJson: true }],
	[0.01, { delay: 40_000 }],
	[0.01, { hang: true }],
];

/** The paid POST: some fail before the job is made, some after. */
const SUBMIT = [
	[0.05, LIMITED],
	[0.03, LIMITED_FOR(4)],
	[0.02, { status: 500 }],
	[0.01, { status: 503 }],
	[0.03, { drop: 'before' }],
	[0.01, { hang: 'before' }],
	[0.03, { afterAccept: { status: 502 } }],
	[0.02, { status: 504, accept: true }],
	[0.04, { drop: 'after' }],
	[0.03, { badJson: true }],
	[0.02, { delay: 70_000 }],
	[0.01, { hang: true }],
];

const DOWNLOAD = [
	[0.06, { cutAfterBytes: 10 }],
	[0.06, { cutAfterBytes: 1_500 }],
	[0.03, { hangAfterBytes: 700 }],
	[0.04, { drop: 'before' }],
	[0.04, { status: 503 }],
	[0.02, { status: 500 }],
	[0.03, LIMITED_FOR(3)],
	[0.02, { emptyBody: true }],
];

/**
 * Sets the rules up. Each is asked only when those before it did not strike, hence the conditional shares.
 *
 * @param {import('../../test/simulator/simulator').Simulator} sim
 */
function addFaults(sim) {
	const add = (wanted, mix) => {
		let left = 1;
		for (const [share, fault] of mix) {
			sim.fail({ ...wanted, probability: share / left, fault });
			left -= share;
		}
	};
	const miniMax = (mix) =>
		mix.map(([share, fault]) => [share, fault === LIMITED ? MINIMAX_LIMITED : fault]);
	const reads = ['status', 'result', 'list', 'fileRetrieve'];
	for (const provider of ['waveSpeed', 'vtrix']) {
		add({ provider, kind: 'submit' }, SUBMIT);
		add({ provider, kind: reads }, READ);
	}
	add({ provider: 'miniMax', kind: 'submit' }, miniMax(SUBMIT));
	add({ provider: 'miniMax', kind: reads }, miniMax(READ));
	add({ kind: 'download' }, DOWNLOAD);
}

module.exports = { addFaults };
