import { untilAborted } from '../jobs/abort';
import { backoff } from '../jobs/retry';
import { settle } from '../jobs/settle';
import { JobWatch, PATIENCE_TYPED, type Patience } from '../jobs/unknownJob';
import { PROVIDER_NAMES } from '../models/catalogue';
import { providerOf, providers } from '../providers';
import { ProviderError, UNKNOWN_JOB } from '../providers/errors';
import type { Job } from '../providers/types';
import { WithJob } from './errors/classes';
import { getJob, listOf, withRetry, type Session } from './session';

/** The error for a job given by ID: it carries the ID, and says if the ID looks like another provider's. */
export function aboutJob(
	{ provider }: Pick<Session, 'provider'>,
	jobId: string,
): (error: unknown) => WithJob {
	return (error) => {
		const job = { jobId, provider: provider.id };
		if (!(error instanceof ProviderError) || error.kind !== 'notFound') {
			return new WithJob(error, job, false);
		}
		const owner = provider.ownsJobId(jobId)
			? undefined
			: providers.find((id) => id !== provider.id && providerOf(id).ownsJobId(jobId));
		const { kind, status, code } = error;
		const next = owner
			? `This looks like a job ID of ${PROVIDER_NAMES[owner]}: choose that provider`
			: UNKNOWN_JOB;
		return new WithJob(
			new ProviderError(`${provider.name} does not know the job ${jobId}`, {
				kind,
				status,
				code,
				hint: next,
			}),
			job,
			false,
		);
	};
}

/** A free call about a job given by ID, with retries. @throws WithJob: see `aboutJob` */
export async function callForJob<T>(
	session: Session,
	jobId: string,
	call: () => Promise<T>,
	options?: Parameters<typeof withRetry>[2],
): Promise<T> {
	return await withRetry(session, call, options).catch((error) => {
		throw aboutJob(session, jobId)(error);
	});
}

/** Pause between two polls of a job that the provider does not know, in ms: initial and maximum. */
const REPEAT_MS = [2_000, 15_000] as const;

export interface LookUpOptions {
	signal?: AbortSignal;
	/** How long to retry a failed call, in ms; default: a minute. */
	patienceMs?: number;
	/** How long the job must stay unknown before it is reported; default: that of a typed ID. */
	patience?: Patience;
	/** Its API and the time when it was made (ISO 8601), if known: they show where in the history to search. */
	known?: Pick<Job, 'api'> & Partial<Pick<Job, 'createdAt'>>;
}

/**
 * A job by its ID, paced with all other status calls of the run. A single answer that the job is unknown is not final:
 * see jobs/unknownJob.ts.
 *
 * @throws WithJob, with the ID, and with a hint if the ID looks like another provider's
 */
export async function lookUp(
	session: Session,
	jobId: string,
	{ signal = session.signal, patienceMs, patience = PATIENCE_TYPED, known }: LookUpOptions = {},
): Promise<Job> {
	const { clock, pacer } = session;
	const list = listOf(session, known?.api);
	const watch = new JobWatch({
		jobId,
		patience,
		list:
			list &&
			(async (filter) => {
				await pacer.acquire(signal);
				return await untilAborted(list(filter), signal);
			}),
		createdAt: known?.createdAt,
	});
	for (let attempt = 0; ; attempt++) {
		const polled = await settle(async () => await getJob(session, jobId, { signal, patienceMs }));
		// Waiting for a missing video is up to the caller.
		if (polled.ok) return polled.value;
		signal?.throwIfAborted();
		const verdict = await watch.judge(polled, clock.now());
		signal?.throwIfAborted();
		if (verdict.is === 'known') return verdict.job;
		const isPassing = polled.error instanceof ProviderError && polled.error.isTransient;
		if (verdict.is === 'over' || isPassing) throw aboutJob(session, jobId)(polled.error);
		await clock.sleep(
			backoff(attempt, () => clock.random(), REPEAT_MS),
			signal,
		);
	}
}
