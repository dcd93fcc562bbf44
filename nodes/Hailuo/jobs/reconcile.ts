import { ProviderError } from '../providers/errors';
import type { HistoryJob, Job } from '../providers/types';
import type { Clock } from './clock';
import { isAbort } from './abort';
import { historyPages, type ListJobs } from './historyPages';
import {
	MADE_WITHIN_MS,
	asksForTheSame,
	identifies,
	madeAtTimeOf,
	mayBeJobOf,
	sentByProvider,
} from './match';
import type { OpenSubmit, Registry } from './registry';
import { retryGet } from './retry';
import { settle } from './settle';

/*
 * Rules that must not regress:
 * - A job is adopted only if every field that can be compared is equal, and a prompt or a picture identifies it. A job
 *   that is listed without its inputs is a candidate, but is never adopted.
 * - A job that may belong to another open submit is not adopted.
 * - Nothing is awaited between the end of a reading and the claim.
 * - Only a history that was read to its end, by the provider's clock, proves that a submit was never accepted.
 */

/** When to read the history, in ms after the ambiguous answer: a cut-off request may arrive late. */
const READINGS_MS = [0, 2_000, 5_000, 10_000, 20_000, 40_000];
/** Additional readings while the job found may belong to a submit that is still being sent. */
const CONTESTED_READINGS_MS = [55_000, 70_000, 90_000, 120_000];
/** How far around the time of the submit each reading goes, in ms. */
const NEAR_MS = 60_000;
/**
 * How far around the submit the last readings go, in ms. A job that they find outside the time of the submit is never
 * adopted, but it prevents a second submit: our clock, the gateway's and that of the jobs may be minutes apart, and may
 * be changed meanwhile.
 */
const CLOCK_DOUBT_MS = 3_600_000;
const MAX_PAGES = 10;
/** Page limit of the last reading, which goes further. */
const MAX_PAGES_FAR = 50;
/** How long an unreadable page is retried in the last readings, in ms: no later reading makes up for it. */
const PAGE_RETRY_MS = 20_000;

export interface ReconcileOptions {
	/** The provider's history. */
	list: ListJobs;
	/** The ambiguous submit, as `submitOnce` passes it. */
	attempt: OpenSubmit;
	/** How far the provider's clock is ahead of ours, in ms; undefined until an answer has told its time. */
	offsetMs: () => number | undefined;
	registry: Registry;
	clock: Clock;
	signal?: AbortSignal;
	/**
	 * Whether the last reading covers the whole history, and `candidates` contains every job that may be the lost one,
	 * whenever it was made. This is needed to prove that the submit was never accepted.
	 */
	wholeHistory?: boolean;
}

export interface Search {
	/** The adopted job; it is claimed. */
	job?: Job;
	/** How often the history could be read; 0 means that the search proves nothing. */
	readings: number;
	/**
	 * Unclaimed jobs that may be the lost one, from the last successful reading; those with the same input come first.
	 * All jobs of the model from about that time are included, whatever their input, because a provider may rewrite a
	 * prompt or the address of a picture.
	 */
	candidates: string[];
	/** The candidates with exactly the same input, if any. Then the others need not be mentioned. */
	likely?: string[];
	/** Whether the last reading was complete; otherwise there may be more candidates. */
	whole: boolean;
	/**
	 * Jobs that could have been adopted as well, and that no submit of this process is searching for: another n8n sent
	 * the same request at the same time, and either job may belong to either.
	 */
	spare?: string[];
}

interface Reading {
	/** Unclaimed jobs that may be ours, oldest first. */
	found: HistoryJob[];
	offsetMs: number;
	candidates: HistoryJob[];
	whole: boolean;
}

type Reach = 'near' | 'far' | 'all';

