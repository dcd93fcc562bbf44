import fc from 'fast-check';
import { miniMax } from '../../../nodes/Hailuo/providers/miniMax/api';
import { ofApi, type HttpClient, type Provider } from '../../../nodes/Hailuo/providers/types';
import { vtrix } from '../../../nodes/Hailuo/providers/vtrix/api';
import { waveSpeed } from '../../../nodes/Hailuo/providers/waveSpeed/api';

/*
 * One field of an answer with an invalid value: objects instead of text, numbers beyond any date, lists, nothing. Only
 * that field is lost, and neither the other records nor the id.
 */

const answering = (body: unknown): HttpClient => ({
	request: async () => ({ status: 200, headers: {}, body }),
	clockOffsetMs: () => 0,
	knowsTime: () => true,
	host: 'api.minimax.io',
});

const TIME = '2026-01-01T00:00:00Z';
const VIDEO = 'https://cdn.example.com/v.mp4';
const id = (digit: number) => String(digit).repeat(32);

const waveSpeedRecord = (jobId: string) => ({
	...{ id: jobId, model: 'minimax/hailuo-02/fast', status: 'completed', created_at: TIME },
	...{ outputs: [VIDEO], error: '', input: { prompt: 'a' }, urls: { get: VIDEO } },
	...{ executionTime: 1, timings: { inference: 1 }, has_nsfw_contents: [false] },
});
const v2Record = (jobId: string) => ({
	...{ id: jobId, model: 'MiniMax-H3', status: 'succeeded', created_at: 1.7e9, updated_at: 1.7e9 },
	...{ content: { url: VIDEO, prompt: 'a' }, usage: { output_seconds: 6, input_seconds: 0 } },
	...{ resolution: '768P', duration: 6, ratio: '16:9', error: { code: '1026', message: 'no' } },
});
const vtrixRecord = (jobId: string) => ({
	...{ id: jobId, model: 'm', status: 'in_progress', created_at: TIME, progress: 1, cost: 1 },
	...{ output: [{ url: VIDEO }], metadata: { completed_at: TIME }, error: { code: '1' } },
});
const v1Record = (jobId: string) => ({
	...{ task_id: jobId, base_resp: { status_code: 0, status_msg: 'success' }, trace_id: 'x' },
});

const poison = fc.oneof(
	fc.constantFrom<unknown>(
		...[
			{ toString: null },
			{ toString: 'x', valueOf: 'x' },
			{ __proto__: null },
			[],
			[[[]]],
			[null],
		],
		...[null, true, '', ' ', 'constructor', '__proto__', 1e300, -1, 2 ** 63, NaN, { url: {} }],
		...[{ code: {} }, { toJSON: 5 }, [{ toString: null }], 'a'.repeat(100_000)],
	),
	fc.anything({ withNullPrototype: true }),
);

/** The record with an invalid value in one of its fields, or in a field of one of them. The id stays valid. */
const poisoned = (record: Record<string, unknown>, keep: string) =>
	fc
		.tuple(
			fc.constantFrom(...Object.keys(record).filter((key) => key !== keep)),
			poison,
			fc.boolean(),
		)
		.map(([key, value, isDeep]) => {
			const inner = record[key];
			const deep = typeof inner === 'object' && inner !== null && isDeep;
			const [first] = deep ? Object.keys(inner) : [];
			return {
				...record,
				[key]: first === undefined ? value : { ...(inner as object), [first]: value },
			};
		});

test.each<
	[string, Provider, (jobId: string) => Record<string, unknown>, (items: unknown[]) => unknown]
>([
	['WaveSpeed', waveSpeed, waveSpeedRecord, (items) => ({ code: 200, data: { items } })],
	['MiniMax V2', miniMax, v2Record, (items) => ({ items, total: items.length })],
])(
	'%s: an invalid record of the list does not affect the others',
	async (_, provider, record, wrap) => {
		const [ours, one, two] = [id(1), id(2), id(3)];
		await fc.assert(
			fc.asyncProperty(poisoned(record(ours), 'id'), poison, async (bad, rubbish) => {
				const items = [record(one), bad, rubbish, record(two)];
				const { jobs } = await provider.list!(answering(wrap(items)), { page: 1, pageSize: 100 });
				const ids = jobs.map(({ jobId }) => jobId);
				expect(ids).toEqual(expect.arrayContaining([one, ours, two]));
				for (const { jobId, createdAt, videos, status } of jobs) {
					if (jobId !== one && jobId !== two) continue;
					expect([Date.parse(createdAt) > 0, videos, status]).toEqual([true, [VIDEO], 'completed']);
				}
			}),
			{ numRuns: 2_000 },
		);
	},
);

test.each<
	[string, Provider, Record<string, unknown>, string, string, (record: unknown) => unknown]
>([
	['WaveSpeed', waveSpeed, waveSpeedRecord(id(1)), 'id', id(1), (data) => ({ code: 200, data })],
	['Vtrix', vtrix, vtrixRecord('d758n65e878c73cmdg20'), 'id', 'd758n65e878c73cmdg20', (r) => r],
	['MiniMax', ofApi(miniMax, 'main'), v1Record('1069161122'), 'task_id', '1069161122', (r) => r],
	['MiniMax V2', ofApi(miniMax, 'v2'), v1Record('1069161122'), 'task_id', '1069161122', (r) => r],
])('%s: the id of a submit is read, whatever is next to it', async (...given) => {
	const [, provider, record, key, jobId, wrap] = given;
	await fc.assert(
		fc.asyncProperty(poisoned(record, key), async (bad) => {
			const job = await provider.submit(answering(wrap(bad)), { model: 'm', input: {} });
			expect(job.jobId).toBe(jobId);
		}),
		{ numRuns: 2_000 },
	);
});

test.each<[string, Provider, Record<string, unknown>, string, (record: unknown) => unknown]>([
	['WaveSpeed', waveSpeed, waveSpeedRecord(id(1)), id(1), (data) => ({ code: 200, data })],
	['Vtrix', vtrix, vtrixRecord('d758n65e878c73cmdg20'), 'd758n65e878c73cmdg20', (r) => r],
	['MiniMax V2', ofApi(miniMax, 'v2'), v2Record('1069161122'), '1069161122', (task) => ({ task })],
])(
	'%s: an invalid status becomes a status, or a ProviderError',
	async (_, provider, record, jobId, wrap) => {
		await fc.assert(
			fc.asyncProperty(poisoned(record, 'id'), async (bad) => {
				const outcome = await provider.get(answering(wrap(bad)), jobId).then(
					(job) => job.jobId,
					(error: Error) => error.constructor.name,
				);
				expect([jobId, 'ProviderError']).toContain(outcome);
			}),
			{ numRuns: 2_000 },
		);
	},
);
