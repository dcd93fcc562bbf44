/**
 * When to poll a job: a few times before the shortest time a job of this model is known to take, for the job that ends
 * early, then steadily until its longest, and ever more slowly after that.
 *
 * Where the numbers come from: a poll every `s` seconds costs a mean delay of `s / 2`. For times spread evenly from `a`
 * to `b` the mean of delay / time is `s / 2 · ln(b / a) / (b - a)`, so a step that is a fixed share of the logarithmic
 * mean of `a` and `b` gives every model the same relative delay. Before the shortest known time there are few polls, at
 * equal ratios of the age: the catalogue says what is usual, and a job that beats it must not wait for minutes.
 *
 * Measured with 5,000 jobs each: the mean of delay / time, and the polls of a job. There is a row for each range in the
 * catalogue, and none for others. test/unit/jobs/schedule.test.ts reads this table and measures it again.
 *
 * | range of the model  | jobs of 30 to 90 s | jobs of 20 to 240 s | jobs of 60 to 420 s |
 * |---------------------|--------------------|---------------------|---------------------|
 * | [30, 90]            | 2.7 %, 11.8        | 4.3 %, 25.2         | 2.6 %, 37.4         |
 * | [22, 240]           | 4.4 %, 10.3        | 2.9 %, 24.8         | 2.1 %, 41.4         |
 * | [25, 240]           | 4.7 %, 9.4         | 3.4 %, 23.3         | 2.2 %, 39.3         |
 * | [25, 420]           | 6.8 %, 8.9         | 4.8 %, 18.3         | 2.0 %, 33.1         |
 * | every 2 s           | 1.9 %, 30.4        | 1.1 %, 65.3         | 0.5 %, 120.1        |
 * | every 5 s           | 4.6 %, 12.5        | 2.9 %, 26.4         | 1.4 %, 48.3         |
 * | every 15 s          | 14.5 %, 4.5        | 8.3 %, 9.1          | 4.1 %, 16.4         |
 */

/** The first poll, as a share of the shortest known job time: finds a refused job early. */
const FIRST_SHARE = 0.4;
const FIRST_MS: readonly [number, number] = [5_000, 20_000];
/**
 * How many times longer than its shortest time a job may take for each poll before that time: the wider the range, the
 * less its shortest time says.
 */
const RANGE_PER_FIRST_POLL = 4;
/** The steady step, as a share of the logarithmic mean of the shortest and longest time. */
const STEP_SHARE = 0.053;
/** Before the jitter, which can shorten a pause by 30 %. */
const STEP_MS: readonly [number, number] = [1_000, 10_000];
/** The step of a job beyond its longest known time, as a share of its age: a mean delay of 3 %. */
const LATE_SHARE = 0.06;
const LATE_MAX_MS = 15_000;

function clamp(value: number, [low, high]: readonly [number, number]): number {
	return Math.min(high, Math.max(low, value));
}

/** The logarithmic mean of two positive numbers; it lies between them. */
function logMean(low: number, high: number): number {
	return high > low ? (high - low) / Math.log(high / low) : low;
}

/**
 * How long to wait for the next poll of a job, in ms; always more than 0.
 *
 * @param elapsedMs age of the job at the last poll (or at its submit), in ms; below 0 counts as 0
 * @param job shortest and longest known time of the model, in s (`Model.jobSeconds`)
 * @param random 0 to 1; the jitter that keeps jobs of one batch from being polled together
 */
export function msToNextPoll(
	elapsedMs: number,
	job: readonly [number, number],
	random: () => number,
): number {
	const age = Math.max(0, elapsedMs);
	const shortest = Math.max(1, job[0]) * 1_000;
	const longest = Math.max(shortest, job[1] * 1_000);
	const step = clamp(STEP_SHARE * logMean(shortest, longest), STEP_MS);
	const first = clamp(FIRST_SHARE * shortest, FIRST_MS);
	// Half a step of tolerance: an early timer must not cause a duplicate poll.
	if (age < first - step / 2) return first * (1 + 0.1 * random()) - age;
	if (age < shortest - step / 2) {
		const polls = Math.max(1, Math.floor(longest / shortest / RANGE_PER_FIRST_POLL));
		const next = age * (shortest / first) ** (1 / polls);
		if (next < shortest - step / 2) return (next - age) * (0.95 + 0.1 * random());
		// A poll at the very shortest time would find nothing; a step later it pays like every other.
		return shortest + step * (0.7 + 0.6 * random()) - age;
	}
	const late = Math.min(LATE_MAX_MS, LATE_SHARE * age);
	return (age < longest ? step : Math.max(step, late)) * (0.9 + 0.2 * random());
}
