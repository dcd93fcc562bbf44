'use strict';

const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/* Get Price, the operations of a job and of the account, in n8n's own engine against the simulator. */

let sim;
let credentials;

withSimulator({}, (given) => ({ sim, credentials } = given));

const run = async (parameters, more = {}) =>
	await engine.runNode({ credentials, parameters, ...more });

const goOn = { node: { onError: 'continueRegularOutput' } };
const ids = (list) => list.map((jobId) => ({ json: { jobId } }));
const count = (kind) => sim.count({ kind });

/** Jobs made at the provider, at once: `prompts` may carry the simulator's markers. */
async function submit(prompts, { provider = 'waveSpeed' } = {}) {
	const video =
		provider === 'vtrix'
			? {
					operation: 'imageToVideo',
					firstFrameSource: 'url',
					firstFrameUrl: 'https://example.com/a.jpg',
				}
			: { operation: 'textToVideo' };
	const { items, error } = await run(
		{
			provider,
			resource: 'video',
			...video,
			prompt: '={{ $json.prompt }}',
			continueWhen: 'submitted',
			options: { submitsPerMinute: 0, maxConcurrent: 1 },
		},
		{ items: prompts.map((prompt) => ({ json: { prompt } })) },
	);
	expect(error).toBeUndefined();
	return items.map(({ json }) => json.jobId);
}

async function submitEnded(prompts, more) {
	const made = await submit(prompts, more);
	await Promise.all(made.map((id) => sim.finished(id)));
	return made;
}

const job = (operation, parameters = {}) => ({ resource: 'job', operation, ...parameters });

