import { isoTime, json, messageOf, number, statusOf, text, type Json } from '../answers';
import { ProviderError, hintFor, wrongJob } from '../errors';
import { speaksOfFile } from '../fileTrouble';
import { HAILUO_02_PICTURES } from '../hailuo02';
import { keyTest } from './keyTest';
import type { HttpClient, Job, JobError, JobStatus, Provider, Quote, Submission } from '../types';
import { NO_HISTORY_HINT, NO_VIDEO, PAID } from '../types';
import { call, GENERATION_ID, NAME, videosOf } from './answers';
import { cancelQueued, isQueueId, queuedJob, submitToQueue } from './queueApi';

const GENERATION = '/model/v1/generation';

/** By the choice of the credential. The queue is SeaArt's alone. */
const BRANDS = { vtrix: 'https://cloud.vtrix.ai', seaArt: 'https://cloud.seaart.ai' } as const;

/**
 * Documented: in_progress, completed, failed; the other words are on older pages and in clients (docs/providers.md B.2).
 * Whatever is not listed counts as running.
 */
const STATUSES: Record<string, JobStatus> = {
	pending: 'queued',
	queued: 'queued',
	in_queue: 'queued',
	in_progress: 'running',
	processing: 'running',
	completed: 'completed',
	done: 'completed',
	success: 'completed',
	succeeded: 'completed',
	failed: 'failed',
	error: 'failed',
	timeout: 'failed',
	cancelled: 'cancelled',
	canceled: 'cancelled',
};

/**
 * Task codes 010004095 to 010004099 (docs/providers.md S.5) are the gateway's own troubles. They are declared integers,
 * so the leading zero may be gone.
 */
const isGatewayTrouble = (code?: string) => {
	const value = Number(code);
	return value >= 10004095 && value <= 10004099;
};

/** A task of the generation API as a Job. @throws ProviderError `badAnswer` when it has no id */
export function vtrixJob(task: Json, known: { jobId?: string; model?: string } = {}): Job {
	const jobId = text(task.id) ?? text(task.task_id) ?? known.jobId;
	if (jobId === undefined) {
		throw new ProviderError(`${NAME} answered without a job ID`, {
			kind: 'badAnswer',
			hint: hintFor('badAnswer'),
		});
	}
	const videos = videosOf(task.output);
	const reported = statusOf(STATUSES, task.status);
	const empty = reported === 'completed' && videos.length === 0;
	const status = empty ? 'failed' : reported;
	const cost = number(json(task.usage).cost);
	const progress = number(task.progress);
	return {
		jobId,
		provider: 'vtrix',
		model: text(task.model) ?? known.model ?? '',
		status,
		...(status === 'running' && progress !== undefined ? { progress } : {}),
		videoUrl: videos[0],
		videos,
		createdAt: isoTime(task.created_at) ?? '',
		finishedAt: isoTime(json(task.metadata).completed_at),
		cost,
		currency: cost === undefined ? undefined : 'USD',
		...(empty ? { error: NO_VIDEO } : {}),
		...(reported === 'failed' || reported === 'cancelled' ? { error: taskError(task) } : {}),
	};
}

function taskError(task: Json): JobError {
	const code = text(json(task.error).code);
	const message = messageOf(task.error) ?? `The job ended with the status '${text(task.status)}'`;
	return {
		code: isGatewayTrouble(code) ? String(code).padStart(9, '0') : code,
		message,
		retryable: isGatewayTrouble(code) && !speaksOfFile(message),
	};
}

const bodyOf = ({ model, input, webhookUrl }: Submission) => ({
	model,
	input: [{ params: webhookUrl ? { ...input, callback_url: webhookUrl } : input }],
});

async function quote(http: HttpClient, submission: Submission): Promise<Quote> {
	if (submission.api === 'queue') {
		throw new ProviderError(`SeaArt's queue does not report a price for ${submission.model}`, {
			kind: 'invalid',
			hint: 'See the page of the model',
		});
	}
	const answer = await call(http, {
		method: 'POST',
		path: `${GENERATION}/precharge`,
		body: bodyOf(submission),
	});
	const data = json(answer.data);
	const price = number(data.cost);
	if (price === undefined) {
		throw new ProviderError(
			`${NAME} does not have a price for ${submission.model} yet${text(data.reason) ? ` (${text(data.reason)})` : ''}`,
			{
				kind: 'invalid',
				code: text(data.reason),
				hint: 'Try again after the first job of this model, or see its page',
			},
		);
	}
	return { price, currency: text(data.currency) ?? 'USD' };
}

/**
 * The generation API of Vtrix and SeaArt Cloud (docs/providers.md S.5, B.2). The base URL is the gateway's, without
 * `/model`.
 */
export const vtrix: Provider = {
	id: 'vtrix',
	name: NAME,
	credential: 'hailuoVtrixApi',
	authScheme: 'Bearer',
	keyTest,
	addresses: {
		choice: 'brand',
		known: BRANDS,
		tail: /(\/model(\/v1(\/(generation|queue))?)?)+$/,
	},
	// Not published; WaveSpeed's smallest account serves as the measure, and a 429 slows a batch down anyway.
	limits: { concurrent: 3, submitsPerMinute: 5 },
	images: HAILUO_02_PICTURES,
	historyHint: NO_HISTORY_HINT,

	async submit(http, submission) {
		if (submission.api === 'queue') return await submitToQueue(http, submission);
		const answer = await call(http, {
			method: 'POST',
			path: GENERATION,
			body: bodyOf(submission),
			...PAID,
		});
		return vtrixJob(answer, { model: submission.model });
	},

	async get(http, jobId) {
		if (isQueueId(jobId)) return await queuedJob(http, jobId);
		const answer = await call(http, {
			method: 'GET',
			path: `${GENERATION}/task/${encodeURIComponent(jobId)}`,
		});
		const job = vtrixJob(answer, { jobId });
		if (job.jobId !== jobId && vtrix.ownsJobId(job.jobId)) throw wrongJob(NAME, jobId);
		return { ...job, jobId };
	},

	quote,
	// The queue refuses any request with a callback in it (docs/providers.md B.4).
	callsBack: (api) => api !== 'queue',

	async cancel(http, jobId) {
		if (isQueueId(jobId)) return await cancelQueued(http, jobId);
		throw new ProviderError(`The job ${jobId} cannot be cancelled`, {
			kind: 'invalid',
			hint: "Only jobs of SeaArt's queue can be cancelled: those of models marked 'SeaArt Only'",
		});
	},

	apiMissing: (_api, baseUrl) =>
		baseUrl === BRANDS.vtrix
			? {
					rule: 'is available only on SeaArt Cloud, and the credential is for Vtrix',
					fix: "Pick a model that is not marked 'SeaArt Only', or use a credential for SeaArt Cloud",
				}
			: undefined,

	ownsJobId: (jobId) => GENERATION_ID.test(jobId) || isQueueId(jobId),
};
