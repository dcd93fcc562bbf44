'use strict';

const { signature } = require('../simulator/webhooks');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/*
 * Generate and Resume by Callback, as far as it can be tested without n8n's server: calls at the same time, what a call
 * costs, and what is refused before anything is paid. The rest is in test/e2e/callback.scenario.js.
 */

let sim;
let credentials;

// The node's own calls get no answer here. They must end before the simulator is closed.
afterAll(async () => await engine.clock.sleep(100_000));
// The tests play the provider's callbacks themselves.
withSimulator({ webhooks: { lose: true } }, (given) => ({ sim, credentials } = given));

/**
 * @param {string[]} prompts
 * @param {Partial<engine.Asked> & { parameters?: any }} [how]
 */
const send = async (prompts, { parameters, ...more } = {}) =>
	await engine.runNode({
		credentials,
		items: prompts.map((prompt) => ({ json: { prompt } })),
		parameters: {
			provider: 'waveSpeed',
			resource: 'video',
			operation: 'sendAndWait',
			generateFrom: 'textToVideo',
			prompt: '={{ $json.prompt }}',
			options: { submitsPerMinute: 0, ...parameters?.options },
			...parameters,
		},
		...more,
	});

/** Long enough that no job ends by itself (simulated s). */
const OPEN = '#sim:seconds=100000';
const numbered = (count) => Array.from({ length: count }, (_, i) => `boat ${i} ${OPEN}`);
const jobs = () => [...sim.jobs.values()];
const end = (job) => sim.engine.finish(job);

/** The provider's own call about a job, with the signature of now. */
function signedCall({ id }) {
	const body = { id };
	const at = Math.floor(sim.now() / 1000);
	const signed = signature(sim.webhookSecret, id, at, JSON.stringify(body));
	const headers = {
		'webhook-id': id,
		'webhook-timestamp': String(at),
		'webhook-signature': signed,
	};
	return { body, headers };
}

const called = async (slept, { id }) => await engine.callBack(slept, { body: { id } });

async function asleep(prompts, more) {
	const slept = await send(prompts, more);
	expect(slept.error).toBeUndefined();
	expect(slept.run.waitTill).toBeInstanceOf(Date);
	return slept;
}

test('the execution sleeps for an hour by default, and the items contain the jobs', async () => {
	const slept = await asleep(numbered(2));
	const minutes = (slept.run.waitTill.getTime() - Date.now()) / 60_000;
	expect(minutes).toBeGreaterThan(59);
	expect(minutes).toBeLessThan(61);
	const [entry] = slept.run.data.executionData.nodeExecutionStack;
	const parked = entry.data.main[0].map(({ json }) => json);
	expect(parked.map(({ jobId }) => jobId)).toEqual(slept.items.map(({ json }) => json.jobId));
	expect(new Set(parked.map(({ jobId }) => jobId))).toEqual(new Set(sim.jobs.keys()));
	expect(parked[0].warnings[0]).toMatch(/Job: Wait/);
	const [before] = slept.run.data.resultData.runData.Items;
	expect(before.data.main[0].map(({ json }) => json.prompt)).toEqual(numbered(2));
	const short = await asleep(numbered(1), { parameters: { options: { timeLimit: 5 } } });
	expect((short.run.waitTill.getTime() - Date.now()) / 60_000).toBeLessThan(5.1);
});

test('a storyboard: its last picture ends a video and has no item of its own, before or after the callback', async () => {
	const address = (prompt) => `https://pictures.example.com/${prompt}.jpg`;
	const slept = await asleep(['a', 'b', 'c'], {
		parameters: {
			generateFrom: 'firstLastFrameToVideo',
			model: 'minimax/hailuo-02/i2v-standard',
			prompt: `={{ $json.prompt }} ${OPEN}`,
			firstFrameSource: 'url',
			firstFrameUrl: `={{ '${address('')}'.replace('.jpg', $json.prompt + '.jpg') }}`,
			lastFrameSource: 'nextItem',
		},
	});
	expect(jobs().map(({ input }) => [input.image, input.end_image])).toEqual([
		[address('a'), address('b')],
		[address('b'), address('c')],
	]);
	const [entry] = slept.run.data.executionData.nodeExecutionStack;
	const parked = entry.data.main[0].map(({ json }) => json.jobId);
	expect(parked).toEqual(jobs().map(({ id }) => id));
	for (const job of jobs()) end(job);
	const { items } = await called(slept, jobs()[1]);
	expect(items?.map(({ json }) => [json.jobId, json.status])).toEqual(
		parked.map((id) => [id, 'completed']),
	);
});

