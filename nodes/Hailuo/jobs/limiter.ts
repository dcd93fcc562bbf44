import type { Clock } from './clock';
import { Semaphore } from './semaphore';

/**
 * The window in ms. It is a little longer than the provider's minute, because requests take different times to arrive:
 * the first one also opens the connection.
 */
export const WINDOW_MS = 60_500;

/** Keeps a batch within the account's submits per minute: one limiter for all its items. */
export class SubmitLimiter {
	private readonly perMinute: number;
	private readonly clock: Clock;
	/** Times of the latest submits, oldest first; at most `perMinute` of them. */
	private readonly granted: number[] = [];
	private readonly queue = new Semaphore(1);
	private pausedUntil = 0;
	/** The longest active pause, in ms. */
	private pauseMs = 0;

	/** @param options.perMinute maximum submits in any 60 s; 0 for no limit */
	constructor(options: { perMinute: number; clock: Clock }) {
		// 0 means unlimited; fractions round down, to 1 at least.
		this.perMinute = options.perMinute > 0 ? Math.max(1, Math.floor(options.perMinute)) : 0;
		this.clock = options.clock;
	}

	/**
	 * Resolves when a submit may be sent, in the order of the calls.
	 *
	 * @throws the signal's reason as soon as it is aborted; its place in the queue is then free
	 */
	async acquire(signal?: AbortSignal): Promise<void> {
		await this.queue.run(async () => {
			// The pause may have grown during the sleep, so check again after each sleep.
			for (let wait = this.waitMs(); wait > 0; wait = this.waitMs()) {
				await this.clock.sleep(wait, signal);
			}
			signal?.throwIfAborted();
			if (this.perMinute > 0) {
				this.granted.push(this.clock.now());
				if (this.granted.length > this.perMinute) this.granted.shift();
			}
		}, signal);
	}

	/**
	 * Pauses all submits for `ms`: a 429 for one item is a 429 for the whole account. This can only make a pause
	 * longer.
	 */
	pause(ms: number): void {
		if (!Number.isFinite(ms)) return;
		const now = this.clock.now();
		const leftMs = this.pausedUntil > now ? Math.min(this.pauseMs, this.pausedUntil - now) : 0;
		this.pauseMs = Math.max(leftMs, ms);
		this.pausedUntil = now + this.pauseMs;
	}

	/** Never longer than a pause or a window, so that setting the clock back does not make anyone wait for it to catch up. */
	private waitMs(): number {
		const now = this.clock.now();
		this.pausedUntil = Math.min(this.pausedUntil, now + this.pauseMs);
		this.granted.forEach((at, index) => (this.granted[index] = Math.min(at, now)));
		const full = this.perMinute > 0 && this.granted.length >= this.perMinute;
		const windowEnd = full ? this.granted[0] + WINDOW_MS : 0;
		return Math.max(this.pausedUntil, windowEnd) - now;
	}
}

/** Spreads the polls of all open jobs evenly, so that a hundred jobs do not cause a burst. */
export class StatusPacer {
	private readonly gapMs: number;
	private readonly clock: Clock;
	private readonly queue = new Semaphore(1);
	private nextAt = 0;

	/** @param options.perSecond maximum polls per second, evenly spaced; 0 for no limit */
	constructor(options: { perSecond?: number; clock: Clock }) {
		const perSecond = options.perSecond ?? 10;
		this.gapMs = perSecond > 0 ? 1_000 / perSecond : 0;
		this.clock = options.clock;
	}

	/**
	 * Resolves when a poll may be sent, in the order of the calls; at once if the limit allows it.
	 *
	 * @throws the signal's reason as soon as it is aborted; the call is then not counted
	 */
	async acquire(signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		if (this.gapMs === 0) return;
		await this.queue.run(async () => {
			// A timer may fire a little early, so check again.
			for (let wait = this.waitMs(); wait > 0; wait = this.waitMs()) {
				await this.clock.sleep(wait, signal);
			}
			signal?.throwIfAborted();
			this.nextAt = this.clock.now() + this.gapMs;
		}, signal);
	}

	/** Never longer than the gap, also when the clock is set back. */
	private waitMs(): number {
		const now = this.clock.now();
		this.nextAt = Math.min(this.nextAt, now + this.gapMs);
		return this.nextAt - now;
	}
}
