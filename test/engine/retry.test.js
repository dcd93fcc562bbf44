'use strict';

const engine = require('./harness');
const { videosOf } = require('./submitJobs');
const { testNode } = require('./testNode');
const { withSimulator } = require('./withSimulator');
const { jpeg } = require('./pictures');

const load = (file) => require(`../../${file}`);

/*
 * Several runs of the node: n8n's "Retry On Fail", a loop, "Retry" in the list of executions. A job that was paid and
 * not delivered is picked up. A new request is paid again.
 */

let sim;
let credentials;

withSimulator({}, (given) => ({ sim, credentials } = given));

const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
const ids = (items) => items.map(({ json }) => json.jobId);
const pickedUp = () => engine.logs.filter(({ message }) => /was picked up/.test(message)).length;

async function make(prompts, parameters = {}, more = {}) {
	return await engine.runNode({
		credentials,
		node: retry,
		...videosOf(prompts, parameters),
		...more,
	});
}

/** Answers that end the first try while the job continues. They last long enough to be accepted as final. */
const wrongKeyForMinutes = () => {
	let until;
	const match = () => sim.now() < (until ??= sim.now() + 330_000);
	sim.fail({ kind: ['status', 'list'], match, fault: { status: 401 } });
};

/** Items reach the node twice, the second time through another node: two runs of the node in one execution. */
const twice = ({ nodes, connections }) => {
	nodes.push(testNode({ id: 'c', name: 'Again', type: 'test.noOp', position: [100, 200] }));
	const hailuo = { node: 'Hailuo', type: 'main', index: 0 };
	connections.Items.main = [[hailuo, { node: 'Again', type: 'main', index: 0 }]];
	connections.Again = { main: [[hailuo]] };
};

const rowsOf = ({ run }) =>
	run.data.resultData.runData.Hailuo.map(({ data }) => data?.main?.[0] ?? []);

describe('Retry On Fail', () => {
	test.each(['waveSpeed', 'vtrix'])(
		'%s: the second try picks the paid job up',
		async (provider) => {
			wrongKeyForMinutes();
			const { items, error } = await make(['a boat'], { provider });
			expect(error).toBeUndefined();
			expect(items).toHaveLength(1);
			expect(items[0].json.status).toBe('completed');
			expect(ids(items)).toEqual([...sim.jobs.keys()]);
			const video = await engine.readBinary(items[0].binary.data);
			expect(video.equals(await sim.videoFor(items[0].json.jobId))).toBe(true);
			expect(sim.paidPosts()).toBe(1);
			expect(pickedUp()).toBe(1);
		},
	);

	test('a gateway that does not know the paid job for a minute causes no second job', async () => {
		wrongKeyForMinutes();
		// Until shortly after the second try has begun to poll.
		sim.fail({ kind: 'status', times: 3, fault: { status: 404 } });
		const { items, error } = await make(['a boat']);
		expect(error).toBeUndefined();
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.paidPosts()).toBe(1);
	});

	test('without the setting, the same run fails with the id of the job', async () => {
		wrongKeyForMinutes();
		const { error } = await make(['a boat'], {}, { node: {} });
		expect(error?.context.jobId).toBe([...sim.jobs.keys()][0]);
		expect(error?.description).toMatch(/Job: Wait/);
	});

	test('a batch: the jobs of all items are picked up, in their order', async () => {
		const prompts = ['one', 'two', 'three', 'four'];
		wrongKeyForMinutes();
		const { items, error } = await make(prompts);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => sim.jobs.get(json.jobId).input.prompt)).toEqual(prompts);
		expect(sim.paidPosts()).toBe(4);
		expect(sim.acceptedJobs()).toBe(4);
	});

	test('identical items keep one job each', async () => {
		wrongKeyForMinutes();
		const { items } = await make(['a boat', 'a boat', 'a boat']);
		expect(new Set(ids(items))).toEqual(new Set(sim.jobs.keys()));
		expect(sim.paidPosts()).toBe(3);
	});

	test('a job that failed at the provider is submitted again, the others are not', async () => {
		sim.outcome = ({ n }) => (n === 2 ? { fail: 5003, seconds: 5 } : undefined);
		const { items, error } = await make(['one', 'two', 'three']);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.status)).toEqual(['completed', 'completed', 'completed']);
		expect(sim.paidPosts()).toBe(4);
		expect([...sim.jobs.values()].filter(({ refunded }) => refunded > 0)).toHaveLength(1);
	});

	test('a job that was refused for its prompt is not: it would be refused again', async () => {
		const { error } = await make(['a boat #sim:fail=1200']);
		expect(error?.message).toMatch(/did not succeed: .*moderation/i);
		expect(sim.paidPosts()).toBe(1);
	});

	test('an item with a different prompt in each try is still the same item', async () => {
		wrongKeyForMinutes();
		const { items } = await make(['x'], {
			prompt: '={{ "A boat at " + $now.toMillis() + Math.random() }}',
		});
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.paidPosts()).toBe(1);
	});

	test('continue when submitted: each job is paid once, even if a try ends before all were sent', async () => {
		sim.fail({ kind: 'submit', skip: 1, times: 1, fault: { status: 401 } });
		const { items, error } = await make(['one', 'two', 'three'], {
			continueWhen: 'submitted',
			options: { maxConcurrent: 1 },
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => sim.jobs.get(json.jobId).input.prompt)).toEqual([
			'one',
			'two',
			'three',
		]);
		expect(sim.acceptedJobs()).toBe(3);
	});

	test('refused input is refused in each try, and nothing is paid', async () => {
		const { error } = await make(['']);
		expect(error?.message).toMatch(/'Prompt' is empty/);
		expect(sim.requests).toEqual([]);
	});

	/*
	 * n8n runs the node again, after it delivered its rows, when the first row has an `error`: "continue on fail" and
	 * "Retry On Fail" together.
	 */
	test('items that were delivered are not paid again when n8n runs the node once more', async () => {
		const { items } = await make(
			['', 'two', 'three'],
			{},
			{ node: { ...retry, maxTries: 4, onError: 'continueRegularOutput' } },
		);
		expect(items.map(({ json }) => Boolean(json.error))).toEqual([true, false, false]);
		expect(new Set(ids(items.slice(1)))).toEqual(new Set(sim.jobs.keys()));
		expect(sim.paidPosts()).toBe(2);
		expect(pickedUp()).toBeGreaterThanOrEqual(2);
	});

	test('the same with the error output', async () => {
		const { items, errorItems } = await make(
			['', 'two'],
			{},
			{ node: { ...retry, onError: 'continueErrorOutput' } },
		);
		expect(items).toHaveLength(1);
		expect(errorItems).toHaveLength(1);
		expect(sim.paidPosts()).toBe(1);
	});

	test('n8n repeats Job: Get of a failed job, which costs nothing', async () => {
		await make(['a #sim:fail=1200'], {}, { node: {} });
		const [jobId] = sim.jobs.keys();
		const { items } = await engine.runNode({
			credentials,
			node: retry,
			parameters: { resource: 'job', operation: 'get', jobId },
		});
		expect(items[0].json.status).toBe('failed');
		expect(sim.paidPosts()).toBe(1);
	});
});

