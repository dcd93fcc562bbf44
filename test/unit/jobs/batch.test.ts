import fc from 'fast-check';
import {
	BatchStoppedError,
	NotStartedError,
	runBatch,
	type Slot,
} from '../../../nodes/Hailuo/jobs/batch';
import { StatusPacer } from '../../../nodes/Hailuo/jobs/limiter';
import { waitForJob } from '../../../nodes/Hailuo/jobs/wait';
import { VirtualClock, seededRandom } from '../helpers/virtualClock';
import { FakeProvider, submission } from './support';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

describe('runBatch', () => {
	it('keeps the order and the maximum, and fills free slots without delay', async () => {
		const one = fc.record({
			holds: fc.integer({ min: 0, max: 100 }),
			after: fc.integer({ min: 0, max: 100 }),
			releases: fc.boolean(),
			fails: fc.boolean(),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(one, { maxLength: 30 }),
				fc.integer({ min: 1, max: 6 }),
				async (items, concurrency) => {
					const clock = new VirtualClock();
					const startedAt = clock.now();
					const started: number[] = [];
					const freed: number[] = [];
					let [held, most] = [0, 0];
					const worker = async (item: (typeof items)[number], index: number, slot: Slot) => {
						started.push(clock.now() - startedAt);
						most = Math.max(most, ++held);
						await clock.sleep(item.holds);
						held--;
						freed.push(clock.now() - startedAt);
						if (item.releases) {
							slot.release();
							slot.release();
							await clock.sleep(item.after);
						}
						if (item.fails) throw new Error(String(index));
						return index;
					};
					const results = await clock.run(() => runBatch(items, worker, { concurrency }));
					expect(most).toBe(Math.min(concurrency, items.length));
					expect(results).toEqual(
						items.map(({ fails }, index) =>
							fails ? { ok: false, error: new Error(String(index)) } : { ok: true, value: index },
						),
					);
					// Each item starts at the moment in which a slot becomes free.
					expect(started.slice(concurrency)).toEqual(
						freed.slice(0, Math.max(0, items.length - concurrency)),
					);
				},
			),
		);
	});

	it('starts nothing after the first failure, and stops the running items', async () => {
		const clock = new VirtualClock();
		const started: number[] = [];
		const worker = async (ms: number, index: number, { signal }: Slot) => {
			started.push(index);
			await clock.sleep(ms, signal);
			if (index === 1) throw new Error('bad');
			return index;
		};
		const items = [10, 20, 90, 90, 90, 90];
		const options = { concurrency: 3, stopOnError: true };
		const results = await clock.run(() => runBatch(items, worker, options));
		expect(started).toEqual([0, 1, 2, 3]);
		const stopped = { ok: false, error: new BatchStoppedError(new Error('bad'), 1) };
		const skipped = { ok: false, error: new NotStartedError(new Error('bad')) };
		expect(results).toEqual([
			{ ok: true, value: 0 },
			{ ok: false, error: new Error('bad') },
			stopped,
			stopped,
			skipped,
			skipped,
		]);
		expect(results[2]).toHaveProperty('error.index', 1);
		expect(results[5]).toHaveProperty('error.cause', new Error('bad'));
		expect(clock.sleeping).toBe(0);
	});

	it('continues after a failure without stopOnError, also after a synchronous throw', async () => {
		const worker = (item: number): Promise<number> => {
			if (item === 1) throw new Error('bad');
			return Promise.resolve(item);
		};
		const results = await runBatch([0, 1, 2], worker, { concurrency: 1 });
		expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
	});

	it('ends when it is stopped from outside, with the results so far', async () => {
		const clock = new VirtualClock();
		const stop = new AbortController();
		const worker = async (ms: number, _: number, { signal }: Slot) => {
			await clock.sleep(ms, signal);
			return ms;
		};
		void clock.sleep(50).then(() => stop.abort('stopped'));
		const options = { concurrency: 2, signal: stop.signal };
		const results = await clock.run(() => runBatch([10, 90, 90, 90], worker, options));
		expect(results).toEqual([
			{ ok: true, value: 10 },
			{ ok: false, error: 'stopped' },
			{ ok: false, error: 'stopped' },
			{ ok: false, error: new NotStartedError('stopped') },
		]);
		const none = await runBatch([1, 2], worker, { concurrency: 1, signal: stop.signal });
		expect(none.every(({ ok }) => !ok)).toBe(true);
	});

	it('leaves no listener on a signal that outlives it', async () => {
		const { signal } = new AbortController();
		const add = jest.spyOn(signal, 'addEventListener');
		const remove = jest.spyOn(signal, 'removeEventListener');
		await runBatch([1, 2], async (item) => item, { concurrency: 1, signal });
		expect(remove.mock.calls.map((args) => args.slice(0, 2))).toEqual(
			add.mock.calls.map((args) => args.slice(0, 2)),
		);
		expect(add).toHaveBeenCalled();
	});

	it('accepts an empty batch, a maximum of 0 and no maximum', async () => {
		const worker = async (item: number) => item;
		expect(await runBatch([], worker, { concurrency: 3 })).toEqual([]);
		expect(await runBatch([1], worker, { concurrency: 0 })).toHaveLength(1);
		expect(await runBatch([1, 2], worker, { concurrency: Infinity })).toHaveLength(2);
	});

	it('waits for an item that has released its slot', async () => {
		const clock = new VirtualClock();
		const startedAt = clock.now();
		const worker = async (_: number, __: number, slot: Slot) => {
			slot.release();
			await clock.sleep(1_000);
		};
		await clock.run(() => runBatch([1, 2, 3], worker, { concurrency: 1 }));
		expect(clock.now() - startedAt).toBe(1_000);
	});
});

/** A lower bound of the time for `times` on `machines`: no schedule is shorter, and the best one may be longer. */
function bound(times: number[], machines: number): number {
	const total = times.reduce((sum, time) => sum + time, 0);
	return Math.max(total / machines, ...times);
}

describe('the goal: 30 items of 30 to 90 s, with their status calls', () => {
	it.each([
		[3, 1],
		[3, 2],
		[3, 3],
		[30, 1],
		[30, 2],
		[30, 3],
	])('with %i at a time (seed %i) takes at most 1.10 times the best', async (concurrency, seed) => {
		const clock = new VirtualClock({ seed });
		const startedAt = clock.now();
		const random = seededRandom(seed + 50);
		const times = Array.from({ length: 30 }, () => 30_000 + 60_000 * random());
		const provider = new FakeProvider(clock);
		const pacer = new StatusPacer({ clock });
		const worker = async (lasts: number, index: number, { signal }: Slot) => {
			const submittedAt = clock.now();
			await clock.sleep(300);
			const first = provider.accept(submission(`cat ${index}`), lasts);
			return await waitForJob({
				jobId: first.jobId,
				first,
				submittedAt,
				get: async (id) => {
					await clock.sleep(100);
					return await provider.get(id);
				},
				jobSeconds: [30, 90],
				clock,
				signal,
				deadlineAt: Infinity,
				pacer,
			});
		};
		const results = await clock.run(() => runBatch(times, worker, { concurrency }));
		expect(results.every((result) => result.ok && result.value.status === 'completed')).toBe(true);
		const took = clock.now() - startedAt;
		expect(took / bound(times, concurrency)).toBeLessThanOrEqual(1.1);
		expect(provider.gets / 30).toBeLessThan(13);
	});
});