/** Reads the history around the submit, or all of it. @throws if it could not be read in time */
async function readHistory(
	options: ReconcileOptions,
	reach: Reach,
	untilMs: number,
): Promise<Reading> {
	const { list, attempt, registry, clock, signal } = options;
	const offset = () => options.offsetMs() ?? 0;
	const iso = (ms: number) => new Date(ms).toISOString();
	const marginMs = reach === 'near' ? NEAR_MS : CLOCK_DOUBT_MS;
	const seen = new Map<string, HistoryJob>();
	let end = false;
	let skewed = false;
	let isGapless = true;
	let total = 0;
	let sentAt = 0;
	const read: ListJobs = async (filter) => {
		sentAt = sentByProvider(attempt, offset());
		// Later jobs are not ours. They would only fill the pages of a reading that is made hours later.
		const until = sentAt + MADE_WITHIN_MS + marginMs;
		const part = { createdAfter: iso(sentAt - marginMs), createdBefore: iso(until) };
		return await retryGet(async () => await list({ ...filter, ...(reach === 'all' ? {} : part) }), {
			clock,
			signal,
			deadlineAt: reach === 'near' ? untilMs : Math.max(untilMs, clock.now() + PAGE_RETRY_MS),
		});
	};
	const filter = { model: attempt.submission.model, withInputs: true };
	const maxPages = reach === 'near' ? MAX_PAGES : MAX_PAGES_FAR;
	for await (const answer of historyPages(read, filter, maxPages)) {
		for (const job of answer.jobs) seen.set(job.jobId, job);
		total = Math.max(total, answer.total ?? 0);
		isGapless &&= answer.follows;
		// The first answer tells the provider's time. A filter with a wrong time may have excluded the job.
		skewed ||= Math.abs(sentAt - sentByProvider(attempt, offset())) > marginMs;
		// A page with only older jobs ends a reading, but not a proof: a history may be out of order. With NaN, reading
		// continues.
		const newest = Math.max(...answer.jobs.map((job) => Date.parse(job.createdAt)));
		const older = reach !== 'all' && newest < sentAt - marginMs;
		end = !answer.more || answer.jobs.length === 0 || older;
		if (end) break;
	}
	const free = [...seen.values()].filter(({ jobId }) => !registry.isClaimed(jobId));
	return {
		found: free.filter((job) => mayBeJobOf(attempt, job, offset())).sort(byAge),
		offsetMs: offset(),
		candidates: free.filter(
			(job) =>
				madeAtTimeOf(attempt, job, offset(), CLOCK_DOUBT_MS) ||
				(reach === 'all' && asksForTheSame(attempt.submission, job)),
		),
		whole: end && isGapless && !skewed && seen.size >= total,
	};
}

const byAge = (a: HistoryJob, b: HistoryJob) => Date.parse(a.createdAt) - Date.parse(b.createdAt);

/** The job without its inputs, which may be megabytes of picture. */
function withoutInput(job: HistoryJob): Job {
	const copy = { ...job };
	delete copy.input;
	return copy;
}

/**
 * The job of this reading that is certainly ours, if any. `contested`: a job may belong to a submit that is still being
 * sent, so a later reading will show more.
 */
function choose(
	{ attempt, registry }: ReconcileOptions,
	{ found, offsetMs }: Reading,
): { job?: HistoryJob; spare?: string[]; contested: boolean } {
	const owners = found.map((job) => registry.possibleOwners(attempt, job, offsetMs));
	const contested = owners.flat().some(({ state }) => state === 'sending');
	const uncontested = found.filter((_, index) => owners[index].length === 0);
	const exact = uncontested.filter((job) => identifies(attempt.submission, job));
	const [job, ...duplicates] = exact;
	if (!job) return { contested };
	const spare = duplicates.slice(registry.identicalSearches(attempt)).map(({ jobId }) => jobId);
	return { job, contested, ...(spare.length ? { spare } : {}) };
}

