'use strict';

/*
 * What the nodes deliver that usually stand before this one, recorded from n8n's own code: each node's code runs, and only
 * what a service answers, or a person sends, is handed to it. Writes test/engine/data/upstream.json, which
 * test/engine/upstream.test.js puts into every field. Needs the n8n that `npm run e2e` installed into the cache.
 *
 * node tools/upstream/record.js
 */

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { compiledTree } = require('../bench/compiled');
const { loadForeign } = require('../bench/foreign');
const { cacheRoot } = require('../n8n/cache');

const compiled = (process.env.HAILUO_COMPILED = compiledTree());
const engine = require('../../test/engine/harness');
const { listen } = require('../../test/simulator/listen');

const VERSION = '2.41.1';
const OUT = path.join(__dirname, '../../test/engine/data/upstream.json');

const root = fs
	.readdirSync(cacheRoot())
	.filter((name) => name.startsWith(`n8n-${VERSION}-`))
	.map((name) => path.join(cacheRoot(), name, 'node_modules'))[0];
if (!root) throw new Error(`n8n ${VERSION} is not in the cache: run npm run e2e once`);

const BASE = 'n8n-nodes-base';
const LANGCHAIN = '@n8n/n8n-nodes-langchain';
const folderOf = (name) => fs.realpathSync(path.join(root, name));
const load = (name, ...files) => loadForeign(folderOf(name), files);

/** What a node asks of n8n, for code that is called and not run in the engine. */
const contextOf = (parameters, more = {}) => ({
	getNodeParameter: (name, _item, fallback) =>
		name.split('.').reduce((value, key) => value?.[key], parameters) ?? fallback,
	getInputData: () => [{ json: {} }],
	getNode: () => ({ name: 'Node', type: 'node', typeVersion: 1, parameters }),
	getWorkflowSettings: () => ({}),
	getTimezone: () => 'UTC',
	getMode: () => 'trigger',
	continueOnFail: () => false,
	getExecutionCancelSignal: () => undefined,
	addInputData: () => ({ index: 0 }),
	addOutputData: () => {},
	logAiEvent: () => {},
	logger: console,
	nodeHelpers: { copyBinaryFile: async (_path, fileName, mimeType) => stored(fileName, mimeType) },
	helpers: {
		returnJsonArray: (data) => [data].flat().map((json) => ({ json })),
		constructExecutionMetaData: (items, { itemData }) =>
			items.map((item) => ({ ...item, pairedItem: itemData })),
		prepareBinaryData: async (_data, fileName, mimeType) => stored(fileName, mimeType),
	},
	...more,
});

/** An entry of `binary` as n8n's storage of files writes it, without its ID. */
const stored = (fileName, mimeType = 'image/jpeg') => ({
	mimeType,
	fileType: mimeType.split('/')[0],
	fileExtension: fileName?.split('.').at(-1) ?? 'jpg',
	data: 'filesystem-v2',
	...(fileName ? { fileName } : {}),
});

const upload = () => {
	const filepath = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-upload-')), 'file');
	fs.writeFileSync(filepath, 'x');
	return { filepath, originalFilename: 'boat.jpg', mimetype: 'image/jpeg', size: 1 };
};

const jsonOf = (items) =>
	items.map(({ json, binary }) => ({ json, ...(binary ? { binary } : {}) }));

