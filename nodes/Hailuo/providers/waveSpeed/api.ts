import {
	codeOf,
	isJson,
	isoTime,
	json,
	messageOf,
	number,
	statusOf,
	text,
	urls,
	type Json,
} from '../answers';
import { ProviderError, hintFor, httpError, unreadableAnswer, wrongJob } from '../errors';
import { speaksOfFile } from '../fileTrouble';
import { multipart, sendingMs } from '../upload';
import { parseTruncated } from '../truncatedJson';
import { meaningOf, taskHint } from './refusals';
import { signatureFits } from './signature';
import { keyTest } from './keyTest';
import type {
	Callback,
	HistoryFilter,
	HistoryJob,
	HistoryPage,
	HttpClient,
	HttpRequest,
	HttpResponse,
	Job,
	JobStatus,
	Provider,
	Quote,
	Submission,
} from '../types';
import { NO_VIDEO, PAID } from '../types';

const NAME = 'WaveSpeed';

/**
 * Documented: created, processing, completed, failed. The rest is in the provider's own clients (docs/providers.md A.3).
 * Whatever is not listed counts as running.
 */
const STATUSES: Record<string, JobStatus> = {
	created: 'queued',
	pending: 'queued',
	queued: 'queued',
	processing: 'running',
	completed: 'completed',
	failed: 'failed',
	timeout: 'failed',
	cancelled: 'cancelled',
	canceled: 'cancelled',
	deleted: 'cancelled',
};

/**
 * Task error codes (docs/providers.md A.4): 1xxx say that the request must change, except those where the work itself
 * broke.
 */
const RETRYABLE_TASK_CODES = new Set(['1403', '1405', '1406', '5000', '5003', '5004']);

/** ms, besides the time that the sending takes. */
const UPLOAD_TIMEOUT_MS = 60_000;

const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/');

/** Sends a request and opens the envelope of its answer. */
const call = async (http: HttpClient, request: HttpRequest): Promise<unknown> =>
	opened(await http.request(request));

/** What is in the envelope `{code, message, data}`, which may carry a failure under HTTP 200. */
function opened(response: HttpResponse): unknown {
	const { status, body } = response;
	if (status < 200 || status >= 300) {
		const { kind, hint } = meaningOf(status, body);
		throw httpError(NAME, response, { kind, hint, isEnvelope: isErrorEnvelope(body) });
	}
	if (!isJson(body)) throw unreadableAnswer(NAME, response, 'without JSON');
	const code = number(body.code);
	if (code !== undefined && (code < 200 || code >= 300)) throw envelopeError(code, response);
	if (!('data' in body)) throw unreadableAnswer(NAME, response, 'without the field data');
	return body.data;
}

/** `{code, message}` (docs/providers.md A.3). What names no code of its own may be a gateway's. */
const isErrorEnvelope = (body: unknown): boolean => (number(json(body).code) ?? 0) >= 400;

function envelopeError(code: number, response: HttpResponse): ProviderError {
	const { kind, hint = hintFor(kind) } = meaningOf(code, response.body);
	const said = messageOf(response.body) ?? 'no reason given';
	return new ProviderError(`${NAME} answered with code ${code}: ${said}`, {
		kind,
		status: response.status,
		code: codeOf(response.body) ?? String(code),
		hint,
		refused: code !== 409,
	});
}