describe('Get', () => {
	const get = job('get', { jobId: '={{ $json.jobId }}' });

	test('a job under way, a finished one and a failed one are answers alike', async () => {
		const ended = await submitEnded(['a boat', 'a boat #sim:fail=1200']);
		const [running] = await submit(['a boat #sim:seconds=3000']);
		const { items, error } = await run(get, { items: ids([running, ...ended]) });
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => [json.jobId, json.status])).toEqual([
			[running, expect.stringMatching(/queued|running/)],
			[ended[0], 'completed'],
			[ended[1], 'failed'],
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(items[1].json).toMatchObject({
			provider: 'waveSpeed',
			model: 'minimax/hailuo-02/standard',
			videoUrl: expect.stringMatching(/^http/),
		});
		expect(items[2].json).toMatchObject({
			videoUrl: null,
			error: { code: '1200', message: expect.stringMatching(/moderation/i), retryable: false },
		});
		expect(items.every(({ binary }) => binary === undefined)).toBe(true);
		expect(count('download')).toBe(0);
	});

	test('brings the video of a finished job where it is asked for', async () => {
		const [done] = await submitEnded(['a boat']);
		const options = { download: true, outputField: 'clip' };
		const { items } = await run({ ...get, options }, { items: ids([done]) });
		const bytes = await engine.readBinary(items[0].binary.clip);
		expect(bytes.equals(await sim.videoFor(done))).toBe(true);
	});

	test.each([
		['separated by commas', (list) => list.join(', ')],
		['on lines', (list) => list.join('\n')],
		['with semicolons and blanks', (list) => ` ${list.join(' ; ')} `],
		['as a list', (list) => list],
	])('several ids, %s, give an item each', async (_, write) => {
		const made = await submit(['a', 'b', 'c']);
		const { items } = await run(get, {
			items: [{ json: { jobId: write(made.slice(0, 2)) } }, { json: { jobId: made[2] } }],
		});
		expect(items.map(({ json }) => json.jobId)).toEqual(made);
		expect(items.map(({ pairedItem }) => pairedItem.item)).toEqual([0, 0, 1]);
	});

	test('of several ids in one item, one that is unknown leaves the others alone', async () => {
		const made = await submit(['a', 'b']);
		const unknown = 'f'.repeat(32);
		const { items } = await run(get, {
			items: [{ json: { jobId: [made[0], unknown, made[1]] } }],
			...goOn,
		});
		expect(items.map(({ json }) => [json.jobId, Boolean(json.error)])).toEqual([
			[made[0], false],
			[unknown, true],
			[made[1], false],
		]);
		expect(items[1].json.error.message).toMatch(/does not know the job f{32}/);
		expect(items[1].pairedItem).toEqual({ item: 0 });
	});

	test.each([
		['nothing', '', /is empty/],
		['an empty list', [], /is empty/],
		['a path', '../balance', /'\.\.\/balance'/],
		['dots', '..', /no ID/],
		['a slash in a list', ['a/b'], /no ID/],
		['a blank in a list', ['a b'], /no ID/],
		['a query', 'abc?x=1', /no ID/],
		['an escape', 'abc%2fdef', /no ID/],
		['control characters', 'abc\u0000\u0007', /no ID/],
		['one too long', 'a'.repeat(129), /129 characters/],
		['an address', 'https://api.wavespeed.ai/api/v3/predictions/abc', /no ID/],
		['a number that lost digits', 123456789012345680000, /no ID/],
		['an object', { id: 'abc' }, /no ID/],
		['a switch', true, /no ID/],
	])('%s is refused before any request', async (_, jobId, says) => {
		const { items } = await run(get, { items: [{ json: { jobId } }], ...goOn });
		expect(items[0].json.error).toMatchObject({
			field: 'Job ID',
			message: expect.stringMatching(says),
		});
		expect(items[0].json.error.description).toBeTruthy();
		const stopped = await run(get, { items: [{ json: { jobId } }] });
		expect(stopped.error.message).toMatch(says);
		expect(sim.requests).toEqual([]);
	});

	test('a bad id stops the run before the good ones are asked', async () => {
		const { error } = await run(get, { items: ids(['f'.repeat(32), 'a/b']) });
		expect(error.message).toMatch(/'Job ID' has an entry that is no ID/);
		expect(sim.requests).toEqual([]);
	});

	test('an id of the other provider is told as such', async () => {
		const [there] = await submit(['x'], { provider: 'vtrix' });
		const { error } = await run(get, { items: ids([there]) });
		expect(error.message).toBe(`WaveSpeed does not know the job ${there}`);
		expect(error.description).toMatch(
			'This looks like a job ID of Vtrix / SeaArt: choose that provider',
		);
		expect(error.context.jobId).toBe(there);

		const [here] = await submit(['x']);
		const other = await run({ ...get, provider: 'vtrix' }, { items: ids([here]), ...goOn });
		expect(other.items[0].json).toMatchObject({
			jobId: here,
			error: { description: 'This looks like a job ID of WaveSpeed: choose that provider' },
		});
	});

	test('an id that looks right but is unknown does not send people to another provider', async () => {
		const { error } = await run(get, { items: ids(['0'.repeat(32)]) });
		expect(error.description).toMatch(/Check the job ID/);
		expect(error.description).not.toMatch(/looks like|submitted, paid/);
	});

	test('passing trouble is sat out', async () => {
		const made = await submit(['a', 'b']);
		sim.fail({ kind: 'status', times: 3, fault: { status: 503 } });
		sim.fail({ kind: 'status', times: 1, fault: { drop: 'after' } });
		const { items } = await run(get, { items: ids(made) });
		expect(items.map(({ json }) => json.jobId)).toEqual(made);
	});

	test('a hundred ids are asked side by side, and no faster than ten a second', async () => {
		const made = await submit(Array.from({ length: 100 }, (_, n) => `boat ${n}`));
		const asked = sim.requests.length;
		const { items } = await run(get, { items: [{ json: { jobId: made } }] });
		expect(items.map(({ json }) => json.jobId)).toEqual(made);
		const times = sim.requests.slice(asked).map(({ at }) => at);
		expect(times.at(-1) - times[0]).toBeGreaterThan(8_000);
	});
});