async function form(settings = {}) {
	const { prepareFormReturnItem } = load(BASE, 'dist/nodes/Form/utils/utils.js');
	const fields = [
		{ fieldLabel: 'Idea', fieldType: 'textarea' },
		{ fieldLabel: 'Seconds', fieldType: 'number' },
		{ fieldLabel: 'Expand', fieldType: 'checkbox' },
		{ fieldLabel: 'Format', fieldType: 'dropdown' },
		{ fieldLabel: 'Note', fieldType: 'text' },
		{ fieldLabel: 'Empty', fieldType: 'number' },
		{ fieldLabel: 'None', fieldType: 'checkbox' },
		{ fieldLabel: 'My Picture', fieldType: 'file', multipleFiles: false },
		{ fieldLabel: 'Pictures', fieldType: 'file', multipleFiles: true },
	];
	const data = {
		...{ 'field-0': 'a boat', 'field-1': '6', 'field-2': '["Yes"]', 'field-3': '768P' },
		...{ 'field-5': '', 'field-6': '[]' },
	};
	const body = { data, files: { 'field-7': upload(), 'field-8': [upload(), upload()] } };
	const item = await prepareFormReturnItem(
		contextOf(
			{},
			{
				getNode: () => ({ type: 'n8n-nodes-base.formTrigger', typeVersion: 2.6 }),
				getRequestObject: () => ({ contentType: 'multipart/form-data', query: {} }),
				getBodyData: () => body,
				getWorkflowSettings: () => settings,
			},
		),
		fields,
		'test',
	);
	return [item];
}

async function webhook(request, options = {}) {
	const { Webhook } = load(BASE, 'dist/nodes/Webhook/Webhook.node.js');
	const parameters = {
		...{ options, httpMethod: 'POST', responseMode: 'onReceived', authentication: 'none' },
	};
	const context = contextOf(parameters, {
		getNode: () => ({ type: 'n8n-nodes-base.webhook', typeVersion: 2.1, parameters }),
		getRequestObject: () => ({ method: 'POST', params: {}, ips: [], ...request }),
		getResponseObject: () => ({}),
		getHeaderData: () => ({}),
		getNodeWebhookUrl: () => 'https://n8n.example.com/webhook/x',
		getChildNodes: () => [],
		evaluateExpression: () => true,
	});
	const { workflowData } = await new Webhook().webhook(context);
	return workflowData.flat();
}

async function sheets() {
	const { GoogleSheet } = load(BASE, 'dist/nodes/Google/Sheet/v2/helpers/GoogleSheet.js');
	const { readSheet } = load(BASE, 'dist/nodes/Google/Sheet/v2/actions/utils/readOperation.js');
	const context = contextOf({ options: {}, filtersUI: {} });
	const sheet = new GoogleSheet('id', context);
	// As the API answers, which leaves empty cells at the end of a row out.
	sheet.getData = async () => [
		['Idea', 'Seconds', 'Expand', 'Model', 'Style'],
		['a boat', 6, true, 'Hailuo 02 Pro ', 'noir'],
		['', '6s', 'TRUE', 'Hailuo 02 Pro'],
	];
	return await readSheet.call(context, sheet, 'Sheet1', 0, [], 4.7, [{ json: {} }]);
}

/** Runs `work` while a function of the node's transport answers what the service would. */
async function answering(transport, name, answer, work) {
	const module = require(path.join(folderOf(BASE), transport));
	const original = module[name];
	Object.defineProperty(module, name, { value: async () => answer, writable: true });
	try {
		return await work();
	} finally {
		Object.defineProperty(module, name, { value: original, writable: true });
	}
}

async function driveSearch() {
	const { execute } = load(
		BASE,
		'dist/nodes/Google/Drive/v2/actions/fileFolder/search.operation.js',
	);
	const link = 'https://drive.google.com/file/d/1aB/view?usp=drivesdk';
	const files = [
		{ id: '1aB', name: 'boat.jpg', mimeType: 'image/jpeg', webViewLink: link, starred: false },
	];
	return await answering(
		'dist/nodes/Google/Drive/v2/transport/index.js',
		'googleApiRequest',
		{ files },
		async () =>
			await execute.call(contextOf({ searchMethod: 'name', queryString: '', limit: 50 }), 0),
	);
}

