'use strict';

const { errorOf, itemsOf } = require('../../tools/n8n/client');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { chain, hailuo, items, manualTrigger } = require('../../tools/n8n/workflows');

const versions = ['2.41.1', '2.8.4'];
const TYPES = { waveSpeed: 'hailuoWaveSpeedApi', vtrix: 'hailuoVtrixApi' };

/** The credentials of each provider in this n8n, made once a scenario. */
async function connect({ client, sim }) {
	const all = simulatorCredentials(sim);
	const made = {};
	for (const type of Object.values(TYPES)) {
		made[type] = await client.createCredential(type, type, all[type]);
	}
	return made;
}

/** A workflow of some items and the node. */
function workflowOf({ provider = 'waveSpeed', ...parameters }, credentials, list, more) {
	const type = TYPES[provider];
	const node = hailuo({ provider, ...parameters }, { [type]: credentials[type] }, more);
	return chain('Operations', [manualTrigger(), items(list), node]);
}

const text = (prompt, more = {}) => ({
	resource: 'video',
	operation: 'textToVideo',
	model: 'minimax/hailuo-02/standard',
	prompt,
	...more,
});

/** Every operation, one after the other, as a person would try them. */
const operations = {
	name: 'operations: price, job and account',
	versions,
	timeoutMs: 240_000,

	async run(context) {
		const { client, sim, assert } = context;
		const credentials = await connect(context);
		const run = async (parameters, list = [{}]) => {
			const workflow = await client.createWorkflow(workflowOf(parameters, credentials, list));
			const execution = await client.run(workflow);
			assert.equal(execution.status, 'success', errorOf(execution)?.message);
			return itemsOf(execution, 'Hailuo');
		};
		const jsonOf = async (...asked) => (await run(...asked)).map(({ json }) => json);
		const job = (operation, more = {}) => ({ resource: 'job', operation, ...more });
		const byId = { jobId: '={{ $json.jobId }}' };

		const price = { resource: 'video', operation: 'getPrice' };
		const [{ price: quoted, listPrice }] = await jsonOf({
			...price,
			model: 'minimax/hailuo-02/standard',
			duration: 10,
		});
		assert.deepEqual([quoted, listPrice], [0.56, 0.56]);
		const [vtrixPrice] = await jsonOf({
			...price,
			provider: 'vtrix',
			resolution: '768P',
			duration: 6,
		});
		assert.equal(typeof vtrixPrice.price, 'number');

		const [before] = await jsonOf({ resource: 'account', operation: 'getBalance' });
		assert.equal(before.currency, 'USD');

		const prompts = [{ prompt: 'a boat' }, { prompt: 'a car #sim:fail=1200' }];
		const submitted = await jsonOf(
			text('={{ $json.prompt }}', { continueWhen: 'submitted', options: { maxPrice: 0.3 } }),
			prompts,
		);
		const [boat, car] = submitted.map(({ jobId }) => jobId);
		assert.deepEqual(
			[boat, car].map((id) => sim.jobs.get(id).prompt),
			prompts.map(({ prompt }) => prompt),
		);
		await Promise.all([sim.finished(boat), sim.finished(car)]);

		const got = await jsonOf(job('get', byId), [{ jobId: `${boat}, ${car}` }]);
		assert.deepEqual(
			got.map(({ jobId, status }) => [jobId, status]),
			[
				[boat, 'completed'],
				[car, 'failed'],
			],
		);

		const [waited] = await run(job('wait', byId), [{ jobId: boat }]);
		const video = await client.readBinary(waited.binary.data);
		assert.ok(video.equals(await sim.videoFor(boat)), 'the video of the job that was picked up');

		const many = await jsonOf(job('getAll', { filters: { status: 'completed' } }));
		assert.deepEqual(
			many.map(({ jobId }) => jobId),
			[boat],
		);
		const all = await jsonOf(job('getAll', { returnAll: true }));
		assert.equal(all.length, 2);

		const deleted = await jsonOf(job('delete', byId), [{ jobId: car }]);
		assert.deepEqual(deleted, [{ deleted: true, jobId: car, provider: 'waveSpeed' }]);
		assert.equal((await jsonOf(job('getAll'))).length, 1);

		const [after] = await jsonOf({ resource: 'account', operation: 'getBalance' });
		assert.equal(
			Math.round((before.balance - after.balance) * 100),
			23,
			'one video, the other refunded',
		);

		assert.equal(sim.paidPosts(), 2);
		assert.deepEqual(sim.leaks, []);
	},
};

/** A job of 10 s is waited for 6 s at a try: the first one ends without it, and the job stays paid. */
const slow = (prompt) =>
	text(`${prompt} #sim:seconds=200`, { continueWhen: 'finished', options: { timeLimit: 0.1 } });

