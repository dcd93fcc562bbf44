import { ProviderError } from '../providers/errors';
import type { Job, Submission } from '../providers/types';
import type { Clock } from './clock';
import type { SubmitLimiter } from './limiter';
import { registry as processRegistry, type OpenSubmit, type Registry } from './registry';
import type { Search } from './reconcile';
import { retryWait, type PauseRange } from './retry';
import { settle } from './settle';

/*
 * Rules that must not regress:
 * - A paid POST is sent again only after a proof that it was not accepted (`ProviderError.provesRefusal`): never after
 *   a timeout, a lost connection or a 5xx.
 * - From before the POST until its job is known, the POST is in the registry, so that no search of another item takes
 *   its job.
 * - A job is claimed before its POST is closed; nothing is awaited in between.
 * - A POST without a usable answer ends as AmbiguousSubmitError, which must never become a retry.
 */

/** How often a connection that was never made is tried again; a provider that is down stays down. */
const MAX_NOT_CONNECTED = 3;
/** The pauses after a 429 without Retry-After: the limits reset every minute. */
const LIMITED_MS: PauseRange = [5_000, 60_000];

/**
 * The POST was sent and its answer proves nothing: the job may exist and may be billed. The user must be told, and the
 * POST must never be sent again automatically.
 */
export class AmbiguousSubmitError extends Error {
	/** The error of the POST; the signal's reason if it was stopped meanwhile. Unknown for an earlier try. */
	readonly cause?: unknown;
	/** IDs of jobs in the history that may be the job. */
	readonly candidates: readonly string[];
	/** Where the user can look for the job: a sentence without its full stop. */
	readonly hint?: string;
	/** Whether an earlier try of the item sent it. */
	readonly earlier: boolean;

	constructor(
		facts: {
			cause?: unknown;
			candidates?: readonly string[];
			hint?: string;
			earlier?: boolean;
		} = {},
	) {
		const { cause, candidates = [], hint, earlier = false } = facts;
		super(cause instanceof Error ? cause.message : String(cause ?? 'no answer'));
		this.name = 'AmbiguousSubmitError';
		this.cause = cause;
		this.candidates = candidates;
		this.hint = hint;
		this.earlier = earlier;
	}
}

export interface SubmitOptions {
	/** What `send` sends, so that the searches of other items do not take its job. */
	submission: Submission;
	/** Identical for identical requests; default: that of the submission. */
	fingerprint?: string;
	/**
	 * Sends the paid POST once. It should not use the signal: the answer contains the ID of a paid job, and is worth a
	 * moment's wait.
	 */
	send: () => Promise<Job>;
	clock: Clock;
	/** Ends the waits before the POST. */
	signal?: AbortSignal;
	limiter?: SubmitLimiter;
	/**
	 * How long a rejected POST (429) is sent again, as the sum of the pauses in ms. Waiting in the queue of the limiter
	 * does not count.
	 */
	patienceMs: number;
	/** The provider's time now, in ms since the epoch; undefined if it is not known. */
	providerNow?: () => number | undefined;
	/**
	 * Called once, after an answer that proves nothing. Searches for the job and claims it. If it fails, the job counts as
	 * not found.
	 *
	 * @param attempt the POST, with the time when it began
	 */
	search?: (attempt: OpenSubmit) => Promise<Partial<Pick<Search, 'job' | 'candidates' | 'likely'>>>;
	/** Where the user can look for a job that was not found. */
	hint?: string;
	/** Default: the registry of the process. Tests pass their own. */
	registry?: Registry;
}

export interface Submitted {
	job: Job;
	/** When the POST that made the job began, by our clock, in ms since the epoch. */
	startedAt: number;
	/** Found in the history after an ambiguous answer. */
	adopted: boolean;
}

/**
 * The one place that decides whether a paid POST was not accepted: `ProviderError.provesRefusal`. Any other error may
 * have been thrown after the POST.
 */
const provesRefusal = (error: unknown): error is ProviderError =>
	error instanceof ProviderError && error.provesRefusal;

/**
 * Sends a paid POST once. It is sent again only after a proof that it was rejected temporarily (429, with a pause for
 * the whole batch; no connection, 3 times), and never after an answer that proves nothing, because that would risk
 * paying twice.
 *
 * @throws AmbiguousSubmitError after an answer that proves nothing, unless the job was found; the ProviderError of a
 * permanent rejection, or of the last temporary one after `patienceMs`; the signal's reason when it is aborted before
 * the POST
 */
export async function submitOnce(options: SubmitOptions): Promise<Submitted> {
	const { submission, send, clock, signal, limiter, patienceMs, fingerprint } = options;
	const { registry = processRegistry, providerNow } = options;
	let notConnected = 0;
	let pausedMs = 0;
	for (let attempt = 0; ; attempt++) {
		if (limiter) await limiter.acquire(signal);
		signal?.throwIfAborted();
		const startedAt = clock.now();
		const began = { startedAt, providerAt: providerNow?.(), fingerprint };
		const open = registry.begin(submission, began);
		const outcome = await settle(send);
		if (outcome.ok) {
			// Claimed before the POST is closed: in between, a search could adopt it.
			registry.claim(outcome.value.jobId);
			registry.close(open);
			return { job: outcome.value, startedAt, adopted: false };
		}
		const { error } = outcome;
		if (!provesRefusal(error)) return await resolve(error, open, options, registry);
		registry.close(open);

		if (!error.isRefusal) throw error;
		const limited = error.kind === 'rateLimited';
		if (!limited && ++notConnected > MAX_NOT_CONNECTED) throw error;
		const range = limited ? LIMITED_MS : undefined;
		const waitMs = retryWait(error, attempt, () => clock.random(), range);
		if (limited) limiter?.pause(waitMs);
		pausedMs += waitMs;
		if (pausedMs > patienceMs) throw error;
		// With a limiter, the pause is spent in its queue, so that no other item overtakes.
		if (!limited || !limiter) await clock.sleep(waitMs, signal);
	}
}

/** @throws AmbiguousSubmitError when the job is not found */
async function resolve(
	cause: unknown,
	open: OpenSubmit,
	{ search, hint, clock }: SubmitOptions,
	registry: Registry,
): Promise<Submitted> {
	open.state = 'ambiguous';
	const outcome = search ? await settle(async () => await search(open)) : undefined;
	const found = outcome?.ok ? outcome.value : undefined;
	if (found?.job) {
		registry.claim(found.job.jobId);
		registry.close(open);
		return { job: found.job, startedAt: open.startedAt, adopted: true };
	}
	registry.giveUp(open, clock.now());
	const candidates = found?.likely ?? found?.candidates;
	throw new AmbiguousSubmitError({ cause, candidates, hint });
}
