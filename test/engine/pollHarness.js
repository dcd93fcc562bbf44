'use strict';

/*
 * The trigger node in n8n's own PollContext. Around it, what n8n does in its default mode (docs/n8n.md 3): one workflow
 * object in memory, whose static data is saved when a poll emits and after the activation. The saving itself, and n8n's
 * death at any moment, are for test/e2e.
 */

const { additionalDataFor, clock, credentialsFor } = require('./harness');
const { credentialsOf, testNode } = require('./testNode');
const { PollContext } = require('n8n-core');
const { Workflow } = require('n8n-workflow');
const { HailuoTrigger } = require('../../nodes/Hailuo/HailuoTrigger.node');
const { newProcessState, processStateOf } = require('../../nodes/Hailuo/trigger/processState');

/** @typedef {import('n8n-workflow').INode} INode */

const type = new HailuoTrigger();
const nodeTypes = {
	getByName: () => type,
	getByNameAndVersion: () => type,
	getKnownTypes: () => ({}),
};

let workflows = 0;

class Trigger {
	/** Both made by build(). @type {Workflow} */
	workflow;
	/** @type {PollContext} */
	context;

	/**
	 * @param {import('../simulator/simulator').Simulator} sim
	 * @param {Record<string, any>} [parameters]
	 * @param {{ credentials?: import('./credentialsHelper').CredentialsByType, budgetMs?: number }} [options]
	 */
	constructor(sim, parameters = {}, options = {}) {
		this.sim = sim;
		this.credentials = options.credentials ?? credentialsFor(sim);
		this.budgetMs = options.budgetMs ?? 36_000;
		/** @type {Record<string, any>} */
		this.parameters = { provider: 'waveSpeed', ...parameters };
		this.workflowId = `poll-${++workflows}`;
		/** What the database holds. */
		this.saved = '{}';
		/** The items of all executions. */
		this.items = [];
		/** What polls threw; n8n turns each into a failed execution. */
		this.errors = [];
		/** One entry for each poll: its requests by kind, and its time in ms. */
		this.polls = [];
		this.build();
	}

	/** A trigger whose workflow has been activated. Takes what the constructor takes. */
	static async active(sim, parameters, options) {
		const trigger = new Trigger(sim, parameters, options);
		await trigger.activate();
		return trigger;
	}

	/** @private */
	build() {
		const node = testNode({
			id: 'trigger',
			name: 'Hailuo Trigger',
			type: 'test.hailuoTrigger',
			parameters: this.parameters,
			credentials: credentialsOf(this.credentials),
		});
		this.workflow = new Workflow({
			id: this.workflowId,
			name: 'Test',
			active: true,
			nodes: [node],
			connections: {},
			nodeTypes,
			staticData: JSON.parse(this.saved),
			settings: {},
		});
		this.context = this.contextOf('trigger', 'activate');
	}

	contextOf(mode, activation) {
		return new PollContext(
			this.workflow,
			/** @type {INode} */ (this.workflow.getNode('Hailuo Trigger')),
			additionalDataFor(this.credentials),
			mode,
			activation,
			() => {},
			() => {},
			undefined,
			undefined,
			undefined,
			() => this.budgetMs,
		);
	}

	save() {
		this.saved = JSON.stringify(this.workflow.staticData);
	}

	get savedBytes() {
		return Buffer.byteLength(this.saved);
	}

	/** The first poll of an activation; throws what n8n would refuse the activation for. */
	async activate() {
		this.build();
		const items = await this.run();
		this.save();
		return items;
	}

	/** n8n ends and starts again. */
	async restart() {
		const state = processStateOf(`${this.workflowId} trigger`);
		for (const key of Object.keys(state)) delete state[key];
		Object.assign(state, newProcessState());
		return await this.activate();
	}

	/** A later poll: what it throws becomes a failed execution. */
	async poll() {
		try {
			return await this.run();
		} catch (error) {
			this.errors.push(error);
			return [];
		}
	}

	/** Polls each minute. */
	async pollMinutes(count) {
		for (let i = 0; i < count; i++) {
			await minutes(this.sim);
			await this.poll();
		}
	}

	/** @private */
	async run() {
		const at = clock.now();
		const before = this.sim.requests.length;
		const output = await type.poll.call(this.context);
		const requests = {};
		for (const { kind } of this.sim.requests.slice(before))
			requests[kind] = (requests[kind] ?? 0) + 1;
		const items = output?.[0] ?? [];
		this.polls.push({ items: items.length, ms: Math.round(clock.now() - at), ...requests });
		if (output === null) return [];
		this.save();
		this.items.push(...items);
		return items;
	}

	/** "Fetch Test Event". */
	async test() {
		return await type.poll.call(this.contextOf('manual', 'manual'));
	}

	get ids() {
		return this.items.map(({ json }) => json.jobId);
	}
}

/** Lets simulated time pass; what falls due meanwhile has happened when it resolves. */
async function minutes(sim, count = 1) {
	await sim.clock.sleep(count * 60_000);
}

module.exports = { Trigger, minutes };
