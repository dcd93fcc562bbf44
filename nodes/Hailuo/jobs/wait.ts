import { ProviderError } from '../providers/errors';
import { lacksVideo, type Job } from '../providers/types';
import type { Clock } from './clock';
import type { StatusPacer } from './limiter';
import { retryGet } from './retry';
import { nextLook } from './schedule';
import { settle } from './settle';

/** How often the provider may not know a job that it has just taken from us. */
const MAX_404_AFTER_SUBMIT = 5;
/** How often a job may be completed and name no video. */
const MAX_EMPTY_RESULTS = 3;
/** Between an answer and the next look, in ms, however slow the answers are. */
const MIN_GAP_MS = 500;

/** The job was not finished in time. It goes on at the provider, and can be picked up by its id. */
export class DeadlineError extends Error {
	readonly jobId: string;
	/** How long was waited here, in ms. */
	readonly waitedMs: number;
	/** What the last look failed with, where it did. */
	readonly cause?: unknown;

	constructor(facts: { jobId: string; waitedMs: number; cause?: unknown }) {
		const { jobId, waitedMs, cause } = facts;
		const seconds = Math.round(waitedMs / 1_000);
		super(`Job ${jobId} is not finished after ${seconds} s`);
		this.name = 'DeadlineError';
		this.jobId = jobId;
		this.waitedMs = waitedMs;
		this.cause = cause;
	}
}

export interface WaitOptions {
	jobId: string;
	get: (jobId: string) => Promise<Job>;
	/**
	 * The job as our submit answered it: a few 404 are forgiven then, for it is paid, and the provider may not know it
	 * yet. Without it the first look is at once.
	 */
	first?: Job;
	/** When the submit began, by our clock, in ms since the epoch; without it `createdAt` is taken. */
	submittedAt?: number;
	/** Shortest and longest known time of the model, in s (`Model.jobSeconds`). */
	jobSeconds: readonly [number, number];
	/** How far the provider's clock is ahead of ours, in ms (`HttpClient.clockOffsetMs`). */
	offsetMs?: () => number;
	clock: Clock;
	signal?: AbortSignal;
	/** ms since the epoch; the last look is at this time. */
	deadlineAt: number;
	/** Shared by all waits of a batch. */
	pacer?: StatusPacer;
}

export function isFinished(job: Job): boolean {
	return job.status !== 'queued' && job.status !== 'running';
}

/** When the job was made, by our clock, in ms since the epoch; not in the future. */
function bornAt(job: Job, { offsetMs, clock }: WaitOptions): number | undefined {
	const at = Date.parse(job.createdAt) - (offsetMs?.() ?? 0);
	return Number.isNaN(at) ? undefined : Math.min(at, clock.now());
}

/** One look, repeated while it fails in passing. */
async function look({ jobId, get, clock, signal, deadlineAt, pacer }: WaitOptions): Promise<Job> {
	const paced = async () => {
		await pacer?.acquire(signal);
		return await get(jobId);
	};
	return await retryGet(paced, { clock, signal, deadlineAt });
}

/**
 * Waits for the end of a job: completed, failed or cancelled. Passing failures of the looks never end
 * the wait before the deadline, for the job goes on and is paid. The last look is at the deadline.
 *
 * @throws DeadlineError; the ProviderError of a look that failed for good (wrong key, unknown job) at
 * once; the signal's reason as soon as it is aborted
 */
export async function waitForJob(options: WaitOptions): Promise<Job> {
	const { jobId, first, jobSeconds, clock, signal, deadlineAt } = options;
	signal?.throwIfAborted();
	let empty = MAX_EMPTY_RESULTS;
	const isOver = (job: Job) => isFinished(job) && !(lacksVideo(job) && empty-- > 0);
	if (first && isOver(first)) return first;

	const beganAt = clock.now();
	let born = options.submittedAt ?? (first && (bornAt(first, options) ?? beganAt));
	let forgive = first ? MAX_404_AFTER_SUBMIT : 0;
	let lookedAt = beganAt;
	// A job that is only known by its id may be finished long since.
	let nextAt = first ? beganAt + wait() : beganAt;

	/** From one look's beginning to the next, so that slow answers do not stretch the steps. */
	function wait(): number {
		// A job that does not tell its age is in the steady part of the schedule.
		const age = lookedAt - (born ?? lookedAt - jobSeconds[0] * 1_000);
		return nextLook(age, jobSeconds, () => clock.random());
	}

	for (;;) {
		const at = Math.min(nextAt, deadlineAt);
		// Settled before the sleep: a timer may fire a little early, which would add a look.
		const last = at >= deadlineAt;
		if (at > clock.now()) await clock.sleep(at - clock.now(), signal);
		lookedAt = clock.now();
		const outcome = await settle(async () => await look(options));
		signal?.throwIfAborted();
		let cause: unknown;
		if (outcome.ok) {
			const job = outcome.value;
			if (isOver(job)) return job;
			born ??= bornAt(job, options);
			forgive = 0;
		} else {
			cause = outcome.error;
			const unknown = cause instanceof ProviderError && cause.kind === 'notFound' && forgive-- > 0;
			if (!unknown && !(cause instanceof ProviderError && cause.isTransient)) throw cause;
		}
		if (last || clock.now() >= deadlineAt) {
			throw new DeadlineError({ jobId, waitedMs: clock.now() - beganAt, cause });
		}
		nextAt = Math.max(lookedAt + wait(), clock.now() + MIN_GAP_MS);
	}
}
