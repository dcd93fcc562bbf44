'use strict';

const engine = require('./harness');
const { withSimulator } = require('./withSimulator');
const { png } = require('./pictures');
const { n8n, shapes } = require('./data/upstream.json');

/*
 * The output of the nodes that usually come before this one, in every field where it may be used: it is accepted, or
 * refused before anything is paid. The shapes were recorded from the code of n8n's own nodes (tools/upstream/record.js).
 * data/upstream.json names the file and the version for each.
 */

let sim;

const make = withSimulator({}, (given) => ({ sim } = given));

const text = { operation: 'textToVideo', prompt: 'a boat' };
const prompt = (expression) => ({ ...text, prompt: `={{ ${expression} }}` });
const length = (expression) => ({ ...text, duration: `={{ ${expression} }}` });
const expansion = (expression) => ({ ...text, promptExpansion: `={{ ${expression} }}` });
const download = (expression) => ({ ...text, options: { download: `={{ ${expression} }}` } });
const model = (expression) => ({ ...text, model: `={{ ${expression} }}` });
const image = { operation: 'imageToVideo', prompt: 'a boat' };
const link = (expression) => ({
	...{ ...image, firstFrameSource: 'url' },
	firstFrameUrl: `={{ ${expression} }}`,
});
const field = (value) => ({ ...image, firstFrameBinaryField: value });

const A_BOAT = { prompt: 'a boat' };
const SIX = { duration: 6 };
const ON = { enable_prompt_expansion: true };
const OFF = { enable_prompt_expansion: false };
const A_FILE = { image: { length: expect.any(Number), sha256: expect.any(String) } };
const NOTHING = /has no value: .* gave (nothing|null)/;
const AN_OBJECT = /'Prompt' must be text, but is an object/;

/**
 * The name of a shape, and rows: the field, and the parameters of the request or what is refused.
 * @type {Record<string, any[]>}
 */
