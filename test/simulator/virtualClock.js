'use strict';

const { Activity } = require('./activity');

// Saved: a test may replace the global one.
const { setImmediate } = globalThis;

/**
 * Virtual time, for a client in the same process: it stands still while anything goes on, and jumps to the next timer
 * when the whole process is at rest. So an hour of waiting takes milliseconds, a busy machine makes no time pass, and
 * no test depends on how fast it runs. Same members as the scaled clock in clock.js.
 *
 * @typedef {{ due: number, order: number, fn: () => void, owner: unknown }} Timer
 */
class VirtualClock {
	constructor() {
		this.startWall = Date.now();
		this.time = this.startWall;
		this.order = 0;
		/** @type {Set<Timer>} */
		this.timers = new Set();
		this.activity = new Activity();
		this.running = false;
		this.stopped = false;
	}

	/** @returns {number} ms since 1970; equals Date.now() at start */
	now() {
		return this.time;
	}

	/** The time now as a client is told it, ms since 1970. */
	told() {
		return this.time;
	}

	/** @returns {import('./clock').Stamp} */
	stamp() {
		return { sim: this.time, wall: this.time, skipped: 0 };
	}

	/** @param {import('./clock').Stamp} stamp @returns {number} ms since 1970 */
	wall(stamp) {
		return stamp.sim;
	}

	/**
	 * @param {number} ms
	 * @param {() => void} fn
	 * @param {unknown} [owner] whose timer it is; clear() takes away the simulator's own, which have none
	 * @returns {() => void} cancels
	 */
	after(ms, fn, owner) {
		const timer = { due: this.time + Math.max(0, ms || 0), order: this.order++, fn, owner };
		if (this.stopped) return () => {};
		this.timers.add(timer);
		// What is due now needs no time to pass, so it happens while other work goes on.
		if (timer.due <= this.time) setImmediate(() => this.timers.has(timer) && this.fire(timer));
		void this.run();
		return () => this.timers.delete(timer);
	}

	/** @param {number} ms Never settles after stop(). */
	sleep(ms) {
		return new Promise((resolve) => this.after(ms, () => resolve(undefined)));
	}

	/** Jumps ahead. What falls due in the jump fires in its order, at once. @param {number} ms */
	skip(ms) {
		const until = this.time + ms;
		for (let timer = this.next(); timer && timer.due <= until; timer = this.next())
			this.fire(timer);
		this.time = until;
	}

	/** Takes the simulator's own timers away. */
	clear() {
		for (const timer of [...this.timers]) if (!timer.owner) this.timers.delete(timer);
	}

	stop() {
		this.stopped = true;
		this.timers.clear();
		this.activity.stop();
	}

	/** @private @returns {Timer | undefined} */
	next() {
		let first;
		for (const timer of this.timers) {
			if (
				!first ||
				timer.due < first.due ||
				(timer.due === first.due && timer.order < first.order)
			) {
				first = timer;
			}
		}
		return first;
	}

	/** @private */
	fire(timer) {
		this.timers.delete(timer);
		this.time = Math.max(this.time, timer.due);
		timer.fn();
	}

	/** Passes time for as long as somebody waits for it. @private */
	async run() {
		if (this.running) return;
		this.running = true;
		while (this.timers.size > 0) {
			await this.activity.rest();
			const timer = this.next();
			if (!timer) continue;
			this.fire(timer);
			// Those of the same moment belong together.
			for (let same = this.next(); same?.due === timer.due; same = this.next()) this.fire(same);
		}
		this.running = false;
	}
}

module.exports = { VirtualClock };
