import { backoff, retryGet, retryWait } from '../../../nodes/Hailuo/jobs/retry';
import { MAX_RETRY_AFTER_MS } from '../../../nodes/Hailuo/providers/retryAfter';
import { VirtualClock } from '../helpers/virtualClock';
import { AMBIGUOUS, FINAL, REFUSALS, errorOf, failure } from './support';

describe('backoff', () => {
	it('doubles up to the cap, and half of it is random', () => {
		expect([0, 1, 2, 3, 9, 2_000].map((attempt) => backoff(attempt, () => 1))).toEqual([
			1_000, 2_000, 4_000, 8_000, 30_000, 30_000,
		]);
		expect(backoff(2, () => 0)).toBe(2_000);
	});

	it('waits as long as asked and up to a tenth more, but no longer than the cap', () => {
		const asked = (retryAfterMs: number) => failure('rateLimited', { retryAfterMs });
		expect(retryWait(asked(7_000), 0, () => 0)).toBe(7_000);
		expect(retryWait(asked(7_000), 0, () => 1)).toBeCloseTo(7_700);
		expect(retryWait(asked(1e9), 0, () => 0)).toBe(MAX_RETRY_AFTER_MS);
		expect(retryWait(asked(0), 1, () => 1)).toBe(2_000);
	});
});

describe('retryGet', () => {
	it.each([...AMBIGUOUS, ...REFUSALS])('repeats after %s', async (kind) => {
		const clock = new VirtualClock();
		const get = jest.fn().mockRejectedValueOnce(failure(kind)).mockResolvedValue('here');
		const deadlineAt = clock.now() + 60_000;
		expect(await clock.run(() => retryGet(get, { clock, deadlineAt }))).toBe('here');
		expect(get).toHaveBeenCalledTimes(2);
	});

	it.each(FINAL)('does not repeat after %s', async (kind) => {
		const clock = new VirtualClock();
		const error = failure(kind);
		const get = jest.fn().mockRejectedValue(error);
		const work = clock.run(() => retryGet(get, { clock, deadlineAt: Infinity }));
		expect(await errorOf(work)).toBe(error);
		expect(get).toHaveBeenCalledTimes(1);
	});

	it('does not repeat after an error that is not a ProviderError, also a synchronous one', async () => {
		const clock = new VirtualClock();
		const error = new TypeError('x is undefined');
		const get = jest.fn(() => {
			throw error;
		});
		expect(await errorOf(clock.run(() => retryGet(get, { clock, deadlineAt: Infinity })))).toBe(
			error,
		);
		expect(get).toHaveBeenCalledTimes(1);
	});

	it('honours Retry-After, and reports each wait', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const get = jest
			.fn()
			.mockRejectedValueOnce(failure('rateLimited', { retryAfterMs: 20_000 }))
			.mockResolvedValue('here');
		const onRetry = jest.fn();
		await clock.run(() => retryGet(get, { clock, deadlineAt: Infinity, onRetry }));
		const waited = clock.now() - startedAt;
		expect(waited).toBeGreaterThanOrEqual(20_000);
		expect(waited).toBeLessThanOrEqual(22_000);
		expect(onRetry.mock.calls).toEqual([[expect.anything(), 0, expect.closeTo(waited, 3)]]);
	});

	it('fails with the last error, without waiting, when the wait would pass the deadline', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		let calls = 0;
		const get = async () => {
			throw failure('unavailable', { code: String(++calls) });
		};
		const work = clock.run(() => retryGet(get, { clock, deadlineAt: startedAt + 10_000 }));
		expect(await errorOf(work)).toMatchObject({ code: String(calls) });
		expect(calls).toBeGreaterThan(3);
		expect(clock.now()).toBeLessThanOrEqual(startedAt + 10_000);
	});

	it('stops at once, in a wait and in a call that hangs, with the reason', async () => {
		for (const get of [
			async () => await Promise.reject(failure('noAnswer', { retryAfterMs: 60_000 })),
			async () => await new Promise(() => {}),
		]) {
			const clock = new VirtualClock();
			const stop = new AbortController();
			const reason = new Error('stopped');
			const work = errorOf(retryGet(get, { clock, deadlineAt: Infinity, signal: stop.signal }));
			await clock.advance(1_000);
			stop.abort(reason);
			expect(await work).toBe(reason);
			expect(clock.sleeping).toBe(0);
		}
	});

	it('never treats an abort as a transient failure, even if it looks like one', async () => {
		const clock = new VirtualClock();
		const stop = new AbortController();
		const reason = failure('noAnswer');
		const get = jest.fn(async () => {
			stop.abort(reason);
			throw reason;
		});
		const onRetry = jest.fn();
		const work = retryGet(get, { clock, deadlineAt: Infinity, signal: stop.signal, onRetry });
		expect(await errorOf(work)).toBe(reason);
		expect(get).toHaveBeenCalledTimes(1);
		expect(onRetry).not.toHaveBeenCalled();
	});
});
