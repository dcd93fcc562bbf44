import { json, number, text } from '../answers';
import { ProviderError, UNKNOWN_JOB, unreadableAnswer, wrongJob } from '../errors';
import { parseTruncated } from '../truncatedJson';
import type { HistoryFilter, HistoryPage, HttpClient, Job, Submission, Upload } from '../types';
import { PAID } from '../types';
import { multipart, sendingMs } from '../upload';
import { NAME } from './codes';
import { call, isUnknownJob, jobOf, listedJob, opened } from './v2Answers';

/*
 * MiniMax's V2, which serves only Hailuo 3 (docs/providers.md I.1). Its job IDs are similar to those of V1, but neither
 * API knows the jobs of the other.
 */

const TASKS = '/v2/query/video_generation';

/** How long the provider may take to check an uploaded file, after the file was sent, in ms. */
const UPLOAD_TIMEOUT_MS = 60_000;

/** The types of the files in `content`, by the names that the catalogue uses. */
const CONTENT = {
	first_frame: 'image_url',
	last_frame: 'image_url',
	reference_image: 'image_url',
	reference_video: 'video_url',
	reference_audio: 'audio_url',
} as const;

/** The body of a submit. The prompt and the files are in one list, and each file has a role. */
export function bodyOf({ model, input, webhookUrl }: Submission): Record<string, unknown> {
	const { prompt, prompt_expansion_mode: mode, content, ...others } = input;
	const files = Object.entries(CONTENT).flatMap(([role, type]) => {
		const value = others[role];
		delete others[role];
		const all: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
		return all.map((url) => ({ type, [type]: { url }, role }));
	});
	return {
		...others,
		model,
		content: [
			...(prompt === undefined ? [] : [{ type: 'text', text: prompt }]),
			...files,
			// From the additional parameters of a custom model, which the user types in.
			...(Array.isArray(content) ? (content as unknown[]) : []),
		],
		...(mode === undefined
			? {}
			: { extra: { ...json(others.extra), prompt_expansion_mode: mode } }),
		...(webhookUrl ? { callback_url: webhookUrl } : {}),
	};
}

/** Sends the paid POST once. */
export async function submit(http: HttpClient, submission: Submission): Promise<Job> {
	const response = await http.request({
		method: 'POST',
		path: '/v2/video_generation',
		body: bodyOf(submission),
		...PAID,
	});
	const named = text(json(parseTruncated(response.body)).task_id) ?? '';
	// If the answer contains a job ID, the job exists, whatever else it says. The status of the job tells the rest.
	const jobId = /^\d{6,}$/.test(named) ? named : text(opened(response).task_id);
	if (jobId === undefined) throw unreadableAnswer(NAME, response, 'without a job ID');
	const job = { jobId, model: submission.model, createdAt: '', videos: [] };
	return { ...job, provider: 'miniMax', api: 'v2', status: 'queued' };
}

/** @throws ProviderError `notFound` for a job that V2 does not have */
export async function get(http: HttpClient, jobId: string): Promise<Job> {
	const path = `${TASKS}/${encodeURIComponent(jobId)}`;
	const { task } = await call(http, { method: 'GET', path }).catch((error) => {
		throw isUnknownJob(error) ? unknownJob(jobId, error) : error;
	});
	const job = jobOf(json(task), http.host);
	if (job.jobId !== jobId) throw wrongJob(NAME, jobId);
	return job;
}

function unknownJob(jobId: string, { status, code }: ProviderError): ProviderError {
	return new ProviderError(`${NAME} does not know the job ${jobId} in this account`, {
		kind: 'notFound',
		status,
		code,
		hint: UNKNOWN_JOB,
	});
}

/** V2's word for each of our statuses. `failed` is missing, because V2 has two words for it. */
const WORDS: Partial<Record<string, string>> = {
	queued: 'queued',
	running: 'running',
	completed: 'succeeded',
	cancelled: 'cancelled',
};

/**
 * One page of the last 7 days, newest first. V2 cannot filter by time, so jobs made after `createdBefore` are returned
 * too: an empty page would look like the end of the list.
 */
