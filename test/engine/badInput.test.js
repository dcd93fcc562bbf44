'use strict';

const { badInput } = require('../../tools/bench/badInput');
const engine = require('./harness');

/*
 * A small run of `npm run bench -- badInput`: values and answers of every shape, drawn by fast-check from the node's own
 * description. The rules are with the code that is called here; a case that breaks one is named in the message.
 */

beforeAll(async () => await engine.startEngine());
afterAll(() => engine.stopEngine());

test('whatever is put in or answered: nothing refused is submitted, every error names its place, no key gets out', async () => {
	const { cases, refused, sent } = await badInput({
		cases: 900,
		perRun: 100,
		singles: 100,
		answers: 100,
		seed: 42,
	});
	expect(cases).toBeGreaterThanOrEqual(1_100);
	expect(refused).toBeGreaterThan(150);
	expect(sent).toBeGreaterThan(150);
});