/** A prediction object as a Job. @throws ProviderError `badAnswer` when it has no id */
export function waveSpeedJob(
	data: unknown,
	response = { status: 200, headers: {}, body: data },
): Job {
	const task = json(data);
	const jobId = text(task.id);
	if (jobId === undefined) throw unreadableAnswer(NAME, response, 'without a job ID');
	const videos = urls(task.outputs);
	const reported = statusOf(STATUSES, task.status);
	const empty = reported === 'completed' && videos.length === 0;
	const status = empty ? 'failed' : reported;
	return {
		jobId,
		provider: 'waveSpeed',
		model: text(task.model) ?? '',
		status,
		videoUrl: videos[0],
		videos,
		// Never the time of now: in the history it would make an old job a new one.
		createdAt: isoTime(task.created_at) ?? '',
		finishedAt: isoTime(task.finished_at ?? task.completed_at),
		inferenceMs: positive(json(task.timings).inference) ?? positive(task.executionTime),
		nsfw: Array.isArray(task.has_nsfw_contents)
			? task.has_nsfw_contents.some((flag) => flag === true)
			: undefined,
		...(empty ? { error: NO_VIDEO } : {}),
		...(reported === 'failed' || reported === 'cancelled' ? { error: taskError(task) } : {}),
	};
}

const positive = (value: unknown): number | undefined => number(value) || undefined;

function taskError(task: Json) {
	const code = number(task.code) ? text(task.code) : codeOf(task);
	const word = text(task.status) ?? 'failed';
	const message = messageOf(task.error) ?? `The job ended with the status '${word}'`;
	const passing = word === 'timeout' || RETRYABLE_TASK_CODES.has(code ?? '');
	return { code, message, retryable: passing && !speaksOfFile(message) };
}

async function quote(http: HttpClient, { model, input }: Submission): Promise<Quote> {
	const body = { model_id: model, inputs: input };
	const data = json(
		await call(http, { method: 'POST', path: '/model/price', body }).catch(async (error) => {
			// Two forms of this call exist (docs/providers.md A.1, F.8); where one is missing its path is taken for a model's.
			if (!(error instanceof ProviderError) || !['invalid', 'notFound'].includes(error.kind)) {
				throw asProviderError(error);
			}
			return await call(http, { method: 'POST', path: '/model/pricing', body });
		}),
	);
	const fullPrice = number(data.price) ?? number(data.unit_price);
	const price = number(data.discounted_price) ?? fullPrice;
	if (price === undefined) {
		throw new ProviderError(`${NAME} did not report a price for ${model}`, { kind: 'badAnswer' });
	}
	return { price, fullPrice, currency: text(data.currency) ?? 'USD' };
}

/** An error of any kind as a ProviderError, so that a catch never hides where it came from. */
function asProviderError(error: unknown): ProviderError {
	return error instanceof ProviderError
		? error
		: new ProviderError(String((error as Error)?.message ?? error), { kind: 'noAnswer' });
}

async function list(http: HttpClient, filter: HistoryFilter): Promise<HistoryPage> {
	const response = await http.request({
		method: 'POST',
		path: '/predictions',
		body: {
			page: filter.page,
			page_size: filter.pageSize,
			...(filter.model ? { model: filter.model } : {}),
			// Of the others the provider has several words each, so they are sorted out here.
			...(filter.status === 'completed' ? { status: 'completed' } : {}),
			...(filter.createdAfter ? { created_after: filter.createdAfter } : {}),
			...(filter.createdBefore ? { created_before: filter.createdBefore } : {}),
			...(filter.withInputs ? { include_inputs: true } : {}),
		},
	});
	const data = json(opened(response));
	const total = number(data.total);
	const items = data.items ?? (data.items === null || total === 0 ? [] : undefined);
	// Not taken for an empty one: that a job is missing from the history is a proof.
	if (!Array.isArray(items)) throw unreadableAnswer(NAME, response, 'without the list of jobs');
	const jobs = items
		.filter((item) => text(json(item).id) !== undefined)
		.map((item): HistoryJob => {
			const { input, inputs } = json(item);
			const asked = isJson(input) ? input : isJson(inputs) ? inputs : undefined;
			return { ...waveSpeedJob(item), ...(asked ? { input: asked } : {}) };
		})
		.filter(({ status }) => !filter.status || status === filter.status);
	const seen = (filter.page - 1) * filter.pageSize + items.length;
	// A total below what was seen already says nothing.
	const isTotalKnown = total !== undefined && total >= seen;
	const more = items.length > 0 && (isTotalKnown ? seen < total : items.length >= filter.pageSize);
	return { jobs, more, total };
}

