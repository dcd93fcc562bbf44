'use strict';

const { chaos } = require('../../tools/bench/chaos');
const engine = require('./harness');

/*
 * A small run of `npm run bench -- chaos`: 30 % of all answers fail, in a mix of all faults.
 */

beforeAll(async () => await engine.startEngine());
afterAll(() => engine.stopEngine());

test('30 % of all answers fail: no job is lost, paid twice or given to another item', async () => {
	const found = await chaos({ jobs: 80, batch: 8 });
	expect(found.failed).toBeGreaterThan(0.2);
	expect(found.jobs).toBeGreaterThan(50);
	expect(found.rows).toBe(found.items);
	expect(found).toMatchObject({
		lost: [],
		twice: 0,
		wrongPair: 0,
		wrongBytes: 0,
		silent: 0,
		leaks: [],
	});
	// Every video that was made is in an item as a file, except the few whose download always failed.
	// Without jobs in doubt: without a history, nobody knows which job belongs to which item.
	const unknown = Object.values(found.inDoubt).reduce((sum, { jobs }) => sum + jobs, 0);
	expect(found.videos + found.linksOnly).toBeGreaterThan((found.ready - unknown) * 0.8);
	// With a history, a submit without an answer does not lose its job.
	expect(found.inDoubt.WaveSpeed.jobs).toBe(0);
});