describe('Retry On Fail after a submit without an answer', () => {
	test('Vtrix: it is not sent again', async () => {
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
		const { error } = await make(['a boat'], { provider: 'vtrix' });
		expect(error?.message).toMatch(/An earlier try submitted this item .* It was not sent again/);
		expect(error?.description).toMatch(/usage page.*start a new execution/);
		expect(sim.paidPosts()).toBe(1);
	});

	/** The history cannot be read while the first try searches. */
	const blindFirstTry = () => {
		let searched = 0;
		sim.fail({
			kind: 'list',
			match: () => ++searched <= 1,
			fault: { status: 401 },
		});
	};

	test.each([
		['text', {}, null],
		[
			'a picture by its URL',
			{
				operation: 'imageToVideo',
				firstFrameSource: 'url',
				firstFrameUrl: 'https://example.com/a.jpg',
			},
			null,
		],
		['a small picture', { operation: 'imageToVideo', firstFrameSource: 'binary' }, 0],
		['a large picture', { operation: 'imageToVideo', firstFrameSource: 'binary' }, 400_000],
	])(
		'WaveSpeed, %s: the second try finds the job and adopts it',
		async (_, parameters, padding) => {
			sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
			blindFirstTry();
			const items =
				padding === null
					? [{ json: { prompt: 'a boat' } }]
					: [
							{
								json: { prompt: 'a boat' },
								binary: { data: await engine.binaryFrom(jpeg(800, 600, { padding })) },
							},
						];
			const made = await make([], parameters, { items });
			expect(made.error).toBeUndefined();
			expect(ids(made.items)).toEqual([...sim.jobs.keys()]);
			expect(sim.paidPosts()).toBe(1);
			expect(sim.acceptedJobs()).toBe(1);
		},
	);

	test('WaveSpeed, never accepted: not sent again while the job may still appear', async () => {
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'before' } });
		const { error } = await make(['a boat']);
		expect(error?.message).toMatch(/may exist and may be billed/);
		expect(sim.paidPosts()).toBe(1);
	});

	test('WaveSpeed, never accepted, minutes later: its absence is a proof, so it is sent again', async () => {
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'before' } });
		const failed = await make(['a boat'], {}, { node: {} });
		sim.skip(5 * 60_000);
		const { items } = await make(['a boat'], {}, { node: {}, contextData: failed.contextData });
		expect(items[0].json.status).toBe('completed');
		expect(sim.paidPosts()).toBe(2);
		expect(sim.acceptedJobs()).toBe(1);
	});

	test('WaveSpeed, a prompt that differs in each try: nothing to compare, so not sent again', async () => {
		sim.fail({ kind: 'submit', times: 1, fault: { drop: 'before' } });
		// Minutes later, when the absence of exactly this request would be a proof.
		const later = { ...retry, waitBetweenTries: 600 };
		const prompt = '={{ "A boat " + Math.random() }}';
		const { error } = await make(['x'], { prompt }, { node: later });
		expect(error?.message).toMatch(/It was not sent again/);
		expect(sim.paidPosts()).toBe(1);
	});
});

