import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { settle } from '../jobs/settle';
import { waitForJob } from '../jobs/wait';
import { DownloadFailed } from '../media/video/downloadFailed';
import { loadNewVideo } from '../media/video/notServedYet';
import { findModel } from '../models/catalogue';
import { ofApi, type Job } from '../providers/types';
import { JobFailed, NOT_DOWNLOADED, tryAgain, VideoMissing, WithJob } from './errors/classes';
import { loadVideo, type FinishOptions } from './finishOptions';
import { jobItem } from './jobItem';
import { listOf, type Session } from './session';
import type { RequestContext } from './http';

/** A download may take as long as the wait for its job, but at least this long, in ms: enough for a few MB on any connection. */
const MIN_DOWNLOAD_MS = 15 * 60_000;

/** Used if a model's usual duration is unknown. */
const ANY_JOB_SECONDS = [25, 420] as const;

/** How long to wait for a job. */
interface Wait {
	/** ms */
	timeLimitMs: number;
	signal?: AbortSignal;
	/** When this node submitted it, in ms since the epoch; absent for a job that is picked up. */
	submittedAt?: number;
}

/**
 * Waits for the end of a job that was submitted and paid for.
 *
 * @throws WithJob, for every error, so that the job ID is never lost
 */
export async function awaitEnd(
	session: Session,
	job: Job,
	{ timeLimitMs, signal, submittedAt }: Wait,
): Promise<Job> {
	const { provider, http, clock, pacer } = session;
	const model = findModel(job.provider, job.model);
	const api = job.api ?? (model && (model.api ?? 'main'));
	// The API is remembered with the job: asking every one of the provider's at each poll would double the calls.
	const owner = api ? ofApi(provider, api) : provider;
	const ended = await waitForJob({
		jobId: job.jobId,
		first: job,
		get: async () => await owner.get(http, job.jobId),
		list: listOf({ ...session, provider: owner }, api),
		jobSeconds: model?.jobSeconds ?? ANY_JOB_SECONDS,
		clock,
		signal,
		deadlineAt: clock.now() + timeLimitMs,
		pacer,
		submittedAt,
		offsetMs: http.clockOffsetMs,
	}).catch((error) => {
		throw new WithJob(error, job);
	});
	return completed(ended, job, clock.now());
}

/**
 * A job that has ended, completed with what the provider omits: no provider reports when a job ended.
 *
 * @param known what was known about it before
 * @param nowMs ms since the epoch; it was seen to have ended right now
 */
export const completed = (
	job: Job,
	{ model, createdAt, warnings }: Pick<Job, 'model' | 'createdAt' | 'warnings'>,
	nowMs: number,
): Job => ({
	...job,
	model: job.model || model,
	createdAt: job.createdAt || createdAt,
	finishedAt: job.finishedAt ?? new Date(nowMs).toISOString(),
	...(warnings?.length ? { warnings } : {}),
});

interface Finish {
	options: FinishOptions;
	/** `release` frees the slot in the batch as soon as the job has ended: the download does not need one. */
	slot: { signal?: AbortSignal; release(): void };
	/** When this node submitted it, in ms since the epoch; absent for a job that is picked up. */
	submittedAt?: number;
}

/**
 * Waits for a job that was submitted and paid for, and fetches its video.
 *
 * @throws WithJob, for every error, so that the job ID is never lost
 */
export async function finishJob(
	context: IExecuteFunctions,
	session: Session,
	job: Job,
	{ options, slot, submittedAt }: Finish,
): Promise<INodeExecutionData> {
	const { timeLimitMs } = options;
	const { signal } = slot;
	const ended = await awaitEnd(session, job, { timeLimitMs, signal, submittedAt });
	slot.release();
	if (ended.status !== 'completed') throw new WithJob(new JobFailed(ended), ended);
	const isNew = submittedAt !== undefined || job.status !== 'completed';
	return await withVideo(context, session, ended, { options, signal, isNew });
}

interface Fetching {
	options: FinishOptions;
	signal?: AbortSignal;
	/** Whether the job ended only now, so that its link cannot have expired; default false. */
	isNew?: boolean;
}

/**
 * The item of a completed job. If the video cannot be fetched, the item has its address and a warning, because the job
 * is paid. If the node has an error output, the item goes there instead, because the steps after the normal output need
 * the file.
 *
 * @throws WithJob
 */
export async function withVideo(
	context: RequestContext,
	session: Session,
	job: Job,
	{ options, signal, isNew = false }: Fetching,
): Promise<INodeExecutionData> {
	if (!options.download || !job.videoUrl) return jobItem(job);
	const { clock, downloads, baseUrl } = session;
	const deadlineAt = clock.now() + Math.max(options.timeLimitMs, MIN_DOWNLOAD_MS);
	const limits = { providerUrl: baseUrl, clock, signal, deadlineAt };
	const fetchFrom = async (videoUrl: string) =>
		await loadVideo(context, { ...job, videoUrl }, options, limits);
	// Only a download uses one of the slots, not the wait for a file that is not served yet.
	const load = async (url: string) => await downloads.run(async () => await fetchFrom(url), signal);
	const url = job.videoUrl;
	const outcome = await settle(async () =>
		isNew
			? await loadNewVideo({
					url,
					load,
					askAgain: async () => await videoUrlNow(session, job, signal),
					clock,
					signal,
				})
			: await load(url),
	);
	if (outcome.ok) return jobItem(job, outcome.value);
	const { error } = outcome;
	if (!(error instanceof DownloadFailed)) throw new WithJob(error, job);
	// A resumed execution has no error output: n8n uses its items unchanged.
	if ('continueOnFail' in context && context.getNode().onError === 'continueErrorOutput') {
		throw new WithJob(new VideoMissing(`${NOT_DOWNLOADED}: ${error.message}`), job, false);
	}
	const warning = `${NOT_DOWNLOADED}: ${error.message}. Its address is in videoUrl; ${tryAgain(job)}.`;
	return jobItem({ ...job, warnings: [...(job.warnings ?? []), warning] });
}

/** The current address from the provider; undefined if it does not answer. */
async function videoUrlNow(
	{ provider, http, pacer }: Session,
	{ jobId, api }: Job,
	signal?: AbortSignal,
): Promise<string | undefined> {
	const owner = api ? ofApi(provider, api) : provider;
	const polled = await settle(async () => {
		await pacer.acquire(signal);
		return await owner.get(http, jobId);
	});
	return polled.ok ? polled.value.videoUrl : undefined;
}
