'use strict';

const engine = require('./harness');
const { testNode } = require('./testNode');
const { withSimulator } = require('./withSimulator');

/*
 * The node as the tool of an AI agent. n8n has two ways to call a tool: an older agent gets its tools from n8n and calls
 * them itself. A newer one passes a list of calls to n8n, and n8n runs the node of the tool like any other. The agents
 * here do only that: no model decides, and the arguments are given.
 */

let sim;
let credentials;

withSimulator({}, (given) => ({ sim, credentials } = given));

/** What n8n's `convertNodeToAiTool` makes from a node with `usableAsTool`. */
const toolType = {
	...engine.hailuo,
	execute: engine.hailuo.execute,
	description: {
		...engine.hailuo.description,
		name: 'hailuoTool',
		inputs: [],
		outputs: ['ai_tool'],
		properties: [
			{
				displayName: 'Description',
				name: 'toolDescription',
				type: 'string',
				default: engine.hailuo.description.description,
			},
			...engine.hailuo.description.properties,
		],
	},
};

const agentDescription = {
	displayName: 'Agent',
	name: 'agent',
	group: ['transform'],
	version: 1,
	description: '',
	defaults: {},
	inputs: ['main', { type: 'ai_tool' }],
	outputs: ['main'],
	properties: [],
};

/** Calls the tool itself, once for each set of arguments. */
const oldAgent = (calls) => ({
	description: agentDescription,
	async execute() {
		const [tool] = await this.getInputConnectionData('ai_tool', 0);
		const answers = [];
		for (const args of calls) {
			answers.push(await tool.invoke(args).catch((error) => ({ failed: `${error.message}` })));
		}
		return [[{ json: { answers, name: tool.name } }]];
	},
});

/** Passes the calls to n8n, one after the other, and reads their results. */
const newAgent = (calls) => ({
	description: agentDescription,
	async execute(response) {
		const done = response?.metadata?.done ?? [];
		const answers = [
			...done,
			...(response?.actionResponses ?? []).map(({ data }) =>
				data.error ? { failed: data.error.message } : data.data.ai_tool[0][0].json,
			),
		];
		const args = calls[answers.length];
		if (!args) return [[{ json: { answers } }]];
		const id = `call-${answers.length}`;
		const action = {
			actionType: 'ExecutionNodeAction',
			nodeName: 'Hailuo',
			input: args,
			type: 'ai_tool',
			id,
			metadata: {},
		};
		return { actions: [action], metadata: { done: answers } };
	},
});

const ai = (key, type = 'string') => `={{ $fromAI('${key}', 'The ${key}', '${type}') }}`;

/** @returns {Promise<object[]>} the answers that the agent gets */
async function agentRuns(agent, parameters, node = {}) {
	const { run, error } = await engine.runNode({
		credentials,
		type: toolType,
		parameters: { resource: 'video', ...parameters },
		node: { type: 'test.hailuoTool', ...node },
		extend: ({ nodes, connections, nodeTypes }) => {
			nodeTypes['test.hailuoTool'] = toolType;
			nodeTypes['test.agent'] = agent;
			nodes.push(testNode({ id: 'agent', name: 'Agent', type: 'test.agent' }));
			connections.Items.main = [[{ node: 'Agent', type: 'main', index: 0 }]];
			connections.Hailuo = { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] };
		},
	});
	const data = run.data.resultData.runData.Agent?.at(-1)?.data;
	if (!data) throw error ?? run.data.resultData.error;
	return data.main[0][0].json.answers;
}

/** @type {[what: string, agent: (calls: object[]) => any][]} */
const AGENTS = [
	['an agent that invokes its tools', oldAgent],
	['an agent that lets n8n run them', newAgent],
];

/** The job in an answer. The older way returns a list as JSON text. */
function jobOf(answer) {
	const parsed = typeof answer === 'string' ? JSON.parse(answer) : answer;
	return [parsed].flat()[0];
}

