import type { IExecuteFunctions } from 'n8n-workflow';
import type { SubmitLimiter } from '../../jobs/limiter';
import { provesAbsence, reconcile, type Search } from '../../jobs/reconcile';
import { registry, type OpenSubmit } from '../../jobs/registry';
import { settle } from '../../jobs/settle';
import { PATIENCE_SEEN } from '../../jobs/unknownJob';
import { AmbiguousSubmitError, submitOnce, type Submitted } from '../../jobs/submit';
import { WithJob } from '../../n8n/errors/classes';
import { logLine } from '../../n8n/logLine';
import { lookUp } from '../../n8n/lookUpJob';
import type { Session } from '../../n8n/session';
import { historyOf, type History } from '../../providers/history';
import { lacksVideo, type Job, type Submission } from '../../providers/types';
import { toDataUri } from '../../media/picture/dataUri';
import type { KnownJob, PaidJobs } from './paidJobs';
import { goesInline } from './pictures';
import { submissionOf, type PlaceFile, type Prepared } from './prepare';

/** How long to retry a rejected submit (429), as the sum of the pauses in ms. */
const MAX_REFUSED_MS = 15 * 60_000;

/** The provider's time now, in ms since the epoch; undefined until an answer has told it. */
const providerNow = ({ http, httpIgnoringStop, clock }: Session): number | undefined => {
	const teller = [http, httpIgnoringStop].find((one) => one.knowsTime());
	return teller && clock.now() + teller.clockOffsetMs();
};

/**
 * The job of this item that an earlier try paid for, if there is one; `sameRun` as in KnownJob.
 *
 * @throws AmbiguousSubmitError if that try got no answer and the job cannot be found: sending it again might pay twice;
 * the signal's reason if it is stopped
 */
export async function previousJob(
	context: IExecuteFunctions,
	session: Session,
	prepared: Prepared,
	{ memory, signal }: { memory: PaidJobs; signal?: AbortSignal },
): Promise<{ job: Job; sameRun: boolean } | undefined> {
	const { item, model, known } = prepared;
	if (!known) return undefined;
	const { jobId, sameRun } = known;
	if (jobId === undefined) {
		const found = await findLostJob(session, prepared, known, { memory, signal });
		return found && { job: found, sameRun };
	}
	const api = model.api ?? 'main';
	const job = await lookUp(session, jobId, {
		signal,
		patience: PATIENCE_SEEN,
		known: { api },
	}).catch((error: unknown) => {
		const cause = error instanceof WithJob ? error.cause : error;
		throw new WithJob(cause, { jobId, provider: session.provider.id, model: model.id });
	});
	const ended = job.status === 'failed' || job.status === 'cancelled';
	if (ended && !lacksVideo(job) && (job.error?.retryable || !sameRun)) {
		// The job is refunded, and the same request may succeed now. Or the user has started a new run.
		memory.forget(item);
		return undefined;
	}
	context.logger.info(logLine`Hailuo: job ${jobId} of an earlier try was picked up (item ${item})`);
	const createdAt = job.createdAt || new Date(known.sentAt).toISOString();
	return { job: { ...job, model: job.model || model.id, createdAt }, sameRun };
}

/**
 * Restores the state that an earlier try left for an item: its job is claimed, and a submit without an answer is open
 * again. Called for all items before any of them searches or submits, or one could take another's job.
 */
export async function restoreAttempt(
	context: IExecuteFunctions,
	session: Session,
	prepared: Prepared,
	{ jobId, sentAt, providerAt, sameRequest }: KnownJob,
): Promise<void> {
	const { provider } = session;
	if (jobId !== undefined) registry.claim(jobId);
	// Without the original request there is nothing to compare the history with.
	else if (historyOf(provider, prepared.model.api) && sameRequest) {
		// A picture that was uploaded then has another address now, so it is excluded from the comparison.
		const place: PlaceFile = async (file) => {
			if (file.kind === 'url') return file.url;
			return goesInline(provider, file) ? toDataUri(file.data, file.mimeType) : 'data:';
		};
		const submission = await submissionOf(context, session, prepared, { place });
		const { fingerprint } = prepared;
		prepared.unresolved = registry.resume(submission, {
			startedAt: sentAt,
			providerAt,
			fingerprint,
		});
	}
}

/** A submit that was reopened and not found stays open for a while, without delaying the searches of others. */
export function parkAttempt({ clock }: Session, { unresolved: lost }: Prepared): void {
	if (lost) registry.giveUp(lost, clock.now());
}

