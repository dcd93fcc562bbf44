/** The types that every provider shares. Nothing here depends on n8n: the HTTP client is a parameter. */

import type { JobApi, ModelApi, PictureRules, ProviderId } from './modelTypes';

export type JobStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface JobError {
	/** The provider's own code, as text (`1200`, `010004095`, `CONTENT_BLOCKED`). */
	code?: string;
	message: string;
	/** Whether the same request may succeed when it is submitted again. */
	retryable: boolean;
}

/**
 * A job that is completed but has no video. It may be charged, and the video may appear later. So it is polled a few more
 * times, and never submitted again automatically.
 */
export const NO_VIDEO: JobError = {
	code: 'NO_VIDEO',
	message: 'The job is completed but has no video',
	retryable: false,
};

/** The `historyHint` of a provider that has no list of jobs. */
export const NO_HISTORY_HINT =
	'This provider has no list of jobs, so check the usage page of the account before you submit again';

export const lacksVideo = ({ error }: Pick<Job, 'error'>): boolean => error?.code === NO_VIDEO.code;

/** One job, whatever the provider. This is what users see as the JSON of an item. */
export interface Job {
	jobId: string;
	provider: ProviderId;
	model: string;
	/** The API of the provider that the job belongs to, if the provider has several with similar IDs. Not shown to users. */
	api?: JobApi;
	/** An undocumented status counts as `running`: never as success, and the deadline ends it. */
	status: JobStatus;
	/** 0 to 1, if the provider reports it. */
	progress?: number;
	/** The first of `videos`; present when completed. */
	videoUrl?: string;
	videos: string[];
	/** ISO 8601; empty if the provider does not report it. */
	createdAt: string;
	/** ISO 8601. */
	finishedAt?: string;
	/** Time that the model itself took, in ms. */
	inferenceMs?: number;
	cost?: number;
	currency?: string;
	/** Whether `cost` was calculated here from the list price, because the provider reports no cost. */
	costComputed?: boolean;
	nsfw?: boolean;
	error?: JobError;
	warnings?: string[];
}

/** A job as the history lists it, with its input if the provider reports it. */
export interface HistoryJob extends Job {
	/** The parameters under the provider's own names; absent if the answer does not contain them. */
	input?: Record<string, unknown>;
}

export interface HistoryFilter {
	model?: string;
	status?: JobStatus;
	/** ISO 8601, inclusive. */
	createdAfter?: string;
	/** ISO 8601, inclusive. */
	createdBefore?: string;
	withInputs?: boolean;
	/** Only these jobs, if the provider can filter; the caller must filter as well. */
	jobIds?: readonly string[];
	/** From 1. */
	page: number;
	/** 1 to 100. */
	pageSize: number;
}

export interface HistoryPage {
	jobs: HistoryJob[];
	/** Whether a further page exists. */
	more: boolean;
	/** The total that the provider reports, if any. */
	total?: number;
	/** Whether the total includes jobs of any age, so that the number of pages cannot be calculated from it. */
	countsAllTimes?: boolean;
}

export interface Quote {
	/** In `currency`. */
	price: number;
	currency: string;
	/** Before a discount, if the provider reports both. */
	fullPrice?: number;
}

export interface HttpRequest {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Below the credential's base URL, with a leading slash. */
	path: string;
	query?: Record<string, string | number | boolean>;
	/** Sent as JSON; a FormData is sent as multipart. */
	body?: unknown;
	headers?: Record<string, string>;
	/** Timeout in ms. */
	timeoutMs?: number;
	/** Set if the request may start a paid job: then not even Stop aborts it before its answer is known. */
	paid?: boolean;
}

/** A generous timeout for a paid POST: a missed answer leaves the job in doubt. */
export const PAID = { paid: true, timeoutMs: 60_000 } as const;

export interface HttpResponse {
	status: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	/** Parsed JSON (an integer above 2^53 is a string: see parseJson), or the raw text if it is not JSON. */
	body: unknown;
}

/**
 * Sends requests with the credential's key, only to the credential's own host. Redirects are not followed, and every
 * HTTP status is an answer, not an exception. Throws a ProviderError of the kind `notConnected` (nothing was sent) or
 * `noAnswer` (the request may have been sent), or the reason of the signal if the run was stopped.
 */
export interface HttpClient {
	request(request: HttpRequest): Promise<HttpResponse>;
	/** How far the provider's clock is ahead of ours, in ms, by the Date header of the last answer; 0 before it. */
	clockOffsetMs(): number;
	/** Whether an answer had a Date header. Without one, the offset is meaningless. */
	knowsTime(): boolean;
	/** The credential's host, e.g. `api.example.com`. */
	host?: string;
}

/** The remaining credit of an account. */
export interface Balance {
	balance: number;
	currency: string;
}

/** A file to upload to the provider's storage. */
export interface Upload {
	data: Buffer;
	fileName: string;
	mimeType: string;
}

