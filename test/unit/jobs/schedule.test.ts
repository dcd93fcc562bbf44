import fc from 'fast-check';
import { nextLook } from '../../../nodes/Hailuo/jobs/schedule';
import { models } from '../../../nodes/Hailuo/models/catalogue';
import { seededRandom } from '../helpers/virtualClock';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

type Step = (elapsedMs: number, random: () => number) => number;

/** Looks at jobs of the given times (ms) by `step`; delays are shares of the job's time. */
function measure(step: Step, times: number[], seed = 7) {
	const random = seededRandom(seed);
	let [delays, shares, calls] = [0, 0, 0];
	for (const time of times) {
		let elapsed = 0;
		for (; elapsed < time; calls++) elapsed += step(elapsed, random);
		delays += elapsed - time;
		shares += (elapsed - time) / time;
	}
	const total = times.reduce((sum, time) => sum + time, 0);
	return {
		ratioOfMeans: delays / total,
		meanOfRatios: shares / times.length,
		calls: calls / times.length,
	};
}

function uniform(count: number, from: number, to: number, seed: number): number[] {
	const random = seededRandom(seed);
	return Array.from({ length: count }, () => (from + (to - from) * random()) * 1_000);
}

const ours =
	(jobSeconds: readonly [number, number]): Step =>
	(elapsed, random) =>
		nextLook(elapsed, jobSeconds, random);
const every =
	(seconds: number): Step =>
	() =>
		seconds * 1_000;

describe('the goal: 200 jobs of 30 to 90 s', () => {
	it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('is met with seed %i', (seed) => {
		const times = uniform(200, 30, 90, seed);
		const found = measure(ours([30, 90]), times, seed + 100);
		expect(found.ratioOfMeans).toBeLessThanOrEqual(0.03);
		expect(found.meanOfRatios).toBeLessThanOrEqual(0.03);
		expect(found.calls).toBeLessThan(measure(every(5), times).calls);
	});

	it('is met with a margin in the long run, by the figures of the docs', () => {
		const times = uniform(50_000, 30, 90, 1);
		const found = measure(ours([30, 90]), times);
		expect(found.ratioOfMeans).toBeCloseTo(0.024, 3);
		expect(found.meanOfRatios).toBeCloseTo(0.027, 3);
		expect(found.calls).toBeCloseTo(11.9, 1);
		const shares = [2, 5, 15].map((seconds) => measure(every(seconds), times));
		expect(shares.map(({ calls }) => calls.toFixed(1))).toEqual(['30.5', '12.5', '4.5']);
		expect(shares.map(({ ratioOfMeans }) => (100 * ratioOfMeans).toFixed(1))).toEqual([
			'1.7',
			'4.2',
			'12.5',
		]);
		expect(shares.map(({ meanOfRatios }) => (100 * meanOfRatios).toFixed(1))).toEqual([
			'1.8',
			'4.6',
			'14.4',
		]);
	});
});

describe('jobs of any model in the catalogue', () => {
	const ranges = new Map(models.map(({ jobSeconds }) => [jobSeconds.join(), jobSeconds]));
	const groups = [
		[20, 240],
		[60, 420],
	] as const;
	const cases = [...ranges.values()].flatMap((known) => groups.map((group) => [known, group]));

	it.each(cases)('with the range %j: jobs of %j s', (known, [from, to]) => {
		const times = uniform(10_000, from, to, 11);
		const found = measure(ours(known), times);
		expect(found.meanOfRatios).toBeLessThanOrEqual(0.05);
		expect(found.ratioOfMeans).toBeLessThanOrEqual(0.05);
		expect(found.calls).toBeLessThan(measure(every(5), times).calls);
	});
});

describe('other jobs', () => {
	it.each([
		[20, 60],
		[60, 300],
		[30, 300],
		[90, 180],
	])('keeps the mean delay at 3 %% for a model of %i to %i s', (from, to) => {
		const found = measure(ours([from, to]), uniform(5_000, from, to, 3));
		expect(found.meanOfRatios).toBeLessThanOrEqual(0.03);
		expect(found.calls).toBeLessThan(25);
	});

	it('keeps it for a job far longer than known, with ever fewer looks', () => {
		for (const seconds of [180, 300, 600]) {
			const found = measure(ours([30, 90]), uniform(2_000, seconds, seconds * 1.2, 4));
			expect(found.meanOfRatios).toBeLessThanOrEqual(0.033);
			expect(found.calls).toBeLessThan((seconds * 1.2) / 5);
		}
	});

	it('finds a job of 10 s soon, though none was ever that short', () => {
		const found = measure(ours([30, 90]), uniform(2_000, 10, 10, 5));
		expect(found.calls).toBe(1);
		expect(found.ratioOfMeans).toBeLessThan(0.35);
	});

	it('does not poll at once, and more often before the shortest time where the range is wide', () => {
		const pollsBefore = (from: number, to: number) => {
			let [age, polls] = [0, -1];
			for (; age < from * 1_000; polls++) age += nextLook(age, [from, to], () => 0);
			return polls;
		};
		expect(pollsBefore(30, 90)).toBe(1);
		expect(pollsBefore(30, 300)).toBe(2);
		expect(nextLook(0, [30, 90], () => 0)).toBe(12_000);
		expect(nextLook(0, [5, 9], () => 0)).toBe(5_000);
		expect(nextLook(0, [300, 600], () => 0)).toBe(20_000);
	});

	it('does not look twice for a timer that fires a little early', () => {
		expect(nextLook(11_990, [30, 90], () => 0)).toBeGreaterThan(18_000);
		expect(nextLook(29_990, [30, 90], () => 0)).toBeGreaterThan(2_000);
	});

	it('always waits, and never for long, whatever the age and the model', () => {
		const seconds = fc.double({ min: -10, max: 4_000, noNaN: true });
		fc.assert(
			fc.property(
				fc.double({ min: -1e12, max: 1e12, noNaN: true }),
				seconds,
				seconds,
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				(elapsed, from, to, random) => {
					const wait = nextLook(elapsed, [from, to], () => random);
					expect(wait).toBeGreaterThanOrEqual(450);
					const longest = Math.max(22_000, Math.max(1, from) * 1_000 + 13_000);
					expect(wait).toBeLessThanOrEqual(longest);
				},
			),
		);
	});
});
