import {
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
import {
	ProviderError,
	UNKNOWN_JOB,
	hintFor,
	httpError,
	unreadableAnswer,
	wrongJob,
	type ProviderErrorKind,
} from '../errors';
import { parseTruncated } from '../truncatedJson';
import type { HttpClient, HttpResponse, Job, JobStatus, Provider } from '../types';
import { NO_VIDEO, PAID } from '../types';

const NAME = 'MiniMax';

/** Of the query; callbacks have other words (docs/providers.md C.3). Whatever is not listed counts as running. */
const STATUSES: Record<string, JobStatus> = {
	preparing: 'queued',
	queueing: 'queued',
	processing: 'running',
	success: 'completed',
	fail: 'failed',
	failed: 'failed',
};

/**
 * base_resp codes (docs/providers.md C.3), which come under HTTP 200. Whatever is not listed proves nothing about a submit.
 * 1002 and 1039 are content filters in MiniMax's own program but rate limits in its documents (F.13): the documents are
 * followed, because a submit that is refused as one is not charged and may be sent again.
 */
const KINDS: Record<number, ProviderErrorKind> = {
	1002: 'rateLimited',
	1039: 'rateLimited',
	1004: 'auth',
	2049: 'auth',
	1008: 'credit',
	2056: 'credit',
	1026: 'invalid',
	1027: 'invalid',
	2013: 'invalid',
};

const HINTS: Record<number, string> = {
	1004: 'Check the API key in the credential, and that its Region is the one where the key was made',
	2049: 'Check the API key in the credential, and that its Region is the one where the key was made',
	1026: 'MiniMax finds the prompt or the picture sensitive: change it before you submit it again',
	2056: 'The limit of your plan is used up: wait until its window of five hours is over, or raise the plan',
};

/** Codes of a job that broke without the request being at fault. */
const RETRYABLE_JOB_CODES = new Set(['1000', '1001', '1002', '1013', '1024', '1033', '1039']);

const codeOf = (body: unknown): number => number(json(json(body).base_resp).status_code) ?? 0;

function answerError(code: number, response: HttpResponse): ProviderError {
	const kind = KINDS[code] ?? 'unavailable';
	const said = messageOf(response.body) ?? 'no reason given';
	return new ProviderError(`${NAME} answered with code ${code}: ${said}`, {
		kind,
		status: response.status,
		code: String(code),
		hint: HINTS[code] ?? hintFor(kind),
		refused: true,
	});
}

/** An answer with JSON, whatever its base_resp says. */
function read(response: HttpResponse): HttpResponse & { body: Json } {
	const { status, body } = response;
	if (status < 200 || status >= 300) {
		const code = codeOf(body);
		throw httpError(NAME, response, { kind: KINDS[code], isEnvelope: code !== 0 });
	}
	if (!isJson(body)) throw unreadableAnswer(NAME, response, 'without JSON');
	return { ...response, body };
}

/** An answer whose base_resp has to say that all went well. */
function succeeded(answer: HttpResponse): HttpResponse & { body: Json } {
	const response = read(answer);
	const code = codeOf(response.body);
	if (code !== 0) throw answerError(code, response);
	return response;
}

const jobOf = (jobId: string, facts: Partial<Job> & { status: JobStatus }): Job => ({
	jobId,
	provider: 'miniMax',
	// Neither the query nor the file says what the job was asked for, or when.
	model: '',
	createdAt: '',
	videos: [],
	...facts,
});

/** The address of a finished video: it lives for an hour (docs/providers.md C.4), so each look asks for a fresh one. */
async function withFile(http: HttpClient, jobId: string, fileId?: string): Promise<Job> {
	if (fileId === undefined) return withoutVideo(jobId);
	const answer = await http.request({
		method: 'GET',
		path: '/v1/files/retrieve',
		query: { file_id: fileId },
	});
	const { body } = succeeded(answer);
	const file = json(body.file);
	const videos = urls([file.download_url]);
	if (videos.length === 0) return withoutVideo(jobId);
	return jobOf(jobId, {
		status: 'completed',
		videos,
		videoUrl: videos[0],
		finishedAt: isoTime(file.created_at),
	});
}

const withoutVideo = (jobId: string) => jobOf(jobId, { status: 'failed', error: NO_VIDEO });

/** MiniMax's own API, V1 (docs/providers.md C). The base URL is the region's host, without `/v1`. */
export const miniMax: Provider = {
	id: 'miniMax',
	name: NAME,
	credential: 'hailuoMiniMaxApi',
	addresses: {
		choice: 'region',
		known: { global: 'https://api.minimax.io', mainland: 'https://api.minimaxi.com' },
		tail: /(\/v1)+$/,
	},
	// 5 a minute on the older page, 20 on the newer one (docs/providers.md C.4); how many may run at once is not published.
	limits: { concurrent: 3, submitsPerMinute: 5 },
	images: {
		mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
		// "Less than 20 MB" (docs/providers.md D).
		maxBytes: 19_999_999,
		strictRatio: false,
	},
	historyHint:
		'This provider has no list of jobs, so look at the usage page of the account before you submit it again',

	async submit(http, { model, input, webhookUrl }) {
		const response = await http.request({
			method: 'POST',
			path: '/v1/video_generation',
			body: { ...input, ...(webhookUrl ? { callback_url: webhookUrl } : {}), model },
			...PAID,
		});
		const named = text(json(parseTruncated(response.body)).task_id) ?? '';
		// An answer that names a job made it, whatever else it says: the job's own status tells the rest.
		const jobId = miniMax.ownsJobId(named) ? named : text(succeeded(response).body.task_id);
		if (jobId === undefined) throw unreadableAnswer(NAME, response, 'without a job ID');
		return jobOf(jobId, { status: 'queued', model });
	},

	async get(http, jobId) {
		const answer = await http.request({
			method: 'GET',
			path: '/v1/query/video_generation',
			query: { task_id: jobId },
		});
		const response = read(answer);
		const { body } = response;
		const { task_id: told } = body;
		if (typeof told === 'string' && told !== '' && told !== jobId) throw wrongJob(NAME, jobId);
		const code = codeOf(body);
		const word = text(body.status);
		const status = statusOf(STATUSES, word);
		if (status === 'failed') {
			const message = code ? messageOf(body) : undefined;
			return jobOf(jobId, {
				status,
				error: {
					code: code ? String(code) : undefined,
					message: message ?? `The job ended with the status '${word}'`,
					retryable: RETRYABLE_JOB_CODES.has(String(code)),
				},
			});
		}
		if (code === 2013) throw unknownJob(jobId, response);
		if (code !== 0) throw answerError(code, response);
		return status === 'completed'
			? await withFile(http, jobId, text(body.file_id))
			: jobOf(jobId, { status });
	},

	ownsJobId: (jobId) => /^\d{6,}$/.test(jobId),
};

/** The job's ID is the only parameter of a query, so an invalid one is an ID that MiniMax does not know. */
function unknownJob(jobId: string, { status }: HttpResponse): ProviderError {
	return new ProviderError(`${NAME} knows no job ${jobId} in this account`, {
		kind: 'notFound',
		status,
		code: '2013',
		hint: UNKNOWN_JOB,
	});
}
