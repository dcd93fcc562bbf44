/**
 * `promise`, or a rejection with the signal's reason as soon as the signal is aborted. What runs
 * behind the promise is not stopped by this, only no longer waited for.
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

/** Whether `error` is only the echo of the signal's abort, which is never worth a retry. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
	return signal !== undefined && signal.aborted && error === signal.reason;
}
