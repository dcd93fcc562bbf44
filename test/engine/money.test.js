'use strict';

const net = require('node:net');
const engine = require('./harness');
const { videosOf } = require('./submitJobs');
const { withSimulator } = require('./withSimulator');
const { jpeg } = require('./pictures');
const { HEX, text } = require('../simulator/random');
const { listen } = require('../simulator/listen');

/*
 * The paid POST when its answer is lost: how often it is sent, how many jobs it makes, and which of them an item gets.
 */

let sim;
let credentials;

withSimulator({}, (given) => ({ sim, credentials } = given));

const { goOn } = engine;
const ids = (items) => items.map(({ json }) => json.jobId);

/**
 * Submits jobs without waiting for them: other tests cover what happens later.
 * @param {'waveSpeed' | 'vtrix'} provider
 * @param {string[]} prompts
 * @param {object} [parameters]
 * @param {Partial<engine.Asked>} [more]
 */
async function make(provider, prompts, parameters = {}, more = goOn) {
	return await engine.runNode({
		credentials,
		...videosOf(prompts, { provider, continueWhen: 'submitted', ...parameters }),
		...more,
	});
}

const lose = (fault, rule = {}) => sim.fail({ kind: 'submit', times: 1, fault, ...rule });

/** A different one in each test, because a job that this process claimed stays claimed. */
const newId = () => text(sim.random.ids, HEX, 32);

/** A job that another program submitted with the same account and model. */
function strangers(simulator, input) {
	const model = input.image ? 'minimax/hailuo-02/fast' : 'minimax/hailuo-02/standard';
	const of = { provider: 'waveSpeed', api: 'waveSpeed', model, cost: 0 };
	simulator.engine.create({ id: newId(), input, prompt: input.prompt, ...of });
}

/** @typedef {import('../simulator/faults').Rule['fault']} Fault */

/** @param {string} what @param {Fault} fault @returns {[what: string, fault: Fault]} */
const row = (what, fault) => [what, fault];

/** How an answer is lost after the provider accepted the job. @type {[what: string, fault: Fault][]} */
const TAKEN = [
	['the connection drops after the job was accepted', { drop: 'after' }],
	['502 after the job was accepted', { afterAccept: { status: 502 } }],
	['504 after the job was accepted', { afterAccept: { status: 504 } }],
	['an answer that is cut off in the middle', { badJson: true }],
	['an empty answer', { emptyBody: true }],
	['an answer that is a web page', { wrongType: 'text/html' }],
	['an answer that comes too late', { delay: 90_000 }],
	['an answer that trickles', { slowCdn: 0.2 }],
	['an answer that never comes', { hang: true }],
	...[301, 302, 307, 308].map((redirectStatus) =>
		row(`a redirect (${redirectStatus}) after it was accepted`, {
			redirect: 'http://127.0.0.1:9/',
			redirectStatus,
			accept: true,
		}),
	),
	...[400, 401, 403, 404, 405, 409, 413].map((status) =>
		row(`a gateway's page (${status}) after it was accepted`, {
			afterAccept: { status, body: 'default backend' },
		}),
	),
	['a conflict (409)', { afterAccept: { status: 409, body: { code: 409, message: 'conflict' } } }],
];

/** Faults in which the first part of the answer arrives, with the id in it. */
const BEGUN = ['an answer that is cut off in the middle'];

/** How the submit fails before that. @type {[what: string, fault: Fault][]} */
const NOT_TAKEN = [
	['the connection drops before the job was accepted', { drop: 'before' }],
	['503 instead of accepting', { status: 503 }],
	['a request that hangs before it is read', { hang: 'before' }],
	['a gateway that gave up', { status: 499 }],
	['a redirect to a sign-in page', { redirect: 'http://127.0.0.1:9/', redirectStatus: 302 }],
	["a gateway's page", { status: 404, body: '<html>404</html>' }],
	['a redirect that says it was taken', { redirect: 'http://127.0.0.1:9/', redirectStatus: 303 }],
];

