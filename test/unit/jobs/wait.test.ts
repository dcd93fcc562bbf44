import { StatusPacer } from '../../../nodes/Hailuo/jobs/limiter';
import { DeadlineError, waitForJob, type WaitOptions } from '../../../nodes/Hailuo/jobs/wait';
import { NO_VIDEO, type Job, type JobStatus } from '../../../nodes/Hailuo/providers/types';
import { VirtualClock, seededRandom } from '../helpers/virtualClock';
import {
	AMBIGUOUS,
	FINAL,
	FakeProvider,
	REFUSALS,
	errorOf,
	failure,
	job,
	submission,
} from './support';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

/** A job that was just submitted, and the wait for it; `given` overrides the options. */
function setUp(lastsMs: number, given: Partial<WaitOptions> = {}) {
	const clock = new VirtualClock();
	const provider = new FakeProvider(clock);
	const first = provider.accept(submission('a cat'), lastsMs);
	const startedAt = clock.now();
	const polls: number[] = [];
	const options: WaitOptions = {
		jobId: first.jobId,
		get: async (id) => {
			polls.push(clock.now() - startedAt);
			return await provider.get(id);
		},
		first,
		jobSeconds: [30, 90],
		clock,
		deadlineAt: startedAt + 900_000,
		...given,
	};
	const run = async () => await clock.run(() => waitForJob(options));
	return { clock, provider, options, run, polls, startedAt };
}

describe('waitForJob', () => {
	it('polls by the schedule, and ends with the job', async () => {
		const { run, polls, clock, startedAt } = setUp(45_000);
		expect(await run()).toMatchObject({ jobId: 'job-0', status: 'completed' });
		expect(polls[0]).toBeGreaterThanOrEqual(12_000);
		expect(polls[0]).toBeLessThanOrEqual(13_200);
		expect(polls[1]).toBeGreaterThan(30_000);
		expect(polls.length).toBeLessThanOrEqual(8);
		expect(clock.now() - startedAt).toBeLessThan(48_200);
	});

	it.each<JobStatus>(['completed', 'failed', 'cancelled'])(
		'takes %s for an end, also in the answer of the submit',
		async (status) => {
			const first = job('job-0', { status });
			const { run, polls } = setUp(1, { first });
			expect(await run()).toBe(first);
			expect(polls).toEqual([]);
			const late = setUp(1, { get: async () => job('job-0', { status }) });
			expect((await late.run()).status).toBe(status);
		},
	);

	it('polls a job that is only known by its id at once, then by its age', async () => {
		const { clock, options, polls, startedAt } = setUp(45_000);
		await clock.advance(40_000);
		const found = await clock.run(() => waitForJob({ ...options, first: undefined }));
		expect(found.status).toBe('completed');
		expect(polls[0]).toBe(40_000);
		expect(polls[1]).toBeLessThan(44_000);
		expect(clock.now() - startedAt).toBeLessThan(48_200);
	});

	it('counts the age by our clock, however wrong the clock of the provider is', async () => {
		for (const offsetMs of [-3_600_000, 3_600_000]) {
			const { clock, provider, options, polls } = setUp(45_000, { first: undefined });
			provider.jobs[0].createdAt = new Date(clock.now() + offsetMs).toISOString();
			await clock.run(() => waitForJob({ ...options, offsetMs: () => offsetMs }));
			expect(polls[0]).toBe(0);
			expect(polls[1]).toBeGreaterThanOrEqual(12_000);
			expect(polls.length).toBeLessThanOrEqual(9);
		}
	});

	it('takes a job that seems to come from the future for a new one', async () => {
		const { clock, provider, options, polls } = setUp(45_000, { first: undefined });
		provider.jobs[0].createdAt = new Date(clock.now() + 3_600_000).toISOString();
		await clock.run(() => waitForJob(options));
		expect(polls.length).toBeLessThanOrEqual(9);
		expect(polls[polls.length - 1]).toBeLessThan(48_200);
	});

	it('counts its steps from poll to poll, but leaves a gap after slow answers', async () => {
		for (const [takes, gap] of [
			[1_000, 1_500],
			[8_000, 500],
		]) {
			const { clock, provider, options, polls, startedAt } = setUp(80_000);
			const get = async (id: string) => {
				polls.push(clock.now() - startedAt);
				await clock.sleep(takes);
				return await provider.get(id);
			};
			await clock.run(() => waitForJob({ ...options, get }));
			const gaps = polls.slice(2).map((at, index) => at - polls[index + 1] - takes);
			expect(Math.min(...gaps)).toBeGreaterThanOrEqual(gap - 1);
			expect(Math.max(...gaps)).toBeLessThanOrEqual(gap + 700);
		}
	});

	it('polls a job of unknown age steadily', async () => {
		const { clock, provider, options, polls } = setUp(20_000, { first: undefined });
		provider.jobs[0].createdAt = '';
		await clock.run(() => waitForJob(options));
		expect(polls.length).toBeGreaterThanOrEqual(6);
		const own = setUp(20_000);
		own.provider.jobs[0].createdAt = '';
		await own.clock.run(() =>
			waitForJob({ ...own.options, first: job('job-0', { createdAt: '' }) }),
		);
		expect(own.polls[0]).toBeGreaterThanOrEqual(12_000);
	});
});

