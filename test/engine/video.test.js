'use strict';

const { jpeg, png } = require('./pictures');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/*
 * The main job, in n8n's own engine against the simulator: what is typed in becomes the right request, the request is
 * paid once, and the video arrives byte for byte.
 */

let sim;
let credentials;

withSimulator({}, (given) => ({ sim, credentials } = given));

const submitted = () =>
	sim.requests.filter(({ kind }) => kind === 'submit').map(({ body }) => body);

async function make(parameters, more = {}) {
	return await engine.runNode({ credentials, parameters, ...more });
}

const picture = 'https://example.com/picture.jpg';
const first = { firstFrameSource: 'url', firstFrameUrl: picture };
const last = { lastFrameSource: 'url', lastFrameUrl: 'https://example.com/last.jpg' };

/** The five models of the seeds, under each operation they can do: what is chosen, and what must be sent. */
const ROWS = [
	[
		'fast, all defaults',
		{ operation: 'imageToVideo', ...first },
		'/api/v3/minimax/hailuo-02/fast',
		{ image: picture, duration: 6, enable_prompt_expansion: true, go_fast: true },
	],
	[
		'fast, all set',
		{
			operation: 'imageToVideo',
			model: 'minimax/hailuo-02/fast',
			...first,
			prompt: 'waves',
			duration: 10,
			promptExpansion: false,
			goFast: false,
		},
		'/api/v3/minimax/hailuo-02/fast',
		{
			image: picture,
			prompt: 'waves',
			duration: 10,
			enable_prompt_expansion: false,
			go_fast: false,
		},
	],
	[
		'standard from text',
		{
			operation: 'textToVideo',
			model: 'minimax/hailuo-02/standard',
			prompt: 'a boat',
			duration: 10,
		},
		'/api/v3/minimax/hailuo-02/standard',
		{ prompt: 'a boat', duration: 10, enable_prompt_expansion: false },
	],
	[
		'standard from a picture',
		{
			operation: 'imageToVideo',
			model: 'minimax/hailuo-02/standard',
			...first,
			prompt: 'a boat',
			promptExpansion: true,
		},
		'/api/v3/minimax/hailuo-02/standard',
		{ prompt: 'a boat', image: picture, duration: 6, enable_prompt_expansion: true },
	],
	[
		'standard between two pictures',
		{
			operation: 'firstLastFrameToVideo',
			model: 'minimax/hailuo-02/standard',
			...first,
			...last,
			prompt: 'a boat',
		},
		'/api/v3/minimax/hailuo-02/standard',
		{
			prompt: 'a boat',
			image: picture,
			end_image: 'https://example.com/last.jpg',
			duration: 6,
			enable_prompt_expansion: false,
		},
	],
	[
		'i2v-standard from a picture',
		{ operation: 'imageToVideo', model: 'minimax/hailuo-02/i2v-standard', ...first, duration: 10 },
		'/api/v3/minimax/hailuo-02/i2v-standard',
		{ image: picture, duration: 10, enable_prompt_expansion: false },
	],
	[
		'i2v-standard between two pictures',
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
		'i2v-pro from a picture: no duration',
		{ operation: 'imageToVideo', model: 'minimax/hailuo-02/i2v-pro', ...first, prompt: 'hi' },
		'/api/v3/minimax/hailuo-02/i2v-pro',
		{ image: picture, prompt: 'hi', enable_prompt_expansion: true },
	],
	[
		'i2v-pro between two pictures',
		{
			operation: 'firstLastFrameToVideo',
			model: 'minimax/hailuo-02/i2v-pro',
			...first,
			...last,
			promptExpansion: false,
		},
		'/api/v3/minimax/hailuo-02/i2v-pro',
		{
			image: picture,
			end_image: 'https://example.com/last.jpg',
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
		'Vtrix, all set',
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

test('goes on as soon as the job is submitted, when told so', async () => {
	const { items } = await make({
		operation: 'textToVideo',
		prompt: 'a boat',
		continueWhen: 'submitted',
	});
	expect(items[0].json.status).toBe('queued');
	const { jobId } = items[0].json;
	expect(sim.requests.filter(({ path }) => path.includes(jobId))).toEqual([]);
});

/** What the matrix or the model forbids; the expression got round the lists of the editor. */
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
	expect(error.message).toMatch(message);
	expect(error.description).toMatch(/\w/);
	expect(error.name).toMatch(/^Node(Operation|Api)Error$/);
	expect(sim.requests).toEqual([]);
});

test('one refused item stops the run before anything is paid', async () => {
	const items = [{ json: { text: 'a boat' } }, { json: { text: '' } }];
	const { error } = await make(
		{ operation: 'textToVideo', prompt: '={{ $json.text }}' },
		{ items },
	);
	expect(error.message).toMatch(/'Prompt' is empty/);
	expect(error.context.itemIndex).toBe(1);
	expect(sim.requests).toEqual([]);
});

describe('pictures as files of the item', () => {
	const withFile = async (buffer, meta) => [
		{ json: {}, binary: { data: await engine.binaryFrom(buffer, meta) } },
	];
	const parameters = { operation: 'imageToVideo', prompt: 'go' };

	test('a small one goes into the request itself', async () => {
		const { error } = await make(parameters, { items: await withFile(jpeg(640, 480)) });
		expect(error).toBeUndefined();
		const [{ input }] = [...sim.jobs.values()];
		expect(JSON.stringify(input)).toMatch(/data:image\/jpeg;base64/);
		expect(sim.count({ kind: 'upload' })).toBe(0);
	});

	test('a large one is put up first, once for all items that have it, and the submit stays small', async () => {
		const [item] = await withFile(jpeg(640, 480, { padding: 1_000_000 }));
		const { items, error } = await make(parameters, { items: [item, item, item] });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
		expect(sim.count({ kind: 'upload' })).toBe(1);
		expect(sim.paidPosts()).toBe(3);
		for (const { image } of submitted()) expect(image).toMatch(/^http/);
	});

	test('Vtrix takes no upload, so it gets a data URI', async () => {
		const { error } = await make(
			{ provider: 'vtrix', ...parameters },
			{ items: await withFile(png(640, 480), { fileName: 'a.png', mimeType: 'image/png' }) },
		);
		expect(error).toBeUndefined();
		expect(JSON.stringify([...sim.jobs.values()][0].input)).toMatch(/data:image\/png;base64/);
	});

	test('base64 text is a picture too', async () => {
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
		expect(`${error.message} ${error.description}`).toMatch(message);
		expect(error.message).toContain('First Frame');
		expect(sim.requests).toEqual([]);
	});

	test('a field name that the item does not have: the error names those that it has', async () => {
		const [item] = await withFile(jpeg(640, 480));
		const { error } = await make(
			{ ...parameters, firstFrameBinaryField: 'photo' },
			{ items: [item] },
		);
		expect(`${error.message} ${error.description}`).toMatch(/photo.*data/s);
		expect(sim.requests).toEqual([]);
	});
});

describe('how jobs end', () => {
	const text = (prompt, more) => ({ operation: 'textToVideo', prompt, ...more });
	const vtrix = (prompt, more) => ({
		provider: 'vtrix',
		operation: 'imageToVideo',
		...first,
		prompt,
		...more,
	});

	test.each([
		['moderated', text('#sim:fail=1200'), /1200/, /prompt or the picture/],
		['out of order', text('#sim:fail=5003'), /5003/, /submit it again/],
		['cancelled', text('#sim:cancelled'), /cancelled/, /./],
		['timed out at the provider', text('#sim:timeout'), /timeout/, /submit it again/],
		['deleted', text('#sim:deleted'), /deleted/, /./],
		['completed without a video', text('#sim:empty-outputs'), /no video/, /./],
		['Vtrix, its reason an object', vtrix('#sim:fail #sim:error=object'), /010004095/, /./],
		['Vtrix, its reason another object', vtrix('#sim:fail #sim:error=object2'), /Internal/, /./],
		['Vtrix, its reason a text', vtrix('#sim:fail #sim:error=string'), /Internal/, /./],
	])('%s', async (_name, parameters, message, next) => {
		const { error } = await make(parameters);
		const [{ id }] = [...sim.jobs.values()];
		expect(error.message).toMatch(message);
		expect(error.message).toContain(id);
		expect(error.description).toMatch(next);
		expect(error.context.jobId).toBe(id);
		expect(sim.paidPosts()).toBe(1);
	});

	test.each([
		['an unknown status on the way', text('#sim:status=weird')],
		['outputs as objects', text('#sim:object-outputs')],
		['Vtrix with its other words', vtrix('#sim:vocab=alt')],
		['Vtrix that answers completed at once', vtrix('#sim:immediate')],
		['Vtrix with a cost as text', vtrix('#sim:cost=string')],
		['Vtrix with a cost as number', vtrix('#sim:cost=number')],
		['Vtrix with an empty cost', vtrix('#sim:cost=empty')],
	])('%s: the video arrives', async (_name, parameters) => {
		const { items, error } = await make(parameters);
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(items[0].binary.data.bytes).toBeGreaterThan(0);
	});

	test('one that never ends meets the time limit, and the error tells how to pick it up', async () => {
		const { error } = await make(text('#sim:status=weird!', { options: { timeLimit: 2 } }));
		const [{ id }] = [...sim.jobs.values()];
		expect(error.message).toMatch(/within [23](\.\d)? minutes/);
		expect(error.message).toContain(id);
		expect(error.description).toMatch(/Time Limit/);
		expect(error.description).toMatch(/Job: Wait/);
		expect(sim.count({ kind: 'status' })).toBeLessThan(40);
	});

	test('status calls that do not get through do not end a paid job', async () => {
		for (const fault of [
			{ status: 500 },
			{ status: 429, headers: { 'retry-after': '2' } },
			{ drop: 'before' },
			{ badJson: true },
			{ status: 504 },
		]) {
			sim.fail({ kind: 'status', times: 1, fault });
		}
		const { items, error } = await make(text('a boat'));
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(sim.paidPosts()).toBe(1);
	});

	test('a video that turns up a little after the end is waited for', async () => {
		const empty = (id) => ({ id, status: 'completed', outputs: [] });
		const fault = { status: 200 };
		const match = ({ jobId }) =>
			sim.jobs.get(jobId)?.finishedAt && (fault.body = { code: 200, data: empty(jobId) }) && true;
		sim.fail({ kind: 'status', times: 2, match, fault });
		const { items, error } = await make(text('a boat'));
		expect(error).toBeUndefined();
		expect(items[0].binary.data.bytes).toBeGreaterThan(0);
	});

	test('one that never turns up is not called refunded, and not paid again by a retry', async () => {
		const node = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { error } = await make(text('#sim:empty-outputs'), { node });
		expect(error.description).toMatch(/may be charged.*Job: Get/);
		expect(error.description).not.toMatch(/refunded/);
		expect(sim.paidPosts()).toBe(1);
	});

	test('a time limit that was reached without an answer says what came instead', async () => {
		sim.fail({ kind: 'status', fault: { wrongType: 'text/html' } });
		const { error } = await make(text('a boat', { options: { timeLimit: 1 } }));
		expect(error.message).toMatch(/not finished within .*; its status could not be read: .*JSON/);
	});

	test('a submit that is refused with 429 is sent again, and paid once', async () => {
		sim.fail({ kind: 'submit', times: 2, fault: { status: 429, headers: { 'retry-after': '3' } } });
		const { items, error } = await make(text('a boat'));
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(sim.acceptedJobs()).toBe(1);
		expect(sim.paidPosts()).toBe(3);
	});

	test.each([
		[
			'a wrong key',
			{ status: 401, body: { code: 401, message: 'invalid authentication' } },
			/invalid authentication/,
			/API key/,
		],
		['no credit', { status: 402, body: { code: 402, message: 'quota' } }, /402/, /[Tt]op up/],
		[
			'a refused parameter',
			{ status: 400, body: { code: 400, message: 'bad duration' } },
			/bad duration/,
			/fields/,
		],
		['a redirect', { redirect: 'http://127.0.0.1:9/elsewhere' }, /redirect/, /base URL/],
	])('a submit that is refused for good: %s', async (_name, fault, message, next) => {
		sim.fail({ kind: 'submit', fault });
		const { error } = await make(text('a boat'));
		expect(error.message).toMatch(message);
		expect(error.description).toMatch(next);
		expect(error.name).toBe('NodeApiError');
		expect(sim.paidPosts()).toBe(1);
		expect(sim.jobs.size).toBe(0);
	});
});

describe('the download', () => {
	const parameters = { operation: 'textToVideo', prompt: 'a boat' };

	test('a cut-off one is repeated', async () => {
		sim.fail({ kind: 'download', times: 2, fault: { cutAfterBytes: 100 } });
		const { items } = await make(parameters);
		const { json, binary } = items[0];
		expect((await engine.readBinary(binary.data)).equals(await sim.videoFor(json.jobId))).toBe(
			true,
		);
		expect(sim.count({ kind: 'download' })).toBe(3);
		expect(sim.paidPosts()).toBe(1);
	});

	test.each([
		['that has expired', { expired: true }, /expired/],
		['that brings a web page', { wrongType: 'text/html' }, /not a video/],
		['that is always cut off', { cutAfterBytes: 10 }, /before its end/],
		['that trickles', { slowCdn: 3 }, /deadline passed/],
	])('one %s leaves the address in the item, with a warning', async (_name, fault, warning) => {
		sim.fail({ kind: 'download', fault });
		const { items, error } = await make(parameters);
		expect(error).toBeUndefined();
		const { json, binary } = items[0];
		expect(binary).toBeUndefined();
		expect(json.status).toBe('completed');
		expect(json.videoUrl).toMatch(/^http/);
		expect(json.warnings[0]).toMatch(/^The video could not be downloaded: .* Job: Wait /);
		expect(json.warnings[0]).toContain(json.jobId);
		expect(json.warnings[0]).toMatch(warning);
	});

	test('can be switched off, and put into another field', async () => {
		const off = await make({ ...parameters, options: { download: false } });
		expect(off.items[0].binary).toBeUndefined();
		expect(sim.count({ kind: 'download' })).toBe(0);
		const named = await make({ ...parameters, options: { outputField: 'clip' } });
		expect(Object.keys(named.items[0].binary)).toEqual(['clip']);
	});
});

describe('many items', () => {
	const prompts = ['one', 'two #sim:fail=1200', 'three'];
	const items = prompts.map((text) => ({ json: { text } }));
	const parameters = { operation: 'textToVideo', prompt: '={{ $json.text }}' };

	test('keep their order and pairing, and run side by side', async () => {
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

	test('continue on fail: the others go on, and the row keeps the job', async () => {
		const { items: out, error } = await make(parameters, {
			items,
			node: { onError: 'continueRegularOutput' },
		});
		expect(error).toBeUndefined();
		expect(out.map(({ json }) => json.status)).toEqual(['completed', 'failed', 'completed']);
		expect(out[1].json.jobId).toMatch(/^[0-9a-f]{32}$/);
		expect(out[1].json.error).toMatchObject({ code: '1200', retryable: false });
		expect(out[1].pairedItem).toEqual({ item: 1 });
	});

	test('an option without a value for one item is no matter of the others', async () => {
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
		expect(error.message).toContain([...sim.jobs.values()][1].id);
		for (const id of ids) expect(`${error.message} ${error.description}`).toContain(id);
	});
});