/**
 * Searches the provider's history for the job of an ambiguous submit, several times over 40 s (over
 * 2 min while it may be that of a submit still being sent), and adopts the oldest job that
 * - has the same model, and the same value in every field that can be compared,
 * - is identified by its prompt, or by its picture if the request has no prompt,
 * - was made since the POST began,
 * - is unclaimed, and no other open submit may own it. A value that the history does not show is not a match: a job
 *   that is listed without its inputs is a candidate, but is never adopted.
 *
 * Costs nothing. A failed list call is retried, and skipped if it keeps failing. A permanent rejection (wrong key) ends
 * the search.
 *
 * @throws the signal's reason as soon as it is aborted, and nothing else
 */
export async function reconcile(options: ReconcileOptions): Promise<Search> {
	const { attempt, registry, clock, signal, wholeHistory } = options;
	const search: Search = { readings: 0, candidates: [], whole: false };
	let contested = false;
	let atMs = 0;

	const times = [...READINGS_MS, ...CONTESTED_READINGS_MS];
	for (const [index, afterMs] of times.entries()) {
		const isLast = index >= READINGS_MS.length - 1;
		if (index >= READINGS_MS.length && !contested) break;
		// Counted in sleeps, because the clock may be changed meanwhile.
		if (afterMs > atMs) await clock.sleep(afterMs - atMs, signal);
		atMs = Math.max(atMs, afterMs);
		signal?.throwIfAborted();
		const beganAt = clock.now();
		const pauseMs = (times[index + 1] ?? afterMs + 20_000) - afterMs;
		const reach = !isLast ? 'near' : wholeHistory ? 'all' : 'far';
		const outcome = await settle(async () => await readHistory(options, reach, beganAt + pauseMs));
		// Once known, it is kept: a later change of the clock must not move it. A rejection contains the time too.
		const offsetMs = options.offsetMs();
		if (offsetMs !== undefined) attempt.providerAt ??= attempt.startedAt + offsetMs;
		atMs += Math.min(pauseMs, Math.max(0, clock.now() - beganAt));
		if (!outcome.ok) {
			const { error } = outcome;
			if (isAbort(error, signal)) throw error;
			// An earlier reading does not prove that everything was read.
			search.whole = false;
			if (error instanceof ProviderError && error.isTransient) continue;
			break;
		}
		const { candidates, whole } = outcome.value;
		search.readings++;
		search.whole = whole && isLast;
		const exact = candidates.filter((job) => identifies(attempt.submission, job));
		const other = candidates.filter((job) => !exact.includes(job));
		search.candidates = [...exact, ...other].map(({ jobId }) => jobId);
		search.likely = exact.length ? exact.map(({ jobId }) => jobId) : undefined;
		// Nothing is awaited between the end of the reading and the claim, or two searches could take the same job.
		const choice = choose(options, outcome.value);
		if (choice.job) {
			const { job, spare } = choice;
			registry.claim(job.jobId);
			return { ...search, job: withoutInput(job), ...(spare ? { spare } : {}) };
		}
		contested = choice.contested;
	}
	return search;
}

/** How long after a submit its job may still appear in the history, in ms. */
const HISTORY_LAG_MS = 120_000;

/**
 * Whether a search of the whole history proves that the submit was never accepted, so that it may be sent again. This
 * needs a history that was read to its end and shows no candidate, and the time of the submit by the provider's clock:
 * no Date header, no proof.
 *
 * @param sent when it was sent; `providerAt` as it was stored then
 * @param now both clocks now; `providerAt` is undefined until an answer has told it
 * @param historyMs how far back the history reaches
 */
export function provesAbsence(
	search: Search,
	sent: { sentAt: number; providerAt?: number },
	now: { ourAt: number; providerAt?: number },
	historyMs: number,
): boolean {
	if (sent.providerAt === undefined || now.providerAt === undefined) return false;
	if (search.readings === 0 || !search.whole || search.candidates.length > 0) return false;
	// By both clocks: either may have been changed meanwhile, and ours may be that of another worker.
	const ages = [now.ourAt - sent.sentAt, now.providerAt - sent.providerAt];
	return Math.min(...ages) >= HISTORY_LAG_MS && Math.max(...ages) < historyMs - CLOCK_DOUBT_MS;
}
