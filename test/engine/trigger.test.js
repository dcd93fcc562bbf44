'use strict';

const engine = require('./harness');
const { Trigger, minutes } = require('./pollHarness');
const { startSimulator } = require('../simulator');
const { makeJobs } = require('../simulator/makeJobs');
const { HEX, text } = require('../simulator/random');

const BUDGET_MS = 36_000;
let sim;
let back;

beforeAll(engine.startEngine);
afterAll(engine.stopEngine);

beforeEach(async () => {
	sim = await startSimulator({
		time: 'virtual',
		jobTime: 20_000,
		account: { balance: Infinity },
	});
	back = engine.followTime(sim);
});

afterEach(async () => {
	back();
	await sim.stop();
});

const active = async (parameters, options) => await Trigger.active(sim, parameters, options);
const pollMinutes = async (trigger, count) => await trigger.pollMinutes(count);

/** Polls every minute until `count` items have been emitted, and once more. The number per poll depends on the machine. */
async function pollUntil(trigger, count) {
	for (let i = 0; i < 40 && trigger.items.length < count; i++) await pollMinutes(trigger, 1);
	await pollMinutes(trigger, 1);
}

const sorted = (list) => [...list].sort();
const failing = (more = {}) => ({ prompt: '#sim:fail=1200', ...more });
const logged = () => engine.logs.map(({ message }) => message).join('\n');

