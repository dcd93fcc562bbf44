import { ProviderError } from '../providers/errors';
import type { HistoryFilter, HistoryJob, HistoryPage, Job } from '../providers/types';
import type { Claims } from './claims';
import type { Clock } from './clock';
import { isAbort } from './abort';
import { MADE_WITHIN_MS, madeAtTimeOf, mayBeJobOf, tellsInput } from './match';
import type { OpenSubmit, OpenSubmits } from './openSubmits';
import { retryGet } from './retry';
import { settle } from './settle';

/** When the history is looked at, in ms after the ambiguous answer: a cut-off request may arrive late. */
const LOOKS_MS = [0, 2_000, 5_000, 10_000, 20_000, 40_000];
/** Further looks while the job found may belong to a submit that is still being sent. */
const CONTESTED_LOOKS_MS = [55_000, 70_000, 90_000, 120_000];
/** How much earlier than our POST a job may seem to be made: Date headers count whole seconds. */
const TOLERANCE_MS = 2_000;
/**
 * The filter's own margin; what it lets through too much is sorted out here. What lies in it is adopted by nobody, but
 * speaks against a second submit: the clock of a gateway, which is the one we know, may differ from that of the jobs.
 */
const FILTER_MARGIN_MS = 60_000;
/** A job without inputs is adopted when it was the only one from this look on and still is at the next. */
const SOLE_FROM_MS = 2_000;
const PAGE_SIZE = 100;
const MAX_PAGES = 10;

export interface ReconcileOptions {
	/** The provider's history. */
	list: (filter: HistoryFilter) => Promise<HistoryPage>;
	/** The ambiguous submit, as `submitOnce` hands it over. */
	attempt: OpenSubmit;
	/** How far the provider's clock is ahead of ours, in ms (`HttpClient.clockOffsetMs`). */
	offsetMs: () => number;
	claims: Claims;
	openSubmits: OpenSubmits;
	clock: Clock;
	signal?: AbortSignal;
	/** ms since the epoch; no look is begun after it. */
	deadlineAt?: number;
}

export interface Search {
	/** The adopted job; it is claimed. */
	job?: Job;
	/** How often the history could be read; 0 says that the search proves nothing. */
	looks: number;
	/**
	 * Nobody's jobs that the same model made about that time, by the last look: the lost one may be among them, also where
	 * its input reads otherwise (a provider may rewrite a prompt, or the address of a picture).
	 */
	candidates: string[];
	/** Whether that look saw all of that time; else there may be more. */
	whole: boolean;
	/**
	 * Jobs that could have been adopted as well, and that nobody of this process waits for: another n8n sent the same at
	 * the same time, and either of the jobs may be either's.
	 */
	spare?: string[];
}

interface Look {
	/** Jobs that may be ours and that nobody has claimed, oldest first. */
	found: HistoryJob[];
	slackMs: number;
	candidates: string[];
	whole: boolean;
}

/** Reads the history back to the submit. @throws when it could not be read in time */
async function look(options: ReconcileOptions, untilMs: number): Promise<Look> {
	const { list, attempt, offsetMs, claims, clock, signal } = options;
	const found = new Map<string, HistoryJob>();
	const candidates = new Set<string>();
	const slack = () => TOLERANCE_MS - offsetMs();
	const iso = (ms: number) => new Date(ms).toISOString();
	let end = false;
	let skewed = false;
	for (let page = 1; page <= MAX_PAGES && !end; page++) {
		const slackMs = slack();
		const from = attempt.startedAt - slackMs;
		const filter: HistoryFilter = {
			model: attempt.submission.model,
			createdAfter: iso(from - FILTER_MARGIN_MS),
			// What was made later is not ours, and would only fill the pages of a search that comes hours later.
			createdBefore: iso(from + MADE_WITHIN_MS + FILTER_MARGIN_MS),
			withInputs: true,
			page,
			pageSize: PAGE_SIZE,
		};
		const answer = await retryGet(async () => await list(filter), {
			clock,
			signal,
			deadlineAt: untilMs,
		});
		for (const job of answer.jobs) {
			if (madeAtTimeOf(attempt, job, slack() + FILTER_MARGIN_MS)) candidates.add(job.jobId);
			if (mayBeJobOf(attempt, job, slack())) found.set(job.jobId, job);
		}
		// The first answer tells the provider's time; a filter by another one may have left the job out.
		skewed ||= Math.abs(slackMs - slack()) > FILTER_MARGIN_MS;
		const oldest = Math.min(...answer.jobs.map((job) => Date.parse(job.createdAt)));
		// NaN (a time that cannot be read) reads on; an empty page is Infinity, but ends it.
		const older = oldest < attempt.startedAt - slack() - FILTER_MARGIN_MS;
		end = !answer.more || answer.jobs.length === 0 || older;
	}
	const free = [...found.values()].filter(({ jobId }) => !claims.has(jobId));
	free.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
	return {
		found: free,
		slackMs: slack(),
		candidates: [...candidates].filter((jobId) => !claims.has(jobId)),
		whole: end && !skewed,
	};
}

