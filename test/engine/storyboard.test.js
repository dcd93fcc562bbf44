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

test('every two neighbours become one video, and the last item none of its own', async () => {
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

test('a single item has no next one: it is told before anything is paid', async () => {
	const items = [{ json: { picture: address('a'), sentence: 'alone' } }];
	const { error } = await run(
		{ ...board, firstFrameSource: 'url', firstFrameUrl: '={{ $json.picture }}' },
		{ items },
	);
	expect(error.message).toMatch(
		/^'Last Frame' is to be the first frame of the next item, and there is only one/,
	);
	expect(error.description).toMatch(/at least two items/);
	expect(sim.requests).toEqual([]);
});

test('a picture that is missing at the next item is told, and nothing is paid', async () => {
	const items = [{ json: { picture: address('a'), sentence: 'x' } }, { json: { sentence: 'y' } }];
	const { error } = await run(
		{ ...board, firstFrameSource: 'url', firstFrameUrl: '={{ $json.picture }}' },
		{ items },
	);
	expect(error.message).toMatch(/(First|Last) Frame.*gave nothing/);
	expect(sim.paidPosts()).toBe(0);
});