/** Unsigned calls, and an account whose secret cannot be had, leave it open (docs/providers.md A.5). */
async function isGenuine(http: HttpClient, callback: Callback): Promise<boolean | undefined> {
	if (!callback.headers['webhook-signature']) return undefined;
	const secret = await call(http, { method: 'GET', path: '/webhook/secret' }).catch(
		() => undefined,
	);
	const key = text(isJson(secret) ? (secret.secret ?? secret.key) : secret);
	if (key === undefined) return undefined;
	// The signature's age is by the provider's clock; ours may be minutes away from it.
	return signatureFits(key, { ...callback, atMs: callback.atMs + http.clockOffsetMs() });
}

/** WaveSpeed, API v3 (docs/providers.md A). The base URL ends in `/api/v3`. */
export const waveSpeed: Provider = {
	id: 'waveSpeed',
	name: NAME,
	credential: 'hailuoWaveSpeedApi',
	authScheme: 'Bearer',
	keyTest,
	addresses: { known: { waveSpeed: 'https://api.wavespeed.ai/api/v3' }, short: /^(\/api)?$/ },
	// The smallest account, Bronze (docs/providers.md A.5).
	limits: { concurrent: 3, submitsPerMinute: 5 },
	images: { mimeTypes: ['image/jpeg', 'image/png'], maxBytes: 20_000_000, strictRatio: true },
	historyHint:
		'Look for it with the operation Job: Get Many, or on the history page of WaveSpeed (both show the last 7 days)',

	async submit(http, { model, input, webhookUrl }) {
		const response = await http.request({
			method: 'POST',
			path: `/${encodePath(model)}`,
			query: webhookUrl ? { webhook: webhookUrl } : undefined,
			body: input,
			...PAID,
		});
		const { data } = json(parseTruncated(response.body));
		// An answer that names a job made it, whatever else it says: the job's own status tells the rest.
		const named = waveSpeed.ownsJobId(text(json(data).id) ?? '');
		const job = waveSpeedJob(named ? data : opened(response));
		return { ...job, model: job.model || model };
	},

	async get(http, jobId) {
		const path = `/predictions/${encodeURIComponent(jobId)}/result`;
		const job = waveSpeedJob(await call(http, { method: 'GET', path }));
		if (job.jobId.toLowerCase() !== jobId.toLowerCase()) throw wrongJob(NAME, jobId);
		return job;
	},

	list,
	// 7 days (docs/providers.md A.1).
	historyMs: 7 * 24 * 3_600_000,
	quote,

	async remove(http, jobIds) {
		const data = json(
			await call(http, { method: 'POST', path: '/predictions/delete', body: { ids: jobIds } }),
		);
		return number(data.deleted_count) ?? 0;
	},

	async upload(http, upload) {
		const data = json(
			await call(http, {
				method: 'POST',
				path: '/media/upload/binary',
				body: multipart(upload),
				timeoutMs: UPLOAD_TIMEOUT_MS + sendingMs(upload.data.length),
			}),
		);
		const [url] = urls([data.download_url]);
		if (url === undefined) {
			throw new ProviderError(`${NAME} accepted the picture but did not return an address for it`, {
				kind: 'badAnswer',
			});
		}
		return url;
	},

	async balance(http) {
		const data = json(await call(http, { method: 'GET', path: '/balance' }));
		const balance = number(data.balance);
		if (balance === undefined) {
			throw new ProviderError(`${NAME} did not report a balance`, { kind: 'badAnswer' });
		}
		return { balance, currency: 'USD' };
	},

	jobHint: taskHint,

	callsBack: () => true,
	isGenuine,

	ownsJobId: (jobId) => /^[0-9a-f]{32}$/i.test(jobId),
};