describe('Retry in the list, after a submit without an answer whose job could not be searched for', () => {
	const MODEL = 'minimax/hailuo-02/standard';
	/** n8n starts again: only what is stored with the execution is left. */
	const restart = () => {
		load('nodes/Hailuo/jobs/registry').registry.clear();
	};
	const goOn = { node: { onError: 'continueRegularOutput' } };

	/**
	 * The first `lost` submits lose their answers, while the history cannot be read. In the retry, each item
	 * waits until the one before it is done.
	 */
	async function losing(prompts, fault, more = {}) {
		const { lost = 1, items, ...parameters } = more;
		const given = { ...goOn, ...(items ? { items } : {}) };
		sim.fail({ kind: 'submit', times: lost, fault });
		sim.fail({ kind: 'list', fault: { status: 401 } });
		const first = await make(prompts, { continueWhen: 'submitted', ...parameters }, given);
		sim.faults.clear();
		restart();
		const contextData = JSON.parse(JSON.stringify(first.contextData));
		const known = Object.values(contextData['node:Hailuo'].hailuoJobs);
		// As after a run that ended when it had sent all of them at the same moment: no item was delivered.
		const sentAt = Math.min(...known.map((job) => job.sentAt));
		const providerAt = known[0].providerAt && Math.min(...known.map((job) => job.providerAt));
		for (const job of known) Object.assign(job, { sentAt, providerAt, delivered: undefined });
		return async (by = {}) =>
			await make(
				prompts,
				{ continueWhen: 'submitted', ...parameters, options: { maxConcurrent: 1 } },
				{ ...given, contextData, ...by },
			);
	}

	test('a prompt that the provider rewrote: the job is named, and nothing is paid again', async () => {
		const rewrite = (job) => (job.input.prompt = `Cinematic: ${job.input.prompt}`);
		sim.on('created', rewrite);
		const again = await losing(['a boat'], { drop: 'after' });
		sim.off('created', rewrite);
		sim.skip(5 * 60_000);
		const { items } = await again();
		const [jobId] = sim.jobs.keys();
		expect(items[0].json.error.description).toMatch(
			new RegExp(`it may be ${jobId}\\. If you find the job`),
		);
		expect(sim.paidPosts()).toBe(1);
	});

	const MINUTE = 60_000;
	/**
	 * @typedef {{ first?: number, retry?: number, date?: number | 'none', dateThen?: number }} Clocks how far each is ahead,
	 *   in ms: n8n's at the first try and at the retry, and the gateway's at the same times
	 */

	/** Sets n8n's clock ahead of the true time by this much. @returns {() => void} restores it */
	const setClock = (ms) => {
		const { now } = engine.clock;
		engine.clock.now = () => now() + ms;
		return () => (engine.clock.now = now);
	};

	/** @type {[what: string, clocks: Clocks][]} */
	const clocksApart = [
		['n8n’s clock is set back by 10 min before the retry', { retry: -10 * MINUTE }],
		['n8n’s clock is set forward by 10 min before the retry', { retry: 10 * MINUTE }],
		['another worker, 7 min ahead', { first: -3.5 * MINUTE, retry: 3.5 * MINUTE }],
		['another worker, 7 min behind', { first: 3.5 * MINUTE, retry: -3.5 * MINUTE }],
		['the gateway is 4 min ahead', { date: 4 * MINUTE }],
		['the gateway is 10 min ahead', { date: 10 * MINUTE }],
		['the gateway is 10 min behind', { date: -10 * MINUTE }],
		['the gateway’s clock jumps', { date: 10 * MINUTE, dateThen: -10 * MINUTE }],
		[
			'no Date header, and n8n is 2 min ahead',
			{ date: 'none', first: 2 * MINUTE, retry: 2 * MINUTE },
		],
		[
			'no Date header, and n8n is 9 min ahead',
			{ date: 'none', first: 9 * MINUTE, retry: 9 * MINUTE },
		],
	];
	test.each(clocksApart)(
		'%s: the job is found or named, and never paid twice',
		async (_, clocks) => {
			const { first = 0, retry: then = 0, date, dateThen = date } = clocks;
			sim.options.dateSkew = date;
			let right = setClock(first);
			const again = await losing(['a boat'], { drop: 'after' });
			right();
			sim.skip(5 * MINUTE);
			sim.options.dateSkew = dateThen;
			right = setClock(then);
			const { items } = await again();
			right();
			const [jobId] = sim.jobs.keys();
			const { json } = items[0];
			expect(json.jobId ?? json.error.candidateJobIds).toEqual(json.jobId ? jobId : [jobId]);
			expect(sim.paidPosts()).toBe(1);
		},
	);

	test.each(['none', undefined])(
		'never accepted, Date header %s: only the provider’s own time lets it be sent again',
		async (dateSkew) => {
			sim.options.dateSkew = dateSkew;
			const again = await losing(['a boat'], { drop: 'before' });
			sim.skip(5 * MINUTE);
			const { items } = await again();
			expect(Boolean(items[0].json.error)).toBe(dateSkew === 'none');
			expect(sim.paidPosts()).toBe(dateSkew === 'none' ? 1 : 2);
		},
	);

	test('hours and a thousand jobs later it is still found', async () => {
		const again = await losing(['a boat'], { drop: 'after' });
		sim.skip(3_600_000);
		for (let n = 0; n < 1_050; n++) {
			const id = `${n}`.padStart(32, '0');
			const input = { prompt: `${n}` };
			const of = { provider: 'waveSpeed', api: 'waveSpeed', model: MODEL, cost: 0 };
			sim.engine.create({ id, input, prompt: input.prompt, ...of });
		}
		const { items } = await again();
		expect(sim.jobs.get(items[0].json.jobId).input.prompt).toBe('a boat');
		expect(sim.paidPosts()).toBe(1);
	});

	test('it is found but does not succeed: the next try submits it again, because a person asked for it', async () => {
		sim.outcome = ({ n }) => (n === 1 ? { fail: 1200, seconds: 600 } : undefined);
		const again = await losing(['a boat'], { drop: 'after' }, { continueWhen: 'finished' });
		const { items } = await again({ node: retry });
		expect(items[0].json).toMatchObject({ jobId: [...sim.jobs.keys()][1], status: 'completed' });
		expect(sim.paidPosts()).toBe(2);
	});

	test('older than the history: its absence does not prove anything', async () => {
		const again = await losing(['a boat'], { drop: 'after' });
		sim.skip(8 * 24 * 3_600_000);
		const { items } = await again();
		expect(items[0].json.error.message).toMatch(/It was not sent again/);
		expect(sim.paidPosts()).toBe(1);
	});

	test('an item that was never accepted does not take the job of an identical item', async () => {
		const again = await losing(['a boat', 'a boat'], { drop: 'before' });
		const { items } = await again();
		expect(items.map(({ json }) => Boolean(json.error)).sort()).toEqual([false, true]);
		expect(sim.paidPosts()).toBe(2);
	});

	/** Two items with the same prompt and different pictures, both without an answer. */
	async function losingPictures() {
		const pictures = [800, 900].map((width) => jpeg(width, 600));
		const items = await Promise.all(
			pictures.map(async (picture) => ({
				json: { prompt: 'waves' },
				binary: { data: await engine.binaryFrom(picture) },
			})),
		);
		const again = await losing(
			['waves', 'waves'],
			{ drop: 'after' },
			{ lost: 2, operation: 'imageToVideo', firstFrameSource: 'binary', items },
		);
		return { pictures, again };
	}

	test('two pictures with the same prompt that the history shows: each item takes its own job', async () => {
		const { pictures, again } = await losingPictures();
		const made = await again();
		for (const [n, { json }] of made.items.entries()) {
			expect(sim.jobs.get(json.jobId).images.image).toEqual(pictures[n]);
		}
		expect(sim.paidPosts()).toBe(2);
	});

	test('two pictures with the same prompt that it does not show: no item takes the job of the other', async () => {
		const omit = (job) => (job.input = { ...job.input, image: '[omitted]' });
		sim.on('created', omit);
		const { again } = await losingPictures();
		sim.off('created', omit);
		sim.skip(5 * 60_000);
		const made = await again();
		for (const { json } of made.items) expect(json.error.message).toMatch(/was not sent again/);
		expect(sim.paidPosts()).toBe(2);
		// Each submit is resumed as itself, not as a third one whose job the others must not take.
		const { registry } = load('nodes/Hailuo/jobs/registry');
		expect(registry.all().map(({ state }) => state)).toEqual(['unresolved', 'unresolved']);
		await again();
		expect(registry.all()).toHaveLength(2);
	});
});

