import { untilAborted } from './abort';

/**
 * Places for at most `places` holders at a time, given out in the order they were asked for. With
 * one place it is a lock.
 */
export class Turns {
	private free: number;
	private readonly waiting: Array<() => void> = [];

	/** @param places from 1; Infinity for no bound */
	constructor(places: number) {
		this.free = Math.max(1, places);
	}

	/**
	 * Waits for a place and runs `work` in it; the place is free again when `work` has settled.
	 *
	 * @throws what `work` throws; the signal's reason when it is aborted while waiting for the place
	 */
	async run<T>(work: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
		await this.enter(signal);
		try {
			return await work();
		} finally {
			this.leave();
		}
	}

	private async enter(signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		if (this.free > 0) {
			this.free--;
			return;
		}
		let grant = () => {};
		let granted = false;
		const turn = new Promise<void>((resolve) => {
			grant = () => {
				granted = true;
				resolve();
			};
		});
		this.waiting.push(grant);
		try {
			await untilAborted(turn, signal);
		} finally {
			if (signal?.aborted) this.giveUp(grant, granted);
		}
		signal?.throwIfAborted();
	}

	/** An aborted waiter leaves the queue; a place it was given in the same moment is passed on. */
	private giveUp(grant: () => void, granted: boolean): void {
		if (granted) this.leave();
		else this.waiting.splice(this.waiting.indexOf(grant), 1);
	}

	private leave(): void {
		const next = this.waiting.shift();
		if (next) next();
		else this.free++;
	}
}
