import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Clock } from '../jobs/clock';
import { StatusPacer } from '../jobs/limiter';
import { retryGet, type RetryOptions } from '../jobs/retry';
import { settle } from '../jobs/settle';
import { Semaphore } from '../jobs/semaphore';
import type { Watched } from '../jobs/unknownJob';
import { historyOf } from '../providers/history';
import type { JobApi, ProviderId } from '../providers/modelTypes';
import { FetchedFiles } from '../media/fetchFile';
import type { Job } from '../providers/types';
import { clock } from './clock';
import { connect, type Connection } from './http';

/** Maximum parallel downloads: each one uses a connection and a file that is being written. */
const MAX_PARALLEL_DOWNLOADS = 8;

/** The state shared by all items of one run of the node. */
export interface Session extends Connection {
	clock: Clock;
	/** Aborted when the execution is stopped. */
	signal?: AbortSignal;
	/** Spreads the status calls of all open jobs. */
	pacer: StatusPacer;
	/** Limits the downloads, which need no slot in the batch. */
	downloads: Semaphore;
	/** The pictures that n8n fetched for the provider. */
	fetched: FetchedFiles;
}

export async function openSession(context: IExecuteFunctions): Promise<Session> {
	const provider = context.getNodeParameter('provider', 0) as ProviderId;
	return sessionOf(await connect(context, provider), context.getExecutionCancelSignal?.());
}

export const sessionOf = (connection: Connection, signal?: AbortSignal): Session => ({
	...connection,
	clock,
	signal,
	pacer: new StatusPacer({ clock }),
	downloads: new Semaphore(MAX_PARALLEL_DOWNLOADS),
	fetched: new FetchedFiles(),
});

/**
 * The options that all items of a run share, from the first item. If one of its expressions has no value, only that
 * item fails; the others continue with the defaults.
 */
export async function sharedOptions(context: IExecuteFunctions): Promise<IDataObject> {
	const read = await settle(() => context.getNodeParameter('options', 0, {}) as IDataObject);
	return read.ok ? read.value : {};
}

/** How long to retry a failed call, in ms. */
const RETRY_MS = 60_000;

type RetryCallOptions = { patienceMs?: number } & Partial<Pick<RetryOptions, 'signal' | 'onRetry'>>;

/**
 * Retries a free call, whatever its HTTP method.
 *
 * @param options.patienceMs default: a minute
 * @throws the ProviderError of the last attempt; the signal's reason when it was stopped
 */
export async function withRetry<T>(
	{ clock: time, signal }: Session,
	call: () => Promise<T>,
	options: RetryCallOptions = {},
): Promise<T> {
	const { patienceMs = RETRY_MS, ...rest } = options;
	return await retryGet(call, {
		clock: time,
		signal,
		deadlineAt: time.now() + patienceMs,
		...rest,
	});
}

/**
 * The history of the API that a job belongs to, in the form that JobWatch needs; undefined if there is none, or if the
 * API is not known. Pace and signal are up to the caller.
 */
export function listOf({ provider, http }: Session, api?: JobApi): Watched['list'] {
	const history = historyOf(provider, api === 'main' ? undefined : api);
	return history && (async (filter) => await history.list(http, filter));
}

/** A job by its ID, paced with all other status calls of the run. @throws as `withRetry` */
export async function getJob(
	session: Session,
	jobId: string,
	options?: RetryCallOptions,
): Promise<Job> {
	const { provider, http, pacer } = session;
	const get = async () => {
		await pacer.acquire(options?.signal ?? session.signal);
		return await provider.get(http, jobId);
	};
	return await withRetry(session, get, options);
}
