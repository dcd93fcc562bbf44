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
import { ProviderError, UNKNOWN_JOB, hintFor, unreadableAnswer, wrongJob } from '../errors';
import { speaksOfFile } from '../fileTrouble';
import { HAILUO_02_PICTURES } from '../hailuo02';
import { parseTruncated } from '../truncatedJson';
import { KINDS, NAME, RETRYABLE_JOB_CODES, hintOf, refusedByStatus } from './codes';
import * as v2 from './v2';
import { keyTest } from './keyTest';
import type { HttpClient, HttpResponse, Job, JobStatus, Provider } from '../types';
import { NO_HISTORY_HINT, NO_VIDEO, PAID } from '../types';

/** The statuses of a status call; callbacks use others (docs/providers.md C.3). An unlisted one counts as running. */
const STATUSES: Record<string, JobStatus> = {
	preparing: 'queued',
	queueing: 'queued',
	processing: 'running',
	success: 'completed',
	fail: 'failed',
	failed: 'failed',
};

const codeOf = (body: unknown): number => number(json(json(body).base_resp).status_code) ?? 0;

/** Codes about the input of a job, or about its video. */
const SENSITIVE = new Set([1026, 1027]);

/** A status call sends nothing that could be sensitive. So such a code is about the job, but not about its status. */
const MAY_HAVE_ENDED =
	'MiniMax considers the prompt, a file or the video of this job sensitive, but does not say whether the job has ended. Check it with Job: Get before you submit again';

/** @param jobId the job, if the answer is that of a status call */
function answerError(code: number, response: HttpResponse, jobId?: string): ProviderError {
	const kind = KINDS[code] ?? 'unavailable';
	const said = messageOf(response.body) ?? 'no reason given';
	const ofJob = jobId !== undefined && SENSITIVE.has(code);
	return new ProviderError(`${NAME} answered with code ${code}: ${said}`, {
		kind,
		status: response.status,
		code: String(code),
		hint: ofJob ? MAY_HAVE_ENDED : (hintOf(code, said) ?? hintFor(kind)),
		refused: true,
	});
}

/** The answer, if it contains JSON, whatever its base_resp says. @throws ProviderError */
function read(response: HttpResponse): HttpResponse & { body: Json } {
	const { status, body } = response;
	if (status < 200 || status >= 300) throw refusedByStatus(response);
	if (!isJson(body)) throw unreadableAnswer(NAME, response, 'without JSON');
	return { ...response, body };
}

/** The answer, if its base_resp reports success. @throws ProviderError */
function succeeded(answer: HttpResponse): HttpResponse & { body: Json } {
	const response = read(answer);
	const code = codeOf(response.body);
	if (code !== 0) throw answerError(code, response);
	return response;
}

const jobOf = (jobId: string, facts: Partial<Job> & { status: JobStatus }): Job => ({
	jobId,
	provider: 'miniMax',
	api: 'main',
	// Neither the status call nor the file tells the model of the job, or when it was submitted.
	model: '',
	createdAt: '',
	videos: [],
	...facts,
});

/** A finished job with its video. The address is valid for an hour (docs/providers.md C.4): each poll gets a new one. */
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

/** MiniMax's V1 (docs/providers.md C), which serves Hailuo 02 and 2.3. */
const v1: Provider = {
	id: 'miniMax',
	name: NAME,
	credential: 'hailuoMiniMaxApi',
	authScheme: 'Bearer',
	keyTest,
	addresses: {
		choice: 'region',
		// `mainland` is an older host in China. Saved credentials may contain it (docs/providers.md C).
		known: {
			global: 'https://api.minimax.io',
			china: 'https://api.minimax.cn',
			mainland: 'https://api.minimaxi.com',
		},
		tail: /(\/v[12])+$/,
	},
	// 20 a minute on the newer page, 5 on an older one (docs/providers.md C.4); the maximum of parallel jobs is unknown.
	limits: { concurrent: 3, submitsPerMinute: 20 },
	images: HAILUO_02_PICTURES,
	historyHint: NO_HISTORY_HINT,

	async submit(http, { model, input, webhookUrl }) {
		const response = await http.request({
			method: 'POST',
			path: '/v1/video_generation',
			body: { ...input, ...(webhookUrl ? { callback_url: webhookUrl } : {}), model },
			...PAID,
		});
		const named = text(json(parseTruncated(response.body)).task_id) ?? '';
		// If the answer contains a job ID, the job exists, whatever else it says. The status of the job tells the rest.
		const jobId = v1.ownsJobId(named) ? named : text(succeeded(response).body.task_id);
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
		const { task_id: answeredId } = body;
		if (typeof answeredId === 'string' && answeredId !== '' && answeredId !== jobId)
			throw wrongJob(NAME, jobId);
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
					retryable: RETRYABLE_JOB_CODES.has(String(code)) && !speaksOfFile(message ?? ''),
				},
			});
		}
		if (code === 2013) throw unknownJob(jobId, response);
		if (code !== 0) throw answerError(code, response, jobId);
		return status === 'completed'
			? await withFile(http, jobId, text(body.file_id))
			: jobOf(jobId, { status });
	},

	jobHint: (code) => (KINDS[Number(code)] === 'credit' ? hintOf(Number(code)) : undefined),

	ownsJobId: (jobId) => /^\d{6,}$/.test(jobId),
};

