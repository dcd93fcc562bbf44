import fc from 'fast-check';
import { fingerprint } from '../../../nodes/Hailuo/jobs/fingerprint';
import { SubmitLimiter } from '../../../nodes/Hailuo/jobs/limiter';
import { Registry } from '../../../nodes/Hailuo/jobs/registry';
import {
	AmbiguousSubmitError,
	submitOnce,
	type SubmitOptions,
} from '../../../nodes/Hailuo/jobs/submit';
import type { ProviderErrorKind } from '../../../nodes/Hailuo/providers/errors';
import type { Job } from '../../../nodes/Hailuo/providers/types';
import { VirtualClock } from '../helpers/virtualClock';
import { AMBIGUOUS, FINAL, REFUSALS, errorOf, failure, job, submission } from './support';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

/** A submit with its own registry; `given` overrides the options. */
function setUp(given: Partial<SubmitOptions> = {}) {
	const clock = new VirtualClock();
	const registry = new Registry();
	const startedAt = clock.now();
	const options: SubmitOptions = {
		submission: submission('a cat'),
		send: async () => job('paid'),
		clock,
		patienceMs: 600_000,
		registry,
		...given,
	};
	const run = async () => await clock.run(() => submitOnce(options));
	return { clock, registry, startedAt, run, options };
}

describe('a submit that is accepted', () => {
	it('is sent once, and its job is claimed', async () => {
		const send = jest.fn(async () => job('paid'));
		const { run, registry, startedAt } = setUp({ send });
		expect(await run()).toEqual({ job: job('paid'), startedAt, adopted: false });
		expect(send).toHaveBeenCalledTimes(1);
		expect(registry.isClaimed('paid')).toBe(true);
		expect(registry.all().length).toBe(0);
	});

	it('returns its job even if it was stopped meanwhile, because the job is paid', async () => {
		const stop = new AbortController();
		const send = async () => {
			stop.abort(new Error('stopped'));
			return job('paid');
		};
		const { run } = setUp({ send, signal: stop.signal });
		expect((await run()).job.jobId).toBe('paid');
	});
});

describe('an answer that proves nothing', () => {
	it('is never followed by a second POST, whatever came before and whatever the search does', async () => {
		const kind = fc.constantFrom<ProviderErrorKind>('rateLimited', 'notConnected');
		const unproven = fc.constantFrom<unknown>(
			...AMBIGUOUS.map((each) => failure(each)),
			failure('unavailable', { status: 502, retryAfterMs: 1_000 }),
			new TypeError('x is undefined'),
			'text',
			undefined,
		);
		const search = fc.constantFrom('none', 'found', 'not found', 'throws', 'throws at once');
		await fc.assert(
			fc.asyncProperty(
				fc.array(kind, { maxLength: 3 }),
				unproven,
				search,
				fc.boolean(),
				async (refusals, last, found, limited) => {
					const answers: unknown[] = [...refusals.map((each) => failure(each)), last];
					const send = jest.fn(async () => await Promise.reject(answers.shift()));
					const search = jest.fn((): Promise<{ job?: Job }> => {
						if (found === 'throws at once') throw new Error('search');
						if (found === 'throws') return Promise.reject(new Error('search'));
						return Promise.resolve(found === 'found' ? { job: job('adopted') } : {});
					});
					const { run, options, registry, clock } = setUp({ send });
					if (found !== 'none') options.search = search;
					if (limited) options.limiter = new SubmitLimiter({ perMinute: 5, clock });
					if (found === 'found') {
						expect(await run()).toMatchObject({ job: { jobId: 'adopted' }, adopted: true });
						expect(registry.all().length).toBe(0);
					} else {
						const error = await errorOf(run());
						expect(error).toBeInstanceOf(AmbiguousSubmitError);
						expect(error).toHaveProperty('cause', last);
						expect(registry.all().length).toBe(1);
						// A later try resumes exactly this submit.
						registry.resume(options.submission, {
							startedAt: clock.now(),
							fingerprint: fingerprint(options.submission),
						});
						expect(registry.all().length).toBe(1);
					}
					expect(send).toHaveBeenCalledTimes(refusals.length + 1);
					expect(search.mock.calls.length).toBe(found === 'none' ? 0 : 1);
				},
			),
		);
	});

	it('is passed to the search with the time at which exactly this POST began', async () => {
		const answers = [failure('rateLimited', { retryAfterMs: 30_000 }), failure('noAnswer')];
		const search = jest.fn().mockResolvedValue({ job: job('adopted') });
		const { run, startedAt, registry } = setUp({
			send: async () => await Promise.reject(answers.shift()),
			search,
		});
		const { startedAt: told } = await run();
		expect(told).toBeGreaterThanOrEqual(startedAt + 30_000);
		const [attempt] = search.mock.calls[0];
		expect(attempt).toMatchObject({ startedAt: told, state: 'ambiguous' });
		expect(registry.isClaimed('adopted')).toBe(true);
	});

	it('is also the end of a POST that was stopped while it was running', async () => {
		const stop = new AbortController();
		const reason = new Error('stopped');
		const send = async () => {
			stop.abort(reason);
			throw reason;
		};
		const error = await errorOf(setUp({ send, signal: stop.signal }).run());
		expect(error).toBeInstanceOf(AmbiguousSubmitError);
		expect(error).toHaveProperty('cause', reason);
	});
});

