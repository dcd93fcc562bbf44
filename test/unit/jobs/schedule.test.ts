import fc from 'fast-check';
import { msToNextPoll } from '../../../nodes/Hailuo/jobs/schedule';
import { scheduleTable } from '../helpers/scheduleTable';
import { models } from '../../../nodes/Hailuo/models/catalogue';
import { seededRandom } from '../helpers/virtualClock';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

type Step = (elapsedMs: number, random: () => number) => number;

/** Polls jobs of the given times (ms) according to `step`; the delays are fractions of the job's time. */
function measure(step: Step, times: number[], seed = 7) {
	const random = seededRandom(seed);
	let [delays, shares, polls] = [0, 0, 0];
	for (const time of times) {
		let elapsed = 0;
		for (; elapsed < time; polls++) elapsed += step(elapsed, random);
		delays += elapsed - time;
		shares += (elapsed - time) / time;
	}
	const total = times.reduce((sum, time) => sum + time, 0);
	return {
		ratioOfMeans: delays / total,
		meanOfRatios: shares / times.length,
		polls: polls / times.length,
	};
}

function uniform(count: number, from: number, to: number, seed: number): number[] {
	const random = seededRandom(seed);
	return Array.from({ length: count }, () => (from + (to - from) * random()) * 1_000);
}

const ours =
	(jobSeconds: readonly [number, number]): Step =>
	(elapsed, random) =>
		msToNextPoll(elapsed, jobSeconds, random);
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
		expect(found.polls).toBeLessThan(measure(every(5), times).polls);
	});

	it('is met with a margin in the long run', () => {
		const found = measure(ours([30, 90]), uniform(50_000, 30, 90, 1));
		expect(found.ratioOfMeans).toBeCloseTo(0.024, 3);
	});
});

const ranges = new Map(models.map(({ jobSeconds }) => [jobSeconds.join(', '), jobSeconds]));

describe('the table in the comment of schedule.ts', () => {
	const [head, ...rows] = scheduleTable();
	const groups = head.slice(1).map((cell) => cell.match(/\d+/g)!.map(Number));
	const cases = rows.map(([name, ...cells]) => [name, cells] as const);

	it('has a row for each range in the catalogue', () => {
		const named = cases.flatMap(([name]) => /\[(.*)\]/.exec(name)?.[1] ?? []);
		expect(named.sort()).toEqual([...ranges.keys()].sort());
	});

	it.each(cases)('%s: its figures are measured', (name, cells) => {
		const [from, to = 0] = name.match(/\d+/g)!.map(Number);
		const step = name.startsWith('every') ? every(from) : ours([from, to]);
		const found = groups.map(([shortest, longest]) => {
			const { meanOfRatios, polls } = measure(step, uniform(5_000, shortest, longest, 1));
			return `${(100 * meanOfRatios).toFixed(1)} %, ${polls.toFixed(1)}`;
		});
		expect(found).toEqual(cells);
	});
});

describe('jobs of any model in the catalogue', () => {
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
		expect(found.polls).toBeLessThan(measure(every(5), times).polls);
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
		expect(found.polls).toBeLessThan(25);
	});

	it('keeps it for a job that takes much longer than known, with fewer and fewer polls', () => {
		for (const seconds of [180, 300, 600]) {
			const found = measure(ours([30, 90]), uniform(2_000, seconds, seconds * 1.2, 4));
			expect(found.meanOfRatios).toBeLessThanOrEqual(0.033);
			expect(found.polls).toBeLessThan((seconds * 1.2) / 5);
		}
	});

	it('finds a job of 10 s soon, though none was ever that short', () => {
		const found = measure(ours([30, 90]), uniform(2_000, 10, 10, 5));
		expect(found.polls).toBe(1);
		expect(found.ratioOfMeans).toBeLessThan(0.35);
	});

	it('does not poll at once, and polls more often before the shortest time if the range is wide', () => {
		const pollsBefore = (from: number, to: number) => {
			let [age, polls] = [0, -1];
			for (; age < from * 1_000; polls++) age += msToNextPoll(age, [from, to], () => 0);
			return polls;
		};
		expect(pollsBefore(30, 90)).toBe(1);
		expect(pollsBefore(30, 300)).toBe(2);
		expect(msToNextPoll(0, [30, 90], () => 0)).toBe(12_000);
		expect(msToNextPoll(0, [5, 9], () => 0)).toBe(5_000);
		expect(msToNextPoll(0, [300, 600], () => 0)).toBe(20_000);
	});

	it('does not poll twice for a timer that fires a little early', () => {
		expect(msToNextPoll(11_990, [30, 90], () => 0)).toBeGreaterThan(18_000);
		expect(msToNextPoll(29_990, [30, 90], () => 0)).toBeGreaterThan(2_000);
	});

	it('always waits, but never for long, whatever the age and the model', () => {
		const seconds = fc.double({ min: -10, max: 4_000, noNaN: true });
		fc.assert(
			fc.property(
				fc.double({ min: -1e12, max: 1e12, noNaN: true }),
				seconds,
				seconds,
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				(elapsed, from, to, random) => {
					const wait = msToNextPoll(elapsed, [from, to], () => random);
					expect(wait).toBeGreaterThanOrEqual(450);
					const longest = Math.max(22_000, Math.max(1, from) * 1_000 + 13_000);
					expect(wait).toBeLessThanOrEqual(longest);
				},
			),
		);
	});
});
