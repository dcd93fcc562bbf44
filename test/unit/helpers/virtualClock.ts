import type { Clock } from '../../../nodes/Hailuo/jobs/clock';
import { idle } from './nodeGlobals';

/** Numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

interface Sleeper {
	at: number;
	/** For equal times: the first to fall asleep wakes first. */
	order: number;
	wake: () => void;
}

/**
 * A clock whose time passes only when everybody sleeps: hours take milliseconds, and every run is the same. The work must
 * wait only for this clock, because the clock waits for nothing real.
 */
export class VirtualClock implements Clock {
	readonly random: () => number;
	private time: number;
	private order = 0;
	private sleepers: Sleeper[] = [];

	constructor(options: { startMs?: number; seed?: number } = {}) {
		this.time = options.startMs ?? Date.UTC(2026, 0, 1);
		this.random = seededRandom(options.seed ?? 1);
	}

	/** How many are sleeping; 0 after the work shows that nothing was left behind. */
	get sleeping(): number {
		return this.sleepers.length;
	}

	now(): number {
		return this.time;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		await new Promise<void>((resolve, reject) => {
			const sleeper: Sleeper = {
				at: this.time + Math.max(0, ms),
				order: this.order++,
				wake: () => {
					signal?.removeEventListener('abort', stop);
					resolve();
				},
			};
			const stop = () => {
				this.sleepers = this.sleepers.filter((other) => other !== sleeper);
				reject(signal?.reason);
			};
			signal?.addEventListener('abort', stop, { once: true });
			this.sleepers.push(sleeper);
		});
	}

	/** Lets everything happen that needs no time: Node runs all chains of promises to their end before it continues. */
	async idle(): Promise<void> {
		await idle();
	}

	/** Runs `work` to its end, passing time whenever everybody sleeps. Settles as `work` does. */
	async run<T>(work: () => Promise<T>): Promise<T> {
		let settled = false;
		const promise = work().finally(() => (settled = true));
		// It is awaited below; until then a rejection must not count as unhandled.
		promise.catch(() => {});
		for (await this.idle(); !settled; await this.idle()) {
			if (!this.wakeNext(Infinity)) throw new Error('Nobody sleeps, and the work does not end');
		}
		return await promise;
	}

	/** Passes `ms`, waking everybody whose time comes, in order. */
	async advance(ms: number): Promise<void> {
		const until = this.time + ms;
		await this.idle();
		while (this.wakeNext(until)) await this.idle();
		this.time = until;
		await this.idle();
	}

	/** Wakes the next one, if its time comes before `until`. */
	private wakeNext(until: number): boolean {
		let next: Sleeper | undefined;
		for (const sleeper of this.sleepers) {
			const earlier = !next || sleeper.at < next.at;
			if (earlier || (sleeper.at === next?.at && sleeper.order < next.order)) next = sleeper;
		}
		if (!next || next.at > until) return false;
		const woken = next;
		this.sleepers = this.sleepers.filter((other) => other !== woken);
		this.time = Math.max(this.time, woken.at);
		woken.wake();
		return true;
	}
}
