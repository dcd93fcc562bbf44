'use strict';

/*
 * An ExecuteContext of the real n8n-core: its HTTP helper, its binary helpers and its BinaryDataService, without a
 * workflow run around them. N8N_CORE_FROM names the folder of another n8n installation to test with.
 */

const fs = require('node:fs');
const path = require('node:path');
const { nodeRequire, requireOfCore } = require('../jest/nodeRequire');
const { n8nFolder } = nodeRequire(require.resolve('./n8nFolder'));
const { testNode } = require('./testNode');

const folder = n8nFolder();
// The next test file of this process begins with an empty folder.
if (typeof afterAll === 'function')
	afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const from = process.env.N8N_CORE_FROM ?? __dirname;
const core = nodeRequire.resolve('n8n-core', { paths: [from] });
const load = (name) => requireOfCore(name, core);
load('reflect-metadata');
const { Container } = load('@n8n/di');
const { BinaryDataService, ExecuteContext } = nodeRequire(core);
const { Workflow } = load('n8n-workflow');
const axios = load('axios');

const [major, minor] = load('n8n-core/package.json').version.split('.').map(Number);
/** n8n 2.41 removes what an interrupted download stored; 2.8 removes it only with the execution. */
const cleansUp = major > 2 || minor >= 41;

const service = Container.get(BinaryDataService);
const ready = service.init();

/** `filesystem-v2`, as n8n 2 does by default, or `default`: base64 inside the execution. */
async function useMode(mode) {
	await ready;
	service.mode = mode;
}

const nodeType = { description: { properties: [], credentials: [{ name: 'hailuoWaveSpeedApi' }] } };
const nodeTypes = {
	getByName: () => nodeType,
	getByNameAndVersion: () => nodeType,
	getKnownTypes: () => ({}),
};

/** Signs as the WaveSpeed credential does. */
const credentialsHelper = {
	getParentTypes: () => [],
	isCredentialUsableByNode: () => true,
	preAuthentication: async () => undefined,
	authenticate: async (data, _type, options) => ({
		...options,
		headers: { ...options.headers, Authorization: `Bearer ${data.apiKey}` },
	}),
	getDecrypted: async () => ({ apiKey: 'the-key' }),
};

/**
 * `this` of a node's execute(), with these input items.
 * @param {{ items?: object[], settings?: object, signal?: AbortSignal }} [how] `settings` of the workflow; `signal` of the
 *   execution
 */
function context({ items = [{ json: {} }], settings = {}, signal } = {}) {
	const node = testNode({ credentials: { hailuoWaveSpeedApi: { id: '1', name: 'test' } } });
	const workflow = new Workflow({
		id: 'wf',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
		settings,
	});
	const additionalData = {
		executionId: '1',
		restApiUrl: 'http://127.0.0.1:1/rest',
		webhookWaitingBaseUrl: 'http://127.0.0.1:1/w',
		formWaitingBaseUrl: 'http://127.0.0.1:1/f',
		credentialsHelper,
	};
	const runData = { resultData: { runData: {} }, executionData: { contextData: {} } };
	const input = { main: [items] };
	const executeData = { node, data: input, source: null };
	return new ExecuteContext(
		workflow,
		node,
		additionalData,
		'manual',
		runData,
		0,
		items,
		input,
		executeData,
		[],
		signal,
	);
}

/** Every file that n8n's binary storage holds, temporary ones included, without the metadata. */
function storedFiles() {
	const walk = (at) =>
		fs.existsSync(at)
			? fs.readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
					const here = path.join(at, entry.name);
					return entry.isDirectory() ? walk(here) : [here];
				})
			: [];
	return walk(folder).filter((file) => file.includes('binary_data') && !file.endsWith('.metadata'));
}

async function readBack(binary) {
	return await service.getAsBuffer(binary);
}

module.exports = { axios, cleansUp, context, readBack, storedFiles, useMode };
