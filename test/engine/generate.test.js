'use strict';

const { jpeg, png } = require('./pictures');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/*
 * The main task, in n8n's own engine against the simulator: the fields become the right request, the request is paid
 * once, and the video arrives byte for byte.
 */

let sim;

const make = withSimulator({}, (given) => ({ sim } = given));

const submitted = () =>
	sim.requests.filter(({ kind }) => kind === 'submit').map(({ body }) => body);

const picture = 'https://example.com/picture.jpg';
const first = { firstFrameSource: 'url', firstFrameUrl: picture };
const last = { lastFrameSource: 'url', lastFrameUrl: 'https://example.com/last.jpg' };

/**
 * What each model is sent is in modelCases.js. Here: the default model, and camera movements, both chosen step by step
 * and typed in.
 *
 * @type {[name: string, parameters: Record<string, unknown>, path: string, body: object][]}
 */
const ROWS = [
	[
		'Text to Video, all defaults',
		{ operation: 'textToVideo', prompt: 'a boat' },
		'/api/v3/minimax/hailuo-02/standard',
		{ prompt: 'a boat', duration: 6, enable_prompt_expansion: false },
	],
	[
		'Image to Video, all defaults',
		{ operation: 'imageToVideo', ...first },
		'/api/v3/minimax/hailuo-02/fast',
		{ image: picture, duration: 6, enable_prompt_expansion: true, go_fast: true },
	],
	[
		'First and Last Frame to Video, all defaults',
		{ operation: 'firstLastFrameToVideo', ...first, ...last },
		'/api/v3/minimax/hailuo-02/i2v-standard',
		{
			image: picture,
			end_image: 'https://example.com/last.jpg',
			duration: 6,
			enable_prompt_expansion: false,
		},
	],
	[
		'Vtrix, all defaults',
		{ provider: 'vtrix', operation: 'imageToVideo', ...first },
		'/model/v1/generation',
		{
			model: 'minimax_hailuo_02_i2v',
			input: [
				{
					params: {
						first_frame_image: picture,
						resolution: '768P',
						duration: 6,
						prompt_optimizer: true,
						aigc_watermark: false,
					},
				},
			],
		},
	],
	[
		'Vtrix, all set, the camera in two steps',
		{
			provider: 'vtrix',
			operation: 'imageToVideo',
			...first,
			prompt: 'a cat',
			cameraMovements: {
				steps: [{ movements: ['pushIn', 'truckLeft', 'rise'] }, { movements: ['pullBack'] }],
			},
			resolution: '512P',
			duration: 10,
			promptExpansion: false,
			options: { callbackUrl: 'https://example.com/hook', watermark: true },
		},
		'/model/v1/generation',
		{
			model: 'minimax_hailuo_02_i2v',
			input: [
				{
					params: {
						first_frame_image: picture,
						prompt: 'a cat [push in, pan left, rise], then [pull back]',
						resolution: '512P',
						duration: 10,
						prompt_optimizer: false,
						callback_url: 'https://example.com/hook',
						aigc_watermark: true,
					},
				},
			],
		},
	],
	[
		'Vtrix between two pictures, movements typed by hand',
		{
			provider: 'vtrix',
			operation: 'firstLastFrameToVideo',
			...first,
			...last,
			prompt: 'a cat [tilt left, rise] and [zoom in]',
			resolution: '1080P',
		},
		'/model/v1/generation',
		{
			model: 'minimax_hailuo_02_i2v',
			input: [
				{
					params: {
						first_frame_image: picture,
						last_frame_image: 'https://example.com/last.jpg',
						prompt: 'a cat [tilt left, rise] and [zoom in]',
						resolution: '1080P',
						duration: 6,
						prompt_optimizer: true,
						aigc_watermark: false,
					},
				},
			],
		},
	],
];

test.each(ROWS)('%s', async (_name, parameters, path, body) => {
	const { items, error } = await make(parameters);
	expect(error).toBeUndefined();
	const [post] = sim.requests.filter(({ kind }) => kind === 'submit');
	expect(post.path).toBe(path);
	expect(post.body).toEqual(body);
	expect(sim.paidPosts()).toBe(1);

	const [{ json, binary, pairedItem }] = items;
	expect(json).toMatchObject({ status: 'completed', provider: parameters.provider ?? 'waveSpeed' });
	expect(pairedItem).toEqual({ item: 0 });
	expect(binary.data).toMatchObject({ mimeType: 'video/mp4', fileExtension: 'mp4' });
	expect(binary.data.fileName).toContain(json.jobId);
	expect((await engine.readBinary(binary.data)).equals(await sim.videoFor(json.jobId))).toBe(true);
});