const ROWS = {
	form: [
		[prompt('$json.Idea'), A_BOAT],
		[prompt('$json.Note'), NOTHING],
		[prompt('$json.Expand'), { prompt: 'Yes' }],
		[prompt("$json['My Picture']"), AN_OBJECT],
		[length('$json.Seconds'), SIX],
		[length('$json.Empty'), /'Duration' of 0 s is not available/],
		[expansion('$json.Expand'), ON],
		[expansion('$json.Note'), NOTHING],
		[expansion('$json.None'), /must be true or false/],
		[field('My_Picture'), A_FILE],
		[field('Pictures_1'), A_FILE],
		[field('My Picture'), /has only "My_Picture", "Pictures_0", "Pictures_1"/],
		[field("={{ $json['My Picture'] }}"), /gives an object.*"My_Picture", "Pictures_0"/],
		[link("$json['My Picture']"), /'File From Input'/],
	],
	formCombined: [
		[field('My Picture'), A_FILE],
		[field("={{ $json['My Picture'] }}"), A_FILE],
		[field('={{ $json.Pictures[1] }}'), A_FILE],
		[field('={{ $json.Pictures }}'), /a list of 2 files.*\$json\.Pictures\[0\]/],
		[field('Pictures[1]'), A_FILE],
		[field('Pictures'), /has only "My Picture", "Pictures\[0\]", "Pictures\[1\]"/],
		[link("$json['My Picture']"), /'File From Input'/],
	],
	webhook: [
		[prompt('$json.body.prompt'), A_BOAT],
		[prompt('$json.prompt'), /gave nothing.*\$json\.body\.prompt/],
		[
			prompt('$json.body'),
			/'Prompt' must be text, but is an object.*The fields of the object: prompt, file/,
		],
		[length('$json.query.seconds'), SIX],
		[expansion('$json.query.expand'), ON],
		[download('$json.body.file'), {}],
	],
	webhookUpload: [
		[prompt('$json.body.prompt'), A_BOAT],
		[field('picture'), A_FILE],
		[field('data'), /has only "picture".*Enter "picture"/],
	],
	sheets: [
		[prompt('$json.Idea'), A_BOAT],
		[prompt('$json.idea'), /gave nothing.*\$json\.Idea/],
		[length('$json.Seconds'), SIX],
		[expansion('$json.Expand'), ON],
		[model('$json.Model'), A_BOAT],
		[prompt('$json.row_number'), { prompt: '2' }],
	],
	sheetsRow2: [
		[prompt('$json.Idea'), /'Prompt' is empty/],
		[length('$json.Seconds'), SIX],
		[length('$json.Style'), {}],
		[expansion('$json.Expand'), ON],
	],
	driveSearch: [
		[prompt('$json.name'), { prompt: 'boat.jpg' }],
		[link('$json.id'), /First Frame/],
		[link('$json.webViewLink'), /is a Google Drive page, not the picture/],
		[link('$json.webContentLink'), NOTHING],
		[field('data'), /the item has no file/],
	],
	driveDownload: [
		[field('data'), A_FILE],
		[
			{ ...field('data'), prompt: '={{ $json.Idea }}' },
			{ ...A_FILE, ...A_BOAT },
		],
	],
	airtable: [
		[prompt('$json.fields.Idea'), A_BOAT],
		[prompt('$json.Idea'), /gave nothing.*\$json\.fields\.Idea/],
		[prompt('$json.fields'), AN_OBJECT],
		[prompt('$json.fields.Lookup'), A_BOAT],
		[prompt('$json.fields.Tags'), /'Prompt' must be text, but is a list.*join the list/],
		[expansion('$json.fields.Expand'), ON],
		[expansion('$json.fields.Unticked'), /gave nothing.*\$json\.fields\.Unticked \?\? false/],
		[link('$json.fields.Photos'), { image: 'https://example.com/a.jpg' }],
		[link('$json.fields.Photos[0]'), { image: 'https://example.com/a.jpg' }],
		[prompt('`A photo: ${$json.fields.Photos}`'), /"\[object Object\]"/],
	],
	airtable21: [
		[prompt('$json.Idea'), A_BOAT],
		[link('$json.Photos'), { image: 'https://example.com/a.jpg' }],
	],
	airtableFiles: [
		[field('Photos_0'), A_FILE],
		[field('Photos'), /Enter "Photos_0"/],
		[field('={{ $json.fields.Photos }}'), /gives a list.*has "Photos_0"/],
	],
	notion: [
		[prompt('$json.name'), A_BOAT],
		[prompt('$json.property_sum'), A_BOAT],
		[prompt('$json.property_idea'), /'Prompt' is empty/],
		[prompt('$json.property_day'), AN_OBJECT],
		[length('$json.property_seconds'), SIX],
		[length('$json.property_length'), NOTHING],
		[expansion('$json.property_expand'), OFF],
		[model('$json.property_model'), A_BOAT],
		[link('$json.property_picture'), { image: 'https://example.com/a.jpg?X-Amz-Expires=3600' }],
		[link('$json.property_pictures'), /contains 2 pictures or addresses/],
	],
	telegram: [
		[prompt('$json.message.caption'), A_BOAT],
		[prompt('$json.message.text'), NOTHING],
		[prompt('$json.message.photo'), /'Prompt' must be text, but is a list/],
		[link('$json.message.photo[0].file_id'), /First Frame/],
		[link('$json.message.photo.at(-1)'), /First Frame/],
		[field('data'), /the item has no file/],
	],
	telegramFile: [
		[field('data'), A_FILE],
		[
			{ ...field('data'), prompt: '={{ $json.message.caption }}' },
			{ ...A_FILE, ...A_BOAT },
		],
	],
	httpJson: [
		[prompt('$json.result.prompt'), A_BOAT],
		[prompt('$json.results[0]?.prompt'), NOTHING],
		[prompt('$json.prompt'), /gave nothing.*\$json\.result\.prompt/],
		[expansion('$json.ok'), ON],
	],
	httpText: [[prompt('$json.data'), A_BOAT]],
	httpFile: [[field('data'), A_FILE]],
	code: [
		[prompt('$json.prompt'), { prompt: 'A cat undefined' }],
		[prompt('$json.hole'), /"\[object Object\]"/],
		[length('$json.seconds'), SIX],
		[length('$json.prompt'), /'Duration' must be a number, but is 'A cat undefined'/],
		[length('$json.nan'), NOTHING],
		[field('data'), A_FILE],
	],
	editFields: [
		[prompt('$json.prompt'), A_BOAT],
		[prompt('$json.scene'), AN_OBJECT],
		[prompt('$json.tags'), /join the list/],
		[prompt('$json.shown'), /"\[object Object\]"/],
		[length('$json.seconds'), SIX],
		[expansion('$json.expand'), ON],
	],
	openAi: [
		[prompt('$json.output[0].content[0].text'), A_BOAT],
		[prompt('$json.output'), /'Prompt' must be text, but is a list/],
		[prompt('$json.output[0]'), AN_OBJECT],
		[prompt('$json.message.content'), /'Prompt' has an expression|gave nothing/],
		[prompt('$json.text'), /gave nothing.*\$json\.output\[0\]\.content\[0\]\.text/],
	],
	openAiJson: [
		[
			prompt('$json.output[0].content[0].text'),
			/'Prompt' must be text, but is an object.*The fields of the object: prompt, seconds, expand/,
		],
		[prompt('$json.output[0].content[0].text.prompt'), A_BOAT],
		[length('$json.output[0].content[0].text.seconds'), SIX],
		[expansion('$json.output[0].content[0].text.expand'), ON],
	],
	openAiMessage: [
		[prompt('$json.message.content'), AN_OBJECT],
		[prompt('$json.message.content.prompt'), A_BOAT],
	],
	chain: [[prompt('$json.text'), A_BOAT]],
	chainFenced: [[prompt('$json.text'), { prompt: '```json\n{"prompt":"a boat"}\n```' }]],
	chainParsed: [
		[{ ...text, prompt: '=Film {{ $json.output.scene }}' }, /\$json\.output\.scene\.subject/],
		[{ ...text, prompt: '=Film {{ $json.output.scene.subject }}' }, { prompt: 'Film a boat' }],
		[prompt('$json.output'), AN_OBJECT],
	],
	chainList: [
		[prompt('$json.data'), /'Prompt' must be text, but is a list/],
		[prompt('$json.data[0]'), A_BOAT],
	],
	// Edit Image returns the JSON of its input, and a file in the same field (EditImage/EditImage.node.js). With
	// "Get Information" it returns the output of GraphicsMagick.
	editImage: [
		[field('data'), A_FILE],
		[
			prompt('$json.size'),
			/'Prompt' must be text, but is an object.*The fields of the object: width, height/,
		],
	],
};