describe('WaveSpeed', () => {
	test('a finished job of the account becomes the same item as that of the action node, with its video', async () => {
		makeJobs(sim, 2);
		await minutes(sim);
		const trigger = await active();
		expect(trigger.items).toEqual([]);
		const [id] = makeJobs(sim, 1);
		makeJobs(sim, 1, { model: 'bytedance/seedance-v1-pro-t2v-480p' });
		makeJobs(sim, 1, failing());
		await pollMinutes(trigger, 3);

		expect(trigger.ids).toEqual([id]);
		expect(logged()).toContain(`Hailuo Trigger: starts the workflow with job ${id}`);
		const [{ json, binary }] = trigger.items;
		const { items } = await engine.runNode({
			parameters: {
				provider: 'waveSpeed',
				resource: 'job',
				operation: 'wait',
				jobId: id,
				options: { download: true },
			},
			credentials: engine.credentialsFor(sim),
		});
		expect({ ...items[0].json, finishedAt: null }).toEqual({ ...json, finishedAt: null });
		expect(binary.data.fileName).toBe(`minimax-hailuo-02-fast-${id}.mp4`);
		const video = await engine.readBinary(binary.data);
		expect(video.equals(await sim.videoFor(id))).toBe(true);
		expect(sim.leaks).toEqual([]);
	});

	test.each([
		['failed', ['failed', 'cancelled']],
		['either', ['completed', 'failed', 'cancelled']],
	])('Trigger On %s emits the jobs with their reasons', async (event, ends) => {
		const trigger = await active({ event });
		const [good] = makeJobs(sim, 1);
		const [bad] = makeJobs(sim, 1, failing());
		makeJobs(sim, 1, { prompt: '#sim:cancelled' });
		await pollMinutes(trigger, 2);
		expect(sorted(trigger.items.map(({ json }) => json.status))).toEqual(sorted(ends));
		expect(trigger.ids.includes(good)).toBe(event === 'either');
		const { json } = trigger.items.find((item) => item.json.jobId === bad);
		expect(json.error).toEqual({ code: '1200', message: expect.any(String), retryable: false });
	});

	test('only the chosen models are watched, or all jobs of the account if the user wants that', async () => {
		const models = ['minimax/hailuo-02/i2v-pro'];
		const [some, all] = [await active({ models }), await active({ onlyHailuo: false })];
		const ids = [];
		for (const model of ['minimax/hailuo-02/fast', 'minimax/hailuo-02/i2v-pro', 'other/model']) {
			ids.push(...makeJobs(sim, 1, { model }));
			sim.skip(1_000);
		}
		await minutes(sim, 2);
		await some.poll();
		await all.poll();
		expect(some.ids).toEqual([ids[1]]);
		expect(all.ids).toEqual(ids);
	});

	test('jobs of the last days are emitted if the user wants that, but no older ones', async () => {
		makeJobs(sim, 1);
		sim.skip(3 * 24 * 3_600_000);
		const [recent] = makeJobs(sim, 1);
		sim.skip(24 * 3_600_000);
		const trigger = await active({ made: 'lastDays', days: 2 });
		await pollMinutes(trigger, 1);
		expect(trigger.ids).toEqual([recent]);
	});

	test('numbers may be texts, and a value that is not a number is refused, not replaced', async () => {
		makeJobs(sim, 1);
		sim.skip(3 * 24 * 3_600_000);
		const [recent] = makeJobs(sim, 1);
		sim.skip(24 * 3_600_000);
		const trigger = await active({ made: 'lastDays', days: ' 2 ' });
		await pollMinutes(trigger, 1);
		expect(trigger.ids).toEqual([recent]);
		await expect(active({ made: 'lastDays', days: 'two' })).rejects.toThrow(
			/'Days' must be a number of at least 0, but is 'two'/,
		);
		await expect(active({ options: { downloadAttempts: 'many' } })).rejects.toThrow(
			/'Download Attempts' must be a number/,
		);
	});

	test('a clock that is an hour ahead of the provider’s loses no job', async () => {
		const { now } = engine.clock;
		engine.clock.now = () => now() + 3_600_000;
		const trigger = await active();
		const ids = makeJobs(sim, 2);
		await pollMinutes(trigger, 2).finally(() => (engine.clock.now = now));
		expect(trigger.ids).toEqual(ids);
	});

	test('an n8n that reports no time budget for a poll, as older ones, misses no job', async () => {
		const trigger = new Trigger(sim);
		const { contextOf } = trigger;
		trigger.contextOf = (...how) =>
			Object.assign(contextOf.apply(trigger, how), { getPollBudgetMs: undefined });
		await trigger.activate();
		const [id] = makeJobs(sim, 1);
		await pollMinutes(trigger, 2);
		expect(trigger.ids).toEqual([id]);
	});

	test('without the download no file is fetched', async () => {
		const trigger = await active({ options: { download: false } });
		makeJobs(sim, 2);
		await pollMinutes(trigger, 2);
		expect(trigger.items).toHaveLength(2);
		expect(trigger.items[0].binary).toBeUndefined();
		expect(trigger.items[0].json.videoUrl).toMatch(/^http/);
		expect(sim.count({ kind: 'download' })).toBe(0);
	});

	test('an idle poll is one request', async () => {
		const trigger = await active();
		makeJobs(sim, 30);
		await pollUntil(trigger, 30);
		expect(trigger.items).toHaveLength(30);
		const before = trigger.polls.length;
		await pollMinutes(trigger, 5);
		for (const { ms, ...rest } of trigger.polls.slice(before)) {
			expect(rest).toEqual({ items: 0, list: 1 });
			expect(ms).toBeLessThan(BUDGET_MS);
		}
	});

	test('a download that hangs does not delay others, and ends as an address with a warning', async () => {
		const trigger = await active();
		const ids = makeJobs(sim, 12);
		const hanging = ids.slice(0, 2);
		sim.fail({
			kind: 'download',
			match: ({ path }) => hanging.some((id) => path.includes(id)),
			fault: { hangAfterBytes: 100 },
		});
		await pollMinutes(trigger, 1);
		expect(sorted(trigger.ids)).toEqual(sorted(ids.slice(2)));
		await pollMinutes(trigger, 3);
		expect(sorted(trigger.ids)).toEqual(sorted(ids));
		for (const { json, binary } of trigger.items.slice(10)) {
			expect(binary).toBeUndefined();
			expect(json.videoUrl).toMatch(/^http/);
			expect(json.warnings).toEqual([expect.stringMatching(/tried 3 times.*Job: Wait/)]);
		}
		expect(Math.max(...trigger.polls.map(({ ms }) => ms))).toBeLessThan(BUDGET_MS + 2_000);
	});

	test('5xx, rate limits, cut and unreadable answers, cut downloads and restarts: each job exactly once', async () => {
		const trigger = await active();
		const probability = 0.1;
		const faults = [
			{ fault: { status: 503 } },
			{ fault: 'waveSpeed429' },
			{ fault: { drop: 'after' } },
			{ fault: { badJson: true } },
		];
		for (const { fault } of faults) sim.fail({ kind: ['list', 'status'], probability, fault });
		sim.fail({ kind: 'download', probability: 0.2, fault: { cutAfterBytes: 500 } });
		const made = [];
		for (let round = 0; round < 12; round++) {
			made.push(...makeJobs(sim, 10));
			await pollMinutes(trigger, 1);
			if (round % 4 === 3) await trigger.restart();
		}
		sim.faults.clear();
		await pollMinutes(trigger, 15);
		expect(sorted(trigger.ids)).toEqual(sorted(made));
		expect(trigger.errors).toEqual([]);
	}, 60_000);

	test('the jobs of 24 hours in which n8n was down are emitted later', async () => {
		const trigger = await active();
		const [running] = makeJobs(sim, 1, { prompt: '#sim:seconds=3600' });
		await pollMinutes(trigger, 1);
		const made = [];
		for (let hour = 0; hour < 24; hour++) {
			made.push(...makeJobs(sim, 10));
			sim.skip(3_600_000);
		}
		await trigger.restart();
		await pollUntil(trigger, made.length + 1);
		expect(sorted(trigger.ids)).toEqual(sorted([running, ...made]));
	});
});

