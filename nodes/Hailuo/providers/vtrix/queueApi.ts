import { json, messageOf, number, statusOf, text, type Json } from '../answers';
import { ProviderError, unreadableAnswer } from '../errors';
import { speaksOfFile } from '../fileTrouble';
import type { HttpClient, Job, JobError, JobStatus, Submission } from '../types';
import { NO_VIDEO, PAID } from '../types';
import { call, NAME, videosOf } from './answers';

/*
 * The queue of SeaArt Cloud (docs/providers.md B.4). Its addresses hold the model as well as the request's id, so the job ID
 * that users see is both, `minimax_hailuo_23_t2v:mmsu_…`: one text is then enough to find the job again. The addresses
 * that the answers name are not followed, because the key goes to the credential's own host only.
 */

const QUEUE = '/model/v1/queue';

/** Words of the document and, in lower case, of the provider's own client. Whatever is not listed counts as running. */
const STATUSES: Record<string, JobStatus> = {
	in_queue: 'queued',
	queued: 'queued',
	in_progress: 'running',
	completed: 'completed',
	failed: 'failed',
	cancelled: 'cancelled',
	canceled: 'cancelled',
};

/** The kinds of failure that are not the request's fault. */
const RETRYABLE = new Set(['INFERENCE_FAILURE', 'INFERENCE_TIMEOUT', 'INTERNAL_SERVER_ERROR']);

/** `model:request`, or a bare request id as the provider's own programs show it. */
export const isQueueId = (jobId: string): boolean =>
	/^[\w.-]+:[\w-]+$/.test(jobId) || /^mmsu_\w+$/.test(jobId);

function pathOf(jobId: string, call: 'status' | 'response' | 'cancel'): string {
	const [model, request] = jobId.split(':');
	if (request === undefined) {
		throw new ProviderError(`The job ID ${jobId} does not contain its model`, {
			kind: 'invalid',
			hint: `Put the model in front of it, e.g. minimax_hailuo_23_t2v:${jobId}`,
		});
	}
	return `${QUEUE}/${encodeURIComponent(model)}/requests/${encodeURIComponent(request)}/${call}`;
}

/**
 * @throws ProviderError `invalid` for a callback, which the queue refuses wherever it stands (body, query, headers)
 */
export async function submitToQueue(
	http: HttpClient,
	{ model, input, webhookUrl }: Submission,
): Promise<Job> {
	if (webhookUrl !== undefined) {
		throw new ProviderError(
			`SeaArt's queue does not support callbacks, so ${model} cannot call back`,
			{
				kind: 'invalid',
				refused: true,
				hint: "Pick a model that is not marked 'SeaArt Only', or wait for the video in the workflow",
			},
		);
	}
	const path = `${QUEUE}/${encodeURIComponent(model)}`;
	const answer = await call(http, { method: 'POST', path, body: input, ...PAID }).catch(
		(error: unknown) => {
			throw withoutQueue(error, model);
		},
	);
	const request = text(answer.request_id);
	if (request === undefined) {
		throw unreadableAnswer(NAME, { status: 200, headers: {}, body: answer }, 'without a job ID');
	}
	return jobOf(`${model}:${request}`, { status: 'queued' });
}

/** A 404 of a submit is not about a job: the model, or the whole queue, is not there. */
function withoutQueue(error: unknown, model: string): unknown {
	if (!(error instanceof ProviderError) || error.kind !== 'notFound') return error;
	return new ProviderError(error.message, {
		kind: 'invalid',
		status: error.status,
		code: error.code,
		refused: error.provesRefusal,
		hint: `The queue does not have the model ${model}, or this address has no queue: only SeaArt Cloud has one`,
	});
}

/** The state of a request, and its videos once it is completed. COMPLETED may be a failure: the error tells. */
export async function queuedJob(http: HttpClient, jobId: string): Promise<Job> {
	const state = await call(http, { method: 'GET', path: pathOf(jobId, 'status') });
	const status = statusOf(STATUSES, state.status);
	if (status === 'queued' || status === 'running') return jobOf(jobId, { status });
	const inferenceMs = secondsToMs(json(state.metrics).inference_time);
	const error = errorOf(state);
	if (error || status !== 'completed') {
		const cancelled = status === 'cancelled' || /^CANCELL?ED$/.test(error?.code ?? '');
		return jobOf(jobId, {
			status: cancelled ? 'cancelled' : 'failed',
			inferenceMs,
			error: error ?? {
				message: `The job ended with the status '${text(state.status)}'`,
				retryable: false,
			},
		});
	}
	const result = await call(http, { method: 'GET', path: pathOf(jobId, 'response') });
	if (
		!('outputs' in result) &&
		!('output' in result) &&
		statusOf(STATUSES, result.status) === 'running'
	) {
		// 202: the result lags behind the state.
		return jobOf(jobId, { status: 'running' });
	}
	const videos = videosOf(result.outputs ?? result.output);
	return videos.length === 0
		? jobOf(jobId, { status: 'failed', inferenceMs, error: NO_VIDEO })
		: jobOf(jobId, { status: 'completed', inferenceMs, videos, videoUrl: videos[0] });
}

/** @throws ProviderError when the job has ended already, or is unknown */
export async function cancelQueued(http: HttpClient, jobId: string): Promise<void> {
	const path = pathOf(jobId, 'cancel');
	await call(http, { method: 'PUT', path }).catch((error: unknown) => {
		throw error instanceof ProviderError && error.status === 400
			? new ProviderError(`The job ${jobId} has already ended, so it cannot be cancelled`, {
					kind: 'invalid',
					status: error.status,
					hint: 'See it with Job: Get; get a finished video with Job: Wait',
				})
			: error;
	});
}

/** The error of a request, as text or as an object; undefined where it has none. */
function errorOf({ error, error_type }: Json): JobError | undefined {
	const code = text(error_type) ?? text(json(error).code);
	const message = error ? messageOf(error) : undefined;
	if (code === undefined && message === undefined) return undefined;
	const retryable = RETRYABLE.has(code ?? '') && !speaksOfFile(message ?? '');
	return { code, message: message ?? 'no reason given', retryable };
}

function secondsToMs(seconds: unknown): number | undefined {
	const value = number(seconds);
	return value ? Math.round(value * 1000) : undefined;
}

const jobOf = (jobId: string, facts: Partial<Job> & { status: JobStatus }): Job => ({
	jobId,
	provider: 'vtrix',
	model: jobId.split(':')[0],
	// The queue tells neither when a request was made nor what it costs.
	createdAt: '',
	videos: [],
	...facts,
});
