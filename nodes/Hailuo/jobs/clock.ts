/** The time as the pure parts see it, handed in so that tests can run it faster. */
export interface Clock {
	/** ms since the epoch. */
	now(): number;
	/** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** 0 (inclusive) to 1 (exclusive); for jitter. */
	random(): number;
}