test('many callbacks cost about two status calls each, and only the last one wakes it', async () => {
	const count = 30;
	const slept = await asleep(numbered(count));
	const before = sim.count({ kind: 'status' });
	const order = jobs();
	for (const job of order.slice(0, -1)) {
		end(job);
		expect((await called(slept, job)).items).toBeUndefined();
	}
	end(order.at(-1));
	const { items } = await called(slept, order.at(-1));
	expect(items).toHaveLength(count);
	expect(items?.map(({ json }) => json.jobId)).toEqual(slept.items.map(({ json }) => json.jobId));
	expect(items?.map(({ pairedItem }) => pairedItem.item)).toEqual([...Array(count).keys()]);
	for (const { json, binary } of items ?? []) {
		const video = await engine.readBinary(binary.data);
		expect(video.equals(await sim.videoFor(json.jobId))).toBe(true);
	}
	expect(sim.count({ kind: 'status' }) - before).toBeLessThanOrEqual(2 * count);
});

test('a job that ends while another callback is handled is not forgotten', async () => {
	const slept = await asleep(numbered(2));
	const [first, second] = jobs();
	end(first);
	// The second job is still open, but the answer that says so is slow. Meanwhile it ends, and its own callback arrives.
	let heard;
	const asked = new Promise((resolve) => (heard = resolve));
	const slow = (req) => {
		if (!req.path.includes(second.id)) return false;
		heard();
		return true;
	};
	const stale = { code: 200, message: 'success', data: { id: second.id, status: 'processing' } };
	sim.fail({
		kind: 'status',
		times: 1,
		match: slow,
		fault: { status: 200, body: stale, delay: 30_000 },
	});
	const one = called(slept, first);
	await asked;
	end(second);
	const two = await called(slept, second);
	expect(two.items).toBeUndefined();
	expect(two.status).toBe(202);
	const { items } = await one;
	expect(items?.map(({ json }) => json.status)).toEqual(['completed', 'completed']);
});

test('a call that comes meanwhile has the open jobs polled once more, and only once', async () => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	let heard;
	const asked = new Promise((resolve) => (heard = resolve));
	const before = sim.count({ kind: 'status' });
	sim.fail({ kind: 'status', times: 1, match: () => heard() ?? true, fault: { delay: 10_000 } });
	const one = called(slept, job);
	await asked;
	expect((await called(slept, job)).status).toBe(202);
	const { items, status } = await one;
	expect(items).toBeUndefined();
	expect(status).toBe(200);
	expect(sim.count({ kind: 'status' }) - before).toBe(2);
});

test('a repeated call while n8n wakes the execution fetches nothing again', async () => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	end(job);
	expect((await called(slept, job)).items).toHaveLength(1);
	const again = await called(slept, job);
	expect(again.items).toBeUndefined();
	expect(again.status).toBe(200);
	expect(sim.count({ kind: 'download' })).toBe(1);
});

test('a clock that is an hour off does not reject a callback', async () => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	end(job);
	const signed = signedCall(job);
	const { now } = engine.clock;
	engine.clock.now = () => now() - 3_600_000;
	const call = engine.callBack(slept, signed);
	const { items } = await call.finally(() => (engine.clock.now = now));
	expect(items).toHaveLength(1);
});

test('if the secret is not available, a call only causes a poll, as any other call does', async () => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	end(job);
	sim.fail({ kind: 'webhookSecret', fault: { status: 403 } });
	const headers = { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v3,00' };
	expect((await engine.callBack(slept, { headers })).items).toHaveLength(1);
});

test.each([
	['a page of a gateway', { status: 404, body: 'default backend - 404' }],
	['a refusal', { status: 400 }],
	['gone', { status: 410 }],
	['a redirect', { status: 302, headers: { location: 'https://example.com/login' } }],
	['a refused key', { status: 401 }],
])('%s for a minute does not wake the execution without the video', async (_name, fault) => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	end(job);
	sim.fail({ kind: 'status', times: 4, fault });
	const { items } = await called(slept, job);
	expect(items?.[0].json).toMatchObject({ jobId: job.id, status: 'completed' });
	expect(items?.[0].json.error).toBeUndefined();
	expect(items?.[0].binary.data).toBeDefined();
});

