'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { N8nClient, itemsOf } = require('../n8n/client');
const { simulatorCredentials } = require('../n8n/credentials');
const { chain, hailuo, items, manualTrigger } = require('../n8n/workflows');
const { startSimulator } = require('../../test/simulator');
const { Cluster, LOCK_MS, spread, takenBy } = require('./cluster');
const { listedIds, runJob } = require('./runJob');

const TYPE = 'hailuoWaveSpeedApi';

/**
 * The Hailuo node on two workers, one of which is killed. The simulator is never reset: it would give out the same IDs
 * again, and the node remembers them.
 */
async function jobs({ version, log, table }) {
	const sim = await startSimulator({ timeScale: 1, jobTime: 12_000 });
	const cluster = new Cluster({ version, log });
	try {
		await cluster.setUp();
		const main = await cluster.startMain();
		await cluster.startWorkers(2);
		const client = new N8nClient(main.url);
		await client.setupOwner();
		const credential = await client.createCredential(TYPE, TYPE, simulatorCredentials(sim)[TYPE]);
		const context = { sim, cluster, client, credentials: { [TYPE]: credential }, table };
		await spreadOut(context);
		await pickUp(context, await killWorker(context));
		await resume(context);
	} finally {
		await cluster.tearDown();
		await sim.stop();
	}
}

async function workflowOf({ client, credentials }, name, count, parameters = {}) {
	const texts = Array.from({ length: count }, (_, n) => ({ text: `${name} ${n}` }));
	const options = { maxConcurrent: 10, submitsPerMinute: 0 };
	const prompt = '={{ $json.text }}';
	const video = { resource: 'video', operation: 'textToVideo', prompt, options, ...parameters };
	const nodes = [manualTrigger(), items(texts), hailuo(video, credentials)];
	return await client.createWorkflow(chain(name, nodes));
}

/** Checks that the executions run on both workers, and that the videos are in the database. */
async function spreadOut(context) {
	const { sim, cluster, client, table } = context;
	const workflow = await workflowOf(context, 'spread', 1);
	const ids = await Promise.all(Array.from({ length: 8 }, () => client.startRun(workflow)));
	const ended = await Promise.all(ids.map((id) => client.waitForEnd(id, { timeoutMs: 180_000 })));
	const done = ended.filter(({ status }) => status === 'success');
	const found = `${done.length} done, ${spread(cluster.workers, ids)}`;
	table.check('8 executions on two workers', done.length === 8, found);
	table.check('paid submits for them', sim.paidPosts() === 8, sim.paidPosts());
	let equal = 0;
	for (const execution of done) {
		const [item] = itemsOf(execution, 'Hailuo');
		const bytes = await client.readBinary(item.binary.data);
		if (bytes.equals(await sim.videoFor(item.json.jobId))) equal++;
	}
	table.check('videos byte for byte, in database mode', equal === 8, equal);
}

/**
 * A worker is killed while it waits for a batch.
 * @returns {Promise<string[]>} the ids of the jobs that were paid
 */
async function killWorker(context) {
	const { sim, cluster, client, table } = context;
	const before = sim.jobs.size;
	const made = () => [...sim.jobs.keys()].slice(before);
	sim.options.jobTime = 40_000;
	const id = await client.startRun(await workflowOf(context, 'batch', 4));
	while (made().length < 4) await sleep(200);
	const victim = cluster.workers.find((worker) => takenBy(worker).includes(id));
	await victim.kill();
	const { status } = await client
		.waitForEnd(id, { timeoutMs: LOCK_MS * 12 })
		.catch((error) => ({ status: error.message }));
	table.tell(
		'status of the execution when its worker was killed (SIGKILL) in the middle of a batch of 4',
		status,
	);
	table.check('paid submits for the batch', made().length === 4, made().length);
	const logged = made().filter((job) => victim.readLog().includes(job)).length;
	table.check('job IDs in the log of the killed worker', logged === 4, logged);
	return made();
}

/** Checks that the jobs are found. */
async function pickUp(context, made) {
	const { sim, table } = context;
	const listed = await listedIds(context);
	const again = made.filter((id) => listed.includes(id));
	table.check('found with Job: Get Many, on the other worker', again.length === 4, again.length);
	const paid = sim.acceptedJobs();
	const videos = await runJob(context, { operation: 'wait', jobId: again.join(', ') });
	const delivered = videos.filter(({ binary }) => binary?.data).length;
	const ok = delivered === 4 && sim.acceptedJobs() === paid;
	table.check('videos picked up with Job: Wait, without paying', ok, delivered);
}

/** An execution that sleeps is resumed by the callback, on whichever worker is left. */
async function resume(context) {
	const { sim, client, table } = context;
	const before = sim.acceptedJobs();
	sim.options.jobTime = 15_000;
	const parameters = { operation: 'sendAndWait', generateFrom: 'textToVideo' };
	const workflow = await workflowOf(context, 'callback', 2, parameters);
	const woken = await client
		.run(workflow, { timeoutMs: 150_000 })
		.catch((error) => ({ status: error.message, data: { resultData: { runData: {} } } }));
	const done = itemsOf(woken, 'Hailuo').filter(({ json }) => json.status === 'completed').length;
	const found = done === 2 ? done : `${done} (${woken.status})`;
	table.check('items of an execution that slept until the callbacks (2)', done === 2, found);
	const paid = sim.acceptedJobs() - before;
	table.check('paid submits for it', paid === 2, paid);
}

module.exports = { jobs };
