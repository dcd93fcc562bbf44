'use strict';

const { withSimulator } = require('./withSimulator');

/*
 * What the nodes deliver that usually stand before this one, and what becomes of it: it is taken, or refused before
 * anything is paid. The shapes of Form and Notion were read in n8n's own code (n8n-nodes-base of n8n 2.41.1), the others
 * are written down as these nodes are known to deliver.
 */

let sim;

const make = withSimulator({}, (given) => ({ sim } = given));

const text = { operation: 'textToVideo', prompt: 'a boat' };
const prompt = (expression) => ({ ...text, prompt: `={{ ${expression} }}` });
const length = (expression) => ({ ...text, duration: `={{ ${expression} }}` });
const expansion = (expression) => ({ ...text, promptExpansion: `={{ ${expression} }}` });
const file = (expression) => ({ ...text, options: { download: `={{ ${expression} }}` } });
const model = (expression) => ({ ...text, model: `={{ ${expression} }}` });
const link = (expression) => ({
	operation: 'imageToVideo',
	prompt: 'a boat',
	firstFrameSource: 'url',
	firstFrameUrl: `={{ ${expression} }}`,
});

const A_BOAT = { prompt: 'a boat' };
const SIX = { duration: 6 };
const ON = { enable_prompt_expansion: true };
const OFF = { enable_prompt_expansion: false };
const NOTHING = /is an expression that gave (nothing|null)/;

