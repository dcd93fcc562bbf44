import type { IExecuteFunctions } from 'n8n-workflow';
import { reconcile, type Search } from '../../jobs/reconcile';
import { claims } from '../../jobs/claims';
import type { SubmitLimiter } from '../../jobs/limiter';
import { openSubmits, type OpenSubmit } from '../../jobs/openSubmits';
import { settle } from '../../jobs/settle';
import { AmbiguousSubmitError, submitOnce, type Submitted } from '../../jobs/submit';
import { lacksVideo, type Job, type Submission } from '../../providers/types';
import { InDoubt, WithJob } from '../../n8n/errors';
import type { PaidJobs, Recalled } from './paidJobs';
import { getJob, type Session } from '../../n8n/session';
import { submissionOf, type Prepared } from './prepare';

/** How long refused submits (429) are tried again, in ms. */
const SUBMIT_RETRY_MS = 15 * 60_000;

/**
 * The job of this item that an earlier try paid for, if there is one; `sameRun` as in Recalled.
 *
 * @throws InDoubt when that try got no answer and the job cannot be found: sending it again might pay twice
 */
export async function previousJob(
	context: IExecuteFunctions,
	session: Session,
	memory: PaidJobs,
	prepared: Prepared,
): Promise<{ job: Job; sameRun: boolean } | undefined> {
	const { item, fingerprint, model } = prepared;
	const known = memory.recall(item, fingerprint);
	if (!known) return undefined;
	const { jobId, sameRun } = known;
	if (jobId === undefined) {
		const found = await findLostJob(session, memory, prepared, known);
		return found && { job: found, sameRun };
	}
	const job = await getJob(session, jobId).catch((error) => {
		throw new WithJob(error, { jobId, provider: session.provider.id, model: model.id });
	});
	const ended = job.status === 'failed' || job.status === 'cancelled';
	if (ended && !lacksVideo(job) && (job.error?.retryable || !sameRun)) {
		// It is refunded, and the same request may succeed now; or a person asks for it anew.
		memory.forget(item);
		return undefined;
	}
	context.logger.info(`Hailuo: job ${jobId} of an earlier try is picked up (item ${item})`);
	const createdAt = job.createdAt || new Date(known.sentAt).toISOString();
	return { job: { ...job, model: job.model || model.id, createdAt }, sameRun };
}

/** How long after a submit an entry may still turn up in the history, in ms. After it, absence is proof. */
const HISTORY_LAG_MS = 120_000;

/**
 * Takes up again what an earlier try left of an item: the job it knows is nobody else's, and a submit without an answer
 * is open again. Called for all items before any of them searches or submits, or one could take another's job.
 */
export async function restoreAttempt(
	context: IExecuteFunctions,
	session: Session,
	prepared: Prepared,
	{ jobId, sentAt, sameRequest }: Recalled,
): Promise<void> {
	if (jobId !== undefined) claims.claim(jobId);
	// Without the request as it was sent there is nothing that the history could be compared with.
	else if (session.provider.list && sameRequest) {
		// A picture that was put up then has another address now, so it is left out of the comparison.
		const submission = await submissionOf(context, session, prepared, async (picture) =>
			picture.kind === 'url' ? picture.url : 'data:',
		);
		prepared.unresolved = openSubmits.resume(submission, sentAt, prepared.fingerprint);
	}
}

/** What was reopened and not found stays open for a while, without holding up the searches of others. */
export function parkAttempt({ clock }: Session, { unresolved: lost }: Prepared): void {
	if (lost) openSubmits.giveUp(lost, clock.now());
}

async function findLostJob(
	session: Session,
	memory: PaidJobs,
	{ item, fingerprint, unresolved: lost }: Prepared,
	{ sentAt }: Recalled,
): Promise<Job | undefined> {
	const { provider, clock } = session;
	if (!lost) throw inDoubt(session);
	const { job, looks, whole, candidates } = await search(session, lost);
	if (job) {
		openSubmits.close(lost);
		memory.remember(item, fingerprint, { jobId: job.jobId, sentAt });
		return job;
	}
	const ageMs = clock.now() - sentAt;
	const readable = looks > 0 && whole && ageMs < (provider.historyMs ?? 0);
	// Nothing but an empty history proves that it was never taken: a second submit might be paid twice.
	if (!readable || candidates.length > 0 || ageMs < HISTORY_LAG_MS) {
		throw inDoubt(session, undefined, candidates);
	}
	openSubmits.close(lost);
	memory.forget(item);
	return undefined;
}