async function driveDownload() {
	const { execute } = load(BASE, 'dist/nodes/Google/Drive/v2/actions/file/download.operation.js');
	const answer = {
		...{ name: 'boat.jpg', mimeType: 'image/jpeg', body: '' },
		headers: { 'content-type': 'image/jpeg' },
	};
	return await answering(
		'dist/nodes/Google/Drive/v2/transport/index.js',
		'googleApiRequest',
		answer,
		async () =>
			await execute.call(contextOf({ fileId: '1aB', options: {} }), 0, {
				json: { Idea: 'a boat' },
			}),
	);
}

async function airtable(version, options = {}) {
	const { execute } = load(BASE, 'dist/nodes/Airtable/v2/actions/record/search.operation.js');
	const fields = {
		...{ Idea: 'a boat', Lookup: ['a boat'], Tags: ['red', 'blue'], Expand: true, Seconds: 6 },
		Photos: [
			{
				...{ id: 'att1', width: 1366, height: 768, url: 'https://example.com/a.jpg' },
				...{ filename: 'a.jpg', size: 9, type: 'image/jpeg' },
			},
		],
	};
	const records = [{ id: 'rec1', createdTime: '2026-01-01T00:00:00.000Z', fields }];
	const context = contextOf(
		{ returnAll: false, limit: 1, filterByFormula: '', options },
		{ getNode: () => ({ typeVersion: version }) },
	);
	const work = async () => await execute.call(context, [{ json: {} }], 'app', 'tbl');
	const transport = 'dist/nodes/Airtable/v2/transport/index.js';
	if (!options.downloadFields) return await answering(transport, 'apiRequest', { records }, work);
	const { downloadRecordAttachments } = require(path.join(folderOf(BASE), transport));
	// Inside of its own module the node's transport calls itself: its HTTP helper answers then.
	const helpers = { ...context.helpers, requestWithAuthentication: async () => Buffer.from('x') };
	const asked = { ...context, helpers };
	return await downloadRecordAttachments.call(asked, records, options.downloadFields);
}

function notion() {
	const { simplifyObjects } = load(BASE, 'dist/nodes/Notion/shared/GenericFunctions.js');
	const text = (content) => [{ type: 'text', plain_text: content }];
	const file = { type: 'file', file: { url: 'https://example.com/a.jpg?X-Amz-Expires=3600' } };
	const page = {
		...{ object: 'page', id: 'page', url: 'https://www.notion.so/page' },
		parent: { type: 'data_source_id' },
		properties: {
			Name: { type: 'title', title: text('a boat') },
			Idea: { type: 'rich_text', rich_text: [] },
			Seconds: { type: 'number', number: 6 },
			Length: { type: 'number', number: null },
			Format: { type: 'select', select: null },
			Model: { type: 'status', status: { name: 'Hailuo 02 Pro' } },
			Expand: { type: 'checkbox', checkbox: false },
			Picture: { type: 'files', files: [{ name: 'a.jpg', ...file }] },
			Pictures: { type: 'files', files: [file, file] },
			Tags: { type: 'multi_select', multi_select: [{ name: 'red' }, { name: 'blue' }] },
			Day: { type: 'date', date: { start: '2026-01-01', end: null } },
			Sum: { type: 'formula', formula: { type: 'string', string: 'a boat' } },
		},
	};
	return simplifyObjects([page], false, 3).map((json) => ({ json }));
}

async function telegram(additionalFields) {
	const { TelegramTrigger } = load(BASE, 'dist/nodes/Telegram/TelegramTrigger.node.js');
	const generic = 'dist/nodes/Telegram/GenericFunctions.js';
	const photo = [90, 320, 1280].map((width) => ({ file_id: `x${width}`, file_size: width, width }));
	const body = {
		update_id: 1,
		message: { message_id: 2, chat: { id: 3, type: 'private' }, date: 1, photo, caption: 'a boat' },
	};
	const context = contextOf(
		{ updates: ['message'], additionalFields },
		{
			getNode: () => ({ typeVersion: 1 }),
			getCredentials: async () => ({ accessToken: 'x', baseUrl: 'https://api.telegram.org' }),
			getBodyData: () => body,
			getHeaderData: () => ({}),
		},
	);
	const answer = { result: { file_path: 'photos/file_1.jpg' }, body: 'x' };
	const { workflowData } = await answering(
		generic,
		'apiRequest',
		answer,
		async () => await new TelegramTrigger().webhook.call(context),
	);
	return workflowData.flat();
}

