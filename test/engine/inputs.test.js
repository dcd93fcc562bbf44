'use strict';

const { goOn } = require('./harness');
const { withSimulator } = require('./withSimulator');

/*
 * What sheets, forms, agents and wrong expressions put into the fields. A value with a missing part is never paid for. A
 * value that can have only one meaning is accepted.
 */

let sim;
let credentials;

const make = withSimulator({}, (given) => ({ sim, credentials } = given));

const submitted = () =>
	sim.requests.filter(({ kind }) => kind === 'submit').map(({ body }) => body);

const picture = { firstFrameSource: 'url', firstFrameUrl: 'https://example.com/picture.jpg' };
const text = { operation: 'textToVideo', prompt: 'a boat' };
const image = { operation: 'imageToVideo', ...picture };

/** A run that must fail without any request. @returns what a person reads */
async function refused(parameters, json, more = {}) {
	const { error, items } = await make(parameters, { items: [{ json }], ...more });
	expect(sim.requests).toHaveLength(0);
	const { message, description = '', field } = error ?? items[0].json.error;
	return { said: `${message} | ${description}`, field };
}

/** A run that must succeed. @returns the body of the one request, and the row */
async function sent(parameters, json) {
	const { error, items } = await make(parameters, { items: [{ json }] });
	expect(error).toBeUndefined();
	expect(submitted()).toHaveLength(1);
	return { body: submitted()[0], row: items[0] };
}