describe('errors', () => {
	const wrongKey = () => ({
		hailuoWaveSpeedApi: { apiKey: 'some-other-key', baseUrl: sim.urls.waveSpeed },
	});

	test('a wrong key prevents the activation, and the error says so', async () => {
		const trigger = new Trigger(sim, {}, { credentials: wrongKey() });
		await expect(trigger.activate()).rejects.toMatchObject({
			message: expect.stringMatching(
				/^Hailuo Trigger cannot watch for jobs: WaveSpeed answered HTTP 401/,
			),
			description: expect.stringContaining('Check the API key in the credential'),
		});
		// The next try fails in the same way, however soon it comes.
		await expect(trigger.activate()).rejects.toThrow(/HTTP 401/);
	});

	test('a key that is refused later is reported once, and polling continues when it is corrected', async () => {
		const trigger = await active();
		const data = trigger.credentials.hailuoWaveSpeedApi;
		const { apiKey } = data;
		data.apiKey = 'some-other-key';
		await pollMinutes(trigger, 20);
		expect(trigger.errors).toHaveLength(1);
		expect(trigger.errors[0].message).toMatch(/HTTP 401/);
		const [id] = makeJobs(sim, 1);
		data.apiKey = apiKey;
		await pollMinutes(trigger, 2);
		expect(trigger.ids).toEqual([id]);
		expect(trigger.errors).toHaveLength(1);
	});

	test.each([
		['is no address', 'api.wavespeed.example', /'Base URL' of the credential must start with/],
		['leads to another service', '/nowhere', /HTTP 404|HTTP 400/],
	])('a base URL that %s prevents the activation', async (_, given, says) => {
		const baseUrl = given.startsWith('/') ? sim.urls.waveSpeed.replace('/api/v3', given) : given;
		const { apiKey } = engine.credentialsFor(sim).hailuoWaveSpeedApi;
		const trigger = new Trigger(
			sim,
			{},
			{ credentials: { hailuoWaveSpeedApi: { apiKey, baseUrl } } },
		);
		await expect(trigger.activate()).rejects.toThrow(says);
	});

	test.each([
		['503', { status: 503 }],
		['429', 'waveSpeed429'],
		['402', 'waveSpeed402'],
		['a cut connection', { drop: 'before' }],
		['a web page', { wrongType: 'text/html' }],
	])(
		'a provider that answers with %s does not refuse the activation, and is waited for',
		async (_, fault) => {
			const remove = sim.fail({ kind: 'list', fault });
			const trigger = await active();
			const [id] = makeJobs(sim, 1);
			await pollMinutes(trigger, 10);
			// The requests become less and less frequent.
			expect(sim.count({ kind: 'list' })).toBeLessThan(9);
			remove();
			await pollMinutes(trigger, 12);
			expect(trigger.ids).toEqual([id]);
			expect(trigger.errors).toEqual([]);
		},
	);

	test('a provider that cannot be reached does not prevent the activation', async () => {
		const { apiKey } = engine.credentialsFor(sim).hailuoWaveSpeedApi;
		const baseUrl = 'http://127.0.0.1:9/api/v3';
		const trigger = new Trigger(
			sim,
			{},
			{ credentials: { hailuoWaveSpeedApi: { apiKey, baseUrl } } },
		);
		await trigger.activate();
		await pollMinutes(trigger, 2);
		expect(trigger.errors).toEqual([]);
	});

	test('a poll that starts while another is running does nothing', async () => {
		const trigger = await active();
		const made = makeJobs(sim, 5);
		await minutes(sim);
		const [first, second] = await Promise.all([trigger.poll(), trigger.poll()]);
		expect(first).toHaveLength(5);
		expect(second).toEqual([]);
		expect(sorted(trigger.ids)).toEqual(sorted(made));
	});
});

