import { untilAborted } from './abort';

/** A counting semaphore, first come first served. With one permit it is a lock. */
export class Semaphore {
	private free: number;
	private readonly waiting: Array<() => void> = [];

	/** @param permits from 1; Infinity for no bound */
	constructor(permits: number) {
		this.free = Math.max(1, permits);
	}

	/**
	 * Waits for a permit and runs `work` with it; the permit is free again when `work` has settled.
	 *
	 * @throws what `work` throws; the signal's reason when it is aborted while waiting for the permit
	 */
	async run<T>(work: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
		await this.acquire(signal);
		try {
			return await work();
		} finally {
			this.release();
		}
	}

	private async acquire(signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		if (this.free > 0) {
			this.free--;
			return;
		}
		let grant = () => {};
		let granted = false;
		const permit = new Promise<void>((resolve) => {
			grant = () => {
				granted = true;
				resolve();
			};
		});
		this.waiting.push(grant);
		try {
			await untilAborted(permit, signal);
		} finally {
			if (signal?.aborted) this.giveUp(grant, granted);
		}
		signal?.throwIfAborted();
	}

	/** An aborted waiter leaves the queue; a permit that it was given at the same moment is passed on. */
	private giveUp(grant: () => void, granted: boolean): void {
		if (granted) this.release();
		else this.waiting.splice(this.waiting.indexOf(grant), 1);
	}

	private release(): void {
		const next = this.waiting.shift();
		if (next) next();
		else this.free++;
	}
}