test('a job that stays unknown for minutes has ended', async () => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	sim.jobs.delete(job.id);
	const began = sim.now();
	const { items } = await called(slept, job);
	expect(sim.now() - began).toBeGreaterThan(290_000);
	expect(items?.[0].json.error.message).toBe(`WaveSpeed does not know the job ${job.id}`);
});

describe('a call only causes a poll, whoever makes it', () => {
	const wrong = { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v3,00' };

	test('one with a wrong signature has the jobs polled too', async () => {
		const slept = await asleep(numbered(2));
		const [first, second] = jobs();
		end(first);
		const forged = { body: { id: first.id, status: 'failed' }, headers: wrong };
		const one = await engine.callBack(slept, forged);
		expect([one.status, one.items]).toEqual([200, undefined]);
		end(second);
		// Right after the first call: it has to wait, but it is not ignored.
		const { items } = await engine.callBack(slept, { body: { id: second.id }, headers: wrong });
		expect(items?.map(({ json }) => json.status)).toEqual(['completed', 'completed']);
	});

	test.each([
		['with a wrong signature', { headers: wrong }],
		['without one', {}],
	])('a hundred of them %s make it poll every few seconds at most', async (_name, call) => {
		const slept = await asleep(numbered(1));
		const before = sim.requests.length;
		const began = sim.now();
		for (let i = 0; i < 100; i++) {
			await Promise.all([engine.callBack(slept, call), engine.callBack(slept, call)]);
			if (sim.now() - began > 60_000) break;
		}
		const seconds = (sim.now() - began) / 1000;
		expect(sim.requests.length - before).toBeLessThanOrEqual(seconds / 5 + 2);
	});

	test('the signed call of a job does not wait, but a repetition of it does', async () => {
		const slept = await asleep(numbered(2));
		const [first, second] = jobs();
		await called(slept, first);
		const signed = signedCall(second);
		const sleep = jest.spyOn(engine.clock, 'sleep');
		// Sleeps of exactly 2, 5 and 15 s belong to the node's own call to the resume address.
		const waits = () =>
			sleep.mock.calls.filter(([ms]) => Number(ms) > 2_000 && Number(ms) < 5_000).length;
		expect((await engine.callBack(slept, signed)).status).toBe(200);
		expect(waits()).toBe(0);
		await sim.clock.sleep(1_000);
		expect((await engine.callBack(slept, signed)).status).toBe(200);
		expect(waits()).toBe(1);
		sleep.mockRestore();
	});
});

test('a call that came while the jobs could not be read is handled later', async () => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	let heard;
	const asked = new Promise((resolve) => (heard = resolve));
	const fault = { status: 200, body: { code: 400, message: 'no' } };
	let until = Infinity;
	const match = () => heard() ?? sim.now() < until;
	sim.fail({ kind: 'status', match, fault });
	const one = called(slept, job);
	await asked;
	expect((await called(slept, job)).status).toBe(202);
	end(job);
	// Longer than any request is retried.
	until = sim.now() + 330_000;
	const { items } = await one;
	expect(items?.[0].json.status).toBe('completed');
});

