/** What every provider gives and takes. No n8n in here: the HTTP client is handed in. */

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
 * How a job ends that is completed and names no video. It may be charged, and the video may turn up at a later look: so
 * it is looked at a few times more, and never submitted again by itself.
 */
export const NO_VIDEO: JobError = {
	code: 'NO_VIDEO',
	message: 'The job is completed but has no video',
	retryable: false,
};

export const lacksVideo = ({ error }: Pick<Job, 'error'>): boolean => error?.code === NO_VIDEO.code;

/** One job, whatever the provider. This is what users see as the JSON of an item. */
export interface Job {
	jobId: string;
	provider: ProviderId;
	model: string;
	/** Which API of the provider it belongs to, where the provider has several whose ids look alike. Not shown to users. */
	api?: JobApi;
	/** A status that nobody documents counts as `running`: never as success, and the deadline ends it. */
	status: JobStatus;
	/** 0 to 1, where the provider tells it. */
	progress?: number;
	/** The first of `videos`; present when completed. */
	videoUrl?: string;
	videos: string[];
	/** ISO 8601; empty where the provider does not tell it. */
	createdAt: string;
	/** ISO 8601. */
	finishedAt?: string;
	/** ms the model itself worked. */
	inferenceMs?: number;
	cost?: number;
	currency?: string;
	/** Whether `cost` is counted here by the list price, because the provider tells no money. */
	costComputed?: boolean;
	nsfw?: boolean;
	error?: JobError;
	warnings?: string[];
}

/** A job as the history lists it, with what it was asked for where the provider tells. */
export interface HistoryJob extends Job {
	/** The parameters under the provider's own names; absent where the answer leaves them out. */
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
	/** Only these jobs, where the provider can leave out the others; whoever asks must look for them all the same. */
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
	/** What the provider calls the total, where it does. */
	total?: number;
	/** Whether the total counts jobs of any time, so that it does not tell how many pages there are to read. */
	countsAllTimes?: boolean;
}

export interface Quote {
	/** In `currency`. */
	price: number;
	currency: string;
	/** Before a discount, where the provider tells both. */
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
	/** ms until the answer counts as missing. */
	timeoutMs?: number;
	/** It may start a job that costs money, so that not even Stop cuts it off before its answer is known. */
	paid?: boolean;
}

/** How a paid POST is sent: with time enough, because an answer that is missed leaves the job in doubt. */
export const PAID = { paid: true, timeoutMs: 60_000 } as const;

export interface HttpResponse {
	status: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	/** Parsed JSON (see parseJson: an integer above 2^53 is a text), or the text as it came where that is no JSON. */
	body: unknown;
}

/**
 * One request with the credential's key to the credential's own host: redirects are not followed, and every
 * HTTP status is an answer, not an exception. Throws a ProviderError of kind `notConnected` (nothing was
 * sent) or `noAnswer` (it may have been), or the signal's reason when it was stopped.
 */
export interface HttpClient {
	request(request: HttpRequest): Promise<HttpResponse>;
	/** How far the provider's clock is ahead of ours, in ms, read from the last answer's Date header; 0 before. */
	clockOffsetMs(): number;
	/** Whether an answer has told the provider's time: without a Date header the offset says nothing. */
	knowsTime(): boolean;
	/** The credential's host, e.g. `api.example.com`. */
	host?: string;
}

/** What is left in an account. */
export interface Balance {
	balance: number;
	currency: string;
}

/** A file to put where the provider can fetch it. */
export interface Upload {
	data: Buffer;
	fileName: string;
	mimeType: string;
}

/** Where a provider is reached. */
export interface Addresses {
	/** The field of the credential that chooses among `known`; absent where there is nothing to choose. */
	choice?: string;
	/** What n8n's users can choose, and where it leads. The first is the default. */
	known: Readonly<Record<string, string>>;
	/** The end of an address as the provider's documents print it, which the requests add themselves. */
	tail?: RegExp;
	/** The paths at the provider's own host that lack the rest: its own SDK takes the address like that, so people have it at hand. */
	short?: RegExp;
}