const MORE = {
	sheetsRow2: { node: shapes.sheets.node, items: shapes.sheets.items.slice(1) },
	editImage: {
		node: 'Edit Image 1.1',
		items: [
			{
				json: { format: 'JPEG', size: { width: 640, height: 480 } },
				binary: { data: { mimeType: 'image/jpeg', data: 'filesystem-v2', fileName: 'a.jpg' } },
			},
		],
	},
};

const nameOf = (node, parameters) => {
	const [[name, value]] = Object.entries({ ...parameters, ...parameters.options }).filter(
		([key, each]) => key === 'firstFrameBinaryField' || String(each).startsWith('='),
	);
	return `${node}: ${name} ${value}`;
};

/** The item as n8n passes it on: with files in its storage, or inline if the shape has them inline. */
async function withFiles(value) {
	const data = png(640, 480);
	if (value?.data === 'filesystem-v2') return await engine.binaryFrom(data, value);
	if (value?.data === 'x') return { ...value, data: data.toString('base64') };
	if (Array.isArray(value)) return await Promise.all(value.map(withFiles));
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).map(async ([key, each]) => [key, await withFiles(each)]);
	return Object.fromEntries(await Promise.all(entries));
}

test.each(
	Object.entries(ROWS).flatMap(([shape, rows]) => {
		const { node, items } = shapes[shape] ?? MORE[shape];
		return rows.map(([parameters, expected]) => [
			nameOf(node, parameters),
			items[0],
			parameters,
			expected,
		]);
	}),
)('%s', async (_name, item, parameters, expected) => {
	const { error } = await make(parameters, { items: [await withFiles(item)] });
	const bodies = sim.requests.filter(({ kind }) => kind === 'submit').map(({ body }) => body);
	if (expected instanceof RegExp) {
		expect(`${error?.message} | ${error?.description}`).toMatch(expected);
		expect(sim.requests).toHaveLength(0);
	} else {
		expect(error).toBeUndefined();
		expect(bodies).toEqual([expect.objectContaining(expected)]);
	}
});

test('every recorded shape is used in a field', () => {
	expect(n8n).toBe('2.41.1');
	expect(Object.keys(ROWS)).toEqual(expect.arrayContaining(Object.keys(shapes)));
});
