import { ProviderError } from '../providers/errors';
import { lacksVideo, type Job } from '../providers/types';
import { historyPages, type ListJobs } from './historyPages';
import { settle, type Settled } from './settle';

/*
 * When a job counts as unknown: one rule for the wait, the trigger and the callback. A gateway, a cache or a provider
 * that restarts may answer 404, 400, 405, 410 or a redirect for seconds to minutes while the job continues.
 *
 * Rules that must not regress:
 * - No single answer ends a paid job. Such answers must come several times in a row, over minutes.
 * - A job that the history lists exists, whatever the answers say. If the history cannot be read, more patience is
 *   needed instead.
 * - A transient failure (no answer, 5xx, 429) neither counts nor resets the row.
 * - A job that is completed and shows no video is polled again in the same way: the video may appear later.
 */

/** How many consecutive answers, and over how long a time, end a job. Both must be reached. */
export interface Patience {
	answers: number;
	/** ms. */
	spanMs: number;
}

/** For a job that we submitted, or that was seen or listed before: it exists and is paid. */
export const PATIENCE_SEEN: Patience = { answers: 5, spanMs: 5 * 60_000 };
/** For an ID that a person typed in and that nobody has seen yet. */
export const PATIENCE_TYPED: Patience = { answers: 3, spanMs: 10_000 };
/** For the trigger, which requests the job once per poll and keeps nobody waiting. */
export const PATIENCE_TRIGGER: Patience = { answers: 10, spanMs: 60 * 60_000 };

/**
 * The longest time between two answers that counts, in ms: after an outage, a sleep of the machine or a change of the
 * clock, two answers must not look like a long row.
 */
const MAX_STEP_MS = 2 * 60_000;
/** Consecutive answers before the history is first read, and ms of the row before it is read again. */
const ANSWERS_BEFORE_LIST = 2;
const MIN_LIST_GAP_MS = 60_000;
/** If the history cannot be read, the patience is multiplied by this. */
const UNREAD_FACTOR = 3;
/** Maximum number of pages of the history that are read to find one job. */
const MAX_PAGES = 10;
/** How much the time of a job may differ between the answers of one provider, in ms. */
const MARGIN_MS = 2 * 60_000;

/**
 * Whether an answer says that the provider does not know the job, or does not know us. None of these ends the job by
 * itself. A transient failure (no answer, 5xx, 429) says nothing about the job: it neither counts nor resets the row.
 */
export function isRefusedPoll(error: unknown): error is ProviderError {
	return error instanceof ProviderError && !error.isTransient;
}

/** The answers in a row that did not show the job. Plain data. */
export interface Misses {
	answers: number;
	/** From the first to the last, in ms. */
	spanMs: number;
	/** When the last one came, in ms by our clock. */
	lastAt: number;
}

/** Adds an answer that did not show the job. @param now in ms by our clock */
export function addMiss(before: Misses | undefined, now: number): Misses {
	if (!before) return { answers: 1, spanMs: 0, lastAt: now };
	// A clock that was set back adds nothing; one that was set forward adds only one step.
	const step = Math.min(MAX_STEP_MS, Math.max(0, now - before.lastAt));
	return { answers: before.answers + 1, spanMs: before.spanMs + step, lastAt: now };
}

export const isBeyond = ({ answers, spanMs }: Misses, patience: Patience, factor = 1): boolean =>
	answers >= patience.answers * factor && spanMs >= patience.spanMs * factor;

/**
 * Searches the history for a job.
 *
 * @param createdAt when the job was made, by the provider's clock, in ISO 8601: then only this part of the history is
 * read
 * @returns the job as it is listed; `absent` when the history was read and does not hold it; `unread` when it could not
 * be read to its end
 */
