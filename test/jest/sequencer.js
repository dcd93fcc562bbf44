'use strict';

const { default: TestSequencer } = require('@jest/test-sequencer');

/**
 * The files that take longest, the longest first. jest knows how long a file takes only after a first run; in a fresh
 * clone it would begin with the largest, and a long one could be left for the end, when the other core has nothing to do.
 */
const LONGEST = [
	'engine/badInput',
	'engine/join',
	'engine/chaos',
	'engine/models',
	'engine/retry',
	'engine/jobEnds',
	'engine/triggerFaults',
	'unit/jobs/schedule',
	'engine/inputs',
	'engine/upstream',
	'engine/mediaMemory',
	'unit/trigger/poll',
];

const rank = ({ path }) => {
	const place = LONGEST.findIndex((name) => path.includes(`/test/${name}.test.`));
	return place < 0 ? LONGEST.length : place;
};

module.exports = class extends TestSequencer {
	/** @param {import('@jest/test-result').Test[]} tests */
	sort(tests) {
		const sorted = /** @type {typeof tests} */ (super.sort(tests));
		return [...sorted].sort((a, b) => rank(a) - rank(b));
	}
};
