'use strict';

const { once } = require('node:events');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/*
 * Stop in the editor, in each phase of a job. n8n ends the execution at once and drops what the node returns later. So
 * the id of the paid job must be in the log by then, or as soon as it is known.
 */

let sim;
let credentials;

withSimulator({}, (given) => ({ sim, credentials } = given));

const logged = (id) => engine.logs.filter(({ message }) => message.includes(id));
const requestsOf = (kind) => sim.count({ kind });

const sleep = async (ms) => await sim.clock.sleep(ms);

/** Lets simulated time pass until `met` is true. @param ms maximum of simulated time */
async function until(met, ms = 600_000) {
	const began = sim.now();
	while (!met()) {
		if (sim.now() - began > ms) throw new Error('It did not come to that');
		await sleep(100);
	}
}

/**
 * Starts the node and stops the execution when `moment` has come.
 *
 * @param {() => Promise<unknown>} moment
 * @param {{ items?: engine.Item[], [parameter: string]: unknown }} [how]
 * @returns {Promise<{ took: number, said: string }>} simulated ms from Stop to the node's end, and what n8n stores with
 *   the execution
 */
async function stopAt(moment, { items = [{ json: {} }], ...parameters } = {}) {
	let stop;
	const started = new Promise((resolve) => (stop = resolve));
	const run = engine.runNode({
		credentials,
		items,
		parameters: {
			resource: 'video',
			operation: 'textToVideo',
			prompt: 'a boat',
			...parameters,
		},
		onStart: (cancel) => stop(cancel),
	});
	const cancel = await started;
	await moment();
	const stopped = sim.now();
	cancel();
	const { run: result, error } = await run;
	// Not 'error', or n8n would start the error workflow when a person stops an execution.
	expect(result.status).toBe('canceled');
	return { took: sim.now() - stopped, said: `${error?.message}\n${error?.description}` };
}