/**
 * Sends the paid POST of one item, once. It is remembered before it is sent and again with its id, so that no second
 * try of the run pays for it again.
 *
 * @throws InDoubt when nobody knows whether the provider took it; ProviderError when it did not
 */
export async function submit(
	context: IExecuteFunctions,
	session: Session,
	prepared: Prepared,
	submission: Submission,
	{ memory, limiter, signal }: { memory: PaidJobs; limiter: SubmitLimiter; signal?: AbortSignal },
): Promise<Submitted> {
	const { provider, http, clock } = session;
	const { item, fingerprint } = prepared;
	const known = (job: Job, sentAt: number) =>
		memory.remember(item, fingerprint, { jobId: job.jobId, sentAt });
	let candidates: string[] = [];
	const outcome = await settle(
		async () =>
			await submitOnce({
				submission,
				fingerprint,
				send: async () => {
					const sentAt = clock.now();
					memory.remember(item, fingerprint, { sentAt });
					const job = await provider.submit(http, submission);
					known(job, sentAt);
					return job;
				},
				clock,
				signal,
				limiter,
				patienceUntil: clock.now() + SUBMIT_RETRY_MS,
				resolveAmbiguity: provider.list
					? async (_error, attempt) => {
							const found = await search(session, attempt);
							candidates = found.candidates;
							return found.job;
						}
					: undefined,
			}),
	);
	if (outcome.ok) {
		const { job, adopted, startedAt } = outcome.value;
		known(job, startedAt);
		const created = { ...job, createdAt: job.createdAt || new Date(startedAt).toISOString() };
		const how = adopted ? 'found again after a submit without an answer' : 'submitted';
		context.logger.info(
			`Hailuo: job ${job.jobId} ${how} (${provider.name}, ${submission.model}, item ${item})`,
		);
		return { ...outcome.value, job: created };
	}
	if (outcome.error instanceof AmbiguousSubmitError) {
		context.logger.warn(
			`Hailuo: a submit got no usable answer and was not sent again (${provider.name}, ${submission.model}, item ${item})`,
		);
		throw inDoubt(session, outcome.error, candidates);
	}
	// Refused, or never sent: a later try may send it.
	memory.forget(item);
	throw outcome.error;
}

/**
 * Looks the job of a submit without an answer up in the provider's history. Stop does not end it: n8n ends the
 * execution at once all the same, and the log then tells the id of the paid job.
 */
async function search(
	{ provider, httpIgnoringStop: http, clock }: Session,
	attempt: OpenSubmit,
): Promise<Search> {
	const found = await reconcile({
		list: async (filter) => await provider.list!(http, filter),
		attempt,
		offsetMs: http.clockOffsetMs,
		claims,
		openSubmits,
		clock,
	});
	const { job, spare } = found;
	if (!job || !spare) return found;
	const warning = `The submit got no answer, and the history shows more than one job with the same input from that time. Besides this one: ${spare.join(', ')}. If no other execution of yours made them, get their videos with Job: Wait; they are paid.`;
	return { ...found, job: { ...job, warnings: [warning] } };
}

/** More of them are no help to a person. */
const MAX_NAMED = 3;

/** @param candidates ids of jobs that may be the one */
function inDoubt(
	{ provider }: Session,
	error?: AmbiguousSubmitError,
	candidates: readonly string[] = [],
): InDoubt {
	const named = candidates.length > 0 && candidates.length <= MAX_NAMED;
	const perhaps = named ? `; it may be ${candidates.join(' or ')}` : '';
	const cause = (error?.cause as Error | undefined)?.message;
	const what = error ? 'The submit got' : 'An earlier try submitted this item and got';
	return new InDoubt(
		`${what} no usable answer, so the job may exist and may be billed. It was not sent again${cause ? ` (${cause})` : ''}`,
		`${provider.historyHint}${perhaps}. A job that is there can be picked up with Job: Wait; to submit the item all the same, start a new execution`,
	);
}