/** The job as everybody else sees it: the inputs may be megabytes of picture. */
function plain(job: HistoryJob): Job {
	const copy = { ...job };
	delete copy.input;
	return copy;
}

/**
 * The job of this look that is surely ours, or else why it is not: `contested` when a submit that is
 * still being sent may own one, so that a later look will know more.
 *
 * @param soleCandidateId id of the only job the look before found, if it found just one
 */
function choose(
	{ attempt, openSubmits }: ReconcileOptions,
	{ found, slackMs }: Look,
	soleCandidateId?: string,
): { job?: HistoryJob; spare?: string[]; contested: boolean } {
	const rivals = found.map((job) => openSubmits.possibleOwners(attempt, job, slackMs));
	const contested = rivals.flat().some(({ state }) => state === 'sending');
	const ours = found.filter((_, index) => rivals[index].length === 0);
	const [told, ...same] = ours.filter((job) => tellsInput(attempt.submission, job));
	if (told) {
		const spare = same.slice(openSubmits.identicalSearches(attempt)).map(({ jobId }) => jobId);
		return { job: told, contested, ...(spare.length ? { spare } : {}) };
	}
	// Without inputs any job of the model looks like ours, so a second one makes both worthless.
	const only = found.length === 1 && ours.length === 1 && ours[0].jobId === soleCandidateId;
	return { job: only ? ours[0] : undefined, contested };
}

/**
 * Searches the provider's history for the job of an ambiguous submit, several times over 40 s (over
 * 2 min while it may be that of a submit still being sent), and adopts the oldest job that
 * - has the same model, and the same value in every field that can be compared,
 * - was made since the POST began,
 * - is nobody's: not claimed, and no other open submit may own it.
 * Where the history tells no inputs, a job is adopted only if it is the only one, and stays it.
 *
 * Costs nothing. A list call that fails is repeated, and passed over if it goes on failing; a refusal
 * for good (wrong key) ends the search.
 *
 * @throws the signal's reason as soon as it is aborted, and nothing else
 */
export async function reconcile(options: ReconcileOptions): Promise<Search> {
	const { claims, clock, signal, deadlineAt = Infinity } = options;
	const beganAt = clock.now();
	const search: Search = { looks: 0, candidates: [], whole: false };
	let contested = false;
	let lone: string | undefined;

	const times = [...LOOKS_MS, ...CONTESTED_LOOKS_MS];
	for (const [index, afterMs] of times.entries()) {
		const at = Math.max(clock.now(), beganAt + afterMs);
		if (at > deadlineAt || (index >= LOOKS_MS.length && !contested)) break;
		if (at > clock.now()) await clock.sleep(at - clock.now(), signal);
		signal?.throwIfAborted();
		const nextAt = beganAt + (times[index + 1] ?? afterMs + 20_000);
		const outcome = await settle(async () => await look(options, Math.min(nextAt, deadlineAt)));
		if (!outcome.ok) {
			const { error } = outcome;
			if (isAbort(error, signal)) throw error;
			if (error instanceof ProviderError && error.isTransient) continue;
			break;
		}
		const { found, candidates, whole } = outcome.value;
		search.looks++;
		Object.assign(search, { candidates, whole });
		// Nothing is awaited from the look's end to the claim, or two searches could take one job.
		const choice = choose(options, outcome.value, lone);
		if (choice.job) {
			const { job, spare } = choice;
			claims.claim(job.jobId);
			return { ...search, job: plain(job), ...(spare ? { spare } : {}) };
		}
		contested = choice.contested;
		lone = afterMs >= SOLE_FROM_MS && found.length === 1 ? found[0].jobId : undefined;
	}
	return search;
}