describe('Fetch Test Event', () => {
	test('returns the newest matching job and saves nothing', async () => {
		makeJobs(sim, 3);
		await minutes(sim);
		const [newest] = makeJobs(sim, 1);
		await minutes(sim);
		makeJobs(sim, 1, failing());
		makeJobs(sim, 1, { model: 'other/model' });
		await minutes(sim);
		const trigger = new Trigger(sim);
		const [[item]] = (await trigger.test()) ?? [[]];
		expect(item.json.jobId).toBe(newest);
		expect(item.binary?.data.mimeType).toBe('video/mp4');
		expect(JSON.stringify(trigger.workflow?.staticData)).toBe('{}');
		const again = await trigger.test();
		expect(again?.[0][0].json.jobId).toBe(newest);
		const models = ['minimax/hailuo-02/i2v-pro', 'minimax/hailuo-02/fast'];
		const two = new Trigger(sim, { models });
		expect((await two.test())?.[0][0].json.jobId).toBe(newest);
		const one = new Trigger(sim, { models: models.slice(0, 1) });
		await expect(one.test()).rejects.toThrow(/No completed job to show/);
		makeJobs(sim, 120, { model: 'other/model' });
		expect((await trigger.test())?.[0][0].json.jobId).toBe(newest);
	});

	test('says when there is none, and what to do', async () => {
		await expect(new Trigger(sim).test()).rejects.toMatchObject({
			message: 'No completed job to show: the account has none in its history of 7 days',
			description: expect.stringContaining('Make a video first'),
		});
		makeJobs(sim, 1);
		await minutes(sim);
		const trigger = new Trigger(sim, { event: 'failed' });
		await expect(trigger.test()).rejects.toMatchObject({
			message: 'No failed job to show: the account has none in its history of 7 days',
			description: expect.stringContaining("set 'Trigger On' to 'Job Completed or Failed'"),
		});
		// As an expression may return it.
		const words = { event: ' Failed', onlyHailuo: 'TRUE', models: ['Hailuo 02 Standard'] };
		await expect(new Trigger(sim, words).test()).rejects.toThrow('No failed job to show');
		await expect(new Trigger(sim, { event: 'done' }).test()).rejects.toThrow(
			/'Trigger On' cannot be 'done'/,
		);
		await expect(new Trigger(sim, { onlyHailuo: 'maybe' }).test()).rejects.toThrow(
			/'Only Hailuo Models' must be true or false/,
		);
		const vtrix = new Trigger(sim, { provider: 'vtrix', jobIds: '' });
		await expect(vtrix.test()).rejects.toThrow("No job to show: the field 'Job IDs' is empty");
		const unknown = new Trigger(sim, { provider: 'vtrix', jobIds: 'd758n65e878c73cmdg20' });
		await expect(unknown.test()).rejects.toThrow(/does not know the job d758n65e878c73cmdg20/);
	});
});