export async function findListed(
	list: ListJobs,
	jobId: string,
	createdAt = '',
): Promise<Job | 'absent' | 'unread'> {
	const madeAt = Date.parse(createdAt);
	const part = Number.isFinite(madeAt)
		? {
				createdAfter: new Date(madeAt - MARGIN_MS).toISOString(),
				createdBefore: new Date(madeAt + MARGIN_MS).toISOString(),
			}
		: {};
	const search = async () => {
		const filter = { ...part, jobIds: [jobId] };
		let isWhole = true;
		for await (const { jobs, more, follows } of historyPages(list, filter, MAX_PAGES)) {
			const found = jobs.find((job) => job.jobId.toLowerCase() === jobId.toLowerCase());
			if (found) return found;
			isWhole &&= follows;
			if (!more && isWhole) return 'absent';
		}
		return 'unread';
	};
	const found = await settle(search);
	return found.ok ? found.value : 'unread';
}

/** What a poll of a job means. */
export type Verdict =
	/** The state of the job, from the poll or from the history. Finished without a video only if that persists. */
	| { is: 'known'; job: Job }
	/** Nothing is certain: the job must be polled again. `cause`: the error of the poll, if it failed. */
	| { is: 'open'; cause?: unknown }
	/** The provider persistently does not know the job, or the poll failed with an error that is not an answer. */
	| { is: 'over'; error: unknown };

export interface Watched {
	jobId: string;
	patience: Patience;
	/** If the provider has a history. Retries, pace and signal are up to the caller. */
	list?: ListJobs;
	/** When the job was made, if known: by the provider's clock, in ISO 8601. */
	createdAt?: string;
}

/** Judges the successive polls of one job. It does not read the clock: the time is a parameter. */
export class JobWatch {
	private misses?: Misses;
	private createdAt?: string;
	/** `spanMs` of the row when the history was last read. */
	private listedAtMs?: number;

	constructor(private readonly watched: Watched) {
		this.createdAt = watched.createdAt;
	}

	/** Number of consecutive answers that did not show the job. */
	get missed(): number {
		return this.misses?.answers ?? 0;
	}

	/**
	 * Judges a poll. A good answer ends the row of bad ones.
	 *
	 * @param polled the outcome of the poll
	 * @param now when it ended, in ms by our clock
	 * @param list the history, if the caller has a different one for each poll
	 */
	async judge(polled: Settled<Job>, now: number, list = this.watched.list): Promise<Verdict> {
		if (polled.ok) {
			const job = polled.value;
			if (job.createdAt) this.createdAt = job.createdAt;
			if (!lacksVideo(job)) return this.known(job);
		} else if (!(polled.error instanceof ProviderError)) {
			return { is: 'over', error: polled.error };
		} else if (!isRefusedPoll(polled.error)) {
			return { is: 'open', cause: polled.error };
		}
		this.misses = addMiss(this.misses, now);
		return await this.afterMiss(polled, this.misses, list);
	}

	private known(job: Job): Verdict {
		this.misses = undefined;
		this.listedAtMs = undefined;
		return { is: 'known', job };
	}

	private async afterMiss(polled: Settled<Job>, misses: Misses, list?: ListJobs): Promise<Verdict> {
		const { jobId, patience } = this.watched;
		const open: Verdict = polled.ok ? { is: 'open' } : { is: 'open', cause: polled.error };
		const isPatient = !isBeyond(misses, patience);
		if (isPatient && !(list && this.isListDue(misses))) return open;
		const listed = list ? await findListed(list, jobId, this.createdAt) : 'absent';
		this.listedAtMs = misses.spanMs;
		if (typeof listed === 'object' && !lacksVideo(listed)) return this.known(listed);
		if (isPatient) return open;
		// A rejected key cannot read the history either.
		const isKeyRefused = !polled.ok && (polled.error as ProviderError).kind === 'auth';
		const factor = listed === 'unread' && !isKeyRefused ? UNREAD_FACTOR : 1;
		if (!isBeyond(misses, patience, factor)) return open;
		if (polled.ok) return { is: 'known', job: polled.value };
		// It is listed as completed, but has no video anywhere: that is its final state.
		if (typeof listed === 'object') return { is: 'known', job: listed };
		return { is: 'over', error: polled.error };
	}

	private isListDue({ answers, spanMs }: Misses): boolean {
		if (answers < ANSWERS_BEFORE_LIST) return false;
		return this.listedAtMs === undefined || spanMs - this.listedAtMs >= MIN_LIST_GAP_MS;
	}
}
