import { isJson, isoTime, json, number, statusOf, text, urls, type Json } from '../answers';
import { ProviderError, unreadableAnswer } from '../errors';
import { speaksOfFile } from '../fileTrouble';
import type { HistoryJob, HttpClient, HttpRequest, HttpResponse, Job, JobStatus } from '../types';
import { NO_VIDEO } from '../types';
import { NAME, RETRYABLE_JOB_CODES, refusedByStatus, withoutCode } from './codes';
import { miniMaxCatalogue } from './models';

/* What MiniMax's V2 answers (docs/providers.md I.1). */

/** `expired` is in older text and in clients. Whatever is not listed counts as running. */
const STATUSES: Record<string, JobStatus> = {
	queued: 'queued',
	running: 'running',
	succeeded: 'completed',
	failed: 'failed',
	expired: 'failed',
	cancelled: 'cancelled',
	canceled: 'cancelled',
};

/** The JSON of an answer. @throws ProviderError for every answer that is none of success */
export function opened(response: HttpResponse): Json {
	if (response.status < 200 || response.status >= 300) throw refusedByStatus(response);
	if (!isJson(response.body)) throw unreadableAnswer(NAME, response, 'without JSON');
	return response.body;
}

/** Sends a request and gives the JSON of its answer. @throws as `opened` */
export const call = async (http: HttpClient, request: HttpRequest): Promise<Json> =>
	opened(await http.request(request));

/**
 * Whether an answer about one job says that it is not there: measured, an unknown one is HTTP 500 "record not found
 * (1000)", and one that cannot be is 400 "invalid task_id (2013)".
 */
export const isUnknownJob = (error: unknown): error is ProviderError =>
	error instanceof ProviderError &&
	(error.kind === 'notFound' || /record not found|invalid task_id/i.test(error.message));

/** A task as a Job. @throws ProviderError `badAnswer` when it has no id */
export function jobOf(task: Json, host = ''): Job {
	const jobId = text(task.id);
	if (jobId === undefined) {
		throw unreadableAnswer(NAME, { status: 200, headers: {}, body: task }, 'without a job ID');
	}
	const videos = urls([json(task.content).url]);
	const reported = statusOf(STATUSES, task.status);
	const empty = reported === 'completed' && videos.length === 0;
	const hasEnded = reported !== 'queued' && reported !== 'running';
	const cost = reported === 'completed' ? costOf(task, host) : undefined;
	return {
		jobId,
		provider: 'miniMax',
		model: text(task.model) ?? '',
		api: 'v2',
		status: empty ? 'failed' : reported,
		videoUrl: videos[0],
		videos,
		createdAt: isoTime(task.created_at) ?? '',
		finishedAt: hasEnded ? isoTime(task.updated_at) : undefined,
		...(cost === undefined ? {} : { cost, currency: 'USD', costComputed: true }),
		...(empty ? { error: NO_VIDEO } : {}),
		...(reported === 'failed' || reported === 'cancelled' ? { error: taskError(task) } : {}),
	};
}

function taskError(task: Json) {
	const { code, message } = json(task.error);
	const said = text(message);
	return {
		code: text(code),
		message:
			(said && withoutCode(said)) ?? `The job ended with the status '${text(task.status) ?? ''}'`,
		retryable:
			(task.status === 'expired' || RETRYABLE_JOB_CODES.has(text(code) ?? '')) &&
			!speaksOfFile(said ?? ''),
	};
}

/** The mainland is billed in yuan, by a list that is not known here. */
const MAINLAND = /\.(minimaxi\.com|minimax\.cn)$/;

/** What a finished task cost by the list price, in USD; undefined where the answer or the list does not tell. */
function costOf(task: Json, host: string): number | undefined {
	const usage = json(task.usage);
	const made = number(usage.output_seconds);
	const model = miniMaxCatalogue.models.find(({ id }) => id === task.model);
	const resolution = (text(task.resolution) ?? '') as '768P';
	const perSecond = model?.pricePerSecond?.[resolution];
	if (made === undefined || typeof perSecond !== 'number' || MAINLAND.test(`.${host}`))
		return undefined;
	const { freePictures = 0, picture = 0, videoSecond = {} } = model?.referencePrices ?? {};
	const pictures = Math.max(0, (number(usage.input_image_count) ?? 0) - freePictures);
	const given = number(usage.input_seconds) ?? 0;
	const each = videoSecond[resolution];
	if (given > 0 && each === undefined) return undefined;
	const cost = made * perSecond + given * (each ?? 0) + pictures * picture;
	return Math.round(cost * 10_000) / 10_000;
}

/** A task of the list, with what it tells of its input under the names that `submit` takes. */
export function listedJob(task: Json, host?: string): HistoryJob {
	const { resolution, duration, ratio } = task;
	const prompt = text(json(task.content).prompt);
	const reported = { prompt, resolution, duration, ratio: text(ratio) };
	const input = Object.fromEntries(
		Object.entries(reported).filter(([, value]) => value !== undefined),
	);
	return { ...jobOf(task, host), input };
}