describe('a missing value is never paid for', () => {
	const scene = { subject: 'a boat', camera: 'low' };
	test.each([
		[
			'an expression that gives nothing, where no prompt is needed',
			{ ...image, prompt: '={{ $json.promtp }}' },
			/^'Prompt' has no value: \{\{ \$json\.promtp \}\} gave nothing \| .*write \{\{ \$json\.promtp \?\? '' \}\}/,
		],
		['null', { ...image, prompt: '={{ $json.nil }}' }, /^'Prompt' has no value: .* gave null/],
		[
			'a condition that does not hold',
			{ ...image, prompt: '={{ $json.off && $json.prompt }}' },
			/^'Prompt' must be text, but is false/,
		],
		[
			'an object in a template',
			{ ...text, prompt: '=Scene: {{ $json.scene }}' },
			/"\[object Object\]".*is an object \| Use one of its fields, e\.g\. \{\{ \$json\.scene\.subject \}\}/,
		],
		[
			'objects of a list in a template',
			{ ...text, prompt: '=Scenes: {{ $json.scenes }}' },
			/is a list of objects \| .*\{\{ \$json\.scenes\.map\(\(each\) => each\.subject\)\.join\(', '\) \}\}/,
		],
		[
			'an object made a text by code',
			{ ...text, prompt: '={{ "Scene: " + $json.scene }}' },
			/'Prompt' contains "\[object Object\]"/,
		],
		[
			'a hole in a template',
			{ ...text, prompt: '=A video of {{ $json.nope }}' },
			/^'Prompt' is incomplete: \{\{ \$json\.nope \}\} gave nothing \| .*\{\{ \$json\.nope \?\? '' \}\}/,
		],
		[
			'"false" in a template',
			{ ...text, prompt: "=A cat {{ $json.off && 'in a hat' }}" },
			/'Prompt' is incomplete: .* gave false/,
		],
		[
			'"undefined" made by code',
			{ ...text, prompt: '={{ "A cat " + $json.x }}' },
			/'Prompt' contains the word "undefined", because a value is missing/,
		],
		[
			'"undefined" made by a step before',
			{ ...text, prompt: '={{ $json.hole }}' },
			/'Prompt' must be text, but is undefined/,
			{ hole: 'undefined' },
		],
		[
			'characters that nobody sees',
			{ ...image, prompt: '={{ $json.zero }}' },
			/'Prompt' contains only invisible characters/,
		],
		[
			'a resolution',
			{ ...text, provider: 'miniMax', resolution: '={{ $json.r }}' },
			/^'Resolution' has no value: /,
		],
		['a length', { ...text, duration: '={{ $json.d }}' }, /^'Duration' has no value: /],
		[
			'a switch',
			{ ...text, promptExpansion: '={{ $json.box }}' },
			/^'Prompt Expansion' has no value: .* gave nothing.*\$json\.box \?\? false/,
		],
		['a model', { ...text, model: '={{ $json.m }}' }, /^'Model' has no value: .* gave nothing/],
		[
			'the ID of a custom model',
			{ ...text, model: 'custom', customModel: '=minimax/{{ $json.m }}' },
			/^'Model ID' is incomplete/,
		],
		[
			'a field of a custom model',
			{
				...text,
				model: 'custom',
				customModel: 'minimax/x',
				additionalFields: '={"a": "{{ $json.a }}"}',
			},
			/^'Additional Fields' is incomplete/,
		],
		[
			'a price limit',
			{ ...text, options: { maxPrice: '={{ $json.max }}' } },
			/^'Maximum Price \(USD\)' has no value: .* gave nothing/,
		],
		[
			'a time limit',
			{ ...text, options: { timeLimit: '={{ $json.max }}' } },
			/^'Time Limit \(Minutes\)' has no value: .* gave nothing/,
		],
		[
			'when to go on',
			{ ...text, continueWhen: '={{ $json.when }}' },
			/^'Continue When' has no value: .* gave nothing/,
		],
		[
			'the address of a picture',
			{ ...image, firstFrameUrl: '=https://example.com/{{ $json.file }}' },
			/^'First Frame' is incomplete/,
		],
		[
			'an object in the address of a picture',
			{ ...image, firstFrameUrl: '=https://example.com/{{ $json.scene }}' },
			/^'First Frame' would contain "\[object Object\]"/,
		],
		[
			'the input field of a picture',
			{ operation: 'imageToVideo', firstFrameBinaryField: '={{ $json.name }}' },
			/^'First Frame' has no value: .* gave nothing/,
		],
		[
			'the ID of a job',
			{ resource: 'job', operation: 'get', jobId: '={{ $json.job }}' },
			/^'Job ID' has no value: .* gave nothing/,
		],
		[
			'a filter',
			{ resource: 'job', operation: 'getAll', filters: { createdAfter: '={{ $json.day }}' } },
			/^'Created After' has no value: .* gave nothing/,
		],
		[
			'a camera movement',
			{
				...text,
				provider: 'miniMax',
				cameraMovements: { steps: [{ movements: '={{ $json.move }}' }] },
			},
			/^'Camera Movements' has no value: .* gave nothing/,
		],
		[
			'the length of a price',
			{ operation: 'getPrice', duration: '={{ $json.r }}' },
			/^'Duration' has no value: .* gave nothing/,
		],
	])('%s', async (_name, parameters, message, more = undefined) => {
		const json = {
			...more,
			prompt: 'the boat sails off',
			nil: null,
			off: false,
			scene,
			scenes: [scene, scene],
			zero: '\u200b\ufeff',
		};
		const { said } = await refused({ model: undefined, ...parameters }, json);
		expect(said).toMatch(message);
	});

	test('the row of an item names the field, and the other items succeed', async () => {
		const { items } = await make(
			{ ...image, prompt: '={{ $json.prompt }}' },
			{
				items: [{ json: { prompt: 'a boat' } }, { json: {} }, { json: { prompt: 'a ship' } }],
				node: { onError: 'continueRegularOutput' },
			},
		);
		expect(items.map(({ json }) => json.error?.field)).toEqual([undefined, 'Prompt', undefined]);
		expect(
			submitted()
				.map(({ prompt }) => prompt)
				.sort(),
		).toEqual(['a boat', 'a ship']);
	});
});

describe('what is empty on purpose, or only looks like a missing value, is accepted', () => {
	test('a prompt that was left empty', async () => {
		const { body, row } = await sent({ ...image, prompt: '' }, {});
		expect(body).not.toHaveProperty('prompt');
		expect(row.json).not.toHaveProperty('warnings');
	});

	test('an empty cell: the row says what is missing', async () => {
		const { body, row } = await sent(
			{ ...image, prompt: '={{ $json.prompt }}', duration: '={{ $json.seconds }}' },
			{ prompt: '', seconds: '' },
		);
		expect(body).not.toHaveProperty('prompt');
		expect(row.json.warnings).toEqual([
			"'Prompt' was an expression that gave empty text: the video was made without a description.",
			"'Duration' was an expression that gave empty text: the model's default was used.",
		]);
	});

	test.each([
		['a template with a default', "=A {{ $json.color ?? '' }} boat", 'A  boat'],
		['a value that is off', '=Rain: {{ $json.rain }}', 'Rain: false'],
		['a list of texts', '=Show {{ $json.tags }}', 'Show red,blue'],
		[
			'the word, by the item itself',
			'={{ "Style: noir. " + $json.said }}',
			'Style: noir. undefined shapes',
		],
		['the word, in a text alone', '={{ $json.said }}', 'undefined shapes'],
		['the word, typed', 'a null pointer', 'a null pointer'],
		['a bracket that is text', '=\\{{ x }} {{ $json.tags[0] }}', /red$/],
		['a list of one, as Airtable looks a text up', '={{ $json.lookup }}', 'a boat'],
		['a number', '={{ $json.year }}', '1984'],
	])('%s', async (_name, prompt, expected) => {
		const { body } = await sent(
			{ ...text, prompt },
			{
				rain: false,
				tags: ['red', 'blue'],
				said: 'undefined shapes',
				lookup: ['a boat'],
				year: 1984,
			},
		);
		if (expected instanceof RegExp) expect(body.prompt).toMatch(expected);
		else expect(body.prompt).toBe(expected);
	});
});