test('during the paid POST: its answer is read, the id is in the log, and the node does not wait', async () => {
	sim.fail({ kind: 'submit', times: 1, fault: { delay: 9_000 } });
	await stopAt(async () => {
		await once(sim, 'created');
		await sleep(1_500);
		expect(logged([...sim.jobs.keys()][0])).toEqual([]);
	});
	const [id] = sim.jobs.keys();
	expect(logged(id)[0]).toMatchObject({
		level: 'info',
		message: expect.stringMatching(/^Hailuo: job \w+ submitted \(WaveSpeed, minimax/),
	});
	await sleep(15_000);
	expect(requestsOf('status')).toBe(0);
	expect(sim.paidPosts()).toBe(1);
});

test('during a paid POST without an answer: the history is searched for the job, and its id is in the log', async () => {
	sim.fail({ kind: 'submit', times: 1, fault: { delay: 3_000, drop: 'after' } });
	await stopAt(async () => await once(sim, 'created'));
	const [id] = sim.jobs.keys();
	await until(() => logged(id).length > 0);
	expect(logged(id)[0].message).toMatch(/found again after a submit without an answer/);
	expect(sim.paidPosts()).toBe(1);
});

test('the same on Vtrix: the log says that a job may exist', async () => {
	sim.fail({ kind: 'submit', times: 1, fault: { delay: 3_000, drop: 'after' } });
	await stopAt(async () => await once(sim, 'created'), {
		provider: 'vtrix',
		operation: 'imageToVideo',
		firstFrameSource: 'url',
		firstFrameUrl: 'https://example.com/a.jpg',
	});
	await until(() => engine.logs.some(({ level }) => level === 'warn'));
	const [{ message }] = engine.logs.filter(({ level }) => level === 'warn');
	expect(message).toMatch(
		/^Hailuo: a submit got no usable answer .* \(Vtrix, minimax_hailuo_02_i2v, item 0\)/,
	);
	expect(sim.paidPosts()).toBe(1);
});

test('before the POST, in the queue for the limit of the account: nothing is sent, and nothing is paid', async () => {
	const items = Array.from({ length: 8 }, (_, n) => ({ json: { n } }));
	await stopAt(async () => await until(() => sim.acceptedJobs() === 2), {
		items,
		prompt: '=boat {{ $json.n }}',
		options: { submitsPerMinute: 2, maxConcurrent: 8 },
	});
	await sleep(75_000);
	expect(sim.paidPosts()).toBe(2);
	for (const id of sim.jobs.keys()) expect(logged(id)).not.toEqual([]);
});

test('during the wait: it ends at once, the id is in the log, and no status call follows', async () => {
	const { took, said } = await stopAt(async () => await until(() => requestsOf('status') > 0), {
		prompt: 'a boat #sim:seconds=3000',
	});
	expect(took).toBe(0);
	const [id] = sim.jobs.keys();
	expect(logged(id)[0].message).toMatch(/submitted/);
	expect(said).toMatch(`The execution was canceled (job ${id})`);
	expect(said).toMatch(/Job: Wait/);
	const asked = requestsOf('status');
	await sleep(30_000);
	expect(requestsOf('status')).toBe(asked);
	expect(sim.jobs.get(id).finishedAt).toBeUndefined();
});

test('during the download: it ends at once, and the video is available later without paying', async () => {
	sim.options.videoBytes = 8_000_000;
	sim.fail({ kind: 'download', times: 1, fault: { slowCdn: 1_000_000 } });
	const began = async () => await until(() => requestsOf('download') > 0);
	const { took, said } = await stopAt(began, { prompt: 'a boat #sim:seconds=20' });
	expect(took).toBe(0);
	const [id] = sim.jobs.keys();
	expect(logged(id)[0].message).toMatch(/submitted/);
	expect(said).toMatch(id);
	await sleep(15_000);
	expect(requestsOf('download')).toBe(1);

	const { items } = await engine.runNode({
		credentials,
		parameters: { resource: 'job', operation: 'wait', jobId: id },
	});
	const bytes = await engine.readBinary(items[0].binary.data);
	expect(bytes.equals(await sim.videoFor(id))).toBe(true);
	expect(sim.paidPosts()).toBe(1);
});

test('a killed n8n: Get Many finds the job by its input', async () => {
	// What is left when a process ends after the POST: a job at the provider, and nothing else.
	await stopAt(async () => await once(sim, 'created'), { prompt: 'the one that got lost' });
	const { items } = await engine.runNode({
		credentials,
		parameters: { resource: 'job', operation: 'getAll', options: { includeInput: true } },
	});
	const [found] = items.filter(({ json }) => json.input.prompt === 'the one that got lost');
	expect([...sim.jobs.keys()]).toEqual([found.json.jobId]);
});

test('Stop ends Job: Wait as well', async () => {
	await engine.runNode({
		credentials,
		parameters: {
			resource: 'video',
			operation: 'textToVideo',
			prompt: 'a boat #sim:seconds=3000',
			continueWhen: 'submitted',
		},
	});
	const [id] = sim.jobs.keys();
	const { took, said } = await stopAt(async () => await until(() => requestsOf('status') > 0), {
		resource: 'job',
		operation: 'wait',
		jobId: id,
	});
	expect(took).toBe(0);
	expect(said).toMatch(id);
	const asked = requestsOf('status');
	await sleep(20_000);
	expect(requestsOf('status')).toBe(asked);
});

test('a job that the provider canceled does not count as Stop: the execution failed', async () => {
	sim.outcome = () => ({ fail: 5000, message: 'Task canceled by the system', seconds: 5 });
	const { run, error } = await engine.runNode({
		credentials,
		parameters: { resource: 'video', operation: 'textToVideo', prompt: 'a boat' },
	});
	sim.outcome = undefined;
	expect(error?.message).toMatch(/Task cancelled by the system/);
	expect(run.status).toBe('error');
});