/** How a key is tried out without cost, and what people are told of it. Sentences end in a full stop. */
export interface KeyTest {
	/** At the beginning of a sentence, e.g. `WaveSpeed`. */
	service: string;
	/** Whose account and whose API it is. */
	account: string;
	/** What to do when the key is refused: sentences. */
	badKey: string;
	/** Where credit is bought: the end of a sentence. */
	topUp: string;
	/** Why an answer of HTTP 403 is no bad key; undefined where it is one. */
	forbidden?(said: string): string | undefined;
	/**
	 * Resolves where the key is good, with what is left in the account where the provider tells.
	 *
	 * @param anonymous the same address without the key; given where a person typed the address
	 * @throws ProviderError, as every call does
	 */
	check(provider: Provider, http: HttpClient, anonymous?: HttpClient): Promise<Balance | undefined>;
}

/** A provider: the verbs of a job. One folder each. */
export interface Provider {
	id: ProviderId;
	/** Shown to users, e.g. `WaveSpeed`. */
	name: string;
	/** The type of its credential. */
	credential: string;
	/** What stands before the key in the header `Authorization`; its credential says the same to n8n. */
	authScheme: string;
	keyTest: KeyTest;
	addresses: Addresses;
	/** How many jobs the smallest account may run at once, and how many submits a minute. */
	limits: { concurrent: number; submitsPerMinute: number };
	/**
	 * Image types it accepts, and the most bytes of one. Of two readings of 20 MB the smaller counts, 20,000,000 and not
	 * 20 × 2^20: it costs somebody a smaller export, the larger one might cost a refused job after the submit.
	 */
	images: PictureRules;
	/** Sends the paid POST exactly once. Never call it inside a retry that does not check `isRefusal`. */
	submit(http: HttpClient, submission: Submission): Promise<Job>;
	get(http: HttpClient, jobId: string): Promise<Job>;
	list?(http: HttpClient, filter: HistoryFilter): Promise<HistoryPage>;
	/** Whether the list shows the jobs of an API, or of the main one where none is given; default: of all. */
	listsJobsOf?(api?: ModelApi): boolean;
	/** How far back the list reaches, in ms: of what is older its silence says nothing. */
	historyMs?: number;
	quote?(http: HttpClient, submission: Submission): Promise<Quote>;
	remove?(http: HttpClient, jobIds: string[]): Promise<number>;
	cancel?(http: HttpClient, jobId: string): Promise<void>;
	/** Returns the URL that a submit can name. */
	upload?(http: HttpClient, upload: Upload): Promise<string>;
	balance?(http: HttpClient): Promise<Balance>;
	/** Whether an id can be one of this provider's, so that an id given to the wrong provider is named as such. */
	ownsJobId(jobId: string): boolean;
	/**
	 * The provider as one of its APIs has it, where they differ in what they can do; absent where they do not. Without
	 * it the verbs of a job find out by themselves which API the job belongs to.
	 */
	forApi?(api: JobApi): Provider;
	/** Why an API is out of reach at a base URL, and what to do; undefined where it is in reach. */
	apiMissing?(api: ModelApi, baseUrl: string): { rule: string; fix: string } | undefined;
	/**
	 * What a person can do about a job that failed with this code, where it is neither to change the request nor to submit
	 * it again; without its full stop.
	 */
	jobHint?(code: string): string | undefined;
	/** Where a person looks for a job whose id was lost: a sentence without its full stop. */
	historyHint: string;
	/** Whether a submit to an API can name an address (`Submission.webhookUrl`) that is called when the job has ended. */
	callsBack?(api?: ModelApi): boolean;
	/**
	 * Whether a call that came to that address is the provider's, by its signature; undefined where that cannot be
	 * told. What the call says is not believed in any case.
	 */
	isGenuine?(http: HttpClient, call: Callback): Promise<boolean | undefined>;
}

/** A provider as one of its APIs has it. */
export const ofApi = (provider: Provider, api: JobApi): Provider =>
	provider.forApi?.(api) ?? provider;

/** A call that came to the address named in a submit. */
export interface Callback {
	/** Lower-case names. */
	headers: Record<string, string | undefined>;
	/** As it came, before parsing: the signature is over these bytes. */
	rawBody: Buffer;
	/** When it came, in ms since the epoch. */
	atMs: number;
}

export interface Submission {
	model: string;
	/** Under the provider's own names. */
	input: Record<string, unknown>;
	/** Which API of the provider serves the model, where that is not its main one. */
	api?: ModelApi;
	/** A public https URL that the provider calls when the job is finished. */
	webhookUrl?: string;
}