describe('texts that cannot be sent', () => {
	test('half a character and control characters are removed', async () => {
		const { body } = await sent(
			{ ...text, prompt: '={{ $json.p.slice(0, 20) }}' },
			{ p: `a\u0000b\u001b\t\u000b${'x'.repeat(13)}🌊` },
		);
		expect(body.prompt).toBe(`ab\t\n${'x'.repeat(13)}`);
	});

	test('a character counts as one, however many bytes it needs', async () => {
		const { body } = await sent({ ...text, prompt: '={{ $json.p }}' }, { p: '🌊'.repeat(2_000) });
		expect(body.prompt).toMatchObject({ length: 4_000 });
		sim.reset();
		const { said } = await refused(
			{ ...text, prompt: '={{ $json.p }}' },
			{ p: '🌊'.repeat(2_001) },
		);
		expect(said).toMatch(/has 2001 characters, but .* accepts at most 2000/);
	});
});

describe('switches, numbers and models as texts', () => {
	test.each([
		[true, true],
		['true', true],
		['TRUE', true],
		[1, true],
		['yes', true],
		['on', true],
		[['Yes'], true],
		[false, false],
		['FALSE', false],
		[0, false],
		['0', false],
		['no', false],
		['Off', false],
	])('%p switches the file, and the prompt expansion alike', async (value, on) => {
		const { body, row } = await sent(
			{ ...text, promptExpansion: '={{ $json.v }}', options: { download: '={{ $json.v }}' } },
			{ v: value },
		);
		expect(body.enable_prompt_expansion).toBe(on);
		expect(row.binary !== undefined).toBe(on);
	});

	test.each([
		[
			'a switch',
			{ options: { download: '={{ $json.v }}' } },
			'maybe',
			/'Download Video' must be true or false, but is 'maybe'/,
		],
		[
			'a limit',
			{ options: { timeLimit: '={{ $json.v }}' } },
			'long',
			/'Time Limit \(Minutes\)' must be a number of at least 0, but is 'long'/,
		],
		[
			'a length',
			{ duration: '={{ $json.v }}' },
			'six',
			/'Duration' must be a number, but is 'six'/,
		],
		[
			'a choice',
			{ continueWhen: '={{ $json.v }}' },
			'later',
			/'Continue When' cannot be 'later' \| Choose finished, submitted/,
		],
		[
			'a price',
			{ options: { maxPrice: '={{ $json.v }}' } },
			'0,50',
			/'Maximum Price \(USD\)' must be greater than 0/,
		],
	])(
		'%s that cannot be read is refused before anything is paid',
		async (_name, more, v, message) => {
			const { said } = await refused({ ...text, ...more }, { v });
			expect(said).toMatch(message);
		},
	);

	test.each([[6], ['6'], ['6s'], [' 6 seconds'], [[6]]])('a length of %p', async (v) => {
		const { body } = await sent({ ...text, duration: '={{ $json.v }}' }, { v });
		expect(body.duration).toBe(6);
	});

	test.each([
		['minimax/hailuo-02/pro '],
		['MiniMax/Hailuo-02/Pro'],
		['Hailuo 02 Pro'],
		['hailuo  02 pro'],
	])('the model %p', async (v) => {
		await sent({ ...text, model: '={{ $json.v }}' }, { v });
		expect(sim.requests.find(({ kind }) => kind === 'submit').path).toMatch(/hailuo-02\/pro$/);
	});

	test('a model that is not from Hailuo, by its name', async () => {
		const { said } = await refused({ ...text, model: '={{ $json.v }}' }, { v: 'hailuo 2.3' });
		expect(said).toMatch(/Hailuo 2\.3 \(MiniMax-Hailuo-2\.3\) is a model of MiniMax/);
	});

	test('"Submitted" does not wait', async () => {
		const { row } = await sent({ ...text, continueWhen: '={{ $json.v }}' }, { v: 'Submitted' });
		expect(row.json.status).not.toBe('completed');
	});

	test('jobs are listed by the name of a model and a status in any case', async () => {
		await make(text);
		const { items, error } = await make({
			resource: 'job',
			operation: 'getAll',
			returnAll: '={{ "TRUE" }}',
			filters: { model: '={{ "hailuo 02 standard" }}', status: '={{ "Completed" }}' },
			options: { includeInput: '={{ "yes" }}' },
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(items[0].json.input).toMatchObject({ prompt: 'a boat' });
	});
});

describe('no message is longer than a screen', () => {
	const MOST = 4_500;
	test.each([
		['model', { ...text, model: '={{ $json.v }}' }],
		['resolution', { ...text, provider: 'miniMax', resolution: '={{ $json.v }}' }],
		['duration', { ...text, duration: '={{ $json.v }}' }],
		['switch', { ...text, promptExpansion: '={{ $json.v }}' }],
		['option', { ...text, options: { timeLimit: '={{ $json.v }}' } }],
		['prompt', { ...text, prompt: '={{ $json.v }}' }],
		['picture', { ...image, firstFrameUrl: '={{ $json.v }}' }],
		['input field', { operation: 'imageToVideo', firstFrameBinaryField: '={{ $json.v }}' }],
		['custom model', { ...text, model: 'custom', customModel: '={{ $json.v }}' }],
		[
			'additional',
			{ ...text, model: 'custom', customModel: 'a/b', additionalFields: '={{ $json.v }}' },
		],
		['job', { resource: 'job', operation: 'get', jobId: '={{ $json.v }}' }],
		['filter', { resource: 'job', operation: 'getAll', filters: { status: '={{ $json.v }}' } }],
		['date', { resource: 'job', operation: 'getAll', filters: { createdAfter: '={{ $json.v }}' } }],
	])('%s of 4 MB', async (_name, parameters) => {
		const { said } = await refused(parameters, { v: 'Ab9/'.repeat(1_000_000) });
		expect(said.length).toBeLessThan(MOST);
	});
});

describe('the strings of options, and values of lists', () => {
	const h3 = { ...text, provider: 'miniMax', model: 'MiniMax-H3-Max', duration: 5 };
	const hooked = { ...text, provider: 'miniMax', model: 'MiniMax-Hailuo-02' };
	const options = (name) => ({ ...hooked, options: { [name]: '={{ $json.v }}' } });
	test.each([
		[
			'an object',
			options('outputField'),
			{ a: 1 },
			/'Put Output File in Field' must be text, but is an object/,
		],
		[
			'an object made a text',
			{ ...text, options: { outputField: '=video {{ $json.v }}' } },
			{ a: 1 },
			/'Put Output File in Field' would contain "\[object Object\]"/,
		],
		[
			'"undefined"',
			options('outputField'),
			'undefined',
			/'Put Output File in Field' must be text, but is undefined/,
		],
		[
			'a text',
			options('outputField'),
			'a\nb',
			/'Put Output File in Field' must be a name of one line/,
		],
		[
			'a long text',
			options('outputField'),
			'x'.repeat(201),
			/at most 200 characters.*\(201 characters\)/,
		],
		['an object', options('callbackUrl'), {}, /'Callback URL' must be text, but is an object/],
		['no address', options('callbackUrl'), 'n8n', /'Callback URL' must be a web address/],
		[
			'an object in an address',
			{ ...hooked, options: { callbackUrl: '=https://example.com/{{ $json.v }}' } },
			{ a: 1 },
			/'Callback URL' would contain/,
		],
		[
			'a list of ratios',
			{ ...h3, aspectRatio: '={{ $json.v }}' },
			['16:9', '1:1'],
			/'Aspect Ratio' must be text, but is a list/,
		],
		['a ratio', { ...h3, aspectRatio: '={{ $json.v }}' }, '5:1', /'Aspect Ratio' cannot be '5:1'/],
		[
			'a ratio of no operation but another',
			{ ...h3, aspectRatio: '={{ $json.v }}' },
			'As the References',
			/'Aspect Ratio' cannot be 'As the References'.*Choose 1:1/,
		],
		[
			'a mode',
			{ ...h3, promptExpansionMode: '={{ $json.v }}' },
			'perhaps',
			/'Prompt Expansion' cannot be 'perhaps'.*Choose disabled, balanced, quality/,
		],
		[
			'where addresses are loaded',
			{
				...{ ...h3, operation: 'referenceToVideo', referencePictures: 'https://example.com/a.jpg' },
				referenceSource: '={{ $json.v }}',
			},
			'somewhere',
			/'Reference Addresses' cannot be 'somewhere'/,
		],
	])('%s is refused: %j', async (_name, parameters, v, message) => {
		const { said } = await refused(parameters, { v });
		expect(said).toMatch(message);
	});

	test('a callback address that the provider cannot reach is refused', async () => {
		const type = 'hailuoMiniMaxApi';
		const { error } = await make(options('callbackUrl'), {
			items: [{ json: { v: 'http://localhost:5678/webhook/x' } }],
			// A public address. No request is sent to it.
			credentials: { [type]: { ...credentials[type], baseUrl: 'https://api.example.com' } },
		});
		expect(error?.message).toMatch(
			/'Callback URL' is on "localhost:5678", which only your own network can reach/,
		);
		expect(sim.requests).toEqual([]);
	});

	test.each([
		[' 9:16 ', '9:16'],
		['9x16', '9:16'],
		['16 / 9', '16:9'],
		[['1:1'], '1:1'],
	])('the ratio %j', async (v, expected) => {
		const { body } = await sent({ ...h3, aspectRatio: '={{ $json.v }}' }, { v });
		expect(body.ratio).toBe(expected);
	});

	test.each([
		['Quality', 'quality'],
		['BALANCED', 'balanced'],
		['Off', 'disabled'],
		[false, 'disabled'],
		['TRUE', 'balanced'],
		[1, 'balanced'],
	])('the mode %j of Prompt Expansion', async (v, expected) => {
		const { body } = await sent({ ...h3, promptExpansionMode: '={{ $json.v }}' }, { v });
		expect(JSON.stringify(body)).toContain(`"${expected}"`);
	});

	test.each([['768p'], [768], ['768P '], [['768P']]])('the resolution %j', async (v) => {
		const { body } = await sent({ ...hooked, resolution: '={{ $json.v }}' }, { v });
		expect(body.resolution).toBe('768P');
	});

	test('blanks around the name of the output field, and control characters in it, are removed', async () => {
		const { row } = await sent(
			{ ...text, options: { outputField: '={{ $json.v }}' } },
			{ v: ' vi\u0000deo ' },
		);
		expect(Object.keys(row.binary)).toEqual(['video']);
	});

	test('a field that the model does not have is ignored, whatever its value', async () => {
		const { body } = await sent(
			{
				...text,
				goFast: '={{ $json.v }}',
				aspectRatio: '={{ $json.nope }}',
				resolution: '={{ $json.v }}',
			},
			{ v: { a: 1 } },
		);
		expect(body).not.toHaveProperty('go_fast');
	});
});

describe("n8n's own errors of expressions", () => {
	const items = [1, 2, 3].map((n) => ({ json: { n, p: `boat ${n}` } }));

	test('keep their explanation and their context, and name the field; no advice if all items are affected', async () => {
		const { error } = await make({ ...text, prompt: "={{ $('Nowhere').item.json.p }}" }, { items });
		expect(sim.requests).toHaveLength(0);
		expect(error?.message).toMatch(
			/^'Prompt' has an expression that n8n cannot evaluate: Referenced node doesn't exist/,
		);
		expect(error?.context).toMatchObject({
			parameter: 'prompt',
			nodeCause: 'Nowhere',
			itemIndex: 0,
		});
		expect(error?.context.descriptionKey ?? error?.description).toBeTruthy();
		expect(error?.description ?? '').not.toMatch(/On Error/);
	});

	test('each row names the field and the node', async () => {
		const { items: rows } = await make(
			{ ...text, prompt: "={{ $('Nowhere').item.json.p }}" },
			{ items, ...goOn },
		);
		expect(rows.map(({ json }) => json.error)).toEqual(
			items.map(() =>
				expect.objectContaining({ field: 'Prompt', node: 'Nowhere', retryable: false }),
			),
		);
	});

	test('if one item is wrong, the others can continue', async () => {
		const { error } = await make(
			{ ...text, prompt: "={{ $json.n === 2 ? $('Nowhere').item.json.p : $json.p }}" },
			{ items },
		);
		expect(error?.context.itemIndex).toBe(1);
		expect(error?.description).toMatch(/This item ended the run of 3 items. .* 'On Error'/);
	});

	test('also for an option', async () => {
		const { error } = await make(
			{ ...text, options: { download: true, timeLimit: "={{ $('Nowhere').item.json.p }}" } },
			{ items },
		);
		expect(error?.message).toMatch(/^'Time Limit \(Minutes\)' has an expression/);
	});
});