describe('failures of the polls', () => {
	it.each([...AMBIGUOUS, ...REFUSALS])('%s for minutes does not end the wait', async (kind) => {
		const { clock, provider, options, startedAt } = setUp(45_000);
		const get = async (id: string) => {
			const minutes = (clock.now() - startedAt) / 60_000;
			if (minutes < 8) throw failure(kind);
			return await provider.get(id);
		};
		const found = await clock.run(() => waitForJob({ ...options, get }));
		expect(found.status).toBe('completed');
		expect(clock.now() - startedAt).toBeLessThan(8.7 * 60_000);
	});

	it('three failures in ten polls cost little time', async () => {
		const kinds = [...AMBIGUOUS, ...REFUSALS];
		let delay = 0;
		for (let seed = 1; seed <= 50; seed++) {
			const random = seededRandom(seed);
			const { clock, provider, options, startedAt } = setUp(60_000);
			const get = async (id: string) => {
				if (random() < 0.3) throw failure(kinds[Math.floor(random() * kinds.length)]);
				return await provider.get(id);
			};
			await clock.run(() => waitForJob({ ...options, get }));
			delay += (clock.now() - startedAt - 60_000) / 50;
		}
		expect(delay).toBeLessThan(3_000);
	});

	const MINUTE = 60_000;

	it.each(FINAL)('%s in the middle of the wait does not end it, 4 minutes long', async (kind) => {
		for (const submitted of [true, false]) {
			const { clock, provider, options, startedAt } = setUp(8 * MINUTE);
			const get = async (id: string) => {
				const age = clock.now() - startedAt;
				if (age > MINUTE && age < 5 * MINUTE) throw failure(kind, { status: 404 });
				return await provider.get(id);
			};
			const first = submitted ? options.first : undefined;
			const found = await clock.run(() => waitForJob({ ...options, get, first }));
			expect(found.status).toBe('completed');
		}
	});

	it('a good answer resets the count', async () => {
		const { clock, provider, options } = setUp(14 * MINUTE);
		let calls = 0;
		const get = async (id: string) => {
			if (++calls % 4) throw failure('notFound', { status: 404 });
			return await provider.get(id);
		};
		expect((await clock.run(() => waitForJob({ ...options, get }))).status).toBe('completed');
	});

	it.each(FINAL)(
		'%s that persists ends it, after seconds for an ID that nobody has seen',
		async (kind) => {
			const error = failure(kind);
			const get = async () => await Promise.reject(error);
			for (const [submitted, least, most] of [
				[true, 5, 6],
				[false, 0, 1],
			] as const) {
				const { clock, options, startedAt } = setUp(45_000, { get });
				const first = submitted ? options.first : undefined;
				expect(await errorOf(clock.run(() => waitForJob({ ...options, first })))).toBe(error);
				const minutes = (clock.now() - startedAt) / MINUTE;
				expect(minutes).toBeGreaterThanOrEqual(least);
				expect(minutes).toBeLessThan(most);
			}
		},
	);

	describe('with a history', () => {
		const gone = async () => await Promise.reject(failure('notFound', { status: 404 }));

		it('a job that no poll finds any more is followed there to its end', async () => {
			const { clock, provider, options, startedAt } = setUp(8 * MINUTE, { get: gone });
			const list = jest.fn(async () => ({ jobs: [await provider.get('job-0')], more: false }));
			const found = await clock.run(() => waitForJob({ ...options, list }));
			expect(found.status).toBe('completed');
			expect(clock.now() - startedAt).toBeLessThan(10 * MINUTE);
			// Read with every second poll, because it may show the end.
			expect(list.mock.calls.length).toBeLessThanOrEqual(30);
		});

		it('its calls wait for the pacer like the polls, and delay nobody beyond the deadline', async () => {
			const { clock, options, startedAt } = setUp(1e9, { get: gone });
			const list = async () => await new Promise<never>(() => {});
			const deadlineAt = startedAt + 2 * MINUTE;
			const pacer = new StatusPacer({ clock });
			const error = await errorOf(
				clock.run(() => waitForJob({ ...options, list, pacer, deadlineAt })),
			);
			expect(error).toBeInstanceOf(DeadlineError);
			expect(clock.now() - startedAt).toBeLessThan(2 * MINUTE + 6_000);
		});

		it('a stop while it is read ends the wait', async () => {
			const stop = new AbortController();
			const reason = new Error('stopped');
			const { clock, options } = setUp(1e9, { get: gone, signal: stop.signal });
			const asked = jest.fn();
			const list = async () => await new Promise<never>(asked);
			const work = errorOf(waitForJob({ ...options, list }));
			await clock.advance(MINUTE);
			expect(asked).toHaveBeenCalledTimes(1);
			stop.abort(reason);
			expect(await work).toBe(reason);
		});
	});

	it('an error that is not a ProviderError ends it at once', async () => {
		const error = new TypeError('x is undefined');
		const { run } = setUp(45_000, { get: async () => await Promise.reject(error) });
		expect(await errorOf(run())).toBe(error);
	});
});

