'use strict';

/*
 * What goes wrong in the chaos run: shares of all answers of a kind. Durations in simulated ms, so that
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

/** What a gateway answers in the API's place, after the API took the submit or before: it proves nothing. */
const PAGE = '<html><body>default backend</body></html>';
const moved = (redirectStatus, accept) => ({
	redirect: 'http://127.0.0.1:9/',
	redirectStatus,
	accept,
});
const GATEWAY = [
	[0.01, moved(301, true)],
	[0.01, moved(302, true)],
	[0.01, moved(307, true)],
	[0.01, moved(302, false)],
	[0.01, { afterAccept: { status: 409, body: { code: 409, message: 'conflict' } } }],
	[0.01, { afterAccept: { status: 404, body: PAGE } }],
	[0.01, { afterAccept: { status: 403, body: PAGE } }],
	[0.01, { afterAccept: { status: 400, body: PAGE } }],
	[0.01, { status: 404, body: PAGE }],
];

/** What a gateway answers to a status call while the job continues: no single one of them ends it. */
const REFUSED_POLL = [
	[0.015, { status: 404, body: 'default backend - 404' }],
	[0.01, { status: 400, body: PAGE }],
	[0.01, { status: 401, body: PAGE }],
	[0.01, { status: 405, body: PAGE }],
	[0.01, { status: 410, body: PAGE }],
	[0.01, moved(302, false)],
	[0.01, moved(307, false)],
	[0.005, { status: 500, body: '['.repeat(20_000) }],
];
/** In simulated ms: every so often, a gateway refuses every status call for this long. */
const OUTAGE_EVERY_MS = 20 * 60_000;
const OUTAGE_MS = 3 * 60_000;

/** In ms: how far the Date header of an answer may be from the time of the jobs. */
const SKEWS = [-600_000, -240_000, 240_000, 600_000];

/** Every tenth answer contains a wrong time, or none. @param {() => number} random */
const lyingDates = (random) => () => {
	const draw = random();
	if (draw < 0.03) return 'none';
	return draw < 0.1 ? SKEWS[Math.floor(random() * SKEWS.length)] : 0;
};

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
 * Sets up the rules. A rule is tried only if those before it did not apply, so its share is conditional.
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
	const polls = ['status', 'result', 'fileRetrieve'];
	const reads = [...polls, 'list'];
	const isOut = () => sim.now() % OUTAGE_EVERY_MS < OUTAGE_MS;
	sim.fail({ kind: polls, match: isOut, fault: { status: 404, body: 'default backend - 404' } });
	add({ kind: polls }, REFUSED_POLL);
	for (const provider of ['waveSpeed', 'vtrix']) {
		add({ provider, kind: 'submit' }, [...SUBMIT, ...GATEWAY]);
		add({ provider, kind: reads }, READ);
	}
	add({ provider: 'miniMax', kind: 'submit' }, miniMax([...SUBMIT, ...GATEWAY]));
	add({ provider: 'miniMax', kind: reads }, miniMax(READ));
	add({ kind: 'download' }, DOWNLOAD);
}

module.exports = { addFaults, lyingDates };