describe('a loop', () => {
	test('the same items again are paid again', async () => {
		const made = await make(['a boat', 'a car'], {}, { extend: twice });
		const rows = rowsOf(made);
		expect(rows.map((items) => items.length)).toEqual([2, 2]);
		expect(new Set(rows.flatMap(ids)).size).toBe(4);
		expect(sim.paidPosts()).toBe(4);
		for (const items of rows) {
			expect(items.map(({ json }) => sim.jobs.get(json.jobId).input.prompt)).toEqual([
				'a boat',
				'a car',
			]);
		}
	});

	test.each(['waveSpeed', 'vtrix'])(
		'%s: a row without a usable answer does not keep the identical next rows from being sent',
		async (provider) => {
			sim.fail({ kind: 'submit', times: 1, fault: { status: 502 } });
			const made = await make(
				['a boat'],
				{ provider, continueWhen: 'submitted' },
				{ extend: twice, node: { onError: 'continueRegularOutput' } },
			);
			const [[lost], [sent]] = rowsOf(made);
			expect(lost.json.error.message).toMatch(/may exist and may be billed/);
			expect(sent.json.jobId).toBe([...sim.jobs.keys()][0]);
			expect(sim.paidPosts()).toBe(2);
		},
	);

	test('a failed try is picked up only in its own run', async () => {
		wrongKeyForMinutes();
		const made = await make(['a boat'], {}, { extend: twice });
		expect(new Set(rowsOf(made).flatMap(ids)).size).toBe(2);
		expect(sim.paidPosts()).toBe(2);
		expect(pickedUp()).toBe(1);
	});

	test('a failed job is submitted again by the next run', async () => {
		sim.outcome = ({ n }) => (n === 1 ? { fail: 1200, seconds: 5 } : undefined);
		const made = await make(
			['a boat'],
			{},
			{ extend: twice, node: { onError: 'continueRegularOutput' } },
		);
		expect(rowsOf(made).map(([{ json }]) => json.status)).toEqual(['failed', 'completed']);
		expect(sim.paidPosts()).toBe(2);
	});

	test('the memory does not grow with the runs', async () => {
		const made = await make(['a boat', 'a car'], {}, { extend: twice });
		const { hailuoJobs } = made.contextData['node:Hailuo'];
		expect(Object.keys(hailuoJobs)).toHaveLength(2);
		expect(JSON.stringify(hailuoJobs)).not.toMatch(/a boat|test-key/);
	});
});

