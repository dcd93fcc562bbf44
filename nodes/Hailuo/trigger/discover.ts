import { historyPages, PAGE_SIZE, type ListJobs } from '../jobs/historyPages';
import { settle } from '../jobs/settle';
import { isFinished } from '../jobs/wait';
import type { HistoryJob, Job } from '../providers/types';
import {
	advance,
	isPlausibleId,
	isSettled,
	readFrom,
	refreshSeen,
	settleJob,
	type Watch,
} from './savedState';

/*
 * Rules that must not regress:
 * - The cursor moves only past a part of the history that was read to its end while no job moved from page to page.
 * - * The order of the pages does not matter.
 * - A time ahead of the provider's clock never moves the cursor.
 * - A job is settled only if it is known not to be wanted; what cannot be decided stays open.
 */

/** A longer stretch of the history is read in parts, oldest first, so that each part that was read moves the cursor. */
const MAX_PAGES = 10;
const MIN_SPAN_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

export interface Discovery {
	list: ListJobs;
	/** Whether the trigger watches this job; others are settled at once. */
	isWatched: (job: HistoryJob) => boolean;
	/** ms since the epoch by our clock. */
	now: () => number;
	/** ms since the epoch by the provider's clock. */
	providerNow: () => number;
	/** Whether this poll has run out of time. */
	isLate: () => boolean;
	warn: (message: string) => void;
}

interface Part {
	jobs: HistoryJob[];
	/** `large`: more pages than are read at once. `open`: not read to its end. */
	outcome: 'whole' | 'large' | 'open';
	total?: number;
	/** Why a page could not be read. */
	failure?: unknown;
}

export interface Discovered {
	/** Those of the open jobs that the history shows as finished, by ID. */
	finished: Map<string, Job>;
	/** Whether the history was read up to now. */
	whole: boolean;
	/** Why it could not be read. What was read before that still counts. */
	failure?: unknown;
}

/**
 * Finds the jobs that were made since the last poll and adds them to the open jobs of `watch`. Takes one request if
 * nothing is new. Never rejects.
 *
 * The cursor moves past a part of the history only if the part was read to its end and no job moved from page to page
 * meanwhile. Otherwise the next poll reads it again. The order of the pages does not matter.
 */
export async function discover(watch: Watch, discovery: Discovery): Promise<Discovered> {
	const { now, providerNow, isLate } = discovery;
	const finished = new Map<string, Job>();
	for (;;) {
		const readAt = now();
		const after = readFrom(watch);
		const end = watch.span ? after + watch.span : Infinity;
		const before = end < providerNow() ? end : undefined;
		// A part of the minimum length is read to its end, however many pages it has.
		const maxPages = watch.span === MIN_SPAN_MS ? Infinity : MAX_PAGES;
		const part = await readPart({ after, before }, maxPages, discovery);
		// Not for a part that is too large: jobs must be emitted in the order in which they were made.
		if (part.outcome !== 'large') take(watch, part.jobs, discovery, finished);
		const newest = newestOf(part.jobs);
		if (part.outcome === 'whole') {
			// A time ahead of the provider's clock would move the cursor past jobs that do not exist yet.
			advance(watch, before ?? Math.min(providerNow(), newest), readAt);
			const isSparse = part.jobs.length < (MAX_PAGES * PAGE_SIZE) / 4;
			watch.span = before && watch.span ? watch.span * (isSparse ? 2 : 1) : undefined;
			if (before === undefined) return { finished, whole: true };
		} else if (part.outcome === 'large') {
			const length = (before ?? Math.max(providerNow(), newest)) - after;
			const share = part.total ? (0.5 * MAX_PAGES * PAGE_SIZE) / part.total : 0.25;
			watch.span = Math.ceil(Math.max(MIN_SPAN_MS, length * share));
		} else {
			// A part that could not be read in time is split into shorter ones, or it would never be read.
			if (isLate()) watch.span = Math.max(MIN_SPAN_MS, Math.ceil((watch.span ?? HOUR_MS) / 2));
			return { finished, whole: false, failure: part.failure };
		}
		if (isLate()) return { finished, whole: false };
	}
}

/** When the newest of the jobs was made, in ms since the epoch; -Infinity if no job has a time. */
export const newestOf = (jobs: readonly Job[]): number =>
	jobs.reduce((newest, job) => Math.max(newest, madeAt(job) ?? -Infinity), -Infinity);

/** When a job was made, in ms since the epoch by the provider's clock. */
const madeAt = ({ createdAt }: Job): number | undefined => Date.parse(createdAt) || undefined;

/** The jobs made from `after` up to `before`, or up to now (both included; ms by the provider's clock). */
async function readPart(
	{ after, before }: { after: number; before?: number },
	maxPages: number,
	{ list, isLate }: Discovery,
): Promise<Part> {
	const part: Part = { jobs: [], outcome: 'open' };
	const filter = {
		createdAfter: new Date(after).toISOString(),
		...(before === undefined ? {} : { createdBefore: new Date(before).toISOString() }),
	};
	let pages = 0;
	const read = async (): Promise<Part['outcome']> => {
		for await (const page of historyPages(list, filter)) {
			const { jobs, more, total, countsAllTimes, follows } = page;
			pages++;
			part.jobs.push(...jobs);
			const expected = total === undefined ? pages : total / PAGE_SIZE;
			// A history that cannot be filtered by time is read to its end: each part would begin with the newest job again.
			if (more && !countsAllTimes && expected >= maxPages) {
				part.total = total;
				return 'large';
			}
			if (!follows) return 'open';
			part.total = total;
			if (more && isLate()) return 'open';
			if (!more) return 'whole';
		}
		return 'whole';
	};
	const outcome = await settle(read);
	if (outcome.ok) part.outcome = outcome.value;
	else part.failure = outcome.error;
	return part;
}

function take(
	watch: Watch,
	jobs: readonly HistoryJob[],
	{ isWatched, providerNow, warn }: Discovery,
	finished: Map<string, Job>,
): void {
	const usable = jobs.filter(({ jobId }) => isPlausibleId(jobId));
	if (usable.length < jobs.length) {
		warn(`${jobs.length - usable.length} job(s) of the history have an invalid ID`);
	}
	// Among jobs with the same time, the one listed last is the oldest.
	const oldestFirst = usable.reverse();
	oldestFirst.sort((a, b) => (madeAt(a) ?? 0) - (madeAt(b) ?? 0));
	for (const job of oldestFirst) {
		const { jobId } = job;
		// A job without a time counts as made now, each time it is listed.
		const createdAt = madeAt(job) ?? providerNow();
		if (watch.open.has(jobId)) {
			if (isFinished(job)) finished.set(jobId, job);
		} else if (isSettled(watch, jobId)) {
			refreshSeen(watch, jobId, createdAt);
		} else if (createdAt < watch.since || createdAt < watch.horizon) {
			// Made before the trigger was activated, or settled so long ago that it was forgotten.
		} else if (!isWatched(job)) {
			settleJob(watch, jobId, createdAt);
		} else {
			watch.open.set(jobId, createdAt);
			if (isFinished(job)) finished.set(jobId, job);
		}
	}
}
