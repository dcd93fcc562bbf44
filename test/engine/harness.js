'use strict';

/*
 * n8n's own engine in process: WorkflowExecute, its HTTP helper and its binary data service are the real ones. The one
 * stand-in is the credentials helper, because n8n's needs its database.
 */

const fs = require('node:fs');
const { nodeRequire, requireOfCore } = require('../jest/nodeRequire');
const { n8nFolder } = nodeRequire(require.resolve('./n8nFolder'));

const folder = n8nFolder();
nodeRequire('reflect-metadata');
const { Container } = requireOfCore('@n8n/di');
const { Logger } = requireOfCore('@n8n/backend-common');
const {
	BinaryDataService,
	ExecutionLifecycleHooks,
	WebhookContext,
	WorkflowExecute,
} = require('n8n-core');
const { LoggerProxy, Workflow } = require('n8n-workflow');
const { CREDENTIAL_TYPES, Credentials, credentialsFor } = require('./credentialsHelper');
const { load } = require('./load');
const { credentialsOf, testNode } = require('./testNode');
const { clock, followTime, followVirtual, redirectHost, VirtualClock } = require('./time');

const { Hailuo } = load('nodes/Hailuo/Hailuo.node');
const { providers } = load('nodes/Hailuo/providers');

/**
 * @typedef {import('n8n-workflow').INode} INode
 * @typedef {import('n8n-workflow').INodeType} INodeType
 * @typedef {import('n8n-workflow').IConnections} IConnections
 * @typedef {import('./credentialsHelper').CredentialsByType} CredentialsByType
 *
 * @typedef {{ json: any, binary?: any, pairedItem?: any, error?: any }} Item  json: what the operation returns
 *
 * @typedef {Error & { description?: string, context: Record<string, any>, httpCode?: string | null, cause?: any }} RunError
 *   n8n's errors, whose classes differ
 *
 * @typedef {{
 *   parameters: Record<string, unknown>,
 *   items?: Item[],
 *   credentials: CredentialsByType,
 *   node?: Partial<INode>,
 *   type?: INodeType,
 *   onStart?: (cancel: () => void, execution: WorkflowExecute) => void,
 *   contextData?: Record<string, any>,
 *   extend?: (workflow: { nodes: INode[], connections: IConnections, nodeTypes: Record<string, INodeType> }) => void,
 * }} Asked  `node`: further settings: onError, retryOnFail, maxTries, waitBetweenTries; `type`: another node type than the
 *   action node; `contextData`: what an earlier try of the execution stored; `extend` adds to the workflow before it is made
 *
 * @typedef {{
 *   items: Item[], errorItems: Item[], error?: RunError, run: any, tries: number,
 *   contextData: Record<string, any>, workflow: Workflow,
 *   additionalData: import('n8n-workflow').IWorkflowExecuteAdditionalData,
 * }} Result  `error`: what the node, or the execution, failed with; `run`: n8n's IRun, without
 *   its "possibly undefined"; `tries`: how often n8n ran the node
 */

/** Returns the items of the test. @param {Item[]} items @returns {INodeType} */
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

/** @type {INodeType} */
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

/** For `runNode`: an item that fails becomes an item with its error. @type {Pick<Asked, 'node'>} */
const goOn = { node: { onError: 'continueRegularOutput' } };

const hailuo = new Hailuo();
let executions = 0;
/** @type {{ level: string, message: string, meta?: any }[]} */
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

/** @returns {Promise<import('n8n-workflow').IBinaryData>} a binary field of an item, stored where n8n stores files */
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

/**
 * What n8n passes to every node of an execution, without the parts that these nodes do not use.
 * @param {CredentialsByType} credentials
 */
function additionalDataFor(credentials) {
	const now = new Date();
	/** @type {Partial<import('n8n-workflow').IWorkflowExecuteAdditionalData>} */
	const data = {
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
			name: 'Test',
			active: false,
			isArchived: false,
			createdAt: now,
			updatedAt: now,
			activeVersionId: null,
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
	return /** @type {import('n8n-workflow').IWorkflowExecuteAdditionalData} */ (data);
}

/**
 * Runs the node after a node that returns `items`, in a workflow, and with an error output if `node` says so.
 *
 * @param {Asked} asked
 * @returns {Promise<Result>}
 */
async function runNode(asked) {
	const { parameters, items = [{ json: {} }], credentials, node = {}, type = hailuo } = asked;
	/** @type {Record<string, INodeType>} */
	const nodeTypes = { 'test.items': itemsNode(items), 'test.hailuo': type, 'test.noOp': noOp };
	/** @type {INode[]} */
	const nodes = [
		testNode({ id: 'a', name: 'Items', type: 'test.items' }),
		testNode({
			id: 'b',
			position: [200, 0],
			parameters: /** @type {INode['parameters']} */ (parameters),
			credentials: credentialsOf(credentials),
			...node,
		}),
	];
	/** @type {IConnections} */
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
	const promise = execution.run({ workflow, startNode: workflow.getNode('Items') ?? undefined });
	// run() has just created its data, and no node has run yet.
	if (asked.contextData)
		/** @type {any} */ (execution).runExecutionData.executionData.contextData = asked.contextData;
	asked.onStart?.(() => promise.cancel?.(), execution);
	const run = await promise;
	const data = run.data.resultData.runData.Hailuo?.at(-1);
	return {
		items: data?.data?.main?.[0] ?? [],
		errorItems: data?.data?.main?.[1] ?? [],
		error: /** @type {RunError | undefined} */ (data?.error ?? run.data.resultData.error),
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
 * @param {Pick<Result, 'run' | 'workflow' | 'additionalData'>} slept as `runNode` returned it
 * @param {{ body?: unknown, headers?: Record<string, string> }} [call]
 * @returns {Promise<{ items?: Item[], status: number, said?: any }>} `items`: the execution continues with them
 */
async function callBack({ run, workflow, additionalData }, { body = {}, headers = {} } = {}) {
	const node = /** @type {INode} */ (workflow.getNode('Hailuo'));
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
		// The only part that the context reads.
		/** @type {any} */ ({ webhookDescription: hailuo.description.webhooks[0] }),
		[],
		run.data,
	);
	const { workflowData } = await hailuo.webhook.call(context);
	return { ...answer, items: workflowData?.[0] };
}

module.exports = {
	additionalDataFor,
	binaryFrom,
	callBack,
	clock,
	credentialsFor,
	credentialTypes: CREDENTIAL_TYPES,
	followTime,
	followVirtual,
	goOn,
	VirtualClock,
	hailuo,
	logs,
	providers,
	readBinary,
	redirectHost,
	runNode,
	startEngine,
	stopEngine,
};