export async function list(http: HttpClient, filter: HistoryFilter): Promise<HistoryPage> {
	const { page, pageSize, model, status, jobIds, createdAfter } = filter;
	const word = WORDS[status ?? ''];
	const request = {
		method: 'GET',
		path: TASKS,
		query: {
			page_num: page,
			page_size: pageSize,
			...(model ? { 'filter.model': model } : {}),
			...(word ? { 'filter.status': word } : {}),
			...(jobIds?.length === 1 ? { 'filter.task_ids': jobIds[0] } : {}),
		},
	} as const;
	const body = await call(http, request);
	const total = number(body.total);
	const items = body.items ?? (total === 0 ? [] : undefined);
	// Never taken for an empty list: a job that is missing from the list counts as proof that it does not exist.
	if (!Array.isArray(items)) {
		throw unreadableAnswer(NAME, { status: 200, headers: {}, body }, 'without the list of jobs');
	}
	const all = items
		.map((item) => json(item))
		.filter((task) => text(task.id) !== undefined)
		.map((task) => listedJob(task, http.host));
	const times = all.map(({ createdAt }) => Date.parse(createdAt));
	const after = Date.parse(createdAfter ?? '');
	// The order is not documented. Only an ordered page shows that the jobs on the next pages are older.
	const isOrdered = times.every((time, index) => index === 0 || time <= times[index - 1]);
	const isPast = isOrdered && times.length > 1 && times.at(-1)! < after;
	const seen = (page - 1) * pageSize + items.length;
	const more = items.length > 0 && (total === undefined ? items.length >= pageSize : seen < total);
	return {
		jobs: all.filter((job, index) => !(times[index] < after) && (!status || job.status === status)),
		more: more && !isPast,
		total,
		countsAllTimes: true,
	};
}

const remove = async (http: HttpClient, jobId: string) =>
	await call(http, {
		method: 'DELETE',
		path: `/v2/video_generation/${encodeURIComponent(jobId)}`,
	});

/**
 * Cancels a queued job, which is then not charged. The status is checked first, because the same call would delete the
 * record of a job that has ended.
 *
 * @throws ProviderError `invalid` for a job that is running or has ended
 */
export async function cancel(http: HttpClient, jobId: string): Promise<void> {
	const { status } = await get(http, jobId);
	if (status === 'cancelled') return;
	const refuse = (what: string, hint: string) =>
		new ProviderError(`The job ${jobId} ${what}`, { kind: 'invalid', hint });
	if (status === 'running') {
		throw refuse(
			'is already running, so it cannot be cancelled',
			`${NAME} cancels only queued jobs: get the video with Job: Wait`,
		);
	}
	if (status !== 'queued') {
		throw refuse(
			'has already ended, so it cannot be cancelled',
			'See it with Job: Get; get a finished video with Job: Wait',
		);
	}
	await remove(http, jobId);
}

/**
 * Deletes the records of jobs that have ended. The status of each is checked first, because the same call would cancel a
 * queued job.
 *
 * @returns how many records were deleted
 * @throws ProviderError `invalid` for a job that has not ended
 */
export async function removeAll(http: HttpClient, jobIds: readonly string[]): Promise<number> {
	let count = 0;
	for (const jobId of jobIds) {
		const job = await get(http, jobId).catch((error: unknown) => {
			if (error instanceof ProviderError && error.kind === 'notFound') return undefined;
			throw error;
		});
		if (!job) continue;
		if (job.status === 'queued' || job.status === 'running') {
			throw new ProviderError(`The job ${jobId} has not ended, so it cannot be deleted`, {
				kind: 'invalid',
				hint: 'Wait until it has ended, or use Job: Cancel while it is queued',
			});
		}
		await remove(http, jobId);
		count++;
	}
	return count;
}

/** Uploads a file, which MiniMax keeps for 7 days. A bad file is refused here, before anything is charged. */
export async function upload(http: HttpClient, file: Upload): Promise<string> {
	const body = multipart(file);
	body.append('purpose', 'video_generation_input');
	const response = await http.request({
		method: 'POST',
		path: '/v1/files/upload',
		body,
		timeoutMs: UPLOAD_TIMEOUT_MS + sendingMs(file.data.length),
	});
	const answer = json(response.body);
	const id = text(json(answer.file).file_id) ?? text(answer.file_id);
	const isTaken = response.status >= 200 && response.status < 300 && id !== undefined;
	if (!isTaken) opened(response);
	if (id === undefined) {
		throw unreadableAnswer(NAME, response, 'without a file ID');
	}
	return `mm_file://${id}`;
}
