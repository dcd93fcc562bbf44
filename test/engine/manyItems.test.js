'use strict';

const { withSimulator } = require('./withSimulator');

/* Several items in one run: order, pairing, and what a failed item means for the others. */

let sim;
const make = withSimulator({}, (given) => ({ sim } = given));

describe('many items', () => {
	const prompts = ['one', 'two #sim:fail=1200', 'three'];
	const items = prompts.map((text) => ({ json: { text } }));
	const parameters = { operation: 'textToVideo', prompt: '={{ $json.text }}' };

	test('keep their order and pairing, and run in parallel', async () => {
		const many = ['a', 'b', 'c'].map((text) => ({ json: { text } }));
		const { items: out } = await make(parameters, { items: many });
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		const asked = out.map(({ json }) => sim.jobs.get(json.jobId).input.prompt);
		expect(asked).toEqual(['a', 'b', 'c']);
		const posts = sim.requests.filter(({ kind }) => kind !== 'status').slice(0, 3);
		expect(posts.map(({ kind }) => kind)).toEqual(['submit', 'submit', 'submit']);
	});

	test('a download that hangs does not hold a slot: the next job is submitted meanwhile', async () => {
		sim.fail({ kind: 'download', times: 1, fault: { hang: true } });
		const { items: out } = await make(
			// The options of the first item count for all items.
			{ ...parameters, options: { maxConcurrent: '={{ $json.text === "a" ? 1 : 9 }}' } },
			{ items: ['a', 'b'].map((text) => ({ json: { text } })) },
		);
		expect(out.map(({ json }) => json.warnings)).toEqual([undefined, undefined]);
		const kinds = sim.requests.map(({ kind }) => kind);
		const again = kinds.indexOf('download', kinds.indexOf('download') + 1);
		expect(kinds.lastIndexOf('submit')).toBeLessThan(again);
		expect(kinds.slice(0, kinds.lastIndexOf('submit'))).toContain('status');
	});

	test('continue on fail: the others continue, and the row keeps the job', async () => {
		const { items: out, error } = await make(parameters, {
			items,
			node: { onError: 'continueRegularOutput' },
		});
		expect(error).toBeUndefined();
		expect(out.map(({ json }) => json.status)).toEqual(['completed', 'failed', 'completed']);
		expect(out[1].json.jobId).toMatch(/^[0-9a-f]{32}$/);
		expect(out[1].json.error).toMatchObject({ code: '1200', retryable: false });
		expect(out[1].pairedItem).toEqual({ item: 1 });
		// The same keys as every other item: a value that the provider does not report is null here too.
		const { error: _told, ...others } = out[1].json;
		expect(Object.keys(others)).toEqual(Object.keys(out[0].json));
		expect(others).toMatchObject({ videoUrl: null, cost: null });
	});

	test('an option without a value for one item does not affect the others', async () => {
		const timeLimit = '={{ $json.text === "one" ? $("Nowhere").item.json.x : 5 }}';
		const { items: out } = await make(
			{ ...parameters, options: { timeLimit } },
			{ items: [items[0], items[2]], node: { onError: 'continueRegularOutput' } },
		);
		expect(out.map(({ json }) => json.status)).toEqual([undefined, 'completed']);
		expect(sim.paidPosts()).toBe(1);
	});

	test('with an error output the row goes there, and keeps the job too', async () => {
		const { items: out, errorItems } = await make(parameters, {
			items,
			node: { onError: 'continueErrorOutput' },
		});
		expect(out).toHaveLength(2);
		expect(errorItems).toHaveLength(1);
		expect(errorItems[0].json.jobId).toMatch(/^[0-9a-f]{32}$/);
		expect(errorItems[0].json.error.message).toContain(errorItems[0].json.jobId);
	});

	test('without it the run ends, and the other paid jobs are named', async () => {
		const { error } = await make(parameters, { items });
		const ids = [...sim.jobs.keys()];
		expect(error?.message).toContain([...sim.jobs.values()][1].id);
		for (const id of ids) expect(`${error?.message} ${error?.description}`).toContain(id);
	});
});
