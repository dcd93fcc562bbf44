import { isFinished } from '../jobs/wait';
import type { HistoryFilter, HistoryJob, HistoryPage } from '../providers/types';
import { advance, isSettled, note, readFrom, settleJob, type Watch } from './savedState';

/** The most that a page may hold (docs/providers.md A.1). */
const PAGE_SIZE = 100;
/** A longer stretch of history is read in parts, the oldest first, so that each part that is read counts. */
const MAX_PAGES = 10;
const MIN_SPAN_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

export interface Discovery {
	list: (filter: HistoryFilter) => Promise<HistoryPage>;
	/** Whether the job is one that the trigger is for; the others are settled at once. */
	isOurs: (job: HistoryJob) => boolean;
	/** ms since the epoch by the provider's clock. */
	providerNow: () => number;
	/** Whether the time of this poll is up. */
	isLate: () => boolean;
}

interface Part {
	jobs: HistoryJob[];
	/** `large`: has more pages than are read at once. `open`: could not be read to its end. */
	outcome: 'whole' | 'large' | 'open';
	total?: number;
}

export interface Discovered {
	/** Ids of jobs that the history shows as finished: a hint only, the result of each is read on its own. */
	finished: Set<string>;
	/** Whether the history was read up to now. */
	whole: boolean;
}

/**
 * Finds the jobs that were made since the last poll and puts them among the open ones of `watch`. Costs one request
 * when nothing is new.
 *
 * The cursor moves on over a part of the history only when it was read to its end without a job moving from page to
 * page; the next poll reads it again otherwise. No order of the pages is relied upon.
 *
 * @throws what `list` throws; `watch` then holds what was read before
 */
export async function discover(watch: Watch, discovery: Discovery): Promise<Discovered> {
	const { providerNow, isLate } = discovery;
	const finished = new Set<string>();
	for (;;) {
		const after = readFrom(watch, providerNow());
		const end = watch.span ? after + watch.span : Infinity;
		const before = end < providerNow() ? end : undefined;
		// The shortest part is read however many pages it has.
		const most = watch.span === MIN_SPAN_MS ? Infinity : MAX_PAGES;
		const part = await readPart({ after, before }, most, discovery);
		// Not of a part that is too large: the jobs are to come in the order they were made in.
		if (part.outcome !== 'large') take(watch, part.jobs, discovery, finished);
		const newest = Math.max(...part.jobs.map((job) => Date.parse(job.createdAt) || 0));
		if (part.outcome === 'whole') {
			// A time ahead of the provider's own clock would move the cursor past jobs that are still to come.
			const now = providerNow();
			advance(watch, before ?? Math.min(now, newest), now);
			const isSparse = part.jobs.length < (MAX_PAGES * PAGE_SIZE) / 4;
			watch.span = before && watch.span ? watch.span * (isSparse ? 2 : 1) : undefined;
			if (before === undefined) return { finished, whole: true };
		} else if (part.outcome === 'large') {
			const length = (before ?? Math.max(providerNow(), newest)) - after;
			const share = part.total ? (0.5 * MAX_PAGES * PAGE_SIZE) / part.total : 0.25;
			watch.span = Math.ceil(Math.max(MIN_SPAN_MS, length * share));
		} else {
			// What could not be read in time is read in shorter parts, or it would never be read.
			if (isLate()) watch.span = Math.max(MIN_SPAN_MS, Math.ceil((watch.span ?? HOUR_MS) / 2));
			return { finished, whole: false };
		}
		if (isLate()) return { finished, whole: false };
	}
}

/** The jobs made from `after` up to `before`, or up to now (both included; ms by the provider's clock). */
async function readPart(
	{ after, before }: { after: number; before?: number },
	mostPages: number,
	{ list, isLate }: Discovery,
): Promise<Part> {
	const jobs: HistoryJob[] = [];
	let total: number | undefined;
	for (let page = 1; ; page++) {
		const answer = await list({
			createdAfter: new Date(after).toISOString(),
			...(before === undefined ? {} : { createdBefore: new Date(before).toISOString() }),
			page,
			pageSize: PAGE_SIZE,
		});
		jobs.push(...answer.jobs);
		const pages = answer.total === undefined ? page : answer.total / PAGE_SIZE;
		if (answer.more && pages >= mostPages) {
			return { jobs, outcome: 'large', total: answer.total };
		}
		// Fewer jobs than a page ago: some were deleted, and others moved up past the place where we read.
		if (total !== undefined && answer.total !== undefined && answer.total < total) {
			return { jobs, outcome: 'open' };
		}
		total = answer.total;
		if (!answer.more) return { jobs, outcome: 'whole' };
		if (isLate()) return { jobs, outcome: 'open' };
	}
}

function take(
	watch: Watch,
	jobs: readonly HistoryJob[],
	{ isOurs, providerNow }: Discovery,
	finished: Set<string>,
): void {
	// Of jobs with the same time, the one that is listed last is the oldest.
	const oldestFirst = [...jobs].reverse();
	oldestFirst.sort((a, b) => (Date.parse(a.createdAt) || 0) - (Date.parse(b.createdAt) || 0));
	for (const job of oldestFirst) {
		const { jobId } = job;
		// A job that does not tell its time is as new as can be, each time it is listed.
		const createdAt = Date.parse(job.createdAt) || providerNow();
		if (watch.open.has(jobId)) {
			if (isFinished(job)) finished.add(jobId);
		} else if (isSettled(watch, jobId)) {
			note(watch, jobId, createdAt);
		} else if (createdAt < watch.since || createdAt < watch.low) {
			// Not ours, or settled so long ago that it was forgotten.
		} else if (!isOurs(job)) {
			settleJob(watch, jobId, createdAt);
		} else {
			watch.open.set(jobId, createdAt);
			if (isFinished(job)) finished.add(jobId);
		}
	}
}
