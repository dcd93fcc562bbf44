import { settle, type Settled } from './settle';

export type { Settled } from './settle';

/*
 * Rules that must not regress:
 * - After the first failure (`stopOnError`) no further item is started: the batch is stopped before the slot is freed.
 * - It waits for every worker that was started. Otherwise a worker could pay for a job that nobody knows about.
 * - It never rejects: each item has its own outcome, so that the ID of a paid job is not lost because of another item's
 *   error.
 */

/** The error of an item that was never started, because the batch had been stopped. */
export class NotStartedError extends Error {
	/** What stopped the batch: the first item's error, or the reason of the outer signal. */
	readonly cause: unknown;

	constructor(cause: unknown) {
		super('Not started, because the batch was stopped');
		this.name = 'NotStartedError';
		this.cause = cause;
	}
}

/** The abort reason for the running items after another item failed. */
export class BatchStoppedError extends Error {
	/** The first item's error. */
	readonly cause: unknown;
	/** Index of the item that failed first. */
	readonly index: number;

	constructor(cause: unknown, index: number) {
		super(`Stopped, because item ${index} failed`);
		this.name = 'BatchStoppedError';
		this.cause = cause;
		this.index = index;
	}
}

export interface Slot {
	/** Aborted when the batch is stopped, from outside or by `stopOnError`. */
	signal: AbortSignal;
	/**
	 * Frees the slot before the worker is done: the provider counts only running jobs, so the next
	 * item may start while this one's video is still downloading. Calling it again does nothing.
	 */
	release(): void;
}

export interface BatchOptions {
	/** Maximum number of items that hold a slot at a time, at least 1; Infinity for no limit. */
	concurrency: number;
	/** After the first failure, starts no new item and aborts the running ones. */
	stopOnError?: boolean;
	/** Once aborted, starts no new item and aborts the running ones with the same reason. */
	signal?: AbortSignal;
}

/**
 * Runs `worker` over `items` in parallel, started in order, and returns each outcome, in the order
 * of the items. Resolves when every worker that was started has settled, those that have released
 * their slot included; never rejects. An item that was not started fails with NotStartedError.
 */
export async function runBatch<T, R>(
	items: readonly T[],
	worker: (item: T, index: number, slot: Slot) => Promise<R>,
	options: BatchOptions,
): Promise<Array<Settled<R>>> {
	const { stopOnError = false, signal } = options;
	let stopped: { reason: unknown; cause: unknown } | undefined;
	// Each item has its own signal: on a shared one, the listeners of a large batch would cause Node's leak warning.
	const started = new Set<AbortController>();
	const stop = (reason: unknown, cause: unknown) => {
		if (stopped) return;
		stopped = { reason, cause };
		started.forEach((each) => each.abort(reason));
	};
	const follow = () => stop(signal?.reason, signal?.reason);
	if (signal?.aborted) follow();
	signal?.addEventListener('abort', follow, { once: true });

	let free = Math.max(1, options.concurrency);
	let next = 0;
	const results = new Array<Settled<R>>(items.length);
	const running: Array<Promise<void>> = [];

	const start = async (index: number) => {
		const control = new AbortController();
		started.add(control);
		let holds = true;
		// The slot is refilled in the same tick: every wait here would delay the whole batch.
		const release = () => {
			if (!holds) return;
			holds = false;
			free++;
			fill();
		};
		const slot = { signal: control.signal, release };
		const outcome = await settle(async () => await worker(items[index], index, slot));
		results[index] = outcome;
		started.delete(control);
		// This must come before the slot is freed, or one more item would be started after the failure.
		if (!outcome.ok && stopOnError) {
			stop(new BatchStoppedError(outcome.error, index), outcome.error);
		}
		release();
	};
	const fill = () => {
		while (free > 0 && next < items.length && !stopped) {
			free--;
			running.push(start(next++));
		}
	};

	fill();
	// The list grows during the loop: an item that ends starts the next one.
	for (let i = 0; i < running.length; i++) await running[i];
	signal?.removeEventListener('abort', follow);
	for (; next < items.length; next++) {
		results[next] = { ok: false, error: new NotStartedError(stopped?.cause) };
	}
	return results;
}
