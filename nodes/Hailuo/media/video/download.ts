import type { IBinaryData } from 'n8n-workflow';

import type { Clock } from '../../jobs/clock';
import { backoff } from '../../jobs/retry';
import { BodyWatch, tooLarge } from './bodyWatch';
import {
	DownloadFailed,
	failedStatus,
	failedTransfer,
	failedType,
	mediaType,
} from './downloadFailed';
import { follow, type Body, type Context } from '../follow';

export interface DownloadOptions {
	fileName: string;
	/** The provider's base URL: addresses in the own network are allowed only if the provider is there too. */
	providerUrl: string;
	/** A larger video is rejected, by its Content-Length or while it arrives; default 1,000,000,000. */
	maxBytes?: number;
	clock: Clock;
	/** Ends the download at once; its reason is thrown. */
	signal?: AbortSignal;
	/** ms since the epoch, by `clock`. */
	deadlineAt?: number;
	/** Number of attempts, including the first; default 4. */
	attempts?: number;
	/** An attempt fails after this time without a byte, in ms; default 30,000. */
	idleMs?: number;
}

export interface Downloaded {
	binary: IBinaryData;
	bytes: number;
	mimeType: string;
}

/** A clip has 2 to 30 MB. This limit only prevents a wrong or hostile link from filling the disk. */
const MAX_BYTES = 1_000_000_000;
const ATTEMPTS = 4;
const IDLE_MS = 30_000;
/** First and longest wait between attempts, in ms; the actual wait is 50 to 100 % of it. */
const BACKOFF_MS = [1_000, 10_000] as const;
/** The watchdog sleeps no longer than this at a time, in ms: n8n's sleep cannot be cancelled and keeps its timer. */
const WATCH_MS = 1_000;
const ACCEPT = 'video/mp4, video/*;q=0.9, */*;q=0.1';

/**
 * Streams a video into n8n's binary data. In filesystem mode (n8n 2's default), only the bytes in transit are in
 * memory; n8n's memory mode always holds the whole file.
 *
 * No credential is sent: the link comes from an answer and leads to a CDN. Therefore redirects may be followed, but
 * each address is checked first, or an answer could make n8n call its own network. Interrupted or stalled downloads,
 * 408, 425, 429, 5xx and network errors are retried with backoff, within `attempts` and the deadline.
 *
 * Throws DownloadFailed, or the signal's reason if it was stopped.
 */
export async function downloadVideo(
	this: Context,
	url: string,
	options: DownloadOptions,
): Promise<Downloaded> {
	const { clock, signal, deadlineAt = Infinity, attempts = ATTEMPTS } = options;
	for (let attempt = 1; ; attempt++) {
		signal?.throwIfAborted();
		const result = await tryDownload.call(this, url, options);
		signal?.throwIfAborted();
		if (!(result instanceof DownloadFailed)) return result;
		if (!result.retryable || attempt >= attempts) throw result;
		const pause = pauseMs(attempt, result, clock);
		if (clock.now() + pause >= deadlineAt) throw result;
		await clock.sleep(pause, signal);
	}
}

function pauseMs(attempt: number, { retryAfterMs = 0 }: DownloadFailed, clock: Clock): number {
	const own = backoff(attempt - 1, () => clock.random(), BACKOFF_MS);
	return Math.max(own, retryAfterMs);
}

/** One attempt; returns a DownloadFailed instead of throwing it. */
async function tryDownload(
	this: Context,
	url: string,
	options: DownloadOptions,
): Promise<Downloaded | DownloadFailed> {
	const { clock, signal } = options;
	// Two controllers: `kill` ends the connection, and is used only if the attempt failed. After a success, the socket
	// may already serve another request.
	const kill = new AbortController();
	const done = new AbortController();
	let progressAt = clock.now();
	const watch = new BodyWatch(url, options.maxBytes ?? MAX_BYTES, () => (progressAt = clock.now()));
	const onStop = () => watch.fail(signal?.reason);
	signal?.addEventListener('abort', onStop, { once: true });
	const guard = guardTime(options, { url, watch, progressAt: () => progressAt, done: done.signal });
	try {
		return await Promise.race([
			transfer.call(this, url, options, watch, kill.signal),
			watch.failed,
		]);
	} catch (error) {
		kill.abort();
		return failedTransfer(error, url, watch.begun);
	} finally {
		signal?.removeEventListener('abort', onStop);
		done.abort();
		await guard;
	}
}

interface Attempt {
	url: string;
	watch: BodyWatch;
	/** When the last byte arrived, in ms since the epoch. */
	progressAt: () => number;
	/** Ends the guard. */
	done: AbortSignal;
}

/** The watchdog: fails the attempt if no byte arrived for `idleMs`, or if the deadline passed. */
async function guardTime(
	{ clock, idleMs = IDLE_MS, deadlineAt = Infinity }: DownloadOptions,
	{ url, watch, progressAt, done }: Attempt,
): Promise<void> {
	const expire = (message: string, retryable: boolean) =>
		watch.fail(new DownloadFailed(message, { reason: 'timeout', url, retryable }));
	try {
		for (;;) {
			const now = clock.now();
			if (now >= deadlineAt) {
				return expire('the time limit was reached before the download was complete', false);
			}
			const idleAt = progressAt() + idleMs;
			if (now >= idleAt) {
				const seconds = Math.round(idleMs / 1000);
				return expire(`the server sent nothing for ${seconds} s`, true);
			}
			await clock.sleep(Math.min(idleAt - now, deadlineAt - now, WATCH_MS), done);
		}
	} catch {
		// The attempt is over.
	}
}

async function transfer(
	this: Context,
	url: string,
	{ clock, fileName, maxBytes = MAX_BYTES, providerUrl }: DownloadOptions,
	watch: BodyWatch,
	kill: AbortSignal,
): Promise<Downloaded> {
	const response = await follow.call(this, url, { accept: ACCEPT, providerUrl, kill });
	const body = response.body as Body;
	watch.attach(body);
	const headers = response.headers as Record<string, string | undefined>;
	const declared = contentLength(headers['content-length']);
	const refused =
		failedStatus(response.statusCode, url, headers['retry-after'], clock.now()) ??
		failedType(headers['content-type'], url) ??
		(declared !== undefined && declared > maxBytes ? tooLarge(declared, maxBytes, url) : undefined);
	if (refused) throw refused;
	const type = mediaType(headers['content-type']);
	const mimeType = type.startsWith('video/') ? type : 'video/mp4';
	const binary = await this.helpers.prepareBinaryData(body, fileName, mimeType);
	const fault = watch.verdict(declared);
	if (fault) throw fault;
	return { binary, bytes: watch.bytes, mimeType };
}

/** Undefined if it is missing or invalid. */
function contentLength(value: unknown): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const bytes = Number(value);
	return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}