/** The addresses of a provider's API. */
export interface Addresses {
	/** The field of the credential that chooses among `known`; absent if there is nothing to choose. */
	choice?: string;
	/** The choices that users have, with their base URLs. The first is the default. */
	known: Readonly<Record<string, string>>;
	/** Suffix to strip from a pasted URL, because the requests add it. */
	tail?: RegExp;
	/** Shorthand paths accepted on the provider's host, because its SDK documents the URL that way. */
	short?: RegExp;
}

/** How to test a key for free, and the texts for the result. Sentences end with a period. */
export interface KeyTest {
	/** At the beginning of a sentence, e.g. `WaveSpeed`. */
	service: string;
	/** Whose account and whose API it is. */
	account: string;
	/** What to do if the key is rejected: sentences. */
	badKey: string;
	/** Where credit is bought: the end of a sentence. */
	topUp: string;
	/** Why an HTTP 403 does not mean a bad key; undefined if it does. */
	forbidden?(said: string): string | undefined;
	/**
	 * Resolves if the key is valid, with the remaining credit if the provider reports it.
	 *
	 * @param anonymous the same address without the key; given if a person typed in the address
	 * @throws ProviderError, as every call does
	 */
	check(provider: Provider, http: HttpClient, anonymous?: HttpClient): Promise<Balance | undefined>;
}

/** A provider: everything that can be done with a job. One folder per provider. */
export interface Provider {
	id: ProviderId;
	/** Shown to users, e.g. `WaveSpeed`. */
	name: string;
	/** The type of its credential. */
	credential: string;
	/** The word before the key in the `Authorization` header; its credential gives n8n the same word. */
	authScheme: string;
	keyTest: KeyTest;
	addresses: Addresses;
	/** How many jobs the smallest account may run at once, and how many submits a minute. */
	limits: { concurrent: number; submitsPerMinute: number };
	/**
	 * The image types that it accepts, and the maximum size in bytes. A limit of 20 MB counts as 20,000,000 bytes, not as
	 * 20 × 2^20: at worst a picture must be made smaller before the submit, but no submitted job is refused.
	 */
	images: PictureRules;
	/** Sends the paid POST exactly once. Never call this in a retry that does not check `isRefusal`. */
	submit(http: HttpClient, submission: Submission): Promise<Job>;
	get(http: HttpClient, jobId: string): Promise<Job>;
	list?(http: HttpClient, filter: HistoryFilter): Promise<HistoryPage>;
	/** Whether the list shows the jobs of this API (the main one if none is given). Default: yes, for all APIs. */
	listsJobsOf?(api?: ModelApi): boolean;
	/** How far back the list goes, in ms: it cannot prove anything about older jobs. */
	historyMs?: number;
	quote?(http: HttpClient, submission: Submission): Promise<Quote>;
	remove?(http: HttpClient, jobIds: string[]): Promise<number>;
	cancel?(http: HttpClient, jobId: string): Promise<void>;
	/** Returns the URL that a submit can name. */
	upload?(http: HttpClient, upload: Upload): Promise<string>;
	balance?(http: HttpClient): Promise<Balance>;
	/** Whether this ID has the provider's format, so that an ID of another provider can be reported as such. */
	ownsJobId(jobId: string): boolean;
	/**
	 * The provider limited to one of its APIs; absent if all of them can do the same. The provider itself finds out to
	 * which API a job belongs.
	 */
	forApi?(api: JobApi): Provider;
	/** Why an API is not available at a base URL, and what to do; undefined if it is available. */
	apiMissing?(api: ModelApi, baseUrl: string): { rule: string; fix: string } | undefined;
	/**
	 * What a person can do about a job that failed with this code, if neither another request nor another submit helps: a
	 * sentence without a period.
	 */
	jobHint?(code: string): string | undefined;
	/** Where a person can find a job whose ID was lost: a sentence without a period. */
	historyHint: string;
	/** Whether a submit to this API can contain a callback URL (`Submission.webhookUrl`). */
	callsBack?(api?: ModelApi): boolean;
	/**
	 * Whether the signature shows that a call to the callback URL is from the provider; undefined if that cannot be
	 * determined. The content of the call is not trusted in any case.
	 */
	isGenuine?(http: HttpClient, call: Callback): Promise<boolean | undefined>;
}

/** A provider limited to one of its APIs. */
export const ofApi = (provider: Provider, api: JobApi): Provider =>
	provider.forApi?.(api) ?? provider;

/** A call to the callback URL of a submit. */
export interface Callback {
	/** Lower-case names. */
	headers: Record<string, string | undefined>;
	/** The raw body before parsing: the signature covers these bytes. */
	rawBody: Buffer;
	/** When it arrived, in ms since the epoch. */
	atMs: number;
}

export interface Submission {
	model: string;
	/** Under the provider's own names. */
	input: Record<string, unknown>;
	/** The API that serves the model, if it is not the provider's main one. */
	api?: ModelApi;
	/** A public https URL that the provider calls when the job is finished. */
	webhookUrl?: string;
}