describe('WaveSpeed', () => {
	test.each(TAKEN)('%s: the job is found and adopted', async (_, fault) => {
		lose(fault);
		const { items } = await make('waveSpeed', ['a boat']);
		expect(items[0].json.error).toBeUndefined();
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.paidPosts()).toBe(1);
		expect(sim.acceptedJobs()).toBe(1);
		expect(sim.jobs.get(items[0].json.jobId).input.prompt).toBe('a boat');
	});

	test.each(NOT_TAKEN)('%s: nothing is sent again, and the item says why', async (_, fault) => {
		lose(fault);
		const { items } = await make('waveSpeed', ['a boat']);
		expect(items[0].json.error).toMatchObject({
			message: expect.stringMatching(
				/got no usable answer, so the job may exist and may be billed\. It was not sent again \(.+\)$/,
			),
			description: expect.stringMatching(/Job: Get Many.*7 days.*Job: Wait/),
			retryable: false,
		});
		expect(sim.paidPosts()).toBe(1);
		expect(sim.acceptedJobs()).toBe(0);
	});

	test.each([
		['HTTP 500', 500],
		['a failure under HTTP 200', 200],
	])('%s that names a job: the item gets that job', async (_, status) => {
		const afterAccept = { status };
		sim.once('created', ({ id }) => {
			afterAccept.body = { code: 500, message: 'internal', data: { id } };
		});
		lose({ afterAccept });
		const { items } = await make('waveSpeed', ['a boat']);
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.count({ kind: 'list' })).toBe(0);
		expect(sim.paidPosts()).toBe(1);
	});

	test('another n8n sent the same request at the same moment: the item names the other job too', async () => {
		lose({ drop: 'after' });
		sim.once('created', ({ model, input }) => {
			const of = { provider: 'waveSpeed', api: 'waveSpeed', model, cost: 0 };
			sim.engine.create({ id: newId(), input, prompt: input.prompt, ...of });
		});
		const { items } = await make('waveSpeed', ['a boat'], { continueWhen: 'finished' });
		const [{ json }] = items;
		expect(json.status).toBe('completed');
		const [other] = [...sim.jobs.keys()].filter((id) => id !== json.jobId);
		expect(json.warnings).toEqual([expect.stringMatching(`The others are: ${other}\\.`)]);
	});

	test('a job whose prompt the provider rewrote is not adopted, but named', async () => {
		const rewrite = (job) => (job.input.prompt = `Cinematic: ${job.input.prompt}`);
		sim.on('created', rewrite);
		lose({ drop: 'after' });
		const { items } = await make('waveSpeed', ['a boat']);
		sim.off('created', rewrite);
		const [jobId] = sim.jobs.keys();
		expect(items[0].json.error.description).toContain(`it may be ${jobId}. If you find the job`);
		expect(sim.paidPosts()).toBe(1);
	});

	test('a job that appears late in the history is adopted too', async () => {
		sim.options.listDelay = 15_000;
		lose({ drop: 'after' });
		const { items } = await make('waveSpeed', ['a boat']);
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.paidPosts()).toBe(1);
	});

	test.each([
		['429', { status: 429 }],
		['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }],
	])('%s is a refusal: sent again until it is accepted, and paid once', async (_, fault) => {
		lose(fault, { times: 2 });
		const { items } = await make('waveSpeed', ['a boat']);
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.paidPosts()).toBe(3);
		expect(sim.acceptedJobs()).toBe(1);
	});

	test('a connection that cannot be made sends nothing, and the error says what to check', async () => {
		const closed = { ...credentials.hailuoWaveSpeedApi, baseUrl: 'http://127.0.0.1:9/api/v3' };
		const { items } = await make(
			'waveSpeed',
			['a boat'],
			{},
			{ ...goOn, credentials: { hailuoWaveSpeedApi: closed } },
		);
		expect(items[0].json.error).toMatchObject({
			message: expect.stringMatching(/could not be made \(ECONNREFUSED\)/),
			description: expect.stringMatching(/base URL/),
		});
		expect(sim.requests).toEqual([]);
	});

	test('one that breaks before it is encrypted sends nothing either, and is tried again', async () => {
		let calls = 0;
		const server = net.createServer((socket) => {
			calls++;
			socket.on('error', () => {});
			socket.once('data', () => socket.destroy());
		});
		const baseUrl = `https://127.0.0.1:${await listen(server)}/api/v3`;
		const broken = { ...credentials.hailuoWaveSpeedApi, baseUrl };
		const { items } = await make(
			'waveSpeed',
			['a boat'],
			{},
			{ ...goOn, credentials: { hailuoWaveSpeedApi: broken } },
		).finally(() => server.close());
		expect(items[0].json.error.message).toMatch(/could not be made \(ECONNRESET\)/);
		expect(calls).toBe(4);
	});

	test.each([401, 402, 403, 404, 400, 422])(
		'HTTP %i is final: one POST, no job',
		async (status) => {
			lose({ status });
			const { items } = await make('waveSpeed', ['a boat']);
			expect(items[0].json.error.message).toMatch(String(status));
			expect(sim.paidPosts()).toBe(1);
			expect(sim.acceptedJobs()).toBe(0);
			expect(sim.count({ kind: 'list' })).toBe(0);
		},
	);

	test('two identical items, both without an answer: each adopts its own job', async () => {
		lose({ drop: 'after' }, { times: 2 });
		const { items } = await make('waveSpeed', ['a boat', 'a boat']);
		expect(items.map(({ json }) => json.error)).toEqual([undefined, undefined]);
		expect(new Set(ids(items))).toEqual(new Set(sim.jobs.keys()));
		expect(sim.paidPosts()).toBe(2);
		expect(sim.acceptedJobs()).toBe(2);
	});

	test('two identical items, one without an answer: it never takes the job of the other', async () => {
		lose({ drop: 'after' });
		const { items } = await make('waveSpeed', ['a boat', 'a boat']);
		expect(new Set(ids(items))).toEqual(new Set(sim.jobs.keys()));
		expect(sim.acceptedJobs()).toBe(2);
		expect(sim.paidPosts()).toBe(2);
	});

	test('two identical items, one never accepted: one job, one item that says so', async () => {
		lose({ drop: 'before' });
		lose({ drop: 'after' });
		const { items } = await make('waveSpeed', ['a boat', 'a boat']);
		expect(sim.acceptedJobs()).toBe(1);
		expect(sim.paidPosts()).toBe(2);
		const adopted = items.filter(({ json }) => !json.error);
		expect(ids(adopted)).toEqual([...sim.jobs.keys()]);
		const [lost] = items.filter(({ json }) => json.error);
		expect(lost.json.error.message).toMatch(/may exist and may be billed/);
	});

	test('ten items, half of them without an answer: each gets its own job', async () => {
		const prompts = Array.from({ length: 10 }, (_, n) => `boat ${n % 3}`);
		let n = 0;
		sim.fail({ kind: 'submit', match: () => n++ % 2 === 0, fault: { drop: 'after' } });
		const { items } = await make('waveSpeed', prompts);
		expect(items.map(({ json }) => json.error)).toEqual(prompts.map(() => undefined));
		expect(items.map(({ json }) => sim.jobs.get(json.jobId).input.prompt)).toEqual(prompts);
		expect(new Set(ids(items)).size).toBe(10);
		expect(sim.paidPosts()).toBe(10);
		expect(sim.acceptedJobs()).toBe(10);
	});

	test('the history does not show which inline picture a job has: no item gets the video of another', async () => {
		lose({ drop: 'after' }, { times: 2 });
		const pictures = [800, 900].map((width) => jpeg(width, 600));
		const items = await Promise.all(
			pictures.map(async (picture) => ({
				json: { prompt: 'waves' },
				binary: { data: await engine.binaryFrom(picture) },
			})),
		);
		const made = await make(
			'waveSpeed',
			[],
			{ operation: 'imageToVideo', firstFrameSource: 'binary' },
			{ ...goOn, items },
		);
		expect(sim.paidPosts()).toBe(2);
		for (const [n, { json }] of made.items.entries()) {
			// On a machine that is busy for two seconds in between, their times differ enough to identify them.
			if (json.jobId) expect(sim.jobs.get(json.jobId).images.image).toEqual(pictures[n]);
			else expect(json.error.message).toMatch(/may exist and may be billed/);
		}
	});

	test('if the history shows no inputs, a second job of the model prevents the adoption', async () => {
		/** @type {{ status: number, body?: object }} */
		const list = { status: 200 };
		lose({ drop: 'after' });
		sim.fail({
			kind: 'list',
			match: () => {
				const items = [...sim.jobs.values()].map(({ id, model, createdAt }) => ({
					id,
					model,
					status: 'processing',
					outputs: [],
					created_at: new Date(createdAt).toISOString(),
				}));
				const duplicate = { ...items[0], id: 'e'.repeat(32) };
				list.body = { code: 200, message: 'success', data: { items: [...items, duplicate] } };
				return true;
			},
			fault: list,
		});
		const { items } = await make('waveSpeed', ['a boat']);
		expect(items[0].json.error.message).toMatch(/may exist and may be billed/);
		expect(sim.paidPosts()).toBe(1);
	});

	test('a job with another inline picture is another job, even if everything else is the same', async () => {
		lose({ drop: 'before' });
		const [ours, stranger] = await Promise.all(
			[800, 900].map(async (width) => jpeg(width, 600).toString('base64')),
		);
		sim.fail({
			kind: 'list',
			match: () => {
				if (sim.jobs.size > 0) return false;
				strangers(sim, { image: `data:image/jpeg;base64,${stranger}`, prompt: 'waves' });
				return false;
			},
			fault: { status: 500 },
		});
		const { items } = await make('waveSpeed', ['waves'], {
			operation: 'imageToVideo',
			firstFrameSource: 'url',
			firstFrameUrl: `data:image/jpeg;base64,${ours}`,
		});
		expect(items[0].json.error.candidateJobIds).toEqual([...sim.jobs.keys()]);
		expect(items[0].json).not.toHaveProperty('jobId');
	});

	test('an entry of the history without a prompt is never adopted: a length does not identify a job', async () => {
		lose({ drop: 'before' });
		sim.fail({
			kind: 'list',
			match: () => {
				if (sim.jobs.size === 0) strangers(sim, { duration: 6 });
				return false;
			},
			fault: { status: 500 },
		});
		const { items } = await make('waveSpeed', ['a boat']);
		expect(items[0].json.error).toMatchObject({ candidateJobIds: [...sim.jobs.keys()] });
		expect(items[0].json).not.toHaveProperty('jobId');
	});

	test('the batch stops: every item without a usable answer is named, in the message and the context', async () => {
		lose({ drop: 'before' }, { times: 3 });
		const { error } = await make('waveSpeed', ['one', 'two', 'three', 'four'], {}, {});
		expect(error?.message).toMatch(/may exist and may be billed\. It was not sent again/);
		const named = error?.context.itemsInDoubt.map(({ item }) => item);
		expect([error?.context.itemIndex, ...named].sort()).toHaveLength(3);
		for (const item of named) expect(error?.message).toMatch(new RegExp(`items? .*\\b${item}\\b`));
		expect(error?.context.otherJobIds).toEqual([...sim.jobs.keys()]);
	});

	test('the batch stops: it does not wait for the upload of another item', async () => {
		sim.fail({ kind: 'upload', fault: { hang: true } });
		lose({ status: 401, delay: 6_000 });
		const fields = { operation: 'imageToVideo', firstFrameSource: 'binary' };
		const binary = async (padding) => ({
			json: { prompt: 'waves' },
			binary: { data: await engine.binaryFrom(jpeg(800, 600, { padding })) },
		});
		const items = [await binary(400_000), await binary(0)];
		const began = sim.now();
		const { error } = await make('waveSpeed', [], fields, { items });
		expect(error?.message).toMatch(/HTTP 401/);
		expect(sim.count({ kind: 'upload' })).toBe(1);
		expect(sim.now() - began).toBeLessThan(60_000);
		expect(sim.paidPosts()).toBe(1);
	});

	test('the batch stops: it does not wait for the job that another item has from an earlier try', async () => {
		const node = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		// The status call of one job hangs in both tries, and the other job does not end in time.
		let hung;
		sim.fail({
			kind: ['status', 'result'],
			match: ({ jobId }) => (hung ??= jobId) === jobId,
			fault: { hang: true },
		});
		const began = sim.now();
		const parameters = {
			continueWhen: 'finished',
			options: { submitsPerMinute: 0, maxConcurrent: 5, timeLimit: 0.1 },
		};
		const { error } = await make('waveSpeed', ['one', 'two'], parameters, { node });
		expect(error?.message).toMatch(/not finished within/);
		expect(error?.context.otherJobIds ?? [error?.context.jobId]).toHaveLength(1);
		// The hanging call alone would take longer.
		expect(sim.now() - began).toBeLessThan(300_000);
		expect(sim.paidPosts()).toBe(2);
	});

	test('with Retry On Fail, the last error still names the jobs of an earlier try', async () => {
		lose({ drop: 'before' }, { times: 2 });
		const node = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { error } = await make(
			'waveSpeed',
			['one', 'two', 'three'],
			{ options: { maxConcurrent: 3 } },
			{ node },
		);
		const named = error?.context.itemsInDoubt.map(({ item }) => item);
		expect([error?.context.itemIndex, ...named]).toHaveLength(2);
		expect(error?.context.otherJobIds).toEqual([...sim.jobs.keys()]);
		expect(sim.acceptedJobs()).toBe(1);
	});

	test('the batch stops: the paid jobs of the other items are named', async () => {
		lose({ drop: 'before' }, { skip: 2 });
		const { error } = await make(
			'waveSpeed',
			['one', 'two', 'three'],
			{ options: { maxConcurrent: 1 } },
			{},
		);
		expect(error?.message).toMatch(/may exist and may be billed/);
		for (const id of sim.jobs.keys()) expect(error?.description).toMatch(id);
		expect(error?.context.otherJobIds).toEqual([...sim.jobs.keys()]);
		expect(sim.acceptedJobs()).toBe(2);
	});
});

