'use strict';

const { fromPrompt, endOf, failureOf } = require('./outcome');

/**
 * Jobs of all providers. A job walks created → processing → an end; each provider's file says it
 * in its own words. Jobs above the account's `concurrent` wait as `created` (docs/providers.md A.5:
 * "wait in queue rather than fail").
 *
 * @typedef {{
 *   id: string, n: number, provider: string, api: string, brand?: string, model: string,
 *   input: Record<string, unknown>, prompt: string, status: string, queued: boolean,
 *   createdAt: number, startedAt?: number, finishedAt?: number, ms: number,
 *   created: import('./clock').Stamp, finished?: import('./clock').Stamp,
 *   cost: number, charged: number, refunded: number, outcome: import('./outcome').Outcome,
 *   error?: { code: number, message: string }, images: Record<string, Buffer>, checked: Promise<void>,
 *   standardWebhook?: boolean, shape?: string, usage?: object, lane?: string, wallet?: string, deleted?: boolean,
 *   callback?: string, webhookSent?: boolean, fileId?: string, extraFields?: string[], videoSha256?: string,
 * }} Job  times in simulated ms; `ms` = from start to end; money in USD;
 *   `lane` = whose limit of jobs at the same time counts, `wallet` = whose money (both: usually the provider's)
 *
 * @typedef {Pick<Job, 'id' | 'provider' | 'api' | 'model' | 'input' | 'prompt' | 'cost'> & Partial<Job>
 *   & { check?: () => Promise<{ code: number, message: string } | undefined> }} Wanted  `check`: what the provider finds
 *   wrong with an accepted job
 */

const laneOf = (job) => job.lane ?? job.provider;

class Jobs {
	/** @param {import('./simulator').Simulator} sim */
	constructor(sim) {
		this.sim = sim;
		/** @type {Map<string, Job>} */
		this.all = new Map();
		/** @type {Record<string, Job[]>} */
		this.waiting = {};
		/** @type {Record<string, Set<Job>>} */
		this.running = {};
		this.created = 0;
	}

	clear() {
		this.all.clear();
		this.waiting = {};
		this.running = {};
		this.created = 0;
	}

	/**
	 * Accepts a job: from here on it is billed, whether or not the answer reaches the client.
	 * @param {Wanted} wanted
	 * @param {import('./outcome').Outcome} [forced] from a fault rule
	 * @returns {Job}
	 */
	create(wanted, forced) {
		const { sim } = this;
		const { check, ...rest } = wanted;
		const created = sim.clock.stamp();
		/** @type {Job} */
		const job = Object.assign(rest, {
			n: ++this.created,
			status: 'created',
			queued: true,
			createdAt: created.sim,
			created,
			charged: 0,
			refunded: 0,
			ms: 0,
			checked: Promise.resolve(),
			outcome: fromPrompt(wanted.prompt),
			images: rest.images ?? {},
		});
		Object.assign(job.outcome, sim.outcome?.(job), forced);
		job.ms = this.length(job);
		this.all.set(job.id, job);
		sim.account(job.wallet ?? job.provider).charge(job);
		sim.emit('created', job);
		job.checked = Promise.resolve(check?.()).then((refusal) => {
			if (refusal) return this.refuse(job, refusal);
			// Rendering takes real time: it begins while the job runs.
			if (sim.options.render) void sim.videos.source(job);
		});
		if (job.outcome.immediate) job.checked = job.checked.then(() => this.finish(job));
		(this.waiting[laneOf(job)] ??= []).push(job);
		this.pump(laneOf(job));
		return job;
	}

	/** @private @returns {number} simulated ms of work */
	length(job) {
		if (job.outcome.seconds !== undefined) return job.outcome.seconds * 1000;
		const { jobTime } = this.sim.options;
		if (typeof jobTime === 'function') return jobTime(job.n, job);
		// 30-90 s is what WaveSpeed states for Hailuo 02 (docs/providers.md A.5).
		return jobTime ?? 30_000 + Math.floor(this.sim.random.time() * 60_000);
	}

	/** @private */
	pump(lane) {
		const running = (this.running[lane] ??= new Set());
		const waiting = this.waiting[lane] ?? [];
		const most = this.sim.limits(lane).concurrent ?? Infinity;
		while (waiting.length && running.size < most) {
			const job = waiting.shift();
			if (!job || job.finishedAt) continue;
			running.add(job);
			this.start(job);
		}
	}

	/** @param {string} lane @returns {boolean} the next job would wait */
	isFull(lane) {
		const most = this.sim.limits(lane).concurrent ?? Infinity;
		return (this.running[lane]?.size ?? 0) >= most;
	}

	/** @private */
	start(job) {
		const { clock } = this.sim;
		job.queued = false;
		job.startedAt = clock.now();
		clock.after(Math.min(1000, job.ms / 4), () => {
			if (!job.finishedAt) job.status = 'processing';
			if (!job.finishedAt) this.sim.emit('processing', job);
		});
		if (endOf(job.outcome) === 'never') return;
		// A picture is fetched in real time, which no timeScale shortens: no job ends before that.
		clock.after(job.ms, () => void job.checked.then(() => this.finish(job)));
	}

	/** A picture or parameter that the provider refuses after accepting: fails soon, not at the end. */
	refuse(job, error) {
		job.error = error;
		const soon = Math.min(1000, Math.max(0, job.ms - (this.sim.now() - job.createdAt)));
		if (soon) this.sim.clock.after(soon, () => this.finish(job, 'failed'));
		else this.finish(job, 'failed');
	}

	/** @param {Job} job @param {string} [end] */
	finish(job, end = job.error ? 'failed' : endOf(job.outcome)) {
		// A job from before a reset() may still be on its way here: it has no account any more.
		if (this.all.get(job.id) !== job) return;
		if (job.finishedAt !== undefined || end === 'never') return;
		job.finished = this.sim.clock.stamp();
		job.finishedAt = job.finished.sim;
		job.startedAt ??= job.finishedAt;
		job.status = end;
		if (end === 'failed') job.error ??= failureOf(job, job.outcome);
		if (end === 'completed') this.sim.videos.note(job);
		else this.refund(job);
		this.running[laneOf(job)]?.delete(job);
		this.pump(laneOf(job));
		this.sim.emit('finished', job);
	}

	/** @private */
	refund(job) {
		const delay = this.sim.options.refundDelay;
		const pay = () => this.sim.account(job.wallet ?? job.provider).refund(job);
		if (delay) this.sim.clock.after(delay, pay);
		else pay();
	}

	/** The word for "still running", an unknown one where the outcome asks for it. */
	runningWord(job, word) {
		const { status } = job.outcome;
		return typeof status === 'string' ? status.replace(/!$/, '') : word;
	}

	/** @param {Job} job @returns {number} 0..1 */
	progress(job) {
		if (job.finishedAt) return 1;
		if (!job.startedAt) return 0;
		const done = (this.sim.clock.now() - job.startedAt) / Math.max(1, job.ms);
		return Math.min(0.99, Math.round(done * 100) / 100);
	}

	/** @param {Job} job @returns {number} ms of work, as providers report inference time */
	workMs(job) {
		return job.finishedAt ? Math.round(job.finishedAt - (job.startedAt ?? job.finishedAt)) : 0;
	}
}

module.exports = { Jobs };
