'use strict';

const engine = require('./harness');
const { endedJobs, submitJobs } = require('./submitJobs');
const { withSimulator } = require('./withSimulator');

/* Get, Wait and Delete of existing jobs: what they return, what they refuse, and that nothing is paid. */

let sim;
const run = withSimulator({}, (given) => ({ sim } = given));

const { goOn } = engine;
const ids = (list) => list.map((jobId) => ({ json: { jobId } }));
const count = (kind) => sim.count({ kind });
const submit = async (prompts, options) => await submitJobs(sim, prompts, options);
const submitEnded = async (prompts) => await endedJobs(sim, prompts);

const job = (operation, parameters = {}) => ({ resource: 'job', operation, ...parameters });

describe('Get', () => {
	const get = job('get', { jobId: '={{ $json.jobId }}' });

	test('an open job, a finished one and a failed one are all returned as items', async () => {
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

	test('downloads the video of a finished job if that is chosen', async () => {
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

	test('one unknown id among several in one item does not affect the others', async () => {
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
		['dots', '..', /not an ID/],
		['a slash in a list', ['a/b'], /not an ID/],
		['a blank in a list', ['a b'], /not an ID/],
		['a query', 'abc?x=1', /not an ID/],
		['an escape', 'abc%2fdef', /not an ID/],
		['control characters', 'abc\u0000\u0007', /not an ID/],
		['one too long', 'a'.repeat(129), /129 characters/],
		['an address', 'https://api.wavespeed.ai/api/v3/predictions/abc', /not an ID/],
		['a number that lost digits', 123456789012345680000, /not an ID/],
		['an object', { id: 'abc' }, /not an ID/],
		['a switch', true, /not an ID/],
	])('%s is refused before any request', async (_, jobId, says) => {
		const { items } = await run(get, { items: [{ json: { jobId } }], ...goOn });
		expect(items[0].json.error).toMatchObject({
			field: 'Job ID',
			message: expect.stringMatching(says),
		});
		expect(items[0].json.error.description).toBeTruthy();
		const stopped = await run(get, { items: [{ json: { jobId } }] });
		expect(stopped.error?.message).toMatch(says);
		expect(sim.requests).toEqual([]);
	});

	test('a bad id stops the run before the good ones are requested', async () => {
		const { error } = await run(get, { items: ids(['f'.repeat(32), 'a/b']) });
		expect(error?.message).toMatch(/'Job ID' has an entry that is not an ID/);
		expect(sim.requests).toEqual([]);
	});

	test('an id of another provider is reported as such', async () => {
		const [there] = await submit(['x'], { provider: 'vtrix' });
		const { error } = await run(get, { items: ids([there]) });
		expect(error?.message).toBe(`WaveSpeed does not know the job ${there}`);
		expect(error?.description).toMatch(
			'This looks like a job ID of Vtrix / SeaArt: choose that provider',
		);
		expect(error?.context.jobId).toBe(there);

		const [here] = await submit(['x']);
		const other = await run({ ...get, provider: 'vtrix' }, { items: ids([here]), ...goOn });
		expect(other.items[0].json).toMatchObject({
			jobId: here,
			error: { description: 'This looks like a job ID of WaveSpeed: choose that provider' },
		});
	});

	test('an id that looks right but is unknown does not send people to another provider', async () => {
		const { error } = await run(get, { items: ids(['0'.repeat(32)]) });
		expect(error?.description).toMatch(/^Check the job ID.*deleted, or be too old/);
		expect(error?.description).not.toMatch(/looks like|submitted, paid/);
	});

	test('transient errors are retried', async () => {
		const made = await submit(['a', 'b']);
		sim.fail({ kind: 'status', times: 3, fault: { status: 503 } });
		sim.fail({ kind: 'status', times: 1, fault: { drop: 'after' } });
		const { items } = await run(get, { items: ids(made) });
		expect(items.map(({ json }) => json.jobId)).toEqual(made);
	});

	test.each([
		['404 of a gateway', { status: 404, body: 'default backend - 404' }],
		['410', { status: 410 }],
		['a redirect', { status: 302, headers: { location: 'https://example.com/' } }],
	])('one answer that the job does not exist is checked again: %s', async (_name, fault) => {
		const [made] = await submit(['a']);
		sim.fail({ kind: 'status', times: 1, fault });
		const { items, error } = await run(get, { items: ids([made]) });
		expect(error).toBeUndefined();
		expect(items[0].json.jobId).toBe(made);
	});

	test('many ids are requested in parallel, at most ten per second', async () => {
		const made = await submit(Array.from({ length: 40 }, (_, n) => `boat ${n}`));
		const asked = sim.requests.length;
		const { items } = await run(get, { items: [{ json: { jobId: made } }] });
		expect(items.map(({ json }) => json.jobId)).toEqual(made);
		const times = sim.requests.slice(asked).map(({ at }) => at);
		expect(times.at(-1) - times[0]).toBeGreaterThan(3_700);
	});
});

describe('Wait', () => {
	const wait = job('wait', { jobId: '={{ $json.jobId }}' });

	test('a paid job is picked up: the node waits for its end and fetches its video, and pays nothing', async () => {
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

	test('the node waits for jobs in parallel, whatever the account allows', async () => {
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

	test('a failed job is an error with its id, and without the promise of a video', async () => {
		const [bad] = await submitEnded(['a #sim:fail=1200']);
		const { error } = await run(wait, { items: ids([bad]) });
		expect(error?.message).toMatch(`The job ${bad} did not succeed`);
		expect(error?.context.jobId).toBe(bad);
		expect(error?.description).not.toMatch(/Job: Wait|submitted, paid/);

		const { items } = await run(wait, { items: ids([bad]), ...goOn });
		expect(items[0].json).toMatchObject({ jobId: bad, status: 'failed', error: { code: '1200' } });
	});

	test('a job that takes longer than the time limit keeps its id, and goes on', async () => {
		const [slow] = await submit(['a #sim:seconds=3000']);
		const { error } = await run({ ...wait, options: { timeLimit: 1 } }, { items: ids([slow]) });
		expect(error?.message).toMatch(/not finished within 1(\.\d)? minutes? \(/);
		expect(error?.message).toMatch(slow);
		expect(error?.description).toMatch(/Time Limit \(Minutes\)/);
		expect(error?.context.jobId).toBe(slow);
	});

	test('jobs that stop because another item failed keep their ids', async () => {
		const made = await submit(['a #sim:seconds=3000', 'b #sim:seconds=5 #sim:fail']);
		const { error } = await run(wait, { items: ids(made) });
		expect(error?.message).toMatch(made[1]);
		expect(error?.description).not.toMatch(/Other jobs of this run were submitted/);
	});

	test('on Vtrix too', async () => {
		const [made] = await submit(['x'], { provider: 'vtrix' });
		const { items } = await run({ ...wait, provider: 'vtrix' }, { items: ids([made]) });
		expect(items[0].json).toMatchObject({ jobId: made, provider: 'vtrix', status: 'completed' });
		expect(items[0].binary.data.fileName).toMatch(made);
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

	test('an unknown job is reported, and does not affect the others', async () => {
		const [made] = await submitEnded(['a']);
		const gone = 'a'.repeat(32);
		const { items } = await run(remove, { items: ids([gone, made]), ...goOn });
		expect(items[0].json).toMatchObject({
			jobId: gone,
			error: { message: `WaveSpeed does not know the job ${gone}` },
		});
		expect(items[1].json).toMatchObject({ deleted: true, jobId: made });
	});

	test('a lost answer does not make a deleted job look unknown', async () => {
		const [made] = await submitEnded(['a']);
		sim.fail({ kind: 'delete', times: 1, fault: { drop: 'after' } });
		const { items, error } = await run(remove, { items: ids([made]) });
		expect(error).toBeUndefined();
		expect(items[0].json.deleted).toBe(true);
		expect(count('delete')).toBe(2);
	});
});
