import { sleep } from 'n8n-workflow';
import { untilAborted } from '../jobs/abort';
import type { Clock } from '../jobs/clock';

/** The wall-clock time when this process started counting, in ms since the epoch. */
const startedAt = Date.now() - performance.now();

/**
 * The clock for every wait, limit and deadline. Tests replace its methods.
 *
 * It starts at the wall-clock time and continues with the process's monotonic timer, so it never goes back or jumps: if
 * the machine's clock is set back by an hour, no poll, submit or time limit waits for that hour. Comparisons with a
 * provider's times are corrected with the provider's clock (`HttpClient.clockOffsetMs`).
 */
export const clock: Clock = {
	now: () => startedAt + performance.now(),
	random: () => Math.random(),
	/** n8n's own sleep accepts no signal before 2.41, so it is raced against the signal: Stop never waits for a poll. */
	async sleep(ms, signal) {
		signal?.throwIfAborted();
		await untilAborted(sleep(ms), signal);
	},
};