describe('the callback of a job that another execution submitted goes to that execution', () => {
	/** An execution that ended, because the provider refused its second item; the first one's job is paid. */
	async function broken(prompts) {
		let submits = 0;
		const refused = { status: 400, body: { code: 400, message: 'no' } };
		sim.fail({ kind: 'submit', times: 1, match: () => ++submits === 2, fault: refused });
		const { error, contextData } = await send(prompts);
		expect(error?.message).toMatch(/HTTP 400/);
		expect(sim.jobs.size).toBe(1);
		expect(error?.description).toContain(`paid too: ${jobs()[0].id}`);
		return { contextData: JSON.parse(JSON.stringify(contextData)) };
	}
	/** Resolves when the job is waited for. */
	async function waitedFor(job) {
		const seen = () => sim.count({ kind: 'status', jobId: job.id });
		for (let i = 0; seen() < 3 && i < 500; i++) await engine.clock.sleep(1_000);
		expect(seen()).toBeGreaterThanOrEqual(3);
	}
	/** @param {{ items?: engine.Item[] }} answer */
	const inFull = ({ items = [] }) => {
		expect(items.map(({ json }) => json.jobId)).toEqual(jobs().map(({ id }) => id));
		expect(items.map(({ json }) => json.status)).toEqual(['completed', 'completed']);
		expect(items.every(({ binary }) => binary.data)).toBe(true);
		expect(items[0].json.warnings).toBeUndefined();
	};

	test('so the job is polled, and the execution sleeps only for its own jobs', async () => {
		const before = await broken(numbered(2));
		const [old] = jobs();
		const retried = send(numbered(2), before);
		await waitedFor(old);
		end(old);
		const slept = await retried;
		expect(slept.run.waitTill).toBeInstanceOf(Date);
		expect(sim.jobs.size).toBe(2);
		end(jobs()[1]);
		inFull(await called(slept, jobs()[1]));
	});

	test('and if all jobs have ended by then, the execution continues at once', async () => {
		const before = await broken(numbered(2));
		const retried = send(numbered(2), before);
		await waitedFor(jobs()[0]);
		jobs().reverse().forEach(end);
		const { run, ...made } = await retried;
		expect(run.waitTill).toBeUndefined();
		inFull(made);
	});

	test('and a job that does not end in time is subject to the time limit', async () => {
		const before = await broken(numbered(2));
		const parameters = { options: { timeLimit: 2, submitsPerMinute: 0 } };
		const { run } = await send(numbered(2), { parameters, ...before });
		expect(run.waitTill).toBeInstanceOf(Date);
		const [entry] = run.data.executionData.nodeExecutionStack;
		const ids = entry.data.main[0].map(({ json }) => json.jobId);
		expect(ids).toEqual(jobs().map(({ id }) => id));
		expect(ids).toHaveLength(2);
		// The time limit is over, but n8n still gets a moment to put the execution to sleep.
		expect(run.waitTill.getTime()).toBeGreaterThan(Date.now());
	});

	test('Stop during that wait ends it: the execution is not put to sleep', async () => {
		const before = await broken(numbered(2));
		let stop = () => {};
		const retried = send(numbered(2), { ...before, onStart: (cancel) => (stop = cancel) });
		await waitedFor(jobs()[0]);
		stop();
		const { run } = await retried;
		expect(run.status).toBe('canceled');
		const asked = sim.count({ kind: 'status' });
		await engine.clock.sleep(60_000);
		expect(sim.count({ kind: 'status' })).toBe(asked);
		expect(run.data.waitTill).toBeUndefined();
	});
});

test('if all jobs end before the execution sleeps, it continues, even with a refused item among them', async () => {
	const made = await send(['', 'a boat #sim:seconds=0'], {
		node: { onError: 'continueRegularOutput' },
	});
	expect(made.run.waitTill).toBeUndefined();
	expect(made.items.map(({ json }) => json.error?.field ?? json.status)).toEqual([
		'Prompt',
		'completed',
	]);
	expect(made.items[1].binary.data).toBeDefined();
});

test('a missing time limit means an hour, and one that is not a number is refused before anything is paid', async () => {
	const slept = await asleep(numbered(1), { parameters: { options: { timeLimit: '' } } });
	expect((slept.run.waitTill.getTime() - Date.now()) / 60_000).toBeGreaterThan(59);
	const before = sim.requests.length;
	const { error } = await send(numbered(1), { parameters: { options: { timeLimit: -5 } } });
	expect(error?.message).toMatch(
		/'Time Limit \(Minutes\)' must be a number of at least 0, but is '-5'/,
	);
	expect(sim.requests).toHaveLength(before);
});

test.each([Infinity, 1e300, 2e11, '1e99'])(
	'a time limit of %s is the longest time that a job is kept',
	async (timeLimit) => {
		const slept = await asleep(numbered(1), { parameters: { options: { timeLimit } } });
		const days = (slept.run.waitTill.getTime() - Date.now()) / 86_400_000;
		expect(days).toBeGreaterThan(6.9);
		expect(days).toBeLessThanOrEqual(7);
	},
);