/** What n8n does with a node that did not succeed, and that no job is paid twice by it. */
const retries = {
	name: 'retry: Retry On Fail and Retry in the list of executions',
	versions,
	timeoutMs: 300_000,

	async run(context) {
		const { client, sim, assert, log } = context;
		const credentials = await connect(context);
		const retried = async ({ id }, loadWorkflow) => {
			const path = `/rest/executions/${id}/retry`;
			const answer = await client.request('POST', path, { loadWorkflow }, { timeoutMs: 120_000 });
			return await client.waitForEnd(answer.id);
		};
		const create = async (parameters, more) =>
			await client.createWorkflow(workflowOf(parameters, credentials, [{}], more));
		const paid = () => sim.paidPosts('waveSpeed');

		log('Retry On Fail');
		const again = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		const tried = await client.run(await create(slow('one'), again));
		assert.equal(tried.status, 'success', errorOf(tried)?.message);
		assert.equal(paid(), 1, 'the second try did not pay');
		assert.deepEqual(
			itemsOf(tried, 'Hailuo').map(({ json }) => json.jobId),
			[...sim.jobs.keys()],
		);

		for (const loadWorkflow of [false, true]) {
			log(`Retry in the list, ${loadWorkflow ? 'saved workflow' : 'original workflow'}`);
			sim.reset();
			const failed = await client.run(await create(slow(`list ${loadWorkflow}`)));
			assert.equal(failed.status, 'error');
			const [jobId] = sim.jobs.keys();
			assert.equal(errorOf(failed).context.jobId, jobId);
			const second = await retried(failed, loadWorkflow);
			assert.equal(second.status, 'success', errorOf(second)?.message);
			assert.equal(itemsOf(second, 'Hailuo')[0].json.jobId, jobId);
			assert.equal(paid(), 1, 'the retry picked the job up');
		}

		log('Retry in the list, saved workflow with another prompt');
		sim.reset();
		const workflow = await create(slow('before'));
		const failed = await client.run(workflow);
		const nodes = workflow.nodes.map((node) =>
			node.name === 'Hailuo'
				? { ...node, parameters: { ...node.parameters, prompt: 'after' } }
				: node,
		);
		await client.request('PATCH', `/rest/workflows/${workflow.id}`, {
			...workflow,
			nodes,
		});
		const changed = await retried(failed, true);
		assert.equal(changed.status, 'success', errorOf(changed)?.message);
		const asked = sim.jobs.get(itemsOf(changed, 'Hailuo')[0].json.jobId);
		assert.equal(asked.input.prompt, 'after');
		assert.equal(paid(), 2, 'another request is another job');

		log('Vtrix, a submit without an answer');
		sim.reset();
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
		const first = {
			provider: 'vtrix',
			...text('boat', { operation: 'imageToVideo', model: 'minimax_hailuo_02_i2v' }),
			firstFrameSource: 'url',
			firstFrameUrl: 'https://example.com/a.jpg',
		};
		const doubtful = await client.run(await create(first, again));
		assert.equal(doubtful.status, 'error');
		assert.match(errorOf(doubtful).message, /may exist and may be billed/);
		assert.equal(sim.paidPosts(), 1, 'never sent again by Retry On Fail');
		const later = await retried(doubtful, false);
		assert.equal(later.status, 'error');
		assert.equal(sim.paidPosts(), 1, 'nor by Retry in the list');
	},
};

/** Stop in the editor while the job runs, and what can be done with the execution afterwards. */
const stop = {
	name: 'stop: the paid job stays in reach',
	versions,
	timeoutMs: 240_000,

	async run(context) {
		const { client, n8n, sim, assert, log } = context;
		const credentials = await connect(context);
		const workflow = await client.createWorkflow(
			workflowOf(text('a boat #sim:seconds=600'), credentials, [{}]),
		);
		const polled = new Promise((resolve) => {
			const seen = ({ kind }) => {
				if (kind !== 'status') return;
				sim.off('request', seen);
				resolve(undefined);
			};
			sim.on('request', seen);
		});
		const id = await client.startRun(workflow);
		await polled;
		const began = Date.now();
		await client.stopExecution(id);
		const stopped = await client.waitForEnd(id);
		const took = Date.now() - began;
		assert.equal(stopped.status, 'canceled');
		assert.ok(took < 3_000, `Stop took ${took} ms`);
		const [jobId] = sim.jobs.keys();
		assert.match(n8n.readLog(), new RegExp(`Hailuo: job ${jobId} submitted`));

		const asked = sim.count({ kind: 'status' });
		await new Promise((resolve) => setTimeout(resolve, 5_000));
		assert.equal(sim.count({ kind: 'status' }), asked, 'no poll after Stop');

		// Whether n8n offers Retry for what was stopped is n8n's affair; where it does, nothing is paid again.
		const path = `/rest/executions/${id}/retry`;
		const retry = await client
			.request('POST', path, { loadWorkflow: false }, { timeoutMs: 120_000 })
			.then((answer) => client.waitForEnd(answer.id))
			.catch((error) => ({ status: `refused: ${error.message}` }));
		log(`Retry of the stopped execution: ${retry.status}; paid POSTs: ${sim.paidPosts()}`);
		assert.equal(sim.paidPosts(), 1);

		sim.skip(600_000);
		const wait = { resource: 'job', operation: 'wait', jobId };
		const picked = await client.run(
			await client.createWorkflow(workflowOf(wait, credentials, [{}])),
		);
		assert.equal(picked.status, 'success', errorOf(picked)?.message);
		assert.equal(itemsOf(picked, 'Hailuo')[0].json.jobId, jobId);
		assert.equal(sim.paidPosts(), 1);
	},
};

module.exports = [operations, retries, stop];
