'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const flatted = require('flatted');

/** The owner that the harness sets up; the address is one that can never exist. */
const OWNER = {
	email: 'owner@example.com',
	firstName: 'Test',
	lastName: 'Owner',
	password: 'Owner-of-a-test-1',
};

const ENDED = new Set(['success', 'error', 'canceled', 'crashed']);

/** A client of n8n's REST interface, the one that its editor uses. Works with n8n 2.8 and 2.41. */
class N8nClient {
	/** @param {string} url the address of n8n, without a slash at the end */
	constructor(url) {
		this.url = url;
		this.cookie = '';
	}

	/**
	 * @returns {Promise<any>} the `data` of the answer
	 * @throws {Error} with `status` and `body`, when n8n refuses
	 */
	async request(method, path, body, { timeoutMs = 60_000 } = {}) {
		const response = await this.fetch(method, path, body, timeoutMs);
		const text = await response.text();
		let json;
		try {
			json = JSON.parse(text);
		} catch {
			throw new Error(`n8n: ${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
		}
		if (!response.ok) {
			const message = `n8n: ${method} ${path} answered ${response.status}: ${json.message ?? text}`;
			throw Object.assign(new Error(message), { status: response.status, body: json });
		}
		return 'data' in json ? json.data : json;
	}

	async fetch(method, path, body, timeoutMs = 60_000) {
		const response = await fetch(`${this.url}${path}`, {
			method,
			// n8n binds the session to this id: it has to stay the same from the login on.
			headers: {
				'browser-id': 'n8n-test-client',
				...(this.cookie && { cookie: this.cookie }),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(timeoutMs),
		});
		for (const cookie of response.headers.getSetCookie()) {
			if (cookie.startsWith('n8n-auth=')) this.cookie = cookie.split(';')[0];
		}
		return response;
	}

	/** Makes the owner of a fresh n8n, and logs in as that. */
	async setupOwner(owner = OWNER) {
		await this.request('POST', '/rest/owner/setup', owner);
		await this.login(owner);
	}

	async login({ email, password } = OWNER) {
		return await this.request('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	}

	/** @returns {Promise<{id: string, name: string}>} */
	async createCredential(name, type, data) {
		const { id } = await this.request('POST', '/rest/credentials', { name, type, data });
		return { id, name };
	}

	/**
	 * Runs the credential's own test, as the editor does after saving one.
	 * @returns {Promise<{status: 'OK'|'Error', message: string}>}
	 */
	async testCredential(id) {
		const saved = await this.request('GET', `/rest/credentials/${id}?includeData=true`);
		return await this.request('POST', '/rest/credentials/test', { credentials: saved });
	}

	/** @returns {Promise<any>} the saved workflow: id, versionId, nodes … */
	async createWorkflow(workflow) {
		const defaults = { settings: { executionOrder: 'v1' }, pinData: {}, active: false };
		return await this.request('POST', '/rest/workflows', { ...defaults, ...workflow });
	}

	async activate(workflow) {
		const { id, versionId } = workflow;
		return await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
	}

	async deactivate({ id }) {
		return await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	/**
	 * Starts a manual run, as "Execute workflow" does.
	 * @param {any} workflow as createWorkflow returned it
	 * @param {string} [trigger] the name of the node to begin with; default: the first trigger
	 * @returns {Promise<string>} the id of the execution
	 */
	async startRun(workflow, trigger) {
		const isTrigger = ({ type }) => /trigger$/i.test(type);
		const name = trigger ?? workflow.nodes.find(isTrigger)?.name;
		const { executionId } = await this.request('POST', `/rest/workflows/${workflow.id}/run`, {
			workflowData: workflow,
			triggerToStartFrom: { name },
		});
		if (!executionId) throw new Error(`n8n did not start workflow "${workflow.name}"`);
		return executionId;
	}

	/**
	 * @returns {Promise<{id: string, status: string, data: any}>} data.resultData.runData holds what
	 *   each node gave; n8n sends it as a `flatted` string
	 */
	async execution(id) {
		const execution = await this.request('GET', `/rest/executions/${id}`);
		const { data } = execution;
		return { ...execution, data: typeof data === 'string' ? flatted.parse(data) : data };
	}

	/** The newest executions of a workflow, without their data. */
	async executions(workflowId, limit = 50) {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const page = await this.request('GET', `/rest/executions?filter=${filter}&limit=${limit}`);
		return page.results;
	}

	async stopExecution(id) {
		return await this.request('POST', `/rest/executions/${id}/stop`, {});
	}

	/**
	 * @param {string} id
	 * @param {{ timeoutMs?: number, onPoll?: (execution: object) => void }} [how]
	 * @throws {Error} when it has not ended within `timeoutMs`
	 */
	async waitForEnd(id, { timeoutMs = 120_000, onPoll = () => {} } = {}) {
		const started = Date.now();
		for (;;) {
			const execution = await this.execution(id);
			if (ENDED.has(execution.status)) return execution;
			onPoll(execution);
			if (Date.now() - started > timeoutMs) {
				throw new Error(`Execution ${id} is "${execution.status}" after ${timeoutMs / 1000} s`);
			}
			await sleep(250);
		}
	}

	/**
	 * Starts a run and waits for its end.
	 * @param {any} workflow as createWorkflow gave it
	 * @param {{ trigger?: string, timeoutMs?: number, onPoll?: (execution: object) => void }} [how] `trigger`: the name of
	 *   the node to start from, where there are several
	 */
	async run(workflow, { trigger, ...options } = {}) {
		return await this.waitForEnd(await this.startRun(workflow, trigger), options);
	}

	/**
	 * The bytes of one binary field of an item, wherever n8n keeps them.
	 * @param {{id?: string, data: string}} binary
	 * @returns {Promise<Buffer>}
	 */
	async readBinary(binary) {
		if (!binary.id) return Buffer.from(binary.data, 'base64');
		const path = `/rest/binary-data?id=${encodeURIComponent(binary.id)}&action=view`;
		const response = await this.fetch('GET', path, undefined, 120_000);
		if (!response.ok) throw new Error(`n8n: reading binary data answered ${response.status}`);
		return Buffer.from(await response.arrayBuffer());
	}

	/** Uninstalls a community package while n8n runs, as the button in its settings does. */
	async uninstall(name) {
		await this.request('DELETE', `/rest/community-packages?name=${encodeURIComponent(name)}`);
	}

	/** @returns {Promise<any[]>} the descriptions of all nodes that n8n has loaded */
	async nodeTypes() {
		return await this.request('GET', '/types/nodes.json');
	}
}

/** The items that a node gave, of one of its runs and outputs. */
function itemsOf(execution, node, { run = 0, output = 0 } = {}) {
	return execution.data.resultData.runData[node]?.[run]?.data?.main?.[output] ?? [];
}

/** What stopped an execution, or undefined. */
const errorOf = (execution) => execution.data.resultData.error;

module.exports = { N8nClient, OWNER, errorOf, itemsOf };