test('continues as soon as the job is submitted, if that is chosen', async () => {
	const { items } = await make({
		operation: 'textToVideo',
		prompt: 'a boat',
		continueWhen: 'submitted',
	});
	expect(items[0].json.status).toBe('queued');
	const { jobId } = items[0].json;
	expect(sim.requests.filter(({ path }) => path.includes(jobId))).toEqual([]);
});

test('a prompt may be as long as the model allows', async () => {
	const prompt = 'a'.repeat(2000);
	const { items } = await make({ operation: 'textToVideo', prompt });
	expect(sim.jobs.get(items[0].json.jobId).input.prompt).toBe(prompt);
});

/**
 * What the matrix or the model forbids. Expressions bypass the lists of the editor.
 * @type {[what: string, parameters: Record<string, unknown>, message: RegExp][]}
 */
const REFUSED = [
	['no prompt', { operation: 'textToVideo', prompt: '={{ "" }}' }, /'Prompt' is empty/],
	['a prompt too long', { operation: 'textToVideo', prompt: 'a'.repeat(2001) }, /2001 characters/],
	[
		'no picture',
		{ operation: 'imageToVideo', firstFrameSource: 'url', firstFrameUrl: '={{ "" }}' },
		/First Frame/,
	],
	[
		'a length that no model has',
		{ operation: 'imageToVideo', ...first, duration: '={{ 8 }}' },
		/'Duration' of 8 s/,
	],
	[
		'Vtrix: 10 s at 1080P',
		{
			provider: 'vtrix',
			operation: 'imageToVideo',
			...first,
			resolution: '={{ "1080P" }}',
			duration: 10,
		},
		/'Duration' of 10 s/,
	],
	[
		'Vtrix: 512P with a last frame',
		{
			provider: 'vtrix',
			operation: 'firstLastFrameToVideo',
			...first,
			...last,
			resolution: '={{ "512P" }}',
		},
		/'Resolution' 512P/,
	],
	[
		'an unknown model',
		{ operation: 'textToVideo', model: '={{ "minimax/hailuo-99" }}', prompt: 'a' },
		/no entry 'minimax\/hailuo-99'/,
	],
	[
		'a model that cannot do it',
		{ operation: 'textToVideo', model: '={{ "minimax/hailuo-02/fast" }}', prompt: 'a' },
		/Hailuo 02 Fast cannot do Text to Video/,
	],
	[
		'four movements at once',
		{
			provider: 'vtrix',
			operation: 'imageToVideo',
			...first,
			cameraMovements: { steps: [{ movements: ['rise', 'shake', 'pushIn', 'zoomIn'] }] },
		},
		/combines 4 movements/,
	],
	[
		'a callback that is no address',
		{ provider: 'vtrix', operation: 'imageToVideo', ...first, options: { callbackUrl: 'here' } },
		/'Callback URL'/,
	],
	[
		'a picture that no provider can reach',
		{
			operation: 'imageToVideo',
			firstFrameSource: 'url',
			firstFrameUrl: 'ftp://example.com/a.jpg',
		},
		/ftp/,
	],
];

test.each(REFUSED)('refuses %s before any request', async (_name, parameters, message) => {
	const { items, error } = await make(parameters);
	expect(items).toEqual([]);
	expect(error?.message).toMatch(message);
	expect(error?.description).not.toMatch(/This item ended/);
	expect(error?.description).toMatch(/\w/);
	expect(error?.name).toMatch(/^Node(Operation|Api)Error$/);
	expect(sim.requests).toEqual([]);
});

test('one refused item stops the run before anything is paid', async () => {
	const items = [{ json: { text: 'a boat' } }, { json: { text: '' } }];
	const { error } = await make(
		{ operation: 'textToVideo', prompt: '={{ $json.text }}' },
		{ items },
	);
	expect(error?.message).toMatch(/'Prompt' is empty/);
	expect(error?.context.itemIndex).toBe(1);
	expect(error?.description).toMatch(
		/\. This item ended the run of 2 items. To let the others continue, set 'On Error'/,
	);
	expect(sim.requests).toEqual([]);
});