describe('Wait', () => {
	const wait = job('wait', { jobId: '={{ $json.jobId }}' });

	test('a paid job is picked up: its end is waited for, its video fetched, nothing paid', async () => {
		const made = await submit(['one', 'two']);
		const paid = sim.paidPosts();
		const { items, error } = await run(wait, { items: ids(made) });
		expect(error).toBeUndefined();
		for (const [n, { json, binary, pairedItem }] of items.entries()) {
			expect(json).toMatchObject({ jobId: made[n], status: 'completed' });
			expect(pairedItem).toEqual({ item: n });
			const bytes = await engine.readBinary(binary.data);
			expect(bytes.equals(await sim.videoFor(made[n]))).toBe(true);
		}
		expect(sim.paidPosts()).toBe(paid);
	});

	test('jobs are waited for side by side, whatever the account allows', async () => {
		sim.options.jobTime = 60_000;
		const made = await submit(Array.from({ length: 20 }, (_, n) => `boat ${n}`));
		const began = sim.now();
		const { items } = await run(
			{ ...wait, options: { download: false } },
			{ items: [{ json: { jobId: made } }] },
		);
		expect(items.map(({ json }) => json.jobId)).toEqual(made);
		expect(items.every(({ binary }) => !binary)).toBe(true);
		expect(sim.now() - began).toBeLessThan(90_000);
	});

	test('a failed job is raised, with its id, and without the promise of a video', async () => {
		const [bad] = await submitEnded(['a #sim:fail=1200']);
		const { error } = await run(wait, { items: ids([bad]) });
		expect(error.message).toMatch(`The job ${bad} did not succeed`);
		expect(error.context.jobId).toBe(bad);
		expect(error.description).not.toMatch(/Job: Wait|submitted, paid/);

		const { items } = await run(wait, { items: ids([bad]), ...goOn });
		expect(items[0].json).toMatchObject({ jobId: bad, status: 'failed', error: { code: '1200' } });
	});

	test('a job that takes longer than the time limit keeps its id, and goes on', async () => {
		const [slow] = await submit(['a #sim:seconds=3000']);
		const { error } = await run({ ...wait, options: { timeLimit: 1 } }, { items: ids([slow]) });
		expect(error.message).toMatch(/not finished within 1(\.\d)? minutes? \(/);
		expect(error.message).toMatch(slow);
		expect(error.description).toMatch(/Time Limit \(Minutes\)/);
		expect(error.context.jobId).toBe(slow);
	});

	test('the jobs that others stop with keep their ids', async () => {
		const made = await submit(['a #sim:seconds=3000', 'b #sim:seconds=5 #sim:fail']);
		const { error } = await run(wait, { items: ids(made) });
		expect(error.message).toMatch(made[1]);
		expect(error.description).not.toMatch(/Other jobs of this run are submitted/);
	});

	test('on Vtrix too', async () => {
		const [made] = await submit(['x'], { provider: 'vtrix' });
		const { items } = await run({ ...wait, provider: 'vtrix' }, { items: ids([made]) });
		expect(items[0].json).toMatchObject({ jobId: made, provider: 'vtrix', status: 'completed' });
		expect(items[0].binary.data.fileName).toMatch(made);
	});
});

describe('Get Many', () => {
	const getAll = job('getAll');

	test('the newest 50, one item a job; all of them on request', async () => {
		const made = await submit(Array.from({ length: 120 }, (_, n) => `boat ${n}`));
		const newest = [...made].reverse();
		const some = await run(getAll);
		expect(some.items.map(({ json }) => json.jobId)).toEqual(newest.slice(0, 50));
		const few = await run({ ...getAll, limit: 3 });
		expect(few.items.map(({ json }) => json.jobId)).toEqual(newest.slice(0, 3));
		const before = count('list');
		const all = await run({ ...getAll, returnAll: true });
		expect(all.items.map(({ json }) => json.jobId)).toEqual(newest);
		expect(count('list') - before).toBe(2);
		expect(all.items[0].json).toMatchObject({ provider: 'waveSpeed', videos: [] });
		expect(all.items[0].pairedItem).toEqual({ item: 0 });
		expect(count('status')).toBe(0);
	});

	test('a history that does not turn its pages ends', async () => {
		await submit(['a', 'b']);
		sim.fail({
			kind: 'list',
			fault: {
				status: 200,
				body: {
					code: 200,
					message: 'success',
					data: {
						items: Array.from({ length: 100 }, (_, n) => ({
							id: `${n}`.padStart(32, 'a'),
							model: 'minimax/hailuo-02/fast',
							status: 'completed',
							outputs: ['http://127.0.0.1/x.mp4'],
							created_at: new Date().toISOString(),
						})),
					},
				},
			},
		});
		const { items } = await run({ ...getAll, returnAll: true });
		expect(items).toHaveLength(100);
		expect(count('list')).toBe(2);
	});

	test('filters: status, model, time', async () => {
		const [done, failed, late] = await submitEnded(['a', 'b #sim:fail', 'c #sim:timeout']);
		sim.skip(3_600_000);
		const between = sim.now();
		const [running] = await submit(['d #sim:seconds=90000']);
		const filtered = async (filters) =>
			(await run({ ...getAll, filters })).items.map(({ json }) => json.jobId);
		expect(await filtered({ status: 'completed' })).toEqual([done]);
		expect(await filtered({ status: 'failed' })).toEqual([late, failed]);
		expect(await filtered({ status: 'running' })).toEqual([running]);
		expect(await filtered({ status: 'cancelled' })).toEqual([]);
		expect(await filtered({ createdAfter: new Date(between).toISOString() })).toEqual([running]);
		expect(await filtered({ createdBefore: new Date(between).toISOString() })).toEqual([
			late,
			failed,
			done,
		]);
		expect(await filtered({ model: 'minimax/hailuo-02/fast' })).toEqual([]);
		expect(await filtered({ model: 'minimax/hailuo-02/standard' })).toHaveLength(4);
	});

	test('only Hailuo, unless other models are asked for', async () => {
		const mixed = [
			['minimax/hailuo-02/fast', true],
			['wavespeed-ai/flux-dev', false],
			['minimax/h3/text-to-video', true],
			['minimax/video-01', true],
			['minimax/speech-02-hd', false],
			['minimax/image-01', false],
		];
		const body = {
			code: 200,
			message: 'success',
			data: {
				page: 1,
				total: mixed.length,
				items: mixed.map(([model], n) => ({
					id: `${n}`.repeat(32),
					model,
					status: 'processing',
					created_at: new Date().toISOString(),
				})),
			},
		};
		sim.fail({ kind: 'list', fault: { status: 200, body } });
		const models = async (filters) =>
			(await run({ ...getAll, filters })).items.map(({ json }) => json.model);
		expect(await models({})).toEqual(mixed.filter(([, ours]) => ours).map(([model]) => model));
		expect(await models({ allModels: true })).toEqual(mixed.map(([model]) => model));
	});

	test('tells what a job was asked for, without its pictures', async () => {
		const parameters = {
			resource: 'video',
			operation: 'imageToVideo',
			firstFrameSource: 'binary',
			prompt: 'find me again',
			continueWhen: 'submitted',
		};
		const binary = { data: await engine.binaryFrom(require('./pictures').jpeg(800, 600)) };
		const made = await run(parameters, { items: [{ json: {}, binary }] });
		expect(made.error).toBeUndefined();
		const { items } = await run({ ...getAll, options: { includeInput: true } });
		expect(items[0].json.input).toMatchObject({ prompt: 'find me again', duration: 6 });
		expect(JSON.stringify(items[0].json).length).toBeLessThan(4_000);
		const plain = await run(getAll);
		expect(plain.items[0].json).not.toHaveProperty('input');
	});

	test.each([
		[{ filters: { createdAfter: 'yesterday-ish' } }, 'Created After'],
		[{ filters: { status: 'lost' } }, 'Status'],
		[{ limit: '={{ 0 }}' }, 'Limit'],
	])('%j is refused before any request', async (parameters, field) => {
		const { items } = await run({ ...getAll, ...parameters }, goOn);
		expect(items[0].json.error.field).toBe(field);
		expect(sim.requests).toEqual([]);
	});
});

describe('Delete', () => {
	const remove = job('delete', { jobId: '={{ $json.jobId }}' });

	test('deletes each job, and says so', async () => {
		const made = await submitEnded(['a', 'b']);
		const { items } = await run(remove, { items: [{ json: { jobId: made.join(',') } }] });
		expect(items.map(({ json }) => json)).toEqual(
			made.map((jobId) => ({ deleted: true, jobId, provider: 'waveSpeed' })),
		);
		expect((await run(job('getAll'))).items).toEqual([]);
	});

	test('one that is not there is told, and leaves the others alone', async () => {
		const [made] = await submitEnded(['a']);
		const gone = 'a'.repeat(32);
		const { items } = await run(remove, { items: ids([gone, made]), ...goOn });
		expect(items[0].json).toMatchObject({
			jobId: gone,
			error: { message: `WaveSpeed does not know the job ${gone}` },
		});
		expect(items[1].json).toMatchObject({ deleted: true, jobId: made });
	});

	test('an answer that got lost does not make a deleted job look unknown', async () => {
		const [made] = await submitEnded(['a']);
		sim.fail({ kind: 'delete', times: 1, fault: { drop: 'after' } });
		const { items, error } = await run(remove, { items: ids([made]) });
		expect(error).toBeUndefined();
		expect(items[0].json.deleted).toBe(true);
		expect(count('delete')).toBe(2);
	});
});

describe('Get Balance', () => {
	test('asks once, and gives each item its answer', async () => {
		sim.options.account.balance = 12.5;
		sim.reset();
		const { items } = await run(
			{ resource: 'account', operation: 'getBalance' },
			{ items: [{ json: {} }, { json: {} }] },
		);
		const json = { provider: 'waveSpeed', balance: 12.5, currency: 'USD' };
		expect(items).toEqual([
			{ json, pairedItem: { item: 0 } },
			{ json, pairedItem: { item: 1 } },
		]);
		expect(count('balance')).toBe(1);
	});

	test('a wrong key is told at once', async () => {
		const wrong = { ...credentials.hailuoWaveSpeedApi, apiKey: 'test-wrong' };
		const { error } = await run(
			{ resource: 'account', operation: 'getBalance' },
			{ credentials: { hailuoWaveSpeedApi: wrong } },
		);
		expect(error.message).toMatch(/401/);
		expect(error.description).toMatch(/API key/);
		expect(`${error.message}${error.description}`).not.toMatch('test-wrong');
	});
});

describe('Get Price', () => {
	const price = { resource: 'video', operation: 'getPrice' };

	test.each(['price', 'pricing', 'both'])('WaveSpeed, where /model/%s answers', async (form) => {
		sim.options.priceCall = form;
		const { items } = await run({ ...price, model: 'minimax/hailuo-02/standard', duration: 10 });
		expect(items[0].json).toEqual({
			provider: 'waveSpeed',
			model: 'minimax/hailuo-02/standard',
			resolution: '768P',
			duration: 10,
			price: 0.56,
			currency: 'USD',
			fullPrice: 0.56,
			listPrice: 0.56,
			listPriceAsOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
		});
		expect(sim.paidPosts()).toBe(0);
	});

	test('a discount shows beside the full price', async () => {
		sim.options.discount = 0.1;
		const { items } = await run({ ...price, model: 'minimax/hailuo-02/fast', duration: 6 });
		expect(items[0].json).toMatchObject({ price: 0.09, fullPrice: 0.1, listPrice: 0.1 });
	});

	test('Vtrix, by resolution and length, with no list price where none is published', async () => {
		const { items } = await run({
			...price,
			provider: 'vtrix',
			model: 'minimax_hailuo_02_i2v',
			resolution: '512P',
			duration: 10,
		});
		const [asked] = sim.requests.filter(({ kind }) => kind === 'price');
		expect(asked.body.input[0].params).toMatchObject({ resolution: '512P', duration: 10 });
		expect(items[0].json).toMatchObject({
			provider: 'vtrix',
			price: expect.any(Number),
			resolution: '512P',
			duration: 10,
		});
	});

	test('a price that Vtrix has not at hand is told with what to do', async () => {
		sim.options.precharge = 'miss';
		const { items } = await run(
			{ ...price, provider: 'vtrix', model: 'minimax_hailuo_02_i2v' },
			goOn,
		);
		expect(items[0].json.error).toMatchObject({
			message: expect.stringMatching(/no price for minimax_hailuo_02_i2v.*COST_CACHE_MISS/),
			description: expect.stringMatching(/Try again after a first job/),
		});
	});

	test.each([
		[{ provider: 'vtrix', resolution: '={{ "1080P" }}', duration: '={{ 10 }}' }, 'Duration'],
		[{ provider: 'vtrix', resolution: '={{ "4K" }}' }, 'Resolution'],
		[{ model: '={{ "minimax_hailuo_02_i2v" }}' }, 'Model'],
		[{ model: '={{ "nothing" }}' }, 'Model'],
	])('%j, which is not made, is refused before any request', async (parameters, field) => {
		const { items } = await run({ ...price, ...parameters }, goOn);
		expect(items[0].json.error.field).toBe(field);
		expect(sim.requests).toEqual([]);
	});

	test('the same question is asked once a run', async () => {
		const { items } = await run(
			{ ...price, model: 'minimax/hailuo-02/fast', duration: '={{ $json.s }}' },
			{ items: [6, 10, 6, 6].map((s) => ({ json: { s } })) },
		);
		expect(items.map(({ json }) => json.price)).toEqual([0.1, 0.15, 0.1, 0.1]);
		expect(sim.count({ kind: 'price' })).toBe(2);
	});
});

describe('Maximum Price', () => {
	const make = (options, more = {}) => ({
		resource: 'video',
		operation: 'textToVideo',
		model: 'minimax/hailuo-02/standard',
		prompt: 'a boat',
		duration: '={{ $json.s ?? 6 }}',
		continueWhen: 'submitted',
		options,
		...more,
	});

	test('a dearer job is not submitted, and the item says so', async () => {
		const { items } = await run(make({ maxPrice: 0.3 }), {
			items: [{ json: { s: 6 } }, { json: { s: 10 } }, { json: { s: 6 } }],
			...goOn,
		});
		expect(items.map(({ json }) => Boolean(json.error))).toEqual([false, true, false]);
		expect(items[1].json.error).toMatchObject({
			field: 'Maximum Price (USD)',
			message:
				"'Maximum Price (USD)' is $0.30, and this job would cost $0.56 (Hailuo 02 Standard, 768P, 10 s)",
			description: expect.stringMatching(/^Nothing was submitted/),
		});
		expect(sim.paidPosts()).toBe(2);
		expect(sim.count({ kind: 'price' })).toBe(2);
	});

	test('one dear item stops the run before anything is paid', async () => {
		const { error } = await run(make({ maxPrice: 0.3 }), {
			items: [{ json: { s: 6 } }, { json: { s: 10 } }],
		});
		expect(error.message).toMatch(/would cost \$0\.56/);
		expect(sim.paidPosts()).toBe(0);
	});

	test('a price at the limit is within it, and the discount counts', async () => {
		await run(make({ maxPrice: 0.23 }));
		sim.options.discount = 0.5;
		await run(make({ maxPrice: 0.12 }));
		expect(sim.paidPosts()).toBe(2);
	});

	test.each([
		['Vtrix has no price at hand', 'vtrix', { precharge: 'miss' }, undefined, /no price/],
		['Vtrix has no such call', 'vtrix', { precharge: 'none' }, undefined, /404/],
		[
			'WaveSpeed has neither call',
			'waveSpeed',
			{ priceCall: 'none' },
			undefined,
			/Model not found/,
		],
		['the provider is down', 'waveSpeed', {}, { status: 503 }, /503/],
		['the connection breaks', 'waveSpeed', {}, { drop: 'after' }, /connection broke/],
	])('%s: nothing is submitted', async (_, provider, options, fault, says) => {
		Object.assign(sim.options, options);
		if (fault) sim.fail({ kind: 'price', fault });
		const parameters =
			provider === 'vtrix'
				? {
						provider,
						operation: 'imageToVideo',
						model: 'minimax_hailuo_02_i2v',
						firstFrameSource: 'url',
						firstFrameUrl: 'https://example.com/a.jpg',
					}
				: {};
		const { items } = await run(make({ maxPrice: 0.5 }, parameters), goOn);
		expect(items[0].json.error.message).toMatch(/nothing was submitted/);
		expect(items[0].json.error.message).toMatch(says);
		expect(items[0].json.error.description).toMatch(/take the option 'Maximum Price \(USD\)' out/);
		expect(sim.paidPosts()).toBe(0);
	});

	test.each(['={{ 0 }}', '={{ "" }}', '={{ "cheap" }}', '={{ -1 }}'])(
		'%s is no limit, and is not passed over',
		async (maxPrice) => {
			const { error } = await run(make({ maxPrice }));
			expect(error.message).toMatch(/'Maximum Price \(USD\)' is no amount above 0/);
			expect(sim.requests).toEqual([]);
		},
	);

	test('different prices are asked for side by side, and no more than five at a time', async () => {
		let open = 0;
		let most = 0;
		const asked = () => (most = Math.max(most, ++open)) > 0;
		sim.fail({ kind: 'price', match: asked, fault: { delay: 60_000 } });
		const answered = ({ kind }) => (open -= kind === 'price' ? 1 : 0);
		sim.on('request', answered);
		const model = 'minimax/hailuo-02/t2v-standard minimax/hailuo-02/standard'.split(' ');
		const items = [6, 10].flatMap((s) => model.map((m) => ({ json: { s, m } })));
		for (const m of ['02/pro', '02/t2v-pro', '2.3/t2v-pro']) {
			items.push({ json: { s: 6, m: `minimax/hailuo-${m}` } });
		}
		const made = await run(make({ maxPrice: 1 }, { model: '={{ $json.m }}' }), { items });
		sim.off('request', answered);
		expect(made.error).toBeUndefined();
		expect(sim.count({ kind: 'price' })).toBe(7);
		expect(most).toBe(5);
	});

	test('no price is asked for without the option', async () => {
		await run(make({}));
		expect(sim.count({ kind: 'price' })).toBe(0);
		expect(sim.paidPosts()).toBe(1);
	});
});

describe('what a provider cannot do', () => {
	test.each([
		['vtrix', { resource: 'job', operation: 'getAll' }, 'Get Many'],
		['vtrix', { resource: 'job', operation: 'delete', jobId: 'abc' }, 'Delete'],
		['vtrix', { resource: 'account', operation: 'getBalance' }, 'Get Balance'],
	])('%s: %j', async (provider, parameters, name) => {
		const { error } = await run({ provider, ...parameters });
		expect(error.message).toBe(`Vtrix / SeaArt cannot do '${name}'`);
		expect(error.description).toMatch(/WaveSpeed/);
		expect(sim.requests).toEqual([]);
	});

	test('the lists of the editor offer only what the provider can do', () => {
		const { properties } = engine.hailuo.description;
		const shows = ({ displayOptions }, provider) =>
			displayOptions?.show?.provider?.includes(provider) ?? true;
		const named = (name) => properties.filter((property) => property.name === name);
		const [resource, ...others] = named('resource');
		expect(others).toEqual([]);
		const offer = (provider) =>
			Object.fromEntries(
				resource.options
					.filter((option) => shows(option, provider))
					.map(({ value }) => [
						value,
						named('operation')
							.find(({ displayOptions }) => displayOptions.show.resource.includes(value))
							.options.filter((option) => shows(option, provider))
							.map((option) => option.value),
					]),
			);
		expect(offer('waveSpeed')).toEqual({
			account: ['getBalance'],
			job: ['delete', 'get', 'getAll', 'wait'],
			video: ['firstLastFrameToVideo', 'sendAndWait', 'getPrice', 'imageToVideo', 'textToVideo'],
		});
		expect(offer('vtrix')).toEqual({
			job: ['cancel', 'get', 'wait'],
			video: ['firstLastFrameToVideo', 'sendAndWait', 'getPrice', 'imageToVideo', 'textToVideo'],
		});
		expect(offer('miniMax')).toMatchObject({ job: ['get', 'wait'] });
		const order = properties.slice(0, 3).map(({ name }) => name);
		expect(order).toEqual(['provider', 'resource', 'operation']);
	});
});