it.each(FINAL)('%s that does not come from the API itself proves nothing', async (kind) => {
	const send = jest.fn().mockRejectedValue(failure(kind));
	const search = jest.fn().mockResolvedValue({ job: job('adopted') });
	expect(await setUp({ send, search }).run()).toMatchObject({ adopted: true });
	expect(send).toHaveBeenCalledTimes(1);
});

describe('a refusal', () => {
	it.each(FINAL)('(%s) that is permanent is not repeated, and there is no search', async (kind) => {
		const refused = failure(kind, { refused: true });
		const send = jest.fn().mockRejectedValue(refused);
		const search = jest.fn();
		const { run, registry } = setUp({ send, search });
		expect(await errorOf(run())).toBe(refused);
		expect(send).toHaveBeenCalledTimes(1);
		expect(search).not.toHaveBeenCalled();
		expect(registry.all().length).toBe(0);
	});

	it('by 429 is sent again after Retry-After', async () => {
		const send = jest
			.fn()
			.mockRejectedValueOnce(failure('rateLimited', { retryAfterMs: 20_000 }))
			.mockResolvedValue(job('paid'));
		const { run, clock, startedAt } = setUp({ send });
		await run();
		expect(clock.now() - startedAt).toBeGreaterThanOrEqual(20_000);
		expect(clock.now() - startedAt).toBeLessThanOrEqual(22_000);
	});

	it('by 429 is repeated until the patience is over, and no longer', async () => {
		const send = jest.fn(async () => await Promise.reject(failure('rateLimited')));
		const { run, clock, startedAt } = setUp({ send });
		expect(await errorOf(run())).toMatchObject({ kind: 'rateLimited' });
		expect(clock.now()).toBeLessThanOrEqual(startedAt + 600_000);
		expect(clock.now()).toBeGreaterThanOrEqual(startedAt + 540_000);
		expect(send.mock.calls.length).toBeLessThan(25);
	});

	it('by 429 does not use up the patience while it waits in the queue of the limiter', async () => {
		const clock = new VirtualClock();
		const limiter = new SubmitLimiter({ perMinute: 1, clock });
		let posts = 0;
		const submit = async (index: number) => {
			const send = async () => {
				// The 20th minute.
				if (++posts === 20) throw failure('rateLimited');
				return job(`job-${index}`);
			};
			const { options } = setUp({ send, clock, limiter, patienceMs: 15 * 60_000 });
			return await submitOnce(options);
		};
		const all = async () => await Promise.all(Array.from({ length: 30 }, (_, n) => submit(n)));
		expect((await clock.run(all)).map(({ job: { jobId } }) => jobId)).toHaveLength(30);
		expect(posts).toBe(31);
	});

	it('is repeated even if the clock was set forward', async () => {
		const clock = new VirtualClock();
		let offsetMs = 0;
		const shown = { ...clock, now: () => clock.now() + offsetMs, sleep: clock.sleep.bind(clock) };
		let posts = 0;
		const send = async () => {
			offsetMs += 3_600_000;
			if (++posts < 4) throw failure('rateLimited');
			return job('paid');
		};
		const { options } = setUp({ send, clock: shown });
		expect((await clock.run(async () => await submitOnce(options))).job.jobId).toBe('paid');
	});

	it('by 429 pauses the whole batch', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const limiter = new SubmitLimiter({ perMinute: 0, clock });
		const sent: Array<[string, number]> = [];
		let refuse = true;
		const submit = async (name: string, at: number) => {
			await clock.sleep(at);
			const send = async () => {
				sent.push([name, clock.now() - startedAt]);
				if (refuse) {
					refuse = false;
					throw failure('rateLimited', { retryAfterMs: 30_000 });
				}
				return job(name);
			};
			const { options } = setUp({ send, clock, limiter });
			return await submitOnce(options);
		};
		await clock.run(() => Promise.all([submit('a', 0), submit('b', 1_000), submit('c', 2_000)]));
		expect(sent.map(([name]) => name)).toEqual(['a', 'b', 'c', 'a'].sort());
		expect(sent.filter(([, at]) => at > 0).every(([, at]) => at >= 30_000)).toBe(true);
	});

	it('by a connection that was never made is repeated three times', async () => {
		const send = jest.fn(async () => await Promise.reject(failure('notConnected')));
		const { run, clock, startedAt } = setUp({ send });
		expect(await errorOf(run())).toMatchObject({ kind: 'notConnected' });
		expect(send).toHaveBeenCalledTimes(4);
		expect(clock.now() - startedAt).toBeLessThan(10_000);
	});

	it('keeps to the limiter also when it is repeated', async () => {
		const clock = new VirtualClock();
		const limiter = new SubmitLimiter({ perMinute: 5, clock });
		const sent: number[] = [];
		let left = 12;
		const submit = async (index: number) => {
			const send = async () => {
				sent.push(clock.now());
				if (index % 2 === 0 && left-- > 0) throw failure('rateLimited');
				return job(`job-${index}`);
			};
			return await submitOnce({ ...setUp({ send, clock, limiter }).options });
		};
		await clock.run(() => Promise.all(Array.from({ length: 12 }, (_, index) => submit(index))));
		for (let i = 5; i < sent.length; i++) expect(sent[i] - sent[i - 5]).toBeGreaterThan(60_000);
	});

	it.each(REFUSALS)('(%s) ends at once when it is stopped during the pause', async (kind) => {
		for (const perMinute of [undefined, 0]) {
			const clock = new VirtualClock();
			const stop = new AbortController();
			const limiter = perMinute === undefined ? undefined : new SubmitLimiter({ perMinute, clock });
			const send = jest.fn(async () => await Promise.reject(failure(kind)));
			const { options } = setUp({ send, clock, limiter, signal: stop.signal });
			const work = errorOf(submitOnce(options));
			await clock.advance(100);
			stop.abort('stopped');
			expect(await work).toBe('stopped');
			expect(send).toHaveBeenCalledTimes(1);
			expect(clock.sleeping).toBe(0);
		}
	});
});

it('sends nothing if it was stopped before', async () => {
	const send = jest.fn();
	expect(await errorOf(setUp({ send, signal: AbortSignal.abort('stopped') }).run())).toBe(
		'stopped',
	);
	expect(send).not.toHaveBeenCalled();
});