describe('pictures as files of the item', () => {
	const withFile = async (buffer, meta) => [
		{ json: {}, binary: { data: await engine.binaryFrom(buffer, meta) } },
	];
	const parameters = { operation: 'imageToVideo', prompt: 'go' };

	test('the first frame is not used as the last', async () => {
		const file = await engine.binaryFrom(jpeg(640, 480));
		const two = { ...parameters, operation: 'firstLastFrameToVideo' };
		const lacking = await make(two, { items: [{ json: {}, binary: { data: file } }] });
		expect(lacking.error?.message).toMatch(/"lastFrame", but the item has only "data"$/);
		expect(lacking.error?.description).toMatch(/a second picture/);
		const named = await make(two, { items: [{ json: {}, binary: { data: file, end: file } }] });
		expect(named.error?.description).toBe('Enter "end" in \'Last Frame Input Field\'');
		expect(sim.requests).toEqual([]);
	});

	test('a small one is sent inside the request', async () => {
		const { error } = await make(parameters, { items: await withFile(jpeg(640, 480)) });
		expect(error).toBeUndefined();
		const [{ input }] = [...sim.jobs.values()];
		expect(JSON.stringify(input)).toMatch(/data:image\/jpeg;base64/);
		expect(sim.count({ kind: 'upload' })).toBe(0);
	});

	test('a large one is uploaded first, once for all items that use it, and the submit stays small', async () => {
		const [item] = await withFile(jpeg(640, 480, { padding: 1_000_000 }));
		const { items, error } = await make(parameters, { items: [item, item, item] });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
		expect(sim.count({ kind: 'upload' })).toBe(1);
		expect(sim.paidPosts()).toBe(3);
		for (const { image } of submitted()) expect(image).toMatch(/^http/);
	});

	test('one whose upload failed for an item is uploaded for the next item', async () => {
		const [item] = await withFile(jpeg(640, 480, { padding: 1_000_000 }));
		sim.fail({ kind: 'upload', times: 1, fault: { status: 400 } });
		const { items } = await make(
			{ ...parameters, options: { maxConcurrent: 1 } },
			{ items: [item, item], node: { onError: 'continueRegularOutput' } },
		);
		expect(items.map(({ json }) => Boolean(json.error))).toEqual([true, false]);
		expect(sim.count({ kind: 'upload' })).toBe(2);
		expect(sim.paidPosts()).toBe(1);
	});

	test.each(['vtrix', 'miniMax'])('%s has no upload, so it gets a data URI', async (provider) => {
		const { error } = await make(
			{ provider, ...parameters },
			{ items: await withFile(png(640, 480), { fileName: 'a.png', mimeType: 'image/png' }) },
		);
		expect(error).toBeUndefined();
		expect(JSON.stringify([...sim.jobs.values()][0].input)).toMatch(/data:image\/png;base64/);
	});

	test('base64 text is accepted as a picture', async () => {
		const { error } = await make({
			...parameters,
			firstFrameSource: 'url',
			firstFrameUrl: jpeg(640, 480).toString('base64'),
		});
		expect(error).toBeUndefined();
		expect(sim.paidPosts()).toBe(1);
	});

	test.each([
		['too small', () => jpeg(400, 300), /300 px/],
		['too wide', () => jpeg(1300, 500), /2\.6/],
		['no picture at all', () => Buffer.from('<html>not found</html>'), /HTML/i],
		[
			'an EXIF rotation that makes it too tall',
			() => jpeg(1300, 500, { orientation: 6 }),
			/500 × 1300.*too tall/,
		],
	])('%s: refused before any request', async (_name, file, message) => {
		const { error } = await make(parameters, { items: await withFile(file()) });
		expect(`${error?.message} ${error?.description}`).toMatch(message);
		expect(error?.message).toContain('First Frame');
		expect(sim.requests).toEqual([]);
	});

	test('a field name that the item does not have: the error names those that it has', async () => {
		const [item] = await withFile(jpeg(640, 480));
		const { error } = await make(
			{ ...parameters, firstFrameBinaryField: 'photo' },
			{ items: [item] },
		);
		expect(`${error?.message} ${error?.description}`).toMatch(/photo.*data/s);
		expect(sim.requests).toEqual([]);
	});
});
