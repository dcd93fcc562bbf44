'use strict';

const engine = require('./harness');
const { jpeg } = require('./pictures');
const { endedJobs, submitJobs } = require('./submitJobs');
const { withSimulator } = require('./withSimulator');

/* The provider's history as items: its pages, its filters, and the input of each job. */

let sim;
const run = withSimulator({}, (given) => ({ sim } = given));

const { goOn } = engine;
const count = (kind) => sim.count({ kind });
const submit = async (prompts, options) => await submitJobs(sim, prompts, options);
const submitEnded = async (prompts) => await endedJobs(sim, prompts);

const getAll = { resource: 'job', operation: 'getAll' };

describe('Get Many', () => {
	test('the newest 50, one item per job; all of them on request', async () => {
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

	test('a status is found behind a whole page of others', async () => {
		const [failed] = await submitEnded(['boat #sim:fail']);
		await submitEnded(Array.from({ length: 101 }, (_, n) => `boat ${n}`));
		const { items } = await run({ ...getAll, returnAll: true, filters: { status: 'failed' } });
		expect(items.map(({ json }) => json.jobId)).toEqual([failed]);
	});

	test('a history that returns the same page again and again does not loop forever', async () => {
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
		sim.skip(1_000);
		const [running] = await submit(['d #sim:seconds=90000']);
		await sim.clock.sleep(60_000);
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

	test('shows the input of a job, without its pictures', async () => {
		const parameters = {
			resource: 'video',
			operation: 'imageToVideo',
			firstFrameSource: 'binary',
			prompt: 'find me again',
			continueWhen: 'submitted',
		};
		const binary = { data: await engine.binaryFrom(jpeg(800, 600)) };
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
