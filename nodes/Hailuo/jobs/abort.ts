import type { Clock } from './clock';

/** Maximum single sleep in ms: n8n's sleep cannot be cancelled and keeps its timer. */
const SLICE_MS = 1_000;

/**
 * `promise`, or a rejection with `late()` when it has not settled after `ms`. The time is counted in sleeps, not read
 * from the clock: an hour during which the machine was asleep does not count as an hour of waiting.
 */
export async function within<T>(
	promise: Promise<T>,
	ms: number,
	clock: Clock,
	late: () => unknown,
): Promise<T> {
	const done = new AbortController();
	const expire = async (): Promise<never> => {
		for (let left = ms; left > 0; left -= SLICE_MS) {
			await clock.sleep(Math.min(left, SLICE_MS), done.signal);
		}
		throw late();
	};
	try {
		return await Promise.race([promise, expire()]);
	} finally {
		done.abort();
	}
}

/**
 * `promise`, or a rejection with the signal's reason as soon as the signal is aborted. What runs
 * behind the promise is not stopped; only the waiting ends.
 */
export async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
	if (!signal) return await promise;
	return await new Promise<T>((resolve, reject) => {
		const stop = () => reject(signal.reason);
		if (signal.aborted) stop();
		else signal.addEventListener('abort', stop, { once: true });
		// Listeners must not pile up on a signal that lives as long as the whole execution.
		const done = () => signal.removeEventListener('abort', stop);
		promise.then(resolve, reject).finally(done);
	});
}

/** Whether `error` only repeats the signal's abort, which must never be retried. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
	return signal !== undefined && signal.aborted && error === signal.reason;
}
