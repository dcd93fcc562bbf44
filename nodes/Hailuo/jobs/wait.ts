import { ProviderError } from '../providers/errors';
import { lacksVideo, type Job } from '../providers/types';
import { untilAborted, within } from './abort';
import type { Clock } from './clock';
import type { StatusPacer } from './limiter';
import { retryGet } from './retry';
import { msToNextPoll } from './schedule';
import { settle } from './settle';
import { JobWatch, PATIENCE_SEEN, PATIENCE_TYPED, type Watched } from './unknownJob';

/*
 * Rules that must not regress:
 * - No single answer ends the wait for a paid job: see unknownJob.ts.
 * - The last poll is at the deadline, not before it; DeadlineError carries the job ID.
 * - A job that is completed without a video counts as finished only if that persists.
 */

/** Minimum time between an answer and the next poll, in ms, however slow the answers are. */
const MIN_GAP_MS = 500;
/** The history may take this long to answer, in ms, even if the deadline is sooner. */
const MIN_LIST_MS = 5_000;

/** The job was not finished in time. It continues at the provider, and can be picked up by its ID. */
export class DeadlineError extends Error {
	readonly jobId: string;
	/** How long this wait lasted, in ms. */
	readonly waitedMs: number;
	/** The error of the last poll, if it failed. */
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
	/** The history, if the provider has one: a job that no poll finds is searched for there. */
	list?: Watched['list'];
	/**
	 * The job from the answer to our submit, or from an earlier poll: it exists, though the provider may not show it yet.
	 * Without it, the first poll is immediate.
	 */
	first?: Job;
	/** When the submit began, by our clock, in ms since the epoch; default: `createdAt`. */
	submittedAt?: number;
	/** Shortest and longest known time of the model, in s (`Model.jobSeconds`). */
	jobSeconds: readonly [number, number];
	/** How far the provider's clock is ahead of ours, in ms (`HttpClient.clockOffsetMs`). */
	offsetMs?: () => number;
	clock: Clock;
	signal?: AbortSignal;
	/** ms since the epoch; the last poll is at this time. */
	deadlineAt: number;
	/** Shared by all waits of a batch. */
	pacer?: StatusPacer;
}

export function isFinished(job: Job): boolean {
	return job.status !== 'queued' && job.status !== 'running';
}

/** When the job was made, by our clock, in ms since the epoch; not in the future. */
function createdAtMs(job: Job, { offsetMs, clock }: WaitOptions): number | undefined {
	const at = Date.parse(job.createdAt) - (offsetMs?.() ?? 0);
	return Number.isNaN(at) ? undefined : Math.min(at, clock.now());
}

/** One poll, retried while its failure is transient. */
async function poll({ jobId, get, clock, signal, deadlineAt, pacer }: WaitOptions): Promise<Job> {
	const paced = async () => {
		await pacer?.acquire(signal);
		return await get(jobId);
	};
	return await retryGet(paced, { clock, signal, deadlineAt });
}

/** Judges the polls. @param isSeen whether the job is known to exist */
function watchFor(options: WaitOptions, isSeen: boolean): JobWatch {
	const { jobId, list, first, pacer, clock, signal, deadlineAt } = options;
	const paced: Watched['list'] =
		list &&
		(async (filter) => {
			await pacer?.acquire(signal);
			const left = Math.max(MIN_LIST_MS, deadlineAt - clock.now());
			return await within(untilAborted(list(filter), signal), left, clock, historyIsLate);
		});
	return new JobWatch({
		jobId,
		patience: isSeen ? PATIENCE_SEEN : PATIENCE_TYPED,
		list: paced,
		createdAt: first?.createdAt,
	});
}

const historyIsLate = () =>
	new ProviderError('The history did not answer in time', { kind: 'noAnswer' });

/**
 * Waits for the end of a job: completed, failed or cancelled. No single answer ends the wait, because the job is paid:
 * transient failures never do, and an unknown job only if that persists (see unknownJob.ts). The last poll is at the
 * deadline.
 *
 * @throws DeadlineError; the ProviderError of a permanent failure (wrong key, unknown job); the signal's reason as soon
 * as it is aborted
 */
export async function waitForJob(options: WaitOptions): Promise<Job> {
	const { jobId, first, jobSeconds, clock, signal, deadlineAt } = options;
	signal?.throwIfAborted();
	if (first && isFinished(first) && !lacksVideo(first)) return first;

	const beganAt = clock.now();
	let watch = watchFor(options, first !== undefined);
	if (first && lacksVideo(first)) await watch.judge({ ok: true, value: first }, beganAt);
	let createdMs = options.submittedAt ?? (first && (createdAtMs(first, options) ?? beganAt));
	let isSeen = first !== undefined;
	let polledAt = beganAt;
	// A job that is known only by its ID may have finished long ago.
	let nextAt = first ? beganAt + wait() : beganAt;

	/** From the start of one poll to the next, so that slow answers do not stretch the steps. */
	function wait(): number {
		// A job of unknown age is in the steady part of the schedule.
		const age = polledAt - (createdMs ?? polledAt - jobSeconds[0] * 1_000);
		return msToNextPoll(age, jobSeconds, () => clock.random());
	}

	for (;;) {
		const at = Math.min(nextAt, deadlineAt);
		// Decided before the sleep: a timer may fire a little early, which would add a poll.
		const last = at >= deadlineAt;
		if (at > clock.now()) await clock.sleep(at - clock.now(), signal);
		polledAt = clock.now();
		const polled = await settle(async () => await poll(options));
		signal?.throwIfAborted();
		const verdict = await watch.judge(polled, clock.now());
		signal?.throwIfAborted();
		if (verdict.is === 'over') throw verdict.error;
		if (verdict.is === 'known') {
			const { job } = verdict;
			if (isFinished(job)) return job;
			createdMs ??= createdAtMs(job, options);
			if (!isSeen) watch = watchFor(options, (isSeen = true));
		}
		if (last || clock.now() >= deadlineAt) {
			// Completed without a video: this tells the user more than a reached deadline.
			if (polled.ok && isFinished(polled.value)) return polled.value;
			const cause = verdict.is === 'open' ? verdict.cause : undefined;
			throw new DeadlineError({ jobId, waitedMs: clock.now() - beganAt, cause });
		}
		nextAt = Math.max(polledAt + wait(), clock.now() + MIN_GAP_MS);
	}
}