describe.each(AGENTS)('%s', (_, agent) => {
	const text = { operation: 'textToVideo', prompt: ai('prompt') };

	test('makes a video from its own prompt, and gets the id and the address', async () => {
		const [answer] = await agentRuns(agent([{ prompt: 'a boat' }]), text);
		const [id] = sim.jobs.keys();
		expect(sim.jobs.get(id).input.prompt).toBe('a boat');
		expect(jobOf(answer)).toMatchObject({
			jobId: id,
			status: 'completed',
			videoUrl: expect.stringMatching(/^http/),
		});
		expect(JSON.stringify(answer).length).toBeLessThan(1_000);
		expect(sim.paidPosts()).toBe(1);
	});

	test('downloads no file, because nobody would see it, unless that is chosen', async () => {
		await agentRuns(agent([{ prompt: 'a boat' }]), text);
		expect(sim.count({ kind: 'download' })).toBe(0);
		const [answer] = await agentRuns(agent([{ prompt: 'a car' }]), {
			...text,
			options: { download: true },
		});
		// More than one on a machine that is so busy that the first counts as hanging.
		expect(sim.count({ kind: 'download' })).toBeGreaterThan(0);
		// The file does not disturb the answer.
		expect(jobOf(answer)).toMatchObject({ status: 'completed' });
	});

	test('a picture by an address that the agent chose', async () => {
		const [answer] = await agentRuns(
			agent([{ url: 'https://example.com/a.jpg', prompt: 'waves', seconds: 10 }]),
			{
				operation: 'imageToVideo',
				firstFrameSource: 'url',
				firstFrameUrl: ai('url'),
				prompt: ai('prompt'),
				duration: ai('seconds', 'number'),
			},
		);
		expect(jobOf(answer).status).toBe('completed');
		const [{ input }] = [...sim.jobs.values()];
		expect(input).toMatchObject({ image: 'https://example.com/a.jpg', duration: 10 });
	});

	test('each of several calls in a row is paid, with the same prompt or not', async () => {
		const calls = ['a boat', 'a car', 'a boat'].map((prompt) => ({ prompt }));
		const answers = await agentRuns(agent(calls), text);
		expect(new Set(answers.map((answer) => jobOf(answer).jobId)).size).toBe(3);
		expect(sim.paidPosts()).toBe(3);
	});

	test('Retry On Fail of the tool picks up the paid job', async () => {
		// Long enough to be accepted as final, so that the first try ends with it.
		let until;
		const match = () => sim.now() < (until ??= sim.now() + 330_000);
		sim.fail({ kind: ['status', 'list'], match, fault: { status: 401 } });
		const [answer] = await agentRuns(agent([{ prompt: 'a boat' }]), text, {
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		});
		expect(jobOf(answer)).toMatchObject({ jobId: [...sim.jobs.keys()][0], status: 'completed' });
		expect(sim.paidPosts()).toBe(1);
	});

	test('the other operations: submit, then get and wait by the id', async () => {
		const [answer] = await agentRuns(agent([{ prompt: 'a boat' }]), {
			...text,
			continueWhen: 'submitted',
		});
		const { jobId } = jobOf(answer);
		const by = { resource: 'job', jobId: ai('id') };
		const [got] = await agentRuns(agent([{ id: jobId }]), { ...by, operation: 'get' });
		expect(jobOf(got).jobId).toBe(jobId);
		const [waited] = await agentRuns(agent([{ id: jobId }]), { ...by, operation: 'wait' });
		expect(jobOf(waited)).toMatchObject({ jobId, status: 'completed' });
		expect(sim.count({ kind: 'download' })).toBe(0);
		const [price] = await agentRuns(agent([{}]), { operation: 'getPrice' });
		expect(jobOf(price).price).toBe(0.1);
		expect(sim.paidPosts()).toBe(1);
	});
});

test('an agent is told what went wrong and what to do, with the id', async () => {
	const parameters = { operation: 'textToVideo', prompt: ai('prompt') };
	const [refused, failed] = await agentRuns(
		oldAgent([{ prompt: '' }, { prompt: 'a boat #sim:fail=1200' }]),
		parameters,
	);
	expect(refused.failed).toMatch(/'Prompt' is empty[^]*Describe what happens/);
	expect(failed.failed).toMatch([...sim.jobs.keys()][0]);
	expect(failed.failed).toMatch(/moderation[^]*Change the prompt/i);
});

test('two calls at the same time with the same prompt are two jobs', async () => {
	const agent = {
		description: agentDescription,
		async execute() {
			const [tool] = await this.getInputConnectionData('ai_tool', 0);
			const answers = await Promise.all([1, 2].map(() => tool.invoke({ prompt: 'a boat' })));
			return [[{ json: { answers } }]];
		},
	};
	const answers = await agentRuns(agent, { operation: 'textToVideo', prompt: ai('prompt') });
	expect(new Set(answers.map((answer) => jobOf(answer).jobId))).toEqual(new Set(sim.jobs.keys()));
	expect(sim.paidPosts()).toBe(2);
});