describe('a job without its video', () => {
	const empty = job('job-0', { status: 'failed', error: NO_VIDEO });
	const done = job('job-0', { status: 'completed', videos: ['https://cdn.example/a.mp4'] });

	it.each([
		['in the polls', undefined],
		['in the answer of the submit', empty],
	])('%s: it is polled again, and the video that appears is used', async (_, first) => {
		const { clock, options, startedAt } = setUp(1, first && { first });
		const get = async () => (clock.now() - startedAt < 4 * 60_000 ? empty : done);
		expect(await clock.run(() => waitForJob({ ...options, get }))).toBe(done);
	});

	it('that never appears ends the wait with the job as it is, after minutes or at the deadline', async () => {
		for (const [limitMs, tookMs] of [
			[900_000, 5 * 60_000],
			[60_000, 60_000],
		]) {
			const { clock, options, startedAt } = setUp(1, { get: async () => empty });
			const deadlineAt = startedAt + limitMs;
			expect(await clock.run(() => waitForJob({ ...options, deadlineAt }))).toBe(empty);
			expect(clock.now() - startedAt).toBeGreaterThanOrEqual(tookMs);
			expect(clock.now() - startedAt).toBeLessThan(tookMs + 60_000);
		}
	});
});

describe('the deadline', () => {
	it('has the last poll, and names the job', async () => {
		const { clock, options, polls, startedAt } = setUp(1e9);
		const deadlineAt = startedAt + 100_000;
		const error = await errorOf(clock.run(() => waitForJob({ ...options, deadlineAt })));
		expect(error).toBeInstanceOf(DeadlineError);
		expect(error).toMatchObject({ jobId: 'job-0', waitedMs: 100_000 });
		expect(String(error)).toContain('job-0');
		expect(polls.filter((at) => at >= 99_999)).toHaveLength(1);
	});

	it('has one last poll only, even if timers fire a little early', async () => {
		const { clock, options, polls, startedAt } = setUp(1e9);
		const early = {
			now: () => clock.now(),
			random: clock.random,
			sleep: async (ms: number, signal?: AbortSignal) => await clock.sleep(ms - 1, signal),
		};
		const work = waitForJob({ ...options, clock: early, deadlineAt: startedAt + 100_000 });
		const error = await errorOf(clock.run(async () => await work));
		expect(error).toMatchObject({ waitedMs: 99_999 });
		expect(polls.filter((at) => at >= 99_998)).toHaveLength(1);
	});

	it('in the past still allows one poll', async () => {
		const { clock, options, polls, startedAt } = setUp(30_000, { deadlineAt: 0 });
		expect(await errorOf(clock.run(() => waitForJob(options)))).toBeInstanceOf(DeadlineError);
		expect(polls).toEqual([0]);
		await clock.advance(30_000);
		expect((await clock.run(() => waitForJob(options))).status).toBe('completed');
		expect(clock.now() - startedAt).toBe(30_000);
	});

	it('names the failure of the last poll', async () => {
		const { clock, options, startedAt } = setUp(30_000);
		const get = async () => await Promise.reject(failure('unavailable'));
		const error = await errorOf(clock.run(() => waitForJob({ ...options, get })));
		expect(error).toBeInstanceOf(DeadlineError);
		expect(error).toMatchObject({ cause: { kind: 'unavailable' } });
		expect(clock.now() - startedAt).toBe(900_000);
	});
});