describe('Vtrix', () => {
	const makeOne = (more = {}) =>
		makeJobs(sim, 1, {
			id: text(sim.random.ids, HEX, 20),
			provider: 'vtrix',
			api: 'legacy',
			brand: 'vtrix',
			model: 'minimax_hailuo_02_i2v',
			...more,
		})[0];

	test('watches the given ids, and emits each job once', async () => {
		const ids = [makeOne(), makeOne({ prompt: '#sim:seconds=150' })];
		const trigger = await active({ provider: 'vtrix', jobIds: `${ids[0]},\n${ids[1]} zzzz` });
		await pollMinutes(trigger, 5);
		expect(trigger.ids).toEqual(ids);
		await trigger.restart();
		await pollMinutes(trigger, 12);
		expect(trigger.ids).toEqual(ids);
		expect(trigger.items[0].binary.data.mimeType).toBe('video/mp4');
		expect(trigger.errors).toEqual([]);
		await pollMinutes(trigger, 50);
		const what = 'The provider does not know the job zzzz any more';
		expect(logged()).toContain(what);
		expect(trigger.errors.map(({ message }) => message)).toEqual([
			`Hailuo Trigger no longer watches some jobs: ${what}`,
		]);
		const before = sim.requests.length;
		await pollMinutes(trigger, 3);
		expect(sim.requests).toHaveLength(before);
	});

	test('returns the newest of the ids as the test event, but not an open or unknown job', async () => {
		const first = makeOne();
		await minutes(sim);
		const [second, running] = [makeOne(), makeOne({ prompt: '#sim:seconds=90000' })];
		await minutes(sim);
		const trigger = new Trigger(sim, {
			provider: 'vtrix',
			jobIds: [second, running, 'd758n65e878c73cmdg20', first],
		});
		const [[item]] = (await trigger.test()) ?? [[]];
		expect(item.json).toMatchObject({ jobId: second, status: 'completed' });
		expect(item.binary?.data.mimeType).toBe('video/mp4');
	});

	test.each([[''], [' \n'], [[]], [null]])(
		'goes on watching while it is given %j',
		async (none) => {
			const id = makeOne();
			const trigger = await active({ provider: 'vtrix', jobIds: none });
			await pollMinutes(trigger, 1);
			trigger.parameters.jobIds = id;
			await trigger.restart();
			await pollMinutes(trigger, 2);
			expect(trigger.ids).toEqual([id]);
			expect(trigger.errors).toEqual([]);
		},
	);

	test('refuses an invalid id at the activation', async () => {
		const trigger = new Trigger(sim, { provider: 'vtrix', jobIds: 'https://example.com/job' });
		await expect(trigger.activate()).rejects.toThrow(/has an entry that is not an ID/);
		expect(sim.requests).toHaveLength(0);
	});
});

test('MiniMax: finds a job of Hailuo 3 that another program submitted', async () => {
	const trigger = await active({ provider: 'miniMax' });
	await pollMinutes(trigger, 1);
	const response = await fetch(`${sim.urls.miniMax}/v2/video_generation`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${sim.options.keys.miniMax}`,
			'content-type': 'application/json',
		},
		body: JSON.stringify({
			model: 'MiniMax-H3',
			content: [{ type: 'text', text: 'a lake' }],
			resolution: '768P',
			duration: 4,
			ratio: '1:1',
		}),
	});
	const { task_id: jobId } = await response.json();
	await sim.finished(jobId);
	await pollMinutes(trigger, 3);
	expect(trigger.items.map(({ json }) => [json.jobId, json.model, json.cost])).toEqual([
		[jobId, 'MiniMax-H3', 0.32],
	]);
	const video = await engine.readBinary(trigger.items[0].binary.data);
	expect(video.equals(await sim.videoFor(jobId))).toBe(true);
	expect(trigger.errors).toEqual([]);
});

test('MiniMax: watches the given ids, and emits each job once', async () => {
	const ids = [[], [failing()]].flatMap(([more]) =>
		makeJobs(sim, 1, {
			...more,
			id: text(sim.random.ids, '123456789', 15),
			provider: 'miniMax',
			api: 'miniMax',
			model: 'MiniMax-Hailuo-02',
			fileId: text(sim.random.ids, '123456789', 15),
		}),
	);
	const trigger = await active({ provider: 'miniMax', event: 'either', jobIds: ids });
	await pollMinutes(trigger, 3);
	await trigger.restart();
	await pollMinutes(trigger, 2);
	expect(trigger.items).toHaveLength(2);
	const [done, failed] = ids.map((id) => trigger.items.find(({ json }) => json.jobId === id));
	expect([done.json.status, failed.json.status]).toEqual(['completed', 'failed']);
	const video = await engine.readBinary(done.binary.data);
	expect(video.equals(await sim.videoFor(ids[0]))).toBe(true);
	expect(trigger.errors).toEqual([]);
});