/** What only V2 has: a list of jobs, and files that are uploaded before the submit. */
const onlyV2 = {
	list: v2.list,
	// 7 days (docs/providers.md I.1).
	historyMs: 7 * 24 * 3_600_000,
	upload: v2.upload,
} satisfies Partial<Provider>;

const v2Provider: Provider = {
	...v1,
	...onlyV2,
	// docs/providers.md I.1.
	limits: { concurrent: 30, submitsPerMinute: 300 },
	submit: v2.submit,
	get: v2.get,
	historyHint: 'Look for it with the operation Job: Get Many (it shows the last 7 days)',
};

/** MiniMax: two APIs at one address, with similar job IDs. The base URL is the host of the region, without `/v1`. */
export const miniMax: Provider = {
	...v1,
	...onlyV2,
	historyHint:
		'Find jobs of Hailuo 3 with the operation Job: Get Many. Other models have no list, so check the usage page of the account before you submit again',

	listsJobsOf: (api) => api === 'v2',
	forApi: (api) => (api === 'v2' ? v2Provider : v1),

	submit: async (http, submission) =>
		await (submission.api === 'v2' ? v2 : v1).submit(http, submission),

	/** Calls V2 first, because it clearly reports an unknown job. If V2 refuses for any reason, V1 is called. */
	async get(http, jobId) {
		const newer = await settled(v2.get(http, jobId));
		if (newer.ok) return newer.value;
		const { error } = newer;
		if (!(error instanceof ProviderError) || error.isTransient) throw asError(error);
		const older = await settled(v1.get(http, jobId));
		if (older.ok) return older.value;
		// If V2 refused for another reason (such as a key without access), that reason says more.
		const unknown = older.error instanceof ProviderError && older.error.kind === 'notFound';
		throw asError(unknown && error.kind !== 'notFound' ? error : older.error);
	},

	cancel: async (http, jobId) => await v2.cancel(http, jobId).catch(onlyNew),
	remove: async (http, jobIds) => await v2.removeAll(http, jobIds),

	async balance(http) {
		const answer = await http.request({ method: 'GET', path: '/account/query_balance' });
		const code = codeOf(answer.body);
		if (code === 1004 || answer.status === 403) {
			throw new ProviderError(`${NAME} does not report a balance for this key`, {
				kind: 'auth',
				status: answer.status,
				code: code ? String(code) : undefined,
				hint: 'Only a pay-as-you-go key (sk-api-…) has a balance. The account page shows what is left of a subscription. If this is a pay-as-you-go key, check the key and its Region in the credential',
			});
		}
		const { body } = succeeded(answer);
		const balance = number(body.available_amount);
		if (balance === undefined) {
			throw new ProviderError(`${NAME} did not report a balance`, { kind: 'badAnswer' });
		}
		// Accounts in China are billed in yuan.
		return { balance, currency: /minimaxi\.com|minimax\.cn/.test(http.host ?? '') ? 'CNY' : 'USD' };
	},
};

const asError = (error: unknown): Error =>
	error instanceof Error ? error : new Error(String(error));

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };

const settled = async <T>(work: Promise<T>): Promise<Settled<T>> =>
	await work.then(
		(value): Settled<T> => ({ ok: true, value }),
		(error: unknown): Settled<T> => ({ ok: false, error }),
	);

/** V1 cannot cancel a job. A job that V2 does not know may be one of V1. */
function onlyNew(error: unknown): never {
	if (!(error instanceof ProviderError) || error.kind !== 'notFound') throw asError(error);
	const { message, kind, status, code } = error;
	throw new ProviderError(message, {
		...{ kind, status, code },
		hint: 'Only jobs of Hailuo 3 from the last 7 days can be cancelled',
	});
}

/** The job ID is the only parameter of a status call. So an invalid parameter means an ID that MiniMax does not know. */
function unknownJob(jobId: string, { status }: HttpResponse): ProviderError {
	return new ProviderError(`${NAME} does not know the job ${jobId} in this account`, {
		kind: 'notFound',
		status,
		code: '2013',
		hint: UNKNOWN_JOB,
		refused: true,
	});
}
