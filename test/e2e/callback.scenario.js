'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { N8nClient, errorOf, itemsOf } = require('../../tools/n8n/client');
const { startN8n } = require('../../tools/n8n/n8n');
const { hailuo, items, picture } = require('../../tools/n8n/workflows');
const {
	LONG,
	callbackWorkflow,
	endJobs,
	post,
	runToSleep,
	signed,
	sleep,
	until,
} = require('./callbackRun');

/*
 * Generate and Resume by Callback: the execution sleeps in n8n's database until the provider calls. Each way in which
 * that can go wrong has an end that loses no job and pays for none twice.
 */

const BOTH = ['2.41.1', '2.8.4'];
const PHOTO = path.join(__dirname, '..', '..', 'tools', 'demo', 'lake.jpg');
const texts = (count, mark = '') =>
	Array.from({ length: count }, (_, i) => ({ text: `A paper boat #${i} ${mark}`.trim() }));

/** Longer than strangers' calls take, each of which waits its turn. */
const VERY_LONG = '#sim:seconds=4000';

/** Posts nothing by itself: the scenario plays the provider. */
const silent = (sim) => (sim.options.webhooks = { lose: true });
const jobsOf = (sim) => [...sim.jobs.values()];

/** The job that was made first, and where its end is told. */
function firstJob(sim) {
	const [job] = jobsOf(sim);
	return { job, url: job.callback };
}

async function assertVideo({ client, sim, assert }, item) {
	assert.equal(item.json.status, 'completed', JSON.stringify(item.json));
	const video = await client.readBinary(item.binary.data);
	assert.ok(
		video.equals(await sim.videoFor(item.json.jobId)),
		'the bytes are those that were made',
	);
	assert.equal(item.json.warnings, undefined);
}

/** Waits for the end, which must be a success. */
async function ended({ client, assert }, id) {
	const execution = await client.waitForEnd(id, { timeoutMs: 45_000 });
	assert.equal(execution.status, 'success', errorOf(execution)?.message);
	return execution;
}

async function asleep({ client, assert }, id, why) {
	await sleep(700);
	assert.equal((await client.execution(id)).status, 'waiting', why);
}

const scenario = (name, run, more = {}) => ({
	name: `callback: ${name}`,
	versions: BOTH,
	...more,
	async run(context) {
		const { sim, assert, log } = context;
		const { webhooks } = sim.options;
		try {
			await run(context);
			assert.deepEqual(sim.leaks, [], 'the key went to the provider alone');
		} finally {
			for (const { kind, method, path: at, status } of sim.requests.slice(-60)) {
				log(`${kind} ${method} ${at} ${status}`);
			}
			for (const { status, error, answer } of sim.deliveries.slice(-20)) {
				log(`callback: ${status ?? error} ${answer?.slice(0, 100)}`);
			}
			sim.options.webhooks = webhooks;
		}
	},
});

