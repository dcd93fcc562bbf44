'use strict';

/**
 * Money and limits of one provider's account.
 *
 * Money is taken when a job is accepted and given back when it fails (docs/providers.md A.4: "refunded
 * automatically within 3 hours", so taken first). Each provider has a purse of its own.
 *
 * The minute limit is a fixed window ("limits reset every minute", A.3), counted from the start.
 */
class Account {
	/**
	 * @param {import('./clock').SimulatorClock} clock
	 * @param {(lane?: string) => { concurrent?: number, submitsPerMinute?: number, balance?: number }} limits read
	 *        each time, so that a test may change them on the way; `balance` counts at the start only
	 */
	constructor(clock, limits) {
		this.clock = clock;
		this.read = limits;
		this.balance = this.read().balance ?? 100;
		/** @type {{ at: number, jobId: string, amount: number }[]} negative = taken */
		this.ledger = [];
		/** @type {Record<string, { minute: number, count: number }>} each API of a provider has a limit of its own */
		this.windows = {};
	}

	/** Counts one submit. @param {string} [lane] the API whose limit counts @returns {number} 0 = let through, else simulated ms until the next minute */
	admit(lane) {
		const since = this.clock.now() - this.clock.startWall;
		const minute = Math.floor(since / 60_000);
		let window = this.windows[lane ?? ''];
		if (window?.minute !== minute) window = this.windows[lane ?? ''] = { minute, count: 0 };
		if (window.count >= (this.read(lane).submitsPerMinute ?? Infinity)) {
			return (minute + 1) * 60_000 - since;
		}
		window.count++;
		return 0;
	}

	/** @param {number} cost USD */
	canPay(cost) {
		return this.balance + 1e-9 >= cost;
	}

	/** @param {{ id: string, cost: number, charged: number }} job */
	charge(job) {
		this.book(job, -job.cost);
		job.charged = job.cost;
	}

	/** @param {{ id: string, charged: number, refunded: number }} job */
	refund(job) {
		if (job.refunded || !job.charged) return;
		job.refunded = job.charged;
		this.book(job, job.charged);
	}

	/** @private */
	book(job, amount) {
		// Micro-dollars, so that sums of 0.10 and 0.23 stay exact.
		this.balance = Math.round((this.balance + amount) * 1e6) / 1e6;
		this.ledger.push({ at: this.clock.now(), jobId: job.id, amount });
	}
}

module.exports = { Account };