async function findLostJob(
	session: Session,
	{ item, fingerprint, model, unresolved: lost }: Prepared,
	{ sentAt, providerAt }: KnownJob,
	{ memory, signal }: { memory: PaidJobs; signal?: AbortSignal },
): Promise<Job | undefined> {
	const { provider, clock } = session;
	const history = historyOf(provider, model.api);
	const inDoubt = (facts: { candidates?: readonly string[]; cause?: unknown } = {}) =>
		new AmbiguousSubmitError({ hint: provider.historyHint, earlier: true, ...facts });
	if (!lost || !history) throw inDoubt();
	const outcome = await settle(
		async () => await search(session, history, lost, { wholeHistory: true, signal }),
	);
	// Stopped because of another item. This item's job may still exist, so the error says so.
	if (!outcome.ok) throw inDoubt({ cause: outcome.error });
	const found = outcome.value;
	if (found.job) {
		registry.close(lost);
		memory.remember(item, fingerprint, { jobId: found.job.jobId, sentAt, providerAt });
		return found.job;
	}
	const now = { ourAt: clock.now(), providerAt: providerNow(session) };
	if (!provesAbsence(found, { sentAt, providerAt }, now, history.historyMs)) {
		throw inDoubt({ candidates: found.likely ?? found.candidates });
	}
	registry.close(lost);
	memory.forget(item);
	return undefined;
}

interface SubmitWith {
	submission: Submission;
	memory: PaidJobs;
	limiter: SubmitLimiter;
	/** Ends the waits before the POST. */
	signal?: AbortSignal;
}

/**
 * Sends the paid POST of one item, once. It is recorded before it is sent and again with its job ID, so that a second
 * try of the run does not pay again.
 *
 * @throws AmbiguousSubmitError if it is not known whether the provider accepted it; ProviderError if it did not
 */
export async function submit(
	context: IExecuteFunctions,
	session: Session,
	{ item, fingerprint }: Prepared,
	{ submission, memory, limiter, signal }: SubmitWith,
): Promise<Submitted> {
	const { provider, http, clock } = session;
	const history = historyOf(provider, submission.api);
	let sentAt = clock.now();
	let attempt: OpenSubmit | undefined;
	const remember = (jobId?: string) =>
		memory.remember(item, fingerprint, { jobId, sentAt, providerAt: attempt?.providerAt });
	const outcome = await settle(
		async () =>
			await submitOnce({
				submission,
				fingerprint,
				send: async () => {
					sentAt = clock.now();
					remember();
					const job = await provider.submit(http, submission);
					remember(job.jobId);
					return job;
				},
				clock,
				signal,
				limiter,
				patienceMs: MAX_REFUSED_MS,
				providerNow: () => providerNow(session),
				hint: provider.historyHint,
				search: history
					? async (open) => {
							attempt = open;
							return await search(session, history, open);
						}
					: undefined,
			}),
	);
	if (outcome.ok) {
		const { job, adopted, startedAt } = outcome.value;
		remember(job.jobId);
		const created = { ...job, createdAt: job.createdAt || new Date(startedAt).toISOString() };
		const how = adopted ? 'found again after a submit without an answer' : 'submitted';
		context.logger.info(
			logLine`Hailuo: job ${job.jobId} ${how} (${provider.name}, ${submission.model}, item ${item})`,
		);
		return { ...outcome.value, job: created };
	}
	if (outcome.error instanceof AmbiguousSubmitError) {
		// With the provider's time, if the search has found it out.
		remember();
		context.logger.warn(
			logLine`Hailuo: a submit got no usable answer and was not sent again (${provider.name}, ${submission.model}, item ${item})`,
		);
	} else {
		// Rejected, or never sent: a later try may send it.
		memory.forget(item);
	}
	throw outcome.error;
}

/**
 * Searches the provider's history for the job of a submit without an answer. After a POST of this try, Stop does not
 * end the search: n8n ends the execution immediately anyway, and the log then shows the ID of the paid job.
 */
async function search(
	session: Session,
	{ list }: History,
	attempt: OpenSubmit,
	options: { wholeHistory?: boolean; signal?: AbortSignal } = {},
): Promise<Search> {
	const { httpIgnoringStop: http, clock } = session;
	const found = await reconcile({
		list: async (filter) => await list(http, filter),
		attempt,
		offsetMs: () => (http.knowsTime() ? http.clockOffsetMs() : undefined),
		registry,
		clock,
		...options,
	});
	const { job, spare } = found;
	if (!job || !spare) return found;
	const warning = `The submit got no answer, and the history shows several jobs with the same input from that time. The others are: ${spare.join(', ')}. If none of your other executions made them, get their videos with Job: Wait; they are paid.`;
	return { ...found, job: { ...job, warnings: [warning] } };
}