describe('Vtrix, which has no history', () => {
	test.each(TAKEN.filter(([what]) => BEGUN.includes(what)))(
		'%s: its beginning names the job',
		async (_, fault) => {
			lose(fault);
			const { items } = await make('vtrix', ['a boat']);
			expect(ids(items)).toEqual([...sim.jobs.keys()]);
			expect(sim.paidPosts()).toBe(1);
		},
	);

	test.each([...TAKEN, ...NOT_TAKEN].filter(([what]) => !BEGUN.includes(what)))(
		'%s: nothing is sent again, and the item says what may have happened',
		async (_, fault) => {
			lose(fault);
			const { items } = await make('vtrix', ['a boat']);
			expect(items[0].json.error).toMatchObject({
				message: expect.stringMatching(/may exist and may be billed\. It was not sent again/),
				description: expect.stringMatching(/usage page of the account/),
				retryable: false,
			});
			expect(sim.paidPosts()).toBe(1);
		},
	);

	test('429 is a refusal here too', async () => {
		lose('vtrix429');
		const { items } = await make('vtrix', ['a boat']);
		expect(ids(items)).toEqual([...sim.jobs.keys()]);
		expect(sim.paidPosts()).toBe(2);
		expect(sim.acceptedJobs()).toBe(1);
	});

	test('two identical items, one without an answer: the other gets its job', async () => {
		lose({ drop: 'after' });
		const { items } = await make('vtrix', ['a boat', 'a boat']);
		const [good] = items.filter(({ json }) => !json.error);
		expect(sim.jobs.has(good.json.jobId)).toBe(true);
		expect(items.filter(({ json }) => json.error)).toHaveLength(1);
		expect(sim.paidPosts()).toBe(2);
	});
});
