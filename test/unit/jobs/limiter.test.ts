import fc from 'fast-check';
import { StatusPacer, SubmitLimiter, WINDOW_MS } from '../../../nodes/Hailuo/jobs/limiter';
import { VirtualClock } from '../helpers/virtualClock';
import { errorOf } from './support';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

/** The maximum number of `times` (ms, ascending) within any `windowMs`. */
function densest(times: number[], windowMs: number): number {
	const counts = times.map(
		(from) => times.filter((time) => time >= from && time < from + windowMs).length,
	);
	return Math.max(0, ...counts);
}

describe('SubmitLimiter', () => {
	it('never lets more through than allowed in any 60 s, and no fewer than it can', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 8 }),
				fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 30 }),
				async (perMinute, arrivals) => {
					const clock = new VirtualClock();
					const startedAt = clock.now();
					const limiter = new SubmitLimiter({ perMinute, clock });
					const granted: number[] = [];
					const submit = async (atMs: number) => {
						await clock.sleep(atMs);
						await limiter.acquire();
						granted.push(clock.now() - startedAt);
					};
					await clock.run(() => Promise.all(arrivals.map(submit)));
					expect(densest(granted, 60_000)).toBeLessThanOrEqual(perMinute);
					const inOrder = [...arrivals].sort((a, b) => a - b);
					// What a perfect sliding window would do.
					const best: number[] = [];
					inOrder.forEach((at, i) => {
						const last = i > 0 ? best[i - 1] : 0;
						const free = i >= perMinute ? best[i - perMinute] + 60_500 : 0;
						best.push(Math.max(at, last, free));
					});
					expect(granted).toEqual(best);
					expect(clock.sleeping).toBe(0);
				},
			),
		);
	});

	it('serves in order', async () => {
		const clock = new VirtualClock();
		const limiter = new SubmitLimiter({ perMinute: 2, clock });
		const order: number[] = [];
		const submit = async (index: number) => {
			await limiter.acquire();
			order.push(index);
		};
		await clock.run(() => Promise.all([0, 1, 2, 3, 4].map(submit)));
		expect(order).toEqual([0, 1, 2, 3, 4]);
	});

	it('treats a fraction of one submit per minute as one', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const limiter = new SubmitLimiter({ perMinute: 0.5, clock });
		await clock.run(() => Promise.all([limiter.acquire(), limiter.acquire()]));
		expect(clock.now()).toBe(startedAt + 60_500);
	});

	it('lets everybody through at once with no limit', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const limiter = new SubmitLimiter({ perMinute: 0, clock });
		await clock.run(() => Promise.all(Array.from({ length: 50 }, () => limiter.acquire())));
		expect(clock.now()).toBe(startedAt);
	});

	it('pauses everybody, also those who are already waiting, and never shortens a pause', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const limiter = new SubmitLimiter({ perMinute: 0, clock });
		limiter.pause(10_000);
		const granted: number[] = [];
		const submit = async () => {
			await limiter.acquire();
			granted.push(clock.now() - startedAt);
		};
		const all = Promise.all([submit(), submit()]);
		await clock.advance(5_000);
		limiter.pause(25_000);
		limiter.pause(15_000);
		limiter.pause(Infinity);
		limiter.pause(NaN);
		await clock.run(async () => await all);
		expect(granted).toEqual([30_000, 30_000]);
	});

	it('nobody waits longer because a clock was set back: windows and pauses keep their length', async () => {
		for (const setBackMs of [60_000, 3_600_000, 400 * 24 * 3_600_000]) {
			const clock = new VirtualClock();
			let offsetMs = 0;
			const shown = { ...clock, now: () => clock.now() - offsetMs, sleep: clock.sleep.bind(clock) };
			const limiter = new SubmitLimiter({ perMinute: 1, clock: shown });
			await limiter.acquire();
			limiter.pause(20_000);
			offsetMs = setBackMs;
			const startedAt = clock.now();
			await clock.run(async () => await limiter.acquire());
			expect(clock.now() - startedAt).toBeLessThanOrEqual(WINDOW_MS);
			const pacer = new StatusPacer({ perSecond: 10, clock: shown });
			await pacer.acquire();
			offsetMs += setBackMs;
			const pacedAt = clock.now();
			await clock.run(async () => await pacer.acquire());
			expect(clock.now() - pacedAt).toBeLessThanOrEqual(100);
		}
	});

	it('gives the place of a stopped submit to the next one, and does not count it', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const limiter = new SubmitLimiter({ perMinute: 1, clock });
		await limiter.acquire();
		const stop = new AbortController();
		const reason = new Error('stopped');
		const stopped = [limiter.acquire(stop.signal), limiter.acquire(stop.signal)].map(errorOf);
		const last = limiter.acquire();
		await clock.advance(1_000);
		stop.abort(reason);
		expect(await Promise.all(stopped)).toEqual([reason, reason]);
		await clock.run(async () => await last);
		expect(clock.now() - startedAt).toBe(60_500);
		expect(await errorOf(limiter.acquire(stop.signal))).toBe(reason);
	});
});

describe('StatusPacer', () => {
	it('spreads the calls evenly and serves in order', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const pacer = new StatusPacer({ perSecond: 10, clock });
		const calls: Array<[number, number]> = [];
		const call = async (index: number) => {
			await pacer.acquire();
			calls.push([index, clock.now() - startedAt]);
		};
		await clock.run(() => Promise.all(Array.from({ length: 100 }, (_, index) => call(index))));
		expect(calls).toEqual(Array.from({ length: 100 }, (_, index) => [index, index * 100]));
	});

	it('lets a call through at once when there is room', async () => {
		const clock = new VirtualClock();
		const pacer = new StatusPacer({ clock });
		for (let i = 0; i < 5; i++) {
			await clock.advance(100);
			const before = clock.now();
			await clock.run(() => pacer.acquire());
			expect(clock.now()).toBe(before);
		}
	});

	it('does not wait without a limit, and ends at once at a stop', async () => {
		const clock = new VirtualClock();
		const free = new StatusPacer({ perSecond: 0, clock });
		await Promise.all([free.acquire(), free.acquire(), free.acquire()]);
		const slow = new StatusPacer({ perSecond: 0.01, clock });
		await slow.acquire();
		const stop = new AbortController();
		const waiting = [slow.acquire(stop.signal), slow.acquire(stop.signal)].map(errorOf);
		await clock.idle();
		stop.abort('stopped');
		expect(await Promise.all(waiting)).toEqual(['stopped', 'stopped']);
		expect(clock.sleeping).toBe(0);
	});
});