module.exports = [
	scenario('one item', async (context) => {
		const { client, sim, assert } = context;
		const workflow = await callbackWorkflow(context, texts(1, '#sim:seconds=100'));
		const execution = await ended(context, await client.startRun(workflow));
		const [item, ...others] = itemsOf(execution, 'Hailuo');
		assert.equal(others.length, 0);
		assert.deepEqual(item.pairedItem, { item: 0 });
		await assertVideo(context, item);
		assert.equal(sim.paidPosts(), 1);
		assert.deepEqual(
			sim.deliveries.map(({ status }) => status),
			[200],
		);
		assert.ok(sim.count({ kind: 'status' }) <= 4, `${sim.count({ kind: 'status' })} status calls`);
	}),

	scenario('a picture through Vtrix, which signs nothing', async (context) => {
		const { client, sim, assert } = context;
		const workflow = await callbackWorkflow(context, [], {
			provider: 'vtrix',
			before: picture(fs.readFileSync(PHOTO)),
			parameters: {
				generateFrom: 'imageToVideo',
				model: 'minimax_hailuo_02_i2v',
				prompt: `The sun sets #sim:seconds=100`,
			},
		});
		const execution = await ended(context, await client.startRun(workflow));
		const [item] = itemsOf(execution, 'Hailuo');
		await assertVideo(context, item);
		assert.equal(item.json.cost, jobsOf(sim)[0].cost);
		const [before] = itemsOf(execution, 'Picture');
		assert.equal(before.binary.data.mimeType, 'image/jpeg', "the node before keeps what's its own");
	}),

	scenario('many items: one waking, in their order, the failed one among them', async (context) => {
		const { client, sim, assert } = context;
		const list = texts(12, '#sim:seconds=100');
		list[3].text = 'Not allowed #sim:fail=1200 #sim:seconds=100';
		const workflow = await callbackWorkflow(context, list);
		const execution = await ended(context, await client.startRun(workflow));
		const rows = itemsOf(execution, 'Hailuo');
		assert.equal(rows.length, list.length);
		for (const [i, row] of rows.entries()) {
			assert.deepEqual(row.pairedItem, { item: i });
			assert.equal(sim.jobs.get(row.json.jobId).prompt, list[i].text);
			if (i !== 3) await assertVideo(context, row);
		}
		assert.equal(rows[3].json.status, 'failed');
		assert.equal(rows[3].json.error.code, '1200');
		assert.equal(rows[3].binary, undefined);
		const before = itemsOf(execution, 'Items').map(({ json }) => json);
		assert.deepEqual(before, list, 'the items of the node before are untouched');
		assert.equal(execution.data.resultData.runData.Hailuo.length, 1, 'it went on once');
		assert.equal(sim.paidPosts(), list.length);
		const calls = sim.count({ kind: 'status' });
		assert.ok(calls <= 3 * list.length, `${calls} status calls for ${list.length} jobs`);
	}),

	scenario('a call that comes twice, also at the same moment', async (context) => {
		const { client, sim, assert, log } = context;
		silent(sim);
		const workflow = await callbackWorkflow(context, texts(2, LONG));
		const id = await runToSleep(client, workflow);
		await sleep(3_000);
		await endJobs(sim);
		const { job, url } = firstJob(sim);
		const body = { id: job.id, status: 'completed' };
		const statuses = await Promise.all(
			[1, 2, 3].map(async () => await post(url, body, signed(sim, job.id, body))),
		);
		log(`answers: ${statuses}`);
		const execution = await ended(context, id);
		statuses.push(await post(url, body, signed(sim, job.id, body)));
		log(`answers: ${statuses}`);
		for (const item of itemsOf(execution, 'Hailuo')) await assertVideo(context, item);
		assert.equal(sim.count({ kind: 'download' }), 2, 'each video was fetched once');
		assert.equal((await client.executions(workflow.id)).length, 1);
	}),

	scenario('all calls come before the sleep: it goes on at once', async (context) => {
		const { client, sim, assert } = context;
		sim.options.webhooks = { beforeAnswer: true };
		const workflow = await callbackWorkflow(context, texts(3));
		const execution = await ended(context, await client.startRun(workflow));
		for (const item of itemsOf(execution, 'Hailuo')) await assertVideo(context, item);
		assert.equal(execution.data.waitTill ?? null, null);
		assert.equal(sim.paidPosts(), 3);
	}),

	scenario('one call comes before the sleep, the other after', async (context) => {
		const { client, sim, assert } = context;
		sim.options.webhooks = (job) => (/#0/.test(job.prompt) ? { beforeAnswer: true } : {});
		const workflow = await callbackWorkflow(context, [texts(1)[0], texts(2, LONG)[1]]);
		const id = await runToSleep(client, workflow);
		await endJobs(sim);
		const execution = await ended(context, id);
		for (const item of itemsOf(execution, 'Hailuo')) await assertVideo(context, item);
		assert.equal(sim.paidPosts(), 2);
	}),

	scenario('a job ends in the moment before n8n listens, its call refused', async (context) => {
		const { client, sim, assert } = context;
		// Nobody calls: what wakes the execution is the node's own call, once n8n has stored it.
		silent(sim);
		const text = 'Not allowed #sim:fail=1200 #sim:seconds=20';
		const workflow = await callbackWorkflow(context, [{ text }]);
		const execution = await ended(context, await client.startRun(workflow));
		const [item] = itemsOf(execution, 'Hailuo');
		assert.equal(item.json.status, 'failed');
		assert.equal(item.json.error.code, '1200');
	}),

	scenario('forged calls, and one for another job', async (context) => {
		const { client, sim, assert } = context;
		silent(sim);
		const workflow = await callbackWorkflow(context, texts(1, VERY_LONG));
		const id = await runToSleep(client, workflow);
		await sleep(2_500);
		const { job, url } = firstJob(sim);
		const forged = {
			id: job.id,
			status: 'completed',
			outputs: ['https://forged.example/video.mp4'],
		};
		const wrong = signed(sim, job.id, forged, 'whsec_not-the-secret');
		assert.equal(await post(url, forged, wrong), 200, 'wrong signature: the job is polled');
		const otherBody = signed(sim, job.id, { id: job.id });
		assert.equal(await post(url, forged, otherBody), 200, 'body changed after signing');
		const old = { ...signed(sim, job.id, forged), 'webhook-timestamp': '1700000000' };
		assert.equal(await post(url, forged, old), 200, 'an old one');
		assert.equal(await post(url, forged), 200, 'unsigned: the job is polled');
		assert.equal(await post(url, { id: 'f'.repeat(32), status: 'completed' }), 200, 'another job');
		const broken = new URL(url);
		broken.searchParams.set('signature', '0'.repeat(64));
		assert.equal(await post(broken.href, forged), 401, "n8n's own signature");
		broken.search = '';
		assert.equal(await post(broken.href, forged), 401, 'no signature');
		await asleep(context, id, 'none of them wakes it');
		await endJobs(sim, 5_000_000);
		assert.equal(await post(url, { ...forged, status: 'failed', error: 'forged' }), 200);
		const [item] = itemsOf(await ended(context, id), 'Hailuo');
		await assertVideo(context, item);
		assert.match(item.json.videoUrl, /127\.0\.0\.1/, 'nothing of the forged one is in it');
	}),

	scenario('the provider is down when it has called', async (context) => {
		const { client, sim, assert } = context;
		silent(sim);
		const workflow = await callbackWorkflow(context, texts(1, LONG));
		const id = await runToSleep(client, workflow);
		await sleep(2_500);
		await endJobs(sim);
		const { job, url } = firstJob(sim);
		const body = { id: job.id };
		// An outage, and a gateway that refuses: asked again until it is over, so that the one call is enough.
		sim.fail({ kind: 'status', times: 1, fault: { status: 401 } });
		sim.fail({ kind: 'status', times: 1, fault: { status: 404 } });
		sim.fail({ kind: 'status', times: 3, fault: { status: 503 } });
		assert.equal(await post(url, body, signed(sim, job.id, body)), 200);
		const [item] = itemsOf(await ended(context, id), 'Hailuo');
		await assertVideo(context, item);
	}),

	scenario(
		'a job that its status call does not find, while the history lists it',
		async (context) => {
			const { client, sim, assert } = context;
			silent(sim);
			const workflow = await callbackWorkflow(context, texts(2, LONG));
			const id = await runToSleep(client, workflow);
			await sleep(2_500);
			// In their time: a leap of the provider's clock would shift when they were made.
			await Promise.all(jobsOf(sim).map((job) => sim.finished(job.id)));
			const [hidden, other] = jobsOf(sim).map((job) => job.id);
			sim.fail({
				kind: 'status',
				match: ({ path: at }) => at.includes(hidden),
				fault: { status: 404 },
			});
			assert.equal(await post(firstJob(sim).url, { id: other }), 200);
			for (const item of itemsOf(await ended(context, id), 'Hailuo'))
				await assertVideo(context, item);
		},
	),

	scenario(
		'the call is lost: at the time limit the jobs come out, and Job: Wait gets the video',
		async (context) => {
			const { client, sim, assert } = context;
			silent(sim);
			const wait = { resource: 'job', operation: 'wait', jobId: '={{ $json.jobId }}' };
			const workflow = await callbackWorkflow(context, [], {
				before: picture(fs.readFileSync(PHOTO)),
				parameters: {
					generateFrom: 'imageToVideo',
					prompt: 'A boat #sim:seconds=1600',
					options: { timeLimit: 0.1 },
				},
				after: [hailuo({ provider: 'waveSpeed', ...wait }, {}, { name: 'Wait' })],
			});
			const id = await runToSleep(client, workflow);
			await until(
				'the time limit',
				async () => (await client.execution(id)).status !== 'waiting',
				100_000,
			);
			await endJobs(sim);
			const execution = await ended(context, id);
			const [item] = itemsOf(execution, 'Hailuo');
			const { job } = firstJob(sim);
			assert.equal(item.json.jobId, job.id);
			assert.ok(['queued', 'running'].includes(item.json.status));
			assert.match(item.json.warnings[0], /Job: Wait/);
			assert.equal(item.binary, undefined, 'the picture does not pass for the video');
			await assertVideo(context, itemsOf(execution, 'Wait')[0]);
			assert.equal(sim.paidPosts(), 1);
			const late = await post(job.callback, { id: job.id });
			assert.ok([200, 404, 409].includes(late), `a late call: ${late}`);
			assert.equal((await client.executions(workflow.id)).length, 1);
		},
		{ timeoutMs: 240_000 },
	),

	scenario('stopped while it sleeps, and run again from the list', async (context) => {
		const { client, sim, assert, log } = context;
		silent(sim);
		const workflow = await callbackWorkflow(context, [], {
			before: [],
			parameters: { prompt: `A boat ${LONG}` },
		});
		const id = await runToSleep(client, workflow);
		const { job, url } = firstJob(sim);
		await client.stopExecution(id);
		const stopped = await client.waitForEnd(id);
		assert.equal(stopped.status, 'canceled');
		assert.equal(itemsOf(stopped, 'Hailuo')[0].json.jobId, job.id, 'the ID stays in sight');
		await endJobs(sim);
		const status = await post(url, { id: job.id });
		log(`a call after Stop: ${status}`);
		await sleep(500);
		log(`after it: ${(await client.execution(id)).status}`);
		const again = await client.request('POST', `/rest/executions/${id}/retry`, {
			loadWorkflow: false,
		});
		log(`retry: ${JSON.stringify(again).slice(0, 200)}`);
		const runs = await until('the retry ends', async () => {
			const list = await client.executions(workflow.id);
			return list.every(({ status: now }) => !['new', 'running'].includes(now)) && list;
		});
		log(`executions: ${runs.map((run) => `${run.id} ${run.status}`)}`);
		assert.equal(sim.paidPosts(), 1, 'not paid again');
		const retried = await client.execution(runs.find((run) => run.id !== id).id);
		const [item] = itemsOf(retried, 'Hailuo');
		assert.equal(item.json.jobId, job.id, 'it comes out with the job, as at the time limit');
	}),

	scenario('in a loop it sleeps in each round, also for the same request', async (context) => {
		const { client, sim, assert } = context;
		const same = { text: 'A paper boat #sim:seconds=60' };
		const loop = {
			name: 'Loop',
			type: 'n8n-nodes-base.splitInBatches',
			typeVersion: 3,
			parameters: { batchSize: 1 },
		};
		const workflow = await callbackWorkflow(context, [], {
			before: [items([same, same, { text: 'A kite #sim:seconds=60' }]), loop],
			connect: {
				Loop: { main: [[], [{ node: 'Hailuo', type: 'main', index: 0 }]] },
				Hailuo: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
			},
		});
		const execution = await ended(context, await client.startRun(workflow));
		const rounds = [0, 1, 2].map((run) => itemsOf(execution, 'Hailuo', { run }));
		for (const [item, ...others] of rounds) {
			assert.equal(others.length, 0);
			await assertVideo(context, item);
		}
		assert.equal(new Set(rounds.map(([item]) => item.json.jobId)).size, 3, 'a job for each round');
		assert.equal(sim.paidPosts(), 3);
		const done = itemsOf(execution, 'Loop', { run: 3 });
		assert.equal(done.length, 3, 'all came out of the loop');
	}),

	scenario('one bad item, where the workflow goes on after it', async (context) => {
		const { client, sim, assert } = context;
		const list = [...texts(2, '#sim:seconds=100'), { text: '' }];
		const workflow = await callbackWorkflow(context, list, {
			node: { onError: 'continueRegularOutput' },
		});
		const execution = await ended(context, await client.startRun(workflow));
		const rows = itemsOf(execution, 'Hailuo');
		assert.equal(rows.length, 3);
		await assertVideo(context, rows[0]);
		await assertVideo(context, rows[1]);
		assert.match(rows[2].json.error.message, /Prompt/);
		assert.equal(sim.paidPosts(), 2);
	}),

	scenario('one bad item stops the run before anything is paid', async (context) => {
		const { client, sim, assert } = context;
		const workflow = await callbackWorkflow(context, [...texts(2), { text: '' }]);
		const execution = await client.run(workflow);
		assert.equal(execution.status, 'error');
		assert.equal(sim.paidPosts(), 0);
	}),

	scenario(
		'n8n is killed while it sleeps',
		async (context) => {
			const { sim, assert, version, tarball } = context;
			silent(sim);
			const userFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-callback-'));
			let n8n = await startN8n({ version, userFolder, packages: [tarball] });
			try {
				const client = new N8nClient(n8n.url);
				await client.setupOwner();
				const own = { ...context, client };
				const id = await runToSleep(client, await callbackWorkflow(own, texts(3, LONG)));
				await n8n.kill();
				await endJobs(sim);
				const { job, url } = firstJob(sim);
				const body = { id: job.id };
				await assert.rejects(post(url, body), 'nobody listens');
				n8n = await startN8n({ version, userFolder, port: n8n.port });
				await client.login();
				assert.equal(await post(url, body, signed(sim, job.id, body)), 200);
				const rows = itemsOf(await ended(own, id), 'Hailuo');
				assert.equal(rows.length, 3);
				for (const row of rows) await assertVideo(own, row);
				assert.equal(sim.paidPosts(), 3);
			} finally {
				await n8n.stop();
				fs.rmSync(userFolder, { recursive: true, force: true });
			}
		},
		{ timeoutMs: 300_000 },
	),
];
