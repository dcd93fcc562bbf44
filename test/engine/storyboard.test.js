'use strict';

const engine = require('./harness');
const { withSimulator } = require('./withSimulator');
const { png } = require('../simulator/pictures');

/* A storyboard: N pictures become N - 1 videos, each from one picture to the next. */

let sim;
const run = withSimulator({}, (given) => ({ sim } = given));

const board = {
	...{ provider: 'waveSpeed', operation: 'firstLastFrameToVideo' },
	...{ model: 'minimax/hailuo-02/i2v-standard', lastFrameSource: 'nextItem' },
	...{ prompt: '={{ $json.sentence }}', continueWhen: 'submitted' },
};
const address = (name) => `https://pictures.example.com/${name}.jpg`;
const frames = () =>
	sim.requests
		.filter(({ kind }) => kind === 'submit')
		.map(({ body }) => [body.prompt, body.image, body.end_image])
		.sort();

test('every two neighbours become one video, and the last item has no video of its own', async () => {
	const names = ['a', 'b', 'c', 'd'];
	const items = names.map((name) => ({
		json: { picture: address(name), sentence: `from ${name}` },
	}));
	const { items: rows, error } = await run(
		{ ...board, firstFrameSource: 'url', firstFrameUrl: '={{ $json.picture }}' },
		{ items },
	);
	expect(error).toBeUndefined();
	expect(rows.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	expect(frames()).toEqual([
		['from a', address('a'), address('b')],
		['from b', address('b'), address('c')],
		['from c', address('c'), address('d')],
	]);
	expect(sim.paidPosts()).toBe(3);
});

test('with files of the items', async () => {
	const sizes = [500, 510, 520];
	const items = await Promise.all(
		sizes.map(async (side) => ({
			json: { sentence: `of ${side}` },
			binary: { data: await engine.binaryFrom(png(side, side), { mimeType: 'image/png' }) },
		})),
	);
	const { error, items: rows } = await run(board, { items });
	expect(error).toBeUndefined();
	expect(rows).toHaveLength(2);
	const [one, two] = frames();
	expect(one[2]).toEqual(two[1]);
	expect(one[1]).not.toEqual(one[2]);
});

test('a single item has no next one: it is refused before anything is paid', async () => {
	const items = [{ json: { picture: address('a'), sentence: 'alone' } }];
	const { error } = await run(
		{ ...board, firstFrameSource: 'url', firstFrameUrl: '={{ $json.picture }}' },
		{ items },
	);
	expect(error?.message).toMatch(
		/^'Last Frame' is set to the first frame of the next item, but there is only one/,
	);
	expect(error?.description).toMatch(/at least two items/);
	expect(sim.requests).toEqual([]);
});

describe('an error in the picture of the next item names that item', () => {
	const linked = { ...board, firstFrameSource: 'url', firstFrameUrl: '={{ $json.picture }}' };
	const first = { json: { picture: address('a'), sentence: 'x' } };
	const second = (json) => ({ json: { sentence: 'y', ...json } });
	const withFile = async (data) => ({
		json: { sentence: 'y' },
		binary: { data: await engine.binaryFrom(data, { mimeType: 'image/png' }) },
	});

	test.each([
		['no value', {}, /^'First Frame' of the next item \(item 1\) has no value: .* gave nothing/],
		['an empty text', { picture: '' }, /^'First Frame' of the next item \(item 1\) is empty/],
		[
			'a page',
			{ picture: 'https://drive.google.com/file/d/1/view' },
			/\(item 1\) is a Google Drive page/,
		],
		['an object', { picture: { a: 1 } }, /^'First Frame' of the next item \(item 1\) must be text/],
	])('%s', async (_name, json, message) => {
		const { error } = await run(linked, { items: [first, second(json)] });
		expect(error?.message).toMatch(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(sim.requests).toEqual([]);
	});

	test('an expression that n8n cannot evaluate', async () => {
		const firstFrameUrl = "={{ $json.picture ?? $('Nowhere').item.json.p }}";
		const { error } = await run({ ...linked, firstFrameUrl }, { items: [first, second({})] });
		expect(error?.message).toMatch(/^'First Frame of the next item \(item 1\)' has an expression/);
	});

	test('a file that is cut off, and a missing one', async () => {
		const good = await withFile(png(500, 500));
		const cut = await withFile(png(500, 500).subarray(0, 200));
		const { error } = await run(board, { items: [good, cut] });
		expect(error?.message).toMatch(/^'First Frame' of the next item \(item 1\) is cut off/);
		const none = await run(board, { items: [good, second({})] });
		expect(none.error?.message).toMatch(
			/^'First Frame' of the next item \(item 1\) needs a picture/,
		);
		expect(sim.requests).toEqual([]);
	});

	test('with Continue, the row names the field, and the other pairs succeed', async () => {
		const items = [first, second({ picture: address('b') }), second({})];
		const { items: rows } = await run(linked, {
			items,
			node: { onError: 'continueRegularOutput' },
		});
		expect(rows.map(({ json }) => json.error?.field)).toEqual([undefined, 'First Frame']);
		expect(sim.paidPosts()).toBe(1);
	});
});