/** A name, the JSON of the item, and rows: the field, and the parameters of the request or what is refused. */
const SHAPES = [
	[
		// Form/utils/utils.js: what was not answered is null, a tick is a list, a number left empty is 0.
		'Form',
		{
			Idea: 'a boat',
			Seconds: 6,
			Expand: ['Yes'],
			Note: null,
			Empty: 0,
			None: [],
			formMode: 'test',
		},
		[
			[prompt('$json.Idea'), A_BOAT],
			[prompt('$json.Note'), NOTHING],
			[prompt('$json.Expand'), { prompt: 'Yes' }],
			[length('$json.Seconds'), SIX],
			[length('$json.Empty'), /'Duration' of 0 s cannot be made/],
			[expansion('$json.Expand'), ON],
			[expansion('$json.Note'), NOTHING],
			[expansion('$json.None'), /is neither on nor off/],
		],
	],
	[
		// Webhook/Webhook.node.js: texts only, under body and query.
		'Webhook',
		{
			headers: { host: 'n8n.example.com' },
			params: {},
			query: { seconds: '6', expand: 'on' },
			body: { prompt: 'a boat', file: 'false' },
		},
		[
			[prompt('$json.body.prompt'), A_BOAT],
			[prompt('$json.prompt'), NOTHING],
			[prompt('$json.body'), /'Prompt' holds an object.*The object has prompt, file/],
			[length('$json.query.seconds'), SIX],
			[expansion('$json.query.expand'), ON],
			[file('$json.body.file'), {}],
		],
	],
	[
		// Google/Sheet/v2: an empty cell is an empty text, a tick is TRUE where values come formatted.
		'Google Sheets',
		{
			row_number: 2,
			Idea: 'a boat',
			Seconds: 6,
			Expand: 'TRUE',
			Off: 'FALSE',
			Model: 'Hailuo 02 Pro ',
			Empty: '',
		},
		[
			[prompt('$json.Idea'), A_BOAT],
			[prompt('$json.idea'), NOTHING],
			[prompt('$json.Empty'), /'Prompt' is empty/],
			[length('$json.Seconds'), SIX],
			[length('$json.Empty'), SIX],
			[expansion('$json.Expand'), ON],
			[expansion('$json.Off'), OFF],
			[model('$json.Model'), A_BOAT],
		],
	],
	[
		// Google/Drive/v2: the fields of the API.
		'Google Drive',
		{
			id: '1aB',
			name: 'boat.jpg',
			mimeType: 'image/jpeg',
			parents: ['0Bx'],
			capabilities: { canEdit: true },
		},
		[
			[prompt('$json.name'), { prompt: 'boat.jpg' }],
			[prompt('$json.capabilities'), /'Prompt' holds an object/],
			[link('$json.id'), /First Frame/],
			[link('$json.webContentLink'), NOTHING],
		],
	],
	[
		// Airtable/v2: an empty field, also a box without a tick, is not there; a lookup is a list.
		'Airtable',
		{
			id: 'rec1',
			createdTime: '2026-01-01T00:00:00.000Z',
			Idea: 'a boat',
			Lookup: ['a boat'],
			Tags: ['red', 'blue'],
			Expand: true,
			Photos: [
				{ id: 'att1', url: 'https://example.com/a.jpg', filename: 'a.jpg', type: 'image/jpeg' },
			],
		},
		[
			[prompt('$json.Idea'), A_BOAT],
			[prompt('$json.Lookup'), A_BOAT],
			[prompt('$json.Tags'), /'Prompt' holds a list.*join the list/],
			[expansion('$json.Expand'), ON],
			[expansion('$json.Unticked'), /gave nothing.*\$json\.Unticked \?\? false/],
			[link('$json.Photos'), { image: 'https://example.com/a.jpg' }],
			[prompt('`A photo: ${$json.Photos}`'), /"\[object Object\]"/],
		],
	],
	[
		// Notion/shared/GenericFunctions.js, simplified: an empty text is '', an empty select or number is null.
		'Notion',
		{
			id: 'page',
			name: 'a boat',
			property_idea: '',
			property_seconds: 6,
			property_length: null,
			property_expand: false,
			property_files: ['https://example.com/a.jpg'],
		},
		[
			[prompt('$json.name'), A_BOAT],
			[prompt('$json.property_idea'), /'Prompt' is empty/],
			[length('$json.property_seconds'), SIX],
			[length('$json.property_length'), NOTHING],
			[expansion('$json.property_expand'), OFF],
			[link('$json.property_files'), { image: 'https://example.com/a.jpg' }],
		],
	],
	[
		// Telegram/TelegramTrigger.node.js: the update as it is; a photo has a caption and no text.
		'Telegram',
		{
			update_id: 1,
			message: { message_id: 2, chat: { id: 3 }, caption: 'a boat', photo: [{ file_id: 'x' }] },
		},
		[
			[prompt('$json.message.caption'), A_BOAT],
			[prompt('$json.message.text'), NOTHING],
			[prompt('$json.message.photo'), /'Prompt' holds a list/],
			[link('$json.message.photo[0].file_id'), /First Frame/],
		],
	],
	[
		// HttpRequest/V3: JSON as it is, a text under data.
		'HTTP Request',
		{ data: 'a boat', result: { prompt: 'a boat' }, ok: 1 },
		[
			[prompt('$json.data'), A_BOAT],
			[prompt('$json.result.prompt'), A_BOAT],
			[prompt('$json.results[0]?.prompt'), NOTHING],
			[expansion('$json.ok'), ON],
		],
	],
	[
		'Code',
		{
			prompt: 'A cat undefined',
			seconds: '6s',
			date: '2026-01-01',
			hole: '[object Object], please',
		},
		[
			[prompt('$json.prompt'), { prompt: 'A cat undefined' }],
			[prompt('$json.hole'), /"\[object Object\]"/],
			[length('$json.seconds'), SIX],
			[length('$json.date'), /'Duration' must be a number, and is '2026-01-01'/],
		],
	],
	[
		// langchain: OpenAI (message.content, or an object of a JSON answer), LLM chain (text, or output of a parser).
		'LLM',
		{
			text: 'a boat',
			message: {
				role: 'assistant',
				content: { prompt: 'a boat', seconds: '6 seconds', expand: 'True' },
			},
			output: { scene: { subject: 'a boat', camera: 'low' } },
		},
		[
			[prompt('$json.text'), A_BOAT],
			[
				prompt('$json.message.content'),
				/'Prompt' holds an object.*The object has prompt, seconds, expand/,
			],
			[prompt('$json.message.content.prompt'), A_BOAT],
			[length('$json.message.content.seconds'), SIX],
			[expansion('$json.message.content.expand'), ON],
			[{ ...text, prompt: '=Film {{ $json.output.scene }}' }, /\$json\.output\.scene\.subject/],
			[{ ...text, prompt: '=Film {{ $json.output.scene.subject }}' }, { prompt: 'Film a boat' }],
		],
	],
	[
		// EditImage/EditImage.node.js: the JSON of its input; with Information, the facts of the picture.
		'Edit Image',
		{ format: 'JPEG', size: { width: 640, height: 480 }, Compression: 'JPEG' },
		[
			[prompt('$json.prompt'), NOTHING],
			[prompt('$json.size'), /'Prompt' holds an object.*The object has width, height/],
		],
	],
];

const ROWS = SHAPES.flatMap(([node, json, rows]) =>
	rows.map(([parameters, expected]) => {
		const [[field, value]] = Object.entries({ ...parameters, ...parameters.options }).filter(
			([, each]) => typeof each === 'string' && each.startsWith('='),
		);
		return [`${node}: ${field} ${value}`, json, parameters, expected];
	}),
);

test.each(ROWS)('%s', async (_name, json, parameters, expected) => {
	const { error } = await make(parameters, { items: [{ json }] });
	const bodies = sim.requests.filter(({ kind }) => kind === 'submit').map(({ body }) => body);
	if (expected instanceof RegExp) {
		expect(`${error?.message} | ${error?.description}`).toMatch(expected);
		expect(sim.requests).toHaveLength(0);
	} else {
		expect(error).toBeUndefined();
		expect(bodies).toEqual([expect.objectContaining(expected)]);
	}
});