/** Runs in the engine, against a server. */
async function httpRequest(type, body) {
	const { HttpRequestV3 } = load(BASE, 'dist/nodes/HttpRequest/V3/HttpRequestV3.node.js');
	const server = http.createServer((_request, response) => {
		response.setHeader('content-type', type);
		response.end(body);
	});
	const port = await listen(server);
	try {
		const node = new HttpRequestV3({ displayName: 'HTTP', name: 'httpRequest', group: [] });
		const url = `http://127.0.0.1:${port}/boat.jpg`;
		const { items, error } = await engine.runNode({
			type: node,
			credentials: {},
			parameters: { method: 'GET', url, authentication: 'none', options: {} },
			items: [{ json: { Idea: 'a boat' } }],
			node: { typeVersion: 4.5 },
		});
		if (error) throw error;
		return items.map(({ json, binary }) => ({
			json,
			...(binary ? { binary: { data: stored(binary.data.fileName, binary.data.mimeType) } } : {}),
		}));
	} finally {
		server.close();
	}
}

async function editFields() {
	const { SetV2 } = load(BASE, 'dist/nodes/Set/v2/SetV2.node.js');
	const assign = (name, type, value) => ({ id: name, name, type, value });
	const assignments = [
		assign('prompt', 'string', 'a boat'),
		assign('seconds', 'number', '6'),
		assign('expand', 'boolean', 'true'),
		assign('scene', 'object', '{ "subject": "a boat" }'),
		assign('tags', 'array', '["red", "blue"]'),
		assign('hole', 'string', '=A cat {{ $json.nope }}'),
		assign('shown', 'string', '=A cat {{ $json.scene }}'),
	];
	const { items, error } = await engine.runNode({
		type: new SetV2({ displayName: 'Edit Fields', name: 'set', group: [] }),
		credentials: {},
		parameters: { mode: 'manual', assignments: { assignments }, options: {} },
		items: [{ json: { scene: { subject: 'a boat' } } }],
		node: { typeVersion: 3.4 },
	});
	if (error) throw error;
	return items;
}

/** What n8n takes from a person's code, as it hands it on. */
function code() {
	const { validateRunCodeAllItems } = load(BASE, 'dist/nodes/Code/result-validation.js');
	const normalize = (items) =>
		[items].flat().map((item) => ('json' in item || 'binary' in item ? item : { json: item }));
	const texts = {
		object: { singular: 'object', plural: 'objects' },
		item: { singular: 'item', plural: 'items' },
	};
	const binary = { data: { data: 'x', fileName: 'a.jpg' } };
	const json = {
		prompt: 'A cat undefined',
		seconds: '6s',
		hole: '[object Object], please',
		nan: NaN,
	};
	return validateRunCodeAllItems([{ json, binary }], texts, normalize);
}

async function openAi(format) {
	const file = 'dist/nodes/vendors/OpenAi/v2/actions/text/response.operation.js';
	const text = format
		? JSON.stringify({ prompt: 'a boat', seconds: '6 seconds', expand: 'True' })
		: 'a boat';
	const content = [{ type: 'output_text', annotations: [], text }];
	const answer = { output: [{ id: 'msg', type: 'message', role: 'assistant', content }] };
	const textFormat = { textOptions: { type: 'json_object' } };
	const parameters = {
		...{ modelId: 'gpt', hideTools: 'hide', simplify: true },
		responses: { values: [{ type: 'text', role: 'user', content: 'x' }] },
		options: format ? { textFormat } : {},
	};
	const module = require(
		path.join(folderOf(LANGCHAIN), 'dist/nodes/vendors/OpenAi/transport/index.js'),
	);
	Object.defineProperty(module, 'apiRequest', { value: async () => answer, writable: true });
	const { execute } = load(LANGCHAIN, file);
	return await execute.call(contextOf(parameters), 0);
}

