'use strict';

// `npm run queue-mode`: n8n's own distributed mode with Redis and PostgreSQL, one main and two workers, against the
// simulator. Says what becomes of jobs when a worker is killed. Prints a table; docs/queue-mode.md holds one.
const { setTimeout: sleep } = require('node:timers/promises');
const { ensureModules } = require('../setup');

const VERSION = '2.41.1';
/** How long a worker that is gone keeps its work, and how often n8n looks; its own values are 60 s and 30 s. */
const LOCK_MS = 10_000;

const rows = [];
function row(what, result) {
	rows.push([what, result]);
	console.log(`${what}: ${result}`);
}

/** Executions that a worker has taken, by its log. */
const takenBy = (worker) =>
	[...worker.readLog().matchAll(/Worker started execution (\d+)/g)].map(([, id]) => id);

async function cluster(running, log) {
	const { startN8n, packPackage } = require('../n8n/n8n');
	const { startPostgres, startRedis } = require('./services');
	const { tarball } = await packPackage();
	const redis = await startRedis(log);
	running.push(() => redis.stop());
	const postgres = await startPostgres(log);
	running.push(() => postgres.stop());
	const { freePort } = require('../n8n/ports');
	const port = await freePort();
	const env = {
		// Of the main, for the workers too: they hand it to the provider as the address to call.
		WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		QUEUE_WORKER_LOCK_DURATION: String(LOCK_MS),
		QUEUE_WORKER_LOCK_RENEW_TIME: String(LOCK_MS / 4),
		QUEUE_WORKER_STALLED_INTERVAL: String(LOCK_MS / 2),
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'n8n',
		DB_POSTGRESDB_PASSWORD: 'none',
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		N8N_LOG_LEVEL: 'info',
	};
	const start = async (command, more) => {
		const n8n = await startN8n({
			version: VERSION,
			command,
			env,
			packages: [tarball],
			log,
			...more,
		});
		running.push(() => n8n.stop());
		return n8n;
	};
	const main = await start('start', { port });
	const workers = await Promise.all([start('worker'), start('worker')]);
	return { main, workers };
}

async function main() {
	await ensureModules();
	const { N8nClient, itemsOf } = require('../n8n/client');
	const { simulatorCredentials } = require('../n8n/credentials');
	const { chain, hailuo, items, manualTrigger } = require('../n8n/workflows');
	const { startSimulator } = require('../simulator');
	const running = [];
	let failed = 0;
	const check = (what, ok, found) => {
		if (!ok) failed++;
		row(what, ok ? found : `NOT AS EXPECTED: ${found}`);
	};
	try {
		const sim = await startSimulator({ timeScale: 1, jobTime: 12_000 });
		running.push(() => sim.stop());
		const { main: n8n, workers } = await cluster(running, (line) => console.log(`  ${line}`));
		const client = new N8nClient(n8n.url);
		await client.setupOwner();
		const type = 'hailuoWaveSpeedApi';
		const credential = await client.createCredential(
			'WaveSpeed',
			type,
			simulatorCredentials(sim)[type],
		);
		const workflowOf = async (name, count, parameters = {}) =>
			await client.createWorkflow(
				chain(name, [
					manualTrigger(),
					items(Array.from({ length: count }, (_, n) => ({ text: `${name} ${n}` }))),
					hailuo(
						{
							resource: 'video',
							operation: 'textToVideo',
							prompt: '={{ $json.text }}',
							options: { maxConcurrent: 10, submitsPerMinute: 0 },
							...parameters,
						},
						{ [type]: credential },
					),
				]),
			);

		// 1. Executions spread over the workers, videos in the database.
		const spread = await workflowOf('spread', 1);
		const ids = await Promise.all(Array.from({ length: 8 }, () => client.startRun(spread)));
		const ended = await Promise.all(ids.map((id) => client.waitForEnd(id, { timeoutMs: 180_000 })));
		const successes = ended.filter(({ status }) => status === 'success');
		const share = workers.map((worker) => takenBy(worker).filter((id) => ids.includes(id)).length);
		check(
			'8 executions over two workers',
			successes.length === 8,
			`${successes.length} done, ${share.join(' + ')}`,
		);
		check('paid submits for them', sim.paidPosts() === 8, String(sim.paidPosts()));
		let equal = 0;
		for (const execution of successes) {
			const [item] = itemsOf(execution, 'Hailuo');
			const bytes = await client.readBinary(item.binary.data);
			if (bytes.equals(await sim.videoFor(item.json.jobId))) equal++;
		}
		check('videos byte for byte, in database mode', equal === 8, String(equal));

		// 2. A worker is killed while it waits for a batch. Nothing is reset: the simulator would give out the same IDs again.
		let before = sim.jobs.size;
		const paid = () => sim.acceptedJobs() - before;
		sim.options.jobTime = 40_000;
		const batch = await workflowOf('batch', 4);
		const batchId = await client.startRun(batch);
		while (paid() < 4) await sleep(200);
		const victim = workers.find((worker) => takenBy(worker).includes(batchId));
		await victim.kill();
		const killed = await client
			.waitForEnd(batchId, { timeoutMs: LOCK_MS * 12 })
			.catch((error) => ({ status: error.message }));
		row('its execution after a worker was killed in the middle of a batch of 4', killed.status);
		check('paid submits for the batch', paid() === 4, String(paid()));
		const made = [...sim.jobs.keys()].slice(before);
		const logged = made.filter((id) => victim.readLog().includes(id));
		check('job IDs in the log of the killed worker', logged.length === 4, String(logged.length));

		// 3. The jobs are found again.
		const search = await client.createWorkflow(
			chain('search', [
				manualTrigger(),
				hailuo({ resource: 'job', operation: 'getAll', returnAll: true }, { [type]: credential }),
			]),
		);
		const found = itemsOf(await client.run(search, { timeoutMs: 120_000 }), 'Hailuo');
		const again = made.filter((id) => found.some(({ json }) => json.jobId === id));
		check(
			'of them found with Job: Get Many, on the other worker',
			again.length === 4,
			String(again.length),
		);
		const pickUp = await client.createWorkflow(
			chain('pick up', [
				manualTrigger(),
				hailuo(
					{ resource: 'job', operation: 'wait', jobId: again.join(', ') },
					{ [type]: credential },
				),
			]),
		);
		const videos = itemsOf(await client.run(pickUp, { timeoutMs: 180_000 }), 'Hailuo');
		const delivered = videos.filter(({ binary }) => binary?.data).length;
		check(
			'videos picked up with Job: Wait, without paying',
			delivered === 4 && paid() === 4,
			String(delivered),
		);

		// 4. An execution that sleeps is resumed by the callback, on whichever worker is left.
		before = sim.jobs.size;
		sim.options.jobTime = 15_000;
		const asleep = await workflowOf('callback', 2, {
			operation: 'sendAndWait',
			generateFrom: 'textToVideo',
		});
		const woken = await client
			.run(asleep, { timeoutMs: 150_000 })
			.catch((error) => ({ status: error.message, data: { resultData: { runData: {} } } }));
		const out = itemsOf(woken, 'Hailuo').filter(({ json }) => json.status === 'completed');
		check(
			'items of an execution that slept until the callbacks',
			out.length === 2,
			`${out.length} (${woken.status})`,
		);
		check('paid submits for it', paid() === 2, String(paid()));
	} finally {
		for (const stop of running.reverse()) await stop();
	}
	console.log(`\n| n8n ${VERSION}, queue mode, 1 main + 2 workers | found |\n|---|---|`);
	for (const [what, result] of rows) console.log(`| ${what} | ${result} |`);
	console.log(`${rows.length - failed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
