import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { settle } from '../jobs/settle';
import { waitForJob } from '../jobs/wait';
import { downloadVideo } from '../media/download';
import { DownloadFailed } from '../media/downloadFailed';
import { videoFileName } from '../media/fileName';
import { findModel } from '../models/catalogue';
import type { Job } from '../providers/types';
import { JobFailed, WithJob } from './failures';
import { jobItem } from './items';
import { asAmount } from './read';
import type { Session } from './session';
import type { RequestContext } from './transport';

/** Far above any clip that Hailuo makes: a larger answer is no video of ours. */
const MAX_VIDEO_BYTES = 1_000_000_000;

/** A download may take as long as the wait for its job, and at least this long, in ms: a few MB on any line. */
const LEAST_DOWNLOAD_MS = 15 * 60_000;

/** Where nothing is known of a model's usual time. */
const ANY_JOB_SECONDS = [20, 300] as const;

export interface FinishOptions {
	/** Whether the video is put into the item as a file. */
	download: boolean;
	/** Name of the item's field for it. */
	outputField: string;
	/** ms, from the moment that waiting begins. */
	timeLimitMs: number;
}

/** @param downloads whether the video is downloaded when the person says nothing */
export function readFinishOptions(options: IDataObject, downloads: boolean): FinishOptions {
	return {
		download: options.download === undefined ? downloads : options.download === true,
		// Never refused: it is read again when a paid job is picked up.
		outputField:
			(typeof options.outputField === 'string' ? options.outputField.trim() : '') || 'data',
		timeLimitMs: Math.max(asAmount(options.timeLimit, 0) || 15, 0.1) * 60_000,
	};
}

/**
 * Waits for a job that is submitted and paid, and fetches its video.
 *
 * @param submittedAt when this node submitted it, in ms since the epoch; absent for a job that is picked up
 * @param release frees the place in the batch as soon as the job has ended: the download does not need one
 * @throws WithJob, whatever goes wrong, so that the id is never lost
 */
export async function finishJob(
	context: IExecuteFunctions,
	session: Session,
	job: Job,
	options: FinishOptions,
	{ signal, release }: { signal?: AbortSignal; release(): void },
	submittedAt?: number,
): Promise<INodeExecutionData> {
	const { provider, http, clock, pacer } = session;
	const ended = await waitForJob({
		jobId: job.jobId,
		first: job,
		get: async () => await provider.get(http, job.jobId),
		jobSeconds: findModel(job.provider, job.model)?.jobSeconds ?? ANY_JOB_SECONDS,
		clock,
		signal,
		deadlineAt: clock.now() + options.timeLimitMs,
		pacer,
		submittedAt,
		offsetMs: http.clockOffsetMs,
	}).catch((error) => {
		throw new WithJob(error, job);
	});
	release();
	const known: Job = {
		...ended,
		model: ended.model || job.model,
		createdAt: ended.createdAt || job.createdAt,
		finishedAt: ended.finishedAt ?? new Date(clock.now()).toISOString(),
		...(job.warnings ? { warnings: job.warnings } : {}),
	};
	if (known.status !== 'completed') throw new WithJob(new JobFailed(known), known);
	return await withVideo(context, session, known, options, signal);
}

/** The item of a completed job. A video that cannot be fetched leaves the item with its address and a warning: it is paid. */
export async function withVideo(
	context: RequestContext,
	{ clock, downloads, baseUrl }: Session,
	job: Job,
	{ download, outputField, timeLimitMs }: FinishOptions,
	signal?: AbortSignal,
): Promise<INodeExecutionData> {
	if (!download || !job.videoUrl) return jobItem(job);
	const url = job.videoUrl;
	const load = async () =>
		await downloadVideo.call(context, url, {
			fileName: videoFileName(job.model, job.jobId),
			providerUrl: baseUrl,
			maxBytes: MAX_VIDEO_BYTES,
			clock,
			signal,
			deadlineAt: clock.now() + Math.max(timeLimitMs, LEAST_DOWNLOAD_MS),
		});
	const outcome = await settle(async () => await downloads.run(load, signal));
	if (outcome.ok) return jobItem(job, { [outputField]: outcome.value.binary });
	if (!(outcome.error instanceof DownloadFailed)) throw new WithJob(outcome.error, job);
	const warning = `The video could not be downloaded: ${outcome.error.message}. Its address is in videoUrl; Job: Wait with the job ID ${job.jobId} tries again and costs nothing.`;
	return jobItem({ ...job, warnings: [...(job.warnings ?? []), warning] });
}
