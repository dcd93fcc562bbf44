'use strict';

const http = require('node:http');
const { listen } = require('../simulator/listen');

/*
 * What takes the place of Google Sheets, Google Drive, YouTube, Slack and OpenAI in the example workflows: a server on
 * 127.0.0.1 that notes what it is sent. The example itself stays as it is: the nodes of a service become HTTP Request
 * nodes of the same name that send what the original was told to send, with its own expressions; the chat model keeps
 * its node and is given another address.
 */

const HTTP_REQUEST = { type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2 };

/** A node that posts fields, and a file if there is one, to the server. */
function poster(node, url, fields, file) {
	const values = Object.entries(fields).map(([name, value]) => ({
		parameterType: 'formData',
		name,
		value,
	}));
	const files = file
		? [{ parameterType: 'formBinaryData', name: 'file', inputDataFieldName: file }]
		: [];
	return {
		...node,
		...HTTP_REQUEST,
		parameters: {
			method: 'POST',
			url: `${url}/${encodeURIComponent(node.name)}`,
			sendBody: true,
			contentType: 'multipart-form-data',
			bodyParameters: { parameters: [...values, ...files] },
			options: {},
		},
	};
}

/** A node that gets a file from the server. */
const fetcher = (node, url, id) => ({
	...node,
	...HTTP_REQUEST,
	parameters: {
		url: `=${url}/${id.replace(/^=/, '')}`,
		options: { response: { response: { responseFormat: 'file', outputPropertyName: 'data' } } },
	},
});

/** By type of the node: what it becomes. */
const STAND_INS = {
	'n8n-nodes-base.googleSheets': (node, url) => {
		const { operation, columns } = node.parameters;
		if (operation === 'update') return poster(node, url, columns.value);
		const parameters = { url: `${url}/rows`, options: {} };
		return { ...node, ...HTTP_REQUEST, parameters };
	},
	'n8n-nodes-base.googleDrive': (node, url) => {
		const { operation, name, inputDataFieldName, fileId } = node.parameters;
		if (operation === 'download') return fetcher(node, `${url}/files`, fileId.value);
		return poster(node, url, { name }, inputDataFieldName);
	},
	'n8n-nodes-base.slack': (node, url) => {
		const { resource, text, options, binaryPropertyName } = node.parameters;
		return resource === 'file'
			? poster(node, url, { comment: options.initialComment }, binaryPropertyName)
			: poster(node, url, { text });
	},
	'n8n-nodes-base.youTube': (node, url) => {
		const { title, options, binaryProperty } = node.parameters;
		const { description, privacyStatus } = options;
		return poster(node, url, { title, description, privacyStatus }, binaryProperty);
	},
};

/** @returns {any} the workflow with the services out of reach replaced, and credentials put in */
function withStandIns(workflow, { url, credentials }) {
	const nodes = workflow.nodes.map((node) => {
		const replaced = STAND_INS[node.type]?.(node, url) ?? node;
		const used = Object.entries(credentials).filter(([type]) => CREDENTIALS[type].test(node.type));
		return used.length ? { ...replaced, credentials: Object.fromEntries(used) } : replaced;
	});
	return { ...workflow, nodes };
}

/** Which nodes get which credential. */
const CREDENTIALS = {
	hailuoMiniMaxApi: /^n8n-nodes-hailuo\./,
	hailuoWaveSpeedApi: /^n8n-nodes-hailuo\./,
	openAiApi: /\.lmChatOpenAi$/,
};

const readBody = async (request) => {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks);
};

/** The fields of a form, files as Buffers. */
async function formOf(request, body) {
	const form = await new Response(body, { headers: request.headers }).formData();
	const fields = {};
	for (const [name, value] of form) {
		fields[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
	}
	return fields;
}

/**
 * @typedef {{ rows?: object[] | ((url: string) => object[]), files?: Record<string, Buffer>,
 *   chat?: (messages: object[]) => object }} StandIns rows: of the sheet; files: of the drive, by their IDs; chat: the
 *   model's next message, as OpenAI writes it
 */

/** @param {StandIns} [options] */
async function startStandIns({ rows = [], files = {}, chat } = {}) {
	/** What nodes sent, by their names. @type {Record<string, object[]>} */
	const sent = {};
	const server = http.createServer(async (request, response) => {
		const body = await readBody(request);
		const answer = (json) => {
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(json));
		};
		const name = decodeURIComponent(String(request.url).slice(1));
		if (name === 'rows') {
			return answer(typeof rows === 'function' ? rows(`http://${request.headers.host}`) : rows);
		}
		if (name.startsWith('files/')) {
			response.setHeader('content-type', 'application/octet-stream');
			return response.end(files[name.slice('files/'.length)]);
		}
		if (name === 'v1/chat/completions') {
			const { messages, tools, stream } = JSON.parse(body.toString());
			if (!chat) throw new Error('This example has no chat model');
			(sent.chat ??= []).push({ messages, tools });
			return stream ? sendStream(response, chat(messages)) : answer(completion(chat(messages)));
		}
		(sent[name] ??= []).push(await formOf(request, body));
		answer({ ok: true });
	});
	const port = await listen(server);
	const close = () =>
		new Promise((resolve) => {
			server.closeAllConnections();
			server.close(resolve);
		});
	return { url: `http://127.0.0.1:${port}`, sent, close };
}

const head = (object) => ({ id: 'chat-1', object, created: 1, model: 'stand-in' });
const reasonOf = (message) => (message.tool_calls ? 'tool_calls' : 'stop');

const completion = (message) => ({
	...head('chat.completion'),
	choices: [{ index: 0, message, finish_reason: reasonOf(message) }],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

function sendStream(response, message) {
	response.setHeader('content-type', 'text/event-stream');
	const calls = message.tool_calls?.map((call, index) => ({ index, ...call }));
	const delta = { ...message, ...(calls && { tool_calls: calls }) };
	for (const choice of [{ delta }, { delta: {}, finish_reason: reasonOf(message) }]) {
		const chunk = { ...head('chat.completion.chunk'), choices: [{ index: 0, ...choice }] };
		response.write(`data: ${JSON.stringify(chunk)}\n\n`);
	}
	response.end('data: [DONE]\n\n');
}

module.exports = { startStandIns, withStandIns };
