'use strict';

/**
 * Simulated time. Durations in the simulator's options are simulated milliseconds; `timeScale`
 * says how many of them pass in one real millisecond.
 *
 * Time stamps that go to a client are NOT simulated time: they are wall time, because a client
 * compares them with its own clock ("jobs created since my request began"). With timeScale 200 a
 * simulated stamp would be minutes in the client's future, and every job of a test run would look
 * newer than the request. `stamp()` keeps both. Only a client that lives in simulated time itself
 * (the node, when a test makes it follow this clock) wants simulated stamps: `stamps: 'simulated'`.
 */

/**
 * @typedef {{ sim: number, wall: number, skipped: number }} Stamp both clocks at one moment, ms
 * @typedef {Clock | import('./virtualClock').VirtualClock} SimulatorClock
 */

class Clock {
	/**
	 * @param {number} timeScale simulated ms per real ms
	 * @param {'wall' | 'simulated'} [stamps] the time that clients are told
	 */
	constructor(timeScale, stamps = 'wall') {
		this.timeScale = timeScale;
		this.stamps = stamps;
		this.startWall = Date.now();
		this.startReal = performance.now();
		this.skipped = 0;
		/** @type {Set<{ due: number, fn: () => void, handle?: NodeJS.Timeout }>} */
		this.timers = new Set();
		this.stopped = false;
	}

	/** @returns {number} simulated time in ms since 1970; equals Date.now() at start */
	now() {
		const real = performance.now() - this.startReal;
		return this.startWall + real * this.timeScale + this.skipped;
	}

	/** The time now as a client is told it, ms since 1970. */
	told() {
		return this.stamps === 'simulated' ? this.now() : Date.now();
	}

	/** @returns {Stamp} */
	stamp() {
		return { sim: this.now(), wall: Date.now(), skipped: this.skipped };
	}

	/**
	 * What a client's clock calls this moment. Time jumped over with skip() since then makes the
	 * moment older, so that a job can be made "8 days old" while the client's clock stands still.
	 * @param {Stamp} stamp
	 * @returns {number} ms since 1970
	 */
	wall(stamp) {
		if (this.stamps === 'simulated') return stamp.sim;
		return stamp.wall - (this.skipped - stamp.skipped);
	}

	/**
	 * @param {number} ms simulated
	 * @param {() => void} fn
	 * @returns {() => void} cancels
	 */
	after(ms, fn) {
		const timer = { due: this.now() + ms, fn, handle: undefined };
		this.timers.add(timer);
		this.arm(timer);
		return () => this.cancel(timer);
	}

	/** @param {number} ms simulated. Never settles after stop(). */
	sleep(ms) {
		return new Promise((resolve) => this.after(ms, () => resolve(undefined)));
	}

	/** Jumps ahead. What falls due in the jump fires in its order, at once. @param {number} ms */
	skip(ms) {
		this.skipped += ms;
		for (const timer of [...this.timers].sort((a, b) => a.due - b.due)) this.arm(timer);
	}

	clear() {
		for (const timer of [...this.timers]) this.cancel(timer);
	}

	stop() {
		this.stopped = true;
		this.clear();
	}

	/** @private */
	arm(timer) {
		clearTimeout(timer.handle);
		if (this.stopped) return;
		const real = Math.max(0, Math.ceil((timer.due - this.now()) / this.timeScale));
		// setTimeout holds 31 bits; longer waits are armed again on the way.
		timer.handle = setTimeout(() => this.fire(timer), Math.min(real, 2 ** 31 - 1));
	}

	/** @private */
	fire(timer) {
		if (this.now() < timer.due) return this.arm(timer); // Node's timers may fire a little early
		this.timers.delete(timer);
		timer.fn();
	}

	/** @private */
	cancel(timer) {
		clearTimeout(timer.handle);
		this.timers.delete(timer);
	}
}

module.exports = { Clock };