test('a job ID cannot break a line of the log', async () => {
	const id = `a\n\u001b[31m${'x'.repeat(10_000)}`;
	const data = { id, status: 'created', model: 'm', outputs: [] };
	const answer = { status: 200, body: { code: 200, message: 'success', data } };
	sim.fail({ kind: 'submit', fault: answer });
	await send(['a boat'], { parameters: { operation: 'textToVideo', continueWhen: 'submitted' } });
	const lines = engine.logs.map(({ message }) => message).filter((line) => /xxx/.test(line));
	expect(lines.length).toBeGreaterThan(0);
	for (const line of lines) expect(line).toMatch(/^Hailuo: job a\?\?\[31mx{100,600}…/);
});

test('a job that has ended and shows no video yet is polled again', async () => {
	const slept = await asleep(numbered(1));
	const [job] = jobs();
	end(job);
	const empty = { id: job.id, status: 'completed', outputs: [], model: job.model };
	const fault = { status: 200, body: { code: 200, message: 'success', data: empty } };
	sim.fail({ kind: 'status', times: 2, fault });
	const { items } = await called(slept, job);
	expect(items?.[0].json.status).toBe('completed');
	expect(items?.[0].binary.data).toBeDefined();
});

test('a warning of the submit is still there after the sleep', async () => {
	sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
	// Another program has submitted the same request at the same moment.
	sim.once('created', ({ model, input }) => {
		const of = { provider: 'waveSpeed', api: 'waveSpeed', model, cost: 0 };
		sim.engine.create({ id: 'f'.repeat(32), input, prompt: input.prompt, ...of });
	});
	const slept = await asleep(numbered(1));
	const [entry] = slept.run.data.executionData.nodeExecutionStack;
	const [spare, notCalled] = entry.data.main[0][0].json.warnings;
	expect(spare).toMatch(/The others are/);
	expect(notCalled).toMatch(/had not called back/);
	jobs().forEach(end);
	const { items } = await called(slept, { id: slept.items[0].json.jobId });
	expect(items?.[0].json).toMatchObject({ status: 'completed', warnings: [spare] });
});

describe('refused before anything is paid', () => {
	afterEach(() => expect(sim.requests).toEqual([]));
	const message = async (more) => {
		const { error } = await send(['a boat'], more);
		return `${error?.message}. ${error?.description}`;
	};

	test('a model of the queue, because the queue refuses callbacks', async () => {
		const parameters = { provider: 'vtrix', model: 'minimax_hailuo_23_t2v' };
		const base = { ...credentials.hailuoVtrixApi, baseUrl: sim.urls.seaArt };
		const said = await message({
			parameters,
			credentials: { ...credentials, hailuoVtrixApi: base },
		});
		expect(said).toMatch(/'Model'.*does not support callbacks.*Pick another model/);
	});

	test.each(['hailuoTool', 'hailuoHitlTool'])('as %s', async (name) => {
		const said = await message({
			extend: ({ nodes, nodeTypes }) => {
				nodes.find((node) => node.name === 'Hailuo').type = `test.${name}`;
				nodeTypes[`test.${name}`] = engine.hailuo;
			},
		});
		expect(said).toMatch(/AI agent cannot.*Pick Text to Video/);
	});

	test('an n8n that the provider cannot reach', async () => {
		const baseUrl = 'https://api.wavespeed.ai/api/v3';
		const own = { ...credentials.hailuoWaveSpeedApi, baseUrl };
		const said = await message({ credentials: { ...credentials, hailuoWaveSpeedApi: own } });
		expect(said).toMatch(/the address of this one is 127\.0\.0\.1.*WEBHOOK_URL/);
	});

	test('an n8n that does not sign its addresses', async () => {
		const older = {
			description: engine.hailuo.description,
			async execute() {
				const context = Object.create(this, { getSignedResumeUrl: { value: undefined } });
				return await engine.hailuo.execute.call(context);
			},
		};
		expect(await message({ type: older })).toMatch(/newer n8n.*2\.8 or later/);
	});

	test('a provider that calls the address before it answers', async () => {
		const said = await message({ parameters: { provider: 'miniMax' } });
		expect(said).toMatch(/MiniMax cannot do.*WaveSpeed or Vtrix/);
	});
});