describe('a stop', () => {
	it('ends the wait at once: between polls, in a poll that hangs, in the pacer, before it', async () => {
		const hangs = async () => await new Promise<Job>(() => {});
		for (const given of [{}, { get: hangs, first: undefined }, { first: undefined }]) {
			const stop = new AbortController();
			const reason = new Error('stopped');
			const { clock, options } = setUp(1e9, { ...given, signal: stop.signal });
			const pacer = new StatusPacer({ perSecond: 0.001, clock });
			if ('first' in given && !('get' in given)) await pacer.acquire();
			const work = errorOf(waitForJob({ ...options, pacer }));
			await clock.advance(5_000);
			stop.abort(reason);
			expect(await work).toBe(reason);
			expect(clock.sleeping).toBe(0);
			expect(await errorOf(waitForJob(options))).toBe(reason);
		}
	});
});

it('during the last poll ends the wait too, whatever its reason', async () => {
	const stop = new AbortController();
	const reason = failure('unavailable');
	const get = async () => await new Promise<Job>(() => {});
	const { clock, options } = setUp(1e9, { get, signal: stop.signal, deadlineAt: 0 });
	const work = errorOf(waitForJob(options));
	await clock.idle();
	stop.abort(reason);
	expect(await work).toBe(reason);
});

it('a hundred jobs at once do not cause a burst of requests', async () => {
	const clock = new VirtualClock();
	const provider = new FakeProvider(clock);
	const pacer = new StatusPacer({ clock });
	const random = seededRandom(3);
	const calls: number[] = [];
	const wait = async () => {
		const first = provider.accept(submission('a cat'), 30_000 + 60_000 * random());
		return await waitForJob({
			jobId: first.jobId,
			first,
			get: async (id) => {
				calls.push(clock.now());
				return await provider.get(id);
			},
			jobSeconds: [30, 90],
			clock,
			deadlineAt: Infinity,
			pacer,
		});
	};
	await clock.run(() => Promise.all(Array.from({ length: 100 }, wait)));
	for (let i = 10; i < calls.length; i++) expect(calls[i] - calls[i - 10]).toBeGreaterThan(999);
});
