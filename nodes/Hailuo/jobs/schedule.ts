/**
 * When to look at a job: once early, for the job that fails or ends at once, then not before the
 * shortest time a job of this model is known to take, then steadily until its longest, and ever
 * more slowly after that.
 *
 * Where the numbers come from: a look every `s` seconds costs a mean delay of `s / 2`. For times
 * spread evenly from `a` to `b` the mean of delay / time is `s / 2 · ln(b / a) / (b - a)`, so a step
 * that is a fixed share of the logarithmic mean of `a` and `b` gives every model the same relative
 * delay. Closing the step up towards `b` would save another 4 % of the calls, at the price of a
 * schedule that is only right if no job ever takes longer.
 *
 * Measured (test/unit/jobs/schedule.test.ts, catalogue [30, 90], 50,000 jobs of 30 to 90 s):
 *
 * | schedule    | mean delay / mean time | mean of delay / time | status calls a job |
 * |-------------|------------------------|----------------------|--------------------|
 * | this one    | 2.4 %                  | 2.7 %                | 11.9               |
 * | every 2 s   | 1.7 %                  | 1.8 %                | 30.5               |
 * | every 5 s   | 4.2 %                  | 4.6 %                | 12.5               |
 * | every 15 s  | 12.5 %                 | 14.4 %               | 4.5                |
 */

/** The first look, as a share of the shortest known job time: finds a refused job early. */
const EARLY_SHARE = 0.4;
const EARLY_MS: readonly [number, number] = [5_000, 20_000];
/** The steady step, as a share of the logarithmic mean of the shortest and longest time. */
const STEP_SHARE = 0.053;
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
 * How long to wait for the next look at a job, in ms; always more than 0.
 *
 * @param elapsedMs age of the job at the last look (or at its submit), in ms; below 0 counts as 0
 * @param job shortest and longest known time of the model, in s (`Model.jobSeconds`)
 * @param random 0 to 1; the jitter that keeps jobs of one batch from being looked at together
 */
export function nextLook(
	elapsedMs: number,
	job: readonly [number, number],
	random: () => number,
): number {
	const age = Math.max(0, elapsedMs);
	const shortest = Math.max(1, job[0]) * 1_000;
	const longest = Math.max(shortest, job[1] * 1_000);
	const step = clamp(STEP_SHARE * logMean(shortest, longest), STEP_MS);
	const early = clamp(EARLY_SHARE * shortest, EARLY_MS);
	// Half a step of tolerance: a timer that fires early must not earn the same look a second time.
	if (age < early - step / 2) return early * (1 + 0.1 * random()) - age;
	// A look at the very shortest time would find nothing; a step later it pays like every other.
	if (age < shortest - step / 2) return shortest + step * (0.7 + 0.6 * random()) - age;
	const late = Math.min(LATE_MAX_MS, LATE_SHARE * age);
	return (age < longest ? step : Math.max(step, late)) * (0.9 + 0.2 * random());
}
