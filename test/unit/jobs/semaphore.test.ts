import fc from 'fast-check';
import { Semaphore } from '../../../nodes/Hailuo/jobs/semaphore';
import { VirtualClock } from '../helpers/virtualClock';
import { errorOf } from './support';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

describe('Semaphore', () => {
	it('never grants more than its places, loses none, and keeps the order, also with stops', async () => {
		const one = fc.record({
			lasts: fc.integer({ min: 0, max: 50 }),
			fails: fc.boolean(),
			stopAt: fc.option(fc.integer({ min: 0, max: 200 })),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 4 }),
				fc.array(one, { maxLength: 25 }),
				async (places, jobs) => {
					const clock = new VirtualClock();
					const semaphore = new Semaphore(places);
					const started: number[] = [];
					let [held, most] = [0, 0];
					const all = jobs.map(async ({ lasts, fails, stopAt }, index) => {
						const stop = new AbortController();
						const work = semaphore.run(async () => {
							started.push(index);
							most = Math.max(most, ++held);
							await clock.sleep(lasts);
							held--;
							if (fails) throw new Error('failed');
						}, stop.signal);
						if (stopAt !== null) void clock.sleep(stopAt).then(() => stop.abort('stopped'));
						await work.catch(() => {});
					});
					await clock.run(() => Promise.all(all));
					expect(most).toBeLessThanOrEqual(places);
					expect(held).toBe(0);
					expect(started).toEqual([...started].sort((a, b) => a - b));
					// All places are free again.
					const after = Array.from({ length: places }, () => semaphore.run(() => 'in'));
					expect(await Promise.all(after)).toHaveLength(places);
				},
			),
		);
	});

	it('passes on a place that was granted at the moment of the stop', async () => {
		const semaphore = new Semaphore(1);
		const stop = new AbortController();
		let leave = () => {};
		const holder = semaphore.run(() => new Promise<void>((resolve) => (leave = resolve)));
		const stopped = errorOf(semaphore.run(() => 'never', stop.signal));
		const next = semaphore.run(() => 'next');
		await new VirtualClock().idle();
		leave();
		// The place of the holder is passed on two microtasks later, and the stop comes right after that.
		await holder.then(() => stop.abort('stopped'));
		expect(await stopped).toBe('stopped');
		expect(await next).toBe('next');
	});
});
