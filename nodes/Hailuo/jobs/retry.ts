import { ProviderError } from '../providers/errors';
import { MAX_RETRY_AFTER_MS } from '../providers/retryAfter';
import { isAbort, untilAborted } from './abort';
import type { Clock } from './clock';
import { settle } from './settle';

/** The first pause and the longest, in ms. */
export type PauseRange = readonly [firstMs: number, maxMs: number];

const BACKOFF_MS: PauseRange = [1_000, 30_000];

/**
 * The wait before repeat number `attempt` (from 0), in ms: doubles from `firstMs` to `maxMs`, and the
 * upper half of it is random.
 */
export function backoff(
	attempt: number,
	random: () => number,
	[firstMs, maxMs]: PauseRange = BACKOFF_MS,
): number {
	const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
	return ceiling * (0.5 + 0.5 * random());
}

/**
 * The wait before repeat number `attempt` after `error`, in ms: the provider's Retry-After, capped, plus up to a tenth
 * so that a batch does not retry all at once; otherwise the backoff.
 */
export function retryWait(
	error: ProviderError,
	attempt: number,
	random: () => number,
	range?: PauseRange,
): number {
	const own = backoff(attempt, random, range);
	if (error.retryAfterMs === undefined) return own;
	const asked = Math.min(MAX_RETRY_AFTER_MS, Math.max(0, error.retryAfterMs));
	// Retry-After: 0 in a loop must not become a storm.
	return asked > 0 ? asked * (1 + 0.1 * random()) : own;
}

export interface RetryOptions {
	clock: Clock;
	signal?: AbortSignal;
	/** ms since the epoch; no retry starts after it. */
	deadlineAt: number;
	/** Called before each wait. */
	onRetry?: (error: ProviderError, attempt: number, waitMs: number) => void;
}

/**
 * Calls `get` until it succeeds. Only for requests that cost nothing: a paid POST goes through
 * `submitOnce`. Repeats a ProviderError with `isTransient`, honouring Retry-After.
 *
 * @throws any other error at once; the last error when the next wait would pass the deadline; the
 * signal's reason as soon as it is aborted
 */
export async function retryGet<T>(get: () => Promise<T>, options: RetryOptions): Promise<T> {
	const { clock, signal, deadlineAt, onRetry } = options;
	for (let attempt = 0; ; attempt++) {
		signal?.throwIfAborted();
		const outcome = await settle(async () => await untilAborted(get(), signal));
		if (outcome.ok) return outcome.value;
		const { error } = outcome;
		if (isAbort(error, signal) || !(error instanceof ProviderError) || !error.isTransient) {
			throw error;
		}
		const waitMs = retryWait(error, attempt, () => clock.random());
		if (clock.now() + waitMs > deadlineAt) throw error;
		onRetry?.(error, attempt, waitMs);
		await clock.sleep(waitMs, signal);
	}
}
