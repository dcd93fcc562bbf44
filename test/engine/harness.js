'use strict';

/*
 * n8n's own engine in process: WorkflowExecute, its HTTP helper and its binary data service are the real ones. The one
 * stand-in is the credentials helper, because n8n's needs its database.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-engine-'));
// Read by n8n when it is required, so they are set before.
Object.assign(process.env, {
	N8N_USER_FOLDER: folder,
	N8N_ENCRYPTION_KEY: 'test-encryption',
	N8N_LOG_LEVEL: 'silent',
	N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
	N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem',
});
require('reflect-metadata');
// n8n-core's own copy: another one would not know its services.
const ofCore = (name) => require(require.resolve(name, { paths: [require.resolve('n8n-core')] }));
const { Container } = ofCore('@n8n/di');
const { Logger } = ofCore('@n8n/backend-common');
const {
	BinaryDataService,
	ExecutionLifecycleHooks,
	WebhookContext,
	WorkflowExecute,
} = require('n8n-core');
const axios = require(require.resolve('axios', { paths: [require.resolve('n8n-core')] }));
const { ICredentialsHelper, LoggerProxy, Workflow } = require('n8n-workflow');

/** The sources where jest runs (it compiles TypeScript), a compiled copy of them where plain Node does. */
const root = process.env.HAILUO_COMPILED ?? path.join(__dirname, '..', '..');
const load = (file) => require(path.join(root, file));
const { Hailuo } = load('nodes/Hailuo/Hailuo.node');
const { clock } = load('nodes/Hailuo/actions/clock');
const { providers } = load('nodes/Hailuo/edition');

const CREDENTIAL_TYPES = {
	hailuoWaveSpeedApi: load('credentials/HailuoWaveSpeedApi.credentials').HailuoWaveSpeedApi,
	hailuoVtrixApi: load('credentials/HailuoVtrixApi.credentials').HailuoVtrixApi,
	hailuoMiniMaxApi: load('credentials/HailuoMiniMaxApi.credentials').HailuoMiniMaxApi,
};

/** Hands out the data it was given, and signs requests as the credential's class says. */
class Credentials extends ICredentialsHelper {
	/** @param {Record<string, Record<string, unknown>>} byType */
	constructor(byType) {
		super();
		this.byType = byType;
	}

