import {
	JobWatch,
	PATIENCE_SEEN,
	PATIENCE_TYPED,
	addMiss,
	findListed,
	isBeyond,
	type Misses,
	type Verdict,
	type Watched,
} from '../../../nodes/Hailuo/jobs/unknownJob';
import { ProviderError, httpError } from '../../../nodes/Hailuo/providers/errors';
import {
	NO_VIDEO,
	type HistoryFilter,
	type HistoryPage,
	type HistoryJob,
	type Job,
} from '../../../nodes/Hailuo/providers/types';
import { AMBIGUOUS, failure, job, REFUSALS } from './support';

const MINUTE = 60_000;
const running = job('job-0', { status: 'running' });
const done = job('job-0', { status: 'completed', videos: ['https://cdn.example/a.mp4'] });
const empty = job('job-0', { status: 'failed', error: NO_VIDEO });
const unknown = failure('notFound', { status: 404 });

type Answer = Job | Error;

/** Passes one answer after the other to a watch, each `gapMs` after the one before. */
function asked(watched: Partial<Watched> = {}, gapMs = MINUTE) {
	const watch = new JobWatch({ jobId: 'job-0', patience: PATIENCE_SEEN, ...watched });
	let now = 0;
	return async (answer: Answer, afterMs = gapMs): Promise<Verdict> => {
		now += afterMs;
		const polled =
			answer instanceof Error
				? { ok: false as const, error: answer }
				: { ok: true as const, value: answer };
		return await watch.judge(polled, now);
	};
}

/** How many answers it takes until the wait is over; 0 when it never is. */
async function answersUntilOver(give: (answer: Answer) => Promise<Verdict>, answer: Answer) {
	for (let count = 1; count <= 1_000; count++) {
		if ((await give(answer)).is !== 'open') return count;
	}
	return 0;
}

const answerOf = (status: number, body: unknown = '') =>
	httpError('WaveSpeed', { status, headers: {}, body });

describe('a transient answer is not the end', () => {
	test.each([
		['404 of a gateway', answerOf(404, 'default backend - 404')],
		['400', answerOf(400)],
		['405', answerOf(405)],
		['410', answerOf(410)],
		['a redirect', answerOf(302)],
		['a refused key', answerOf(401)],
		['no credit', answerOf(402)],
	])('%s: only several of them over minutes are the end', async (_what, error) => {
		// One per second: the fifth comes after 4 s, but the span of 5 minutes counts.
		expect(await answersUntilOver(asked({}, 1_000), error)).toBe(301);
		// One per minute: it is over when both limits are reached.
		expect(await answersUntilOver(asked(), error)).toBe(6);
		const give = asked();
		for (let i = 0; i < 5; i++) await give(error);
		expect(await give(error)).toEqual({ is: 'over', error });
	});

	test('a good answer resets the row', async () => {
		const give = asked();
		for (let round = 0; round < 10; round++) {
			for (let i = 0; i < 5; i++) expect((await give(unknown)).is).toBe('open');
			expect(await give(running)).toEqual({ is: 'known', job: running });
		}
	});

	test.each([...AMBIGUOUS, ...REFUSALS])('%s neither counts nor resets', async (kind) => {
		const give = asked();
		const passing = failure(kind);
		for (let i = 0; i < 5; i++) await give(unknown);
		for (let i = 0; i < 50; i++)
			expect(await give(passing)).toEqual({ is: 'open', cause: passing });
		expect((await give(unknown)).is).toBe('over');
	});

	test('an outage, a sleep and a changed clock do not count as answers', async () => {
		const give = asked();
		for (let i = 0; i < 4; i++) await give(unknown, 1_000);
		// One step counts for at most two minutes, and a step back counts for nothing.
		expect((await give(unknown, 600 * MINUTE)).is).toBe('open');
		expect((await give(unknown, -600 * MINUTE)).is).toBe('open');
		expect((await give(unknown, 2 * MINUTE)).is).toBe('open');
		expect((await give(unknown, 2 * MINUTE)).is).toBe('over');
	});

	test('an unknown ID that was typed in is reported after seconds', async () => {
		expect(await answersUntilOver(asked({ patience: PATIENCE_TYPED }, 5_000), unknown)).toBe(3);
		expect(await answersUntilOver(asked({ patience: PATIENCE_TYPED }, 1_000), unknown)).toBe(11);
	});

	test('an error that is not an answer of a provider ends it at once', async () => {
		const error = new TypeError('x is undefined');
		expect(await asked()(error)).toEqual({ is: 'over', error });
	});
});

