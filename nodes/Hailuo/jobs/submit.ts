import { ProviderError } from '../providers/errors';
import type { Job, Submission } from '../providers/types';
import { claims as processClaims, type Claims } from './claims';
import type { Clock } from './clock';
import type { SubmitLimiter } from './limiter';
import { openSubmits as processSubmits, type OpenSubmit, type OpenSubmits } from './openSubmits';
import { retryWait } from './retry';
import { settle } from './settle';

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
	/** What the POST ended with; the signal's reason when it was stopped under way. */
	readonly cause: unknown;

	constructor(cause: unknown) {
		super(cause instanceof Error ? cause.message : String(cause));
		this.name = 'AmbiguousSubmitError';
		this.cause = cause;
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
	/** ms since the epoch; a refused POST is not sent again after it. */
	patienceUntil: number;
	/**
	 * Asked after an answer that proves nothing, never twice: gives the job if it can be found, already
	 * claimed. Its own failure counts as not found.
	 *
	 * @param attempt of the POST; `attempt.startedAt` is when it began
	 */
	resolveAmbiguity?: (error: unknown, attempt: OpenSubmit) => Promise<Job | undefined>;
	/** The process's registries, unless a test brings its own. */
	claims?: Claims;
	openSubmits?: OpenSubmits;
}

export interface Submitted {
	job: Job;
	/** When the POST that made the job began, by our clock, in ms since the epoch. */
	startedAt: number;
	/** Found in the history after an ambiguous answer. */
	adopted: boolean;
}

/** Only a ProviderError can prove anything: any other throw may have come after the POST. */
function provesNothing(error: unknown): boolean {
	return !(error instanceof ProviderError) || error.isAmbiguous;
}

/**
 * Sends a paid POST once. It is sent again only after a proof that it was refused (429, with a pause
 * for the whole batch; no connection, 3 times), and never after an answer that proves nothing: that
 * is what paying twice comes from.
 *
 * @throws AmbiguousSubmitError after an answer that proves nothing, unless the job was found; the
 * ProviderError of a refusal for good, or of the last one when patience is over; the signal's reason
 * when it is aborted before the POST
 */
export async function submitOnce(options: SubmitOptions): Promise<Submitted> {
	const { submission, send, clock, signal, limiter, patienceUntil } = options;
	const { claims = processClaims, openSubmits = processSubmits } = options;
	let notConnected = 0;
	for (let attempt = 0; ; attempt++) {
		if (limiter) await limiter.acquire(signal);
		signal?.throwIfAborted();
		const startedAt = clock.now();
		const open = openSubmits.begin(submission, startedAt, options.fingerprint);
		const outcome = await settle(send);
		if (outcome.ok) {
			// Claimed before it is closed: in between, a search could take it for nobody's.
			claims.claim(outcome.value.jobId);
			openSubmits.close(open);
			return { job: outcome.value, startedAt, adopted: false };
		}
		const { error } = outcome;
		if (provesNothing(error)) return await resolve(error, open, options, openSubmits);
		openSubmits.close(open);

		if (!(error instanceof ProviderError) || !error.isRefusal) throw error;
		const limited = error.kind === 'rateLimited';
		if (!limited && ++notConnected > MAX_NOT_CONNECTED) throw error;
		const slow = limited ? ([REFUSED_FIRST_MS, REFUSED_MAX_MS] as const) : ([] as const);
		const waitMs = retryWait(error, attempt, () => clock.random(), ...slow);
		if (limited) limiter?.pauseUntil(clock.now() + waitMs);
		if (clock.now() + waitMs > patienceUntil) throw error;
		// With a limiter the pause is waited for in its queue, so that nobody overtakes.
		if (!limited || !limiter) await clock.sleep(waitMs, signal);
	}
}

/** @throws AmbiguousSubmitError when the job is not found */
async function resolve(
	error: unknown,
	open: OpenSubmit,
	options: SubmitOptions,
	openSubmits: OpenSubmits,
): Promise<Submitted> {
	open.state = 'ambiguous';
	const search = options.resolveAmbiguity;
	const outcome = search ? await settle(async () => await search(error, open)) : undefined;
	if (outcome?.ok && outcome.value) {
		(options.claims ?? processClaims).claim(outcome.value.jobId);
		openSubmits.close(open);
		return { job: outcome.value, startedAt: open.startedAt, adopted: true };
	}
	openSubmits.giveUp(open, options.clock.now());
	throw new AmbiguousSubmitError(error);
}