async function openAiMessage() {
	const { execute } = load(
		LANGCHAIN,
		'dist/nodes/vendors/OpenAi/v1/actions/text/message.operation.js',
	);
	const content = JSON.stringify({ prompt: 'a boat' });
	const answer = { choices: [{ index: 0, message: { role: 'assistant', content } }] };
	const module = require(
		path.join(folderOf(LANGCHAIN), 'dist/nodes/vendors/OpenAi/transport/index.js'),
	);
	Object.defineProperty(module, 'apiRequest', { value: async () => answer, writable: true });
	const parameters = {
		...{ modelId: 'gpt', hideTools: 'hide', simplify: true, jsonOutput: true, options: {} },
		messages: { values: [{ role: 'user', content: 'x' }] },
	};
	return await execute.call(contextOf(parameters), 0);
}

/** The Basic LLM Chain, alone and with a Structured Output Parser. */
async function chain() {
	const { formatResponse } = load(
		LANGCHAIN,
		'dist/nodes/chains/ChainLLM/methods/responseFormatter.js',
	);
	const { N8nStructuredOutputParser } = load(
		LANGCHAIN,
		'dist/utils/output_parsers/N8nStructuredOutputParser.js',
	);
	const zod = require(require.resolve('zod', { paths: [folderOf(LANGCHAIN)] }));
	const scene = zod.z.object({ scene: zod.z.object({ subject: zod.z.string() }).passthrough() });
	const parser = await N8nStructuredOutputParser.fromZodJsonSchema(scene, 1.3, contextOf({}));
	const said = { output: { scene: { subject: 'a boat', camera: 'low' } } };
	const parsed = await parser.parse(`\`\`\`json\n${JSON.stringify(said)}\n\`\`\``);
	return {
		alone: [{ json: formatResponse('a boat\n', true) }],
		fenced: [{ json: formatResponse('```json\n{"prompt":"a boat"}\n```', true) }],
		parsed: [{ json: formatResponse(parsed, true) }],
		list: [{ json: formatResponse(['a boat', 'a ship'], true) }],
	};
}

