import { ProviderError } from '../providers/errors';
import type { Job, Submission } from '../providers/types';
import type { Clock } from './clock';
import type { SubmitLimiter } from './limiter';
import { registry as processRegistry, type OpenSubmit, type Registry } from './registry';
import type { Search } from './reconcile';
import { retryWait } from './retry';
import { settle } from './settle';

/*
 * Rules that must not regress:
 * - A paid POST is sent again only after a proof that it was not taken (`ProviderError.provesRefusal`): never after a
 *   timeout, a cut connection or a 5xx.
 * - From the moment before the POST until its job is known, the POST stands in the registry, so that no search of
 *   another item takes its job.
 * - A job is claimed before its POST is closed; nothing is awaited in between.
 * - A POST without a usable answer ends as AmbiguousSubmitError. Nobody turns that into a retry.
 */

/** How often a connection that was never made is tried again; a provider that is down stays down. */
const MAX_NOT_CONNECTED = 3;
/** Pause after a 429 without Retry-After, in ms: the limits reset every minute. */
const REFUSED_FIRST_MS = 5_000;
const REFUSED_MAX_MS = 60_000;

/**
 * The POST was sent and its answer proves nothing: the job may exist and may be billed. Say so, and
 * never send it again by itself.
 */
export class AmbiguousSubmitError extends Error {
	/** What the POST ended with; the signal's reason when it was stopped under way. Unknown for an earlier try. */
	readonly cause?: unknown;
	/** IDs of jobs of the history that may be the one. */
	readonly candidates: readonly string[];
	/** Where a person looks for the job: a sentence without its full stop. */
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
	/** What `send` sends: so that other items' searches do not take its job. */
	submission: Submission;
	/** The same for the same request; default: that of the submission. */
	fingerprint?: string;
	/**
	 * The paid POST, once. Better not handed the signal: the answer holds the id of a paid job, which
	 * is worth the moment's wait.
	 */
	send: () => Promise<Job>;
	clock: Clock;
	/** Ends the waits before the POST. */
	signal?: AbortSignal;
	limiter?: SubmitLimiter;
	/**
	 * How long a POST that is refused (429) is sent again, in ms of pauses: waiting for a place in the limiter's line
	 * does not use it up.
	 */
	patienceMs: number;
	/** The provider's time now, in ms since the epoch; undefined while it is not known. */
	providerNow?: () => number | undefined;
	/**
	 * Asked after an answer that proves nothing, never twice: looks the job up, and claims it. Its own failure counts as
	 * not found.
	 *
	 * @param attempt the POST, with the time when it began
	 */
	lookUp?: (attempt: OpenSubmit) => Promise<Partial<Pick<Search, 'job' | 'candidates' | 'likely'>>>;
	/** Where a person looks for a job that was not found. */
	hint?: string;
	/** The process's registry, unless a test brings its own. */
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
 * What proves that a paid POST was not taken, asked in this one place: `ProviderError.provesRefusal`. Any other throw may
 * have come after the POST.
 */
const provesRefusal = (error: unknown): error is ProviderError =>
	error instanceof ProviderError && error.provesRefusal;

/**
 * Sends a paid POST once. It is sent again only after a proof that it was refused for now (429, with a pause for the
 * whole batch; no connection, 3 times), and never after an answer that proves nothing: that is what paying twice comes
 * from.
 *
 * @throws AmbiguousSubmitError after an answer that proves nothing, unless the job was found; the
 * ProviderError of a refusal for good, or of the last one when patience is over; the signal's reason
 * when it is aborted before the POST
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
			// Claimed before it is closed: in between, a search could take it for nobody's.
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
		const slow = limited ? ([REFUSED_FIRST_MS, REFUSED_MAX_MS] as const) : ([] as const);
		const waitMs = retryWait(error, attempt, () => clock.random(), ...slow);
		if (limited) limiter?.pause(waitMs);
		pausedMs += waitMs;
		if (pausedMs > patienceMs) throw error;
		// With a limiter the pause is waited for in its queue, so that nobody overtakes.
		if (!limited || !limiter) await clock.sleep(waitMs, signal);
	}
}

/** @throws AmbiguousSubmitError when the job is not found */
async function resolve(
	cause: unknown,
	open: OpenSubmit,
	{ lookUp, hint, clock }: SubmitOptions,
	registry: Registry,
): Promise<Submitted> {
	open.state = 'ambiguous';
	const outcome = lookUp ? await settle(async () => await lookUp(open)) : undefined;
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