describe('Retry in the list of executions', () => {
	async function broken(prompt, more) {
		wrongKeyForMinutes();
		const first = await make([prompt], {}, { node: {}, ...more });
		expect(first.error).toBeDefined();
		return JSON.parse(JSON.stringify(first.contextData));
	}

	test('the paid job is picked up, because n8n stores what the node remembers', async () => {
		const contextData = await broken('a boat');
		const { items } = await make(['a boat'], {}, { contextData, node: {} });
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.paidPosts()).toBe(1);
	});

	test('a changed prompt means another job', async () => {
		const contextData = await broken('a boat');
		const { items } = await make(['a ship'], {}, { contextData, node: {} });
		expect(sim.jobs.get(items[0].json.jobId).input.prompt).toBe('a ship');
		expect(sim.paidPosts()).toBe(2);
	});

	test('a job that was refused is submitted again, because a person asked for it', async () => {
		sim.outcome = ({ n }) => (n === 1 ? { fail: 1200, seconds: 5 } : undefined);
		const first = await make(['a boat'], {}, { node: {} });
		const { items } = await make(
			['a boat'],
			{},
			{ contextData: JSON.parse(JSON.stringify(first.contextData)), node: {} },
		);
		expect(items[0].json.status).toBe('completed');
		expect(sim.paidPosts()).toBe(2);
	});
});