async function main() {
	await engine.startEngine();
	const urlencoded = {
		headers: { host: 'n8n.example.com' },
		...{ query: { seconds: '6', expand: 'on' }, body: { prompt: 'a boat', file: 'false' } },
	};
	const chains = await chain();
	const BASE_VERSION = require(path.join(folderOf(BASE), 'package.json')).version;
	const all = {
		form: ['Form Trigger 2.6', 'Form/utils/utils.js', await form()],
		formCombined: [
			'Form Trigger 2.6, files in the JSON (binaryMode combined)',
			'Form/utils/utils.js',
			await form({ binaryMode: 'combined' }),
		],
		webhook: ['Webhook 2.1', 'Webhook/Webhook.node.js', await webhook(urlencoded)],
		webhookUpload: [
			'Webhook 2.1, multipart',
			'Webhook/utils.js',
			await webhook({
				...{ headers: {}, query: {}, contentType: 'multipart/form-data' },
				body: { data: { prompt: 'a boat' }, files: { picture: upload() } },
			}),
		],
		sheets: ['Google Sheets 4.7', 'Google/Sheet/v2/actions/utils/readOperation.js', await sheets()],
		driveSearch: [
			'Google Drive 3, search',
			'Google/Drive/v2/actions/fileFolder/search.operation.js',
			await driveSearch(),
		],
		driveDownload: [
			'Google Drive 3, download',
			'Google/Drive/v2/actions/file/download.operation.js',
			await driveDownload(),
		],
		airtable: [
			'Airtable 2.2',
			'Airtable/v2/actions/record/search.operation.js',
			await airtable(2.2),
		],
		airtable21: [
			'Airtable 2.1',
			'Airtable/v2/actions/record/search.operation.js',
			await airtable(2.1),
		],
		airtableFiles: [
			'Airtable 2.2, attachments downloaded',
			'Airtable/v2/transport/index.js',
			await airtable(2.2, { downloadFields: ['Photos'] }),
		],
		notion: ['Notion 3', 'Notion/shared/GenericFunctions.js', notion()],
		telegram: ['Telegram Trigger', 'Telegram/TelegramTrigger.node.js', await telegram({})],
		telegramFile: [
			'Telegram Trigger, with download',
			'Telegram/util/triggerUtils.js',
			await telegram({ download: true }),
		],
		httpJson: [
			'HTTP Request 4.5, JSON',
			'HttpRequest/V3/HttpRequestV3.node.js',
			await httpRequest('application/json', '{"result":{"prompt":"a boat"},"ok":1}'),
		],
		httpText: [
			'HTTP Request 4.5, text',
			'HttpRequest/V3/HttpRequestV3.node.js',
			await httpRequest('text/plain', 'a boat'),
		],
		httpFile: [
			'HTTP Request 4.5, file',
			'HttpRequest/V3/HttpRequestV3.node.js',
			await httpRequest('image/jpeg', Buffer.from('ffd8ff', 'hex')),
		],
		code: ['Code 2', 'Code/result-validation.js', code()],
		editFields: ['Edit Fields 3.4', 'Set/v2/SetV2.node.js', await editFields()],
		openAi: [
			'OpenAI 2.3',
			'@/nodes/vendors/OpenAi/v2/actions/text/response.operation.js',
			await openAi(false),
		],
		openAiJson: [
			'OpenAI 2.3, JSON object',
			'@/nodes/vendors/OpenAi/v2/actions/text/response.operation.js',
			await openAi(true),
		],
		openAiMessage: [
			'OpenAI 1.8, JSON output',
			'@/nodes/vendors/OpenAi/v1/actions/text/message.operation.js',
			await openAiMessage(),
		],
		chain: [
			'Basic LLM Chain 1.9',
			'@/nodes/chains/ChainLLM/methods/responseFormatter.js',
			chains.alone,
		],
		chainFenced: [
			'Basic LLM Chain 1.9, JSON in a fence',
			'@/nodes/chains/ChainLLM/methods/responseFormatter.js',
			chains.fenced,
		],
		chainParsed: [
			'Basic LLM Chain 1.9, Structured Output Parser 1.3',
			'@/utils/output_parsers/N8nStructuredOutputParser.js',
			chains.parsed,
		],
		chainList: [
			'Basic LLM Chain 1.9, Item List Output Parser',
			'@/nodes/chains/ChainLLM/methods/responseFormatter.js',
			chains.list,
		],
	};
	const shapes = Object.fromEntries(
		Object.entries(all).map(([key, [node, file, items]]) => [
			key,
			{
				node,
				readIn: file.startsWith('@/')
					? `${LANGCHAIN}/dist${file.slice(1)}`
					: `${BASE}/dist/nodes/${file}`,
				items: jsonOf(items),
			},
		]),
	);
	// The time of the recording says nothing.
	const fixed = (key, value) => (key === 'submittedAt' ? '2026-01-01T00:00:00.000Z' : value);
	fs.mkdirSync(path.dirname(OUT), { recursive: true });
	fs.writeFileSync(OUT, `${JSON.stringify({ n8n: BASE_VERSION, shapes }, fixed, '\t')}\n`);
	engine.stopEngine();
}

main()
	.catch((error) => {
		console.error(error);
		process.exitCode = 1;
	})
	.finally(() => fs.rmSync(compiled, { recursive: true }));