	getParentTypes() {
		return [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	async authenticate(data, type, options) {
		const { authenticate } = new CREDENTIAL_TYPES[type]();
		if (typeof authenticate === 'function') return await authenticate(data, options);
		const headers = Object.entries(authenticate.properties.headers ?? {}).map(([name, value]) => [
			name,
			String(value)
				.replace(/^=/, '')
				.replace(/\{\{\s*\$credentials\.(\w+)\s*\}\}/g, (_, key) => data[key]),
		]);
		return { ...options, headers: { ...options.headers, ...Object.fromEntries(headers) } };
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async getCredentials() {
		throw new Error('not used');
	}

	async getDecrypted(_additional, _details, type) {
		const data = this.byType[type];
		if (!data) throw new Error(`No credential of type ${type}`);
		return data;
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(type) {
		return new CREDENTIAL_TYPES[type]().properties;
	}
}

/** Gives the items that the test brought. */
const itemsNode = (items) => ({
	description: {
		displayName: 'Items',
		name: 'items',
		group: ['trigger'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [items];
	},
});

const noOp = {
	description: {
		displayName: 'No Op',
		name: 'noOp',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: {},
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

const hailuo = new Hailuo();
let executions = 0;
const logs = [];
const keepLog = (level) => (message, meta) => logs.push({ level, message, meta });
const logger = {
	debug: keepLog('debug'),
	info: keepLog('info'),
	warn: keepLog('warn'),
	error: keepLog('error'),
	scoped: () => logger,
};

/** Call once in a test file, before anything else. */
async function startEngine() {
	await Container.get(BinaryDataService).init();
	LoggerProxy.init(logger);
	// The one that nodes log to.
	Container.set(Logger, logger);
}

function stopEngine() {
	fs.rmSync(folder, { recursive: true, force: true });
}

/**
 * Makes the node live in the simulator's time, so that a job of a minute takes a fraction of a second.
 *
 * @param {{ now(): number, options: { timeScale: number } }} sim
 * @param {{ timeouts?: boolean }} [options] `timeouts`: n8n's own limits for an answer (30 s, 60 s for a submit) are
 *   in simulated time too. Only where the machine is sure to answer in time: at 30 times the speed they are 1 and 2 s.
 * @returns {() => void} puts the real time back
 */
function followTime(sim, { timeouts = false } = {}) {
	const { now, sleep } = clock;
	clock.now = () => sim.now();
	clock.sleep = async (ms, signal) => await sleep.call(clock, ms / sim.options.timeScale, signal);
	const shorter = axios.interceptors.request.use((config) => {
		if (timeouts && config.timeout > 0) config.timeout /= sim.options.timeScale;
		return config;
	});
	return () => {
		axios.interceptors.request.eject(shorter);
		Object.assign(clock, { now, sleep });
	};
}

/** Sends requests for one host to another: for a node whose provider's address is fixed. @returns {() => void} */
function redirectHost(from, to) {
	const moved = axios.interceptors.request.use((config) => {
		if (config.url?.startsWith(from)) config.url = to + config.url.slice(from.length);
		return config;
	});
	return () => axios.interceptors.request.eject(moved);
}

/** @returns {Promise<object>} a binary field of an item, stored where n8n stores files */
async function binaryFrom(buffer, { fileName = 'picture.jpg', mimeType = 'image/jpeg' } = {}) {
	return await Container.get(BinaryDataService).store(
		{ type: 'execution', workflowId: 'workflow', executionId: 'before' },
		buffer,
		{ data: '', fileName, mimeType, fileExtension: fileName.split('.').pop() },
	);
}

/** @returns {Promise<Buffer>} */
async function readBinary(binary) {
	return await Container.get(BinaryDataService).getAsBuffer(binary);
}

/** What n8n hands every node of an execution. @param {Record<string, Record<string, unknown>>} credentials by type */
function additionalDataFor(credentials) {
	return {
		credentialsHelper: new Credentials(credentials),
		executionId: String(++executions),
		currentNodeExecutionIndex: 0,
		restApiUrl: '',
		instanceBaseUrl: 'http://127.0.0.1/',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		webhookBaseUrl: 'http://127.0.0.1/webhook',
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		webhookTestBaseUrl: 'http://127.0.0.1/webhook-test',
		variables: {},
		userId: 'user',
		hooks: new ExecutionLifecycleHooks('manual', String(executions), {
			id: 'workflow',
			nodes: [],
			connections: {},
		}),
		executeWorkflow: async () => {
			throw new Error('not used');
		},
		getRunExecutionData: async () => undefined,
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
	};
}

/**
 * Runs the node behind a node that gives `items`, in a workflow with an error output where asked for.
 *
 * @param {{
 *   parameters: Record<string, unknown>,
 *   items?: object[],
 *   credentials: Record<string, Record<string, unknown>>,
 *   node?: object,              // further settings of the node: onError, retryOnFail, maxTries, waitBetweenTries
 *   type?: object,              // another node type than the action node
 *   onStart?: (cancel: () => void, execution: WorkflowExecute) => void,
 *   contextData?: object,       // what an earlier try of the execution left
 *   extend?: (workflow: { nodes: object[], connections: object, nodeTypes: object }) => void,
 *                               // adds to the workflow before it is made
 * }} asked
 * @returns {Promise<{ items: object[], errorItems: object[], error?: Error, run: object, contextData: object,
 *   workflow: object, additionalData: object }>}
 */
async function runNode(asked) {
	const { parameters, items = [{ json: {} }], credentials, node = {}, type = hailuo } = asked;
	const nodeTypes = { 'test.items': itemsNode(items), 'test.hailuo': type, 'test.noOp': noOp };
	const nodes = [
		{
			id: 'a',
			name: 'Items',
			type: 'test.items',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: 'b',
			name: 'Hailuo',
			type: 'test.hailuo',
			typeVersion: 1,
			position: [200, 0],
			parameters,
			credentials: Object.fromEntries(
				Object.keys(credentials).map((name) => [name, { id: name, name }]),
			),
			...node,
		},
	];
	const connections = { Items: { main: [[{ node: 'Hailuo', type: 'main', index: 0 }]] } };
	asked.extend?.({ nodes, connections, nodeTypes });
	const workflow = new Workflow({
		id: 'workflow',
		name: 'Test',
		active: false,
		nodes,
		connections,
		nodeTypes: {
			getByName: (name) => nodeTypes[name],
			getByNameAndVersion: (name) => nodeTypes[name],
			getKnownTypes: () => ({}),
		},
		settings: { executionOrder: 'v1' },
	});
	const additionalData = additionalDataFor(credentials);
	const execution = new WorkflowExecute(additionalData, 'manual');
	const promise = execution.run({ workflow, startNode: workflow.getNode('Items') });
	// run() has made its data anew, and no node has run yet.
	if (asked.contextData) execution.runExecutionData.executionData.contextData = asked.contextData;
	asked.onStart?.(() => promise.cancel?.(), execution);
	const run = await promise;
	const data = run.data.resultData.runData.Hailuo?.at(-1);
	return {
		items: data?.data?.main?.[0] ?? [],
		errorItems: data?.data?.main?.[1] ?? [],
		error: data?.error ?? run.data.resultData.error,
		run,
		tries: run.data.resultData.runData.Hailuo?.length ?? 0,
		contextData: run.data.executionData?.contextData ?? {},
		workflow,
		additionalData,
	};
}

/**
 * A call to the resume address of an execution that `runNode` put to sleep, in n8n's own WebhookContext. n8n's server in
 * front of it (its signature, who may resume) is not here: see test/e2e/callback.scenario.js.
 *
 * @param {object} slept as `runNode` returned it
 * @param {{ body?: object, headers?: Record<string, string> }} [call]
 * @returns {Promise<{ items?: object[], status: number }>} `items`: the execution goes on with them
 */
async function callBack({ run, workflow, additionalData }, { body = {}, headers = {} } = {}) {
	const node = workflow.getNode('Hailuo');
	const answer = { status: 200 };
	const response = {
		status(code) {
			answer.status = code;
			return response;
		},
		json: (said) => Object.assign(answer, { said }),
	};
	const rawBody = Buffer.from(JSON.stringify(body));
	const request = { body, headers, rawBody, params: {}, query: {} };
	const context = new WebhookContext(
		workflow,
		node,
		{ ...additionalData, httpRequest: request, httpResponse: response },
		'manual',
		{ webhookDescription: hailuo.description.webhooks[0] },
		[],
		run.data,
	);
	const { workflowData } = await hailuo.webhook.call(context);
	return { ...answer, items: workflowData?.[0] };
}

/** The credentials for a simulator. */
const credentialsFor = (sim) => ({
	hailuoWaveSpeedApi: { apiKey: sim.options.keys.waveSpeed, baseUrl: sim.urls.waveSpeed },
	hailuoVtrixApi: { apiKey: sim.options.keys.vtrix, baseUrl: sim.urls.vtrix },
	hailuoMiniMaxApi: { apiKey: sim.options.keys.miniMax, baseUrl: sim.urls.miniMax },
});

module.exports = {
	additionalDataFor,
	binaryFrom,
	callBack,
	clock,
	credentialsFor,
	credentialTypes: CREDENTIAL_TYPES,
	followTime,
	hailuo,
	logs,
	providers,
	readBinary,
	redirectHost,
	runNode,
	startEngine,
	stopEngine,
};
