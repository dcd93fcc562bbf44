/** The clock, passed as a parameter so that tests can use virtual time. */
export interface Clock {
	/** ms since the epoch. */
	now(): number;
	/** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** 0 (inclusive) to 1 (exclusive); for jitter. */
	random(): number;
}
