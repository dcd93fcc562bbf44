'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { N8nClient, itemsOf } = require('../../tools/n8n/client');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { startN8n } = require('../../tools/n8n/n8n');
const { freePort } = require('../../tools/n8n/ports');
const { chain, PACKAGE } = require('../../tools/n8n/workflows');
const { startSimulator } = require('../simulator');
const { makeJobs } = require('../simulator/makeJobs');

/** Ways n8n runs polling triggers. Only the last saves the state and the execution in one transaction. */
const SCHEDULER = { N8N_SCHEDULER_ENABLED: 'true', N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true' };
const MODES = {
	default: {},
	scheduler: SCHEDULER,
	'scheduler with durable cursors': { ...SCHEDULER, N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true' },
};

/**
 * n8n 2.41.1 takes up a workflow again, when it was killed in the middle of an activation, only after a lease of two
 * minutes. Shorter here; n8n gives up an activation, its first poll included, after 70 % of it.
 */
const SHORT_LEASE = {
	N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '20',
	N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '1000',
};

/** n8n allows one poll a minute for each entry: twelve of them make one every 5 s. */
const EVERY_5_S = Array.from({ length: 12 }, (_, i) => ({
	mode: 'custom',
	cronExpression: `${i * 5} * * * * *`,
}));

const NO_OP = { name: 'After', type: 'n8n-nodes-base.noOp' };

/** One activated workflow with the trigger, in an n8n that can be killed and started again. */
class TriggerRun {
	/** Made by setUp(), like the others here. @type {import('../simulator/simulator').Simulator} */
	sim;
	/** @type {string} */
	userFolder;
	/** @type {N8nClient} */
	client;
	/** @type {Awaited<ReturnType<typeof startN8n>>} */
	n8n;

	/**
	 * @param {{ version: string, mode: keyof typeof MODES, tarball: string, env?: Record<string, string>, port?: number,
	 *   after?: object[] }} options env: more of n8n's settings; after: the nodes behind the trigger
	 */
	constructor({ version, mode, tarball, env = {}, port, after = [NO_OP] }) {
		this.version = version;
		this.mode = mode;
		this.tarball = tarball;
		this.env = { ...SHORT_LEASE, ...MODES[mode], ...env };
		this.port = port;
		this.after = after;
		/** Ids of all jobs that were made. @type {string[]} */
		this.made = [];
		this.kills = 0;
	}

	/** Starts everything, and activates the workflow. */
	async setUp() {
		this.sim = await startSimulator({ timeScale: 20, account: { balance: Infinity } });
		this.userFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-trigger-'));
		this.port ??= await freePort();
		await this.start({ packages: [this.tarball] });
		this.client = new N8nClient(this.n8n.url);
		await this.client.setupOwner();
		const type = 'hailuoWaveSpeedApi';
		const credential = await this.client.createCredential(
			type,
			type,
			simulatorCredentials(this.sim)[type],
		);
		this.credentials = { [type]: credential };
		const trigger = {
			name: 'Hailuo Trigger',
			type: `${PACKAGE}.hailuoTrigger`,
			parameters: { provider: 'waveSpeed', pollTimes: { item: EVERY_5_S } },
			credentials: this.credentials,
		};
		this.workflow = await this.client.createWorkflow(chain('Watch', [trigger, ...this.after]));
		await this.client.activate(this.workflow);
		// The first poll (two requests) takes note of the jobs that exist already. With durable cursors n8n saves the state
		// from the next poll on only: an activation that is followed by its death is forgotten.
		await this.until(() => this.sim.count({ kind: 'list' }) > 2, 60_000);
		await sleep(1_000);
	}

	async start(more = {}) {
		const { version, userFolder, port, env } = this;
		this.n8n = await startN8n({ version, userFolder, port, env, ...more });
	}

	async kill() {
		this.kills++;
		await this.n8n.kill();
	}

	async tearDown() {
		await this.n8n?.stop();
		await this.sim?.stop();
		fs.rmSync(this.userFolder, { recursive: true, force: true, maxRetries: 3 });
	}

	/** Jobs that take `seconds` of real time. */
	make(count, seconds) {
		const prompt = `#sim:seconds=${seconds * this.sim.options.timeScale}`;
		this.made.push(...makeJobs(this.sim, count, { prompt }));
	}

	/** @returns {Promise<boolean>} whether it came true in time */
	async until(condition, timeoutMs) {
		const end = Date.now() + timeoutMs;
		while (Date.now() < end) {
			if (await condition()) return true;
			await sleep(100);
		}
		return false;
	}

	/** Resolves at the `nth` request of a kind from now on, when its answer begins. */
	async request(kind, nth) {
		let left = nth;
		await new Promise((resolve) => {
			const seen = (entry) => {
				if (entry.kind !== kind || --left > 0) return;
				this.sim.off('request', seen);
				resolve(undefined);
			};
			this.sim.on('request', seen);
		});
	}

	async executions() {
		return await this.client.executions(this.workflow.id, 100);
	}

	/** The ids of the jobs that n8n holds executions for, those included that it was killed in. */
	async emitted() {
		const list = await this.executions();
		const ids = [];
		for (const { id } of list) {
			const execution = await this.client.execution(id);
			const stack = execution.data.executionData?.nodeExecutionStack ?? [];
			const ran = itemsOf(execution, 'Hailuo Trigger');
			const items = ran.length > 0 ? ran : stack.flatMap(({ data }) => data.main[0] ?? []);
			ids.push(...items.map(({ json }) => json.jobId));
		}
		return ids;
	}

	/** Waits until no more than `lost` are missing, or 45 s have passed without news. */
	async settle(lost = 0) {
		let last = -1;
		let since = Date.now();
		while (Date.now() - since < 45_000) {
			const { size } = new Set(await this.emitted());
			if (size >= this.made.length - lost) break;
			if (size !== last) since = Date.now();
			last = size;
			await sleep(1_000);
		}
		// A second one would come with the next polls.
		await sleep(6_000);
	}

	/** @returns {Promise<{ made: number, emitted: number, missing: string[], twice: string[] }>} */
	async count() {
		const emitted = await this.emitted();
		const counts = new Map();
		for (const id of emitted) counts.set(id, (counts.get(id) ?? 0) + 1);
		return {
			made: this.made.length,
			emitted: emitted.length,
			missing: this.made.filter((id) => !counts.has(id)),
			twice: [...counts].filter(([, times]) => times > 1).map(([id]) => id),
		};
	}
}

module.exports = { MODES, TriggerRun };