describe('with a history', () => {
	/** A history with one answer, which counts how often it is read. */
	const history = (answer: HistoryJob[] | ProviderError, more = false) =>
		jest.fn<Promise<HistoryPage>, [HistoryFilter]>(async () => {
			if (answer instanceof ProviderError) throw answer;
			return { jobs: answer, more };
		});

	test('a listed job is alive, with its status and its videos', async () => {
		const list = history([job('JOB-0', { ...done, jobId: 'JOB-0' })]);
		const give = asked({ list, createdAt: running.createdAt });
		expect((await give(unknown)).is).toBe('open');
		expect(await give(unknown)).toMatchObject({ is: 'known', job: { videos: done.videos } });
		const [filter] = list.mock.calls[0];
		expect(filter).toMatchObject({ jobIds: ['job-0'], page: 1 });
		const around = Date.parse(running.createdAt);
		expect(Date.parse(filter.createdAfter!)).toBeLessThan(around);
		expect(Date.parse(filter.createdBefore!)).toBeGreaterThan(around);
	});

	test('a job that is listed as running is polled again, for hours', async () => {
		const give = asked({ list: history([running]) });
		for (let i = 0; i < 300; i++) expect((await give(unknown)).is).not.toBe('over');
	});

	test('a job that it does not list is over after the same time as without it, at one request per minute', async () => {
		const list = history([job('job-1')]);
		expect(await answersUntilOver(asked({ list }, 1_000), unknown)).toBe(301);
		expect(list.mock.calls.length).toBeLessThanOrEqual(6);
	});

	test.each([
		['fails', history(failure('unavailable'))],
		['has more pages than are read', history([job('job-1')], true)],
	])('if it %s, it takes longer', async (_what, list) => {
		expect(await answersUntilOver(asked({ list }), unknown)).toBe(16);
	});

	test('a refused key is reported as soon as without it', async () => {
		const list = history(failure('auth'));
		expect(await answersUntilOver(asked({ list }), failure('auth'))).toBe(6);
	});

	test('the time of a job is taken from a good answer', async () => {
		const list = history([]);
		const give = asked({ list });
		await give(running);
		await give(unknown);
		await give(unknown);
		expect(list.mock.calls[0][0].createdAfter).toBeDefined();
	});

	test('it is read page by page, up to ten of them', async () => {
		const list = jest.fn(async ({ page }: HistoryFilter) => ({
			jobs: page === 3 ? [running] : [job(`other-${page}`)],
			more: true,
		}));
		expect(await findListed(list, 'job-0')).toBe(running);
		expect(await findListed(list, 'nowhere')).toBe('unread');
		expect(list).toHaveBeenCalledTimes(3 + 10);
	});

	test('no job counts as absent if one may have moved between two pages while they were read', async () => {
		const all = Array.from({ length: 150 }, (_, index) => job(`job-${index + 1}`));
		const ask = async (deleted: number) => {
			const left = [...all];
			return await findListed(async ({ page, pageSize }) => {
				const jobs = left.slice((page - 1) * pageSize, page * pageSize);
				left.splice(0, deleted);
				return { jobs, more: jobs.length === pageSize };
			}, 'job-101');
		};
		expect(await ask(0)).toMatchObject({ jobId: 'job-101' });
		expect(await ask(10)).toBe('unread');
	});
});

describe('completed without a video', () => {
	test('is polled again over minutes, and the video that appears is used', async () => {
		const give = asked();
		for (let i = 0; i < 5; i++) expect(await give(empty)).toEqual({ is: 'open' });
		expect(await give(done)).toEqual({ is: 'known', job: done });
		for (let i = 0; i < 5; i++) await give(empty);
		expect(await give(empty)).toEqual({ is: 'known', job: empty });
	});

	test('the video that the history shows is used', async () => {
		const give = asked({ list: async () => ({ jobs: [done], more: false }) });
		await give(empty);
		expect(await give(empty)).toEqual({ is: 'known', job: done });
	});

	test('the job ends without a video if the history lists it so and no poll finds it', async () => {
		const give = asked({ list: async () => ({ jobs: [empty], more: false }) });
		for (let i = 0; i < 5; i++) expect((await give(unknown)).is).toBe('open');
		expect(await give(unknown)).toEqual({ is: 'known', job: empty });
	});
});

test('the row is plain data', () => {
	let misses: Misses | undefined;
	for (let minute = 0; minute < 6; minute++) misses = addMiss(misses, minute * MINUTE);
	expect(misses).toEqual({ answers: 6, spanMs: 5 * MINUTE, lastAt: 5 * MINUTE });
	expect(isBeyond(misses!, PATIENCE_SEEN)).toBe(true);
	expect(isBeyond({ ...misses!, answers: 4 }, PATIENCE_SEEN)).toBe(false);
});
