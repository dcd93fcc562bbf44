import type {
	IBinaryData,
	IExecuteFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

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
import { isFromInside } from '../hosts';

export { DownloadFailed } from './downloadFailed';
export { videoFileName } from './fileName';

type Context = IExecuteFunctions | IPollFunctions | IWebhookFunctions;
type Body = import('node:stream').Readable;

export interface DownloadOptions {
	fileName: string;
	/** The provider's base URL: what it names is fetched from the own network only where it is there itself. */
	providerUrl: string;
	/** A larger video is refused, by its Content-Length or while it comes; default 1,000,000,000. */
	maxBytes?: number;
	clock: Clock;
	/** Ends the download at once; its reason is thrown. */
	signal?: AbortSignal;
	/** ms since the epoch, by `clock`. */
	deadlineAt?: number;
	/** All of them, the first included; default 4. */
	attempts?: number;
	/** ms without a byte after which an attempt is given up; default 30,000. */
	idleMs?: number;
}

export interface Downloaded {
	binary: IBinaryData;
	bytes: number;
	mimeType: string;
}

/** A clip has 2 to 30 MB. This only keeps a wrong or hostile link from filling the disk. */
const MAX_BYTES = 1_000_000_000;
const ATTEMPTS = 4;
const IDLE_MS = 30_000;
/** First wait between attempts and the longest, in ms; the real one is 50 to 100 % of it. */
const BACKOFF_MS = [1_000, 10_000] as const;
/** The watchdog sleeps no longer than this at a time: n8n's sleep cannot be ended, and would keep its timer. */
const WATCH_MS = 1_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Streams a video into n8n's binary data. In filesystem mode (n8n 2's default) only the bytes on their way are
 * in memory; n8n's memory mode holds the whole file by its nature.
 *
 * No credential goes with it: the link comes out of an answer and leads to a CDN. That is also why redirects
 * may be followed; but each address is looked at first, or an answer could have n8n ask its own network.
 * Cut off, hanging, 408, 425, 429, 5xx and network errors are tried again, with backoff, within `attempts` and the
 * deadline.
 *
 * Throws DownloadFailed, or the signal's reason when it was stopped.
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

/**
 * @param link the video's own, or one that its server sends on to
 * @throws DownloadFailed for one that is not to be fetched
 */
function checkLink(link: string, url: string, providerUrl: string): void {
	const isWeb = /^https?:\/\/[^/]/i.test(link) && URL.canParse(link);
	if (isWeb && !isFromInside(new URL(link), providerUrl)) return;
	const where = link === url ? 'its link' : `its server sends on to "${link.slice(0, 60)}", which`;
	const what = isWeb
		? `leads to an address of your own network${link === url ? ` (${new URL(link).host})` : ''}`
		: 'is no http:// or https:// address';
	throw new DownloadFailed(`${where} ${what}`, { reason: 'type', url, retryable: false });
}

function pauseMs(attempt: number, { retryAfterMs = 0 }: DownloadFailed, clock: Clock): number {
	const own = backoff(attempt - 1, () => clock.random(), ...BACKOFF_MS);
	return Math.max(own, retryAfterMs);
}

/** One attempt; gives a DownloadFailed back instead of throwing it. */
async function tryDownload(
	this: Context,
	url: string,
	options: DownloadOptions,
): Promise<Downloaded | DownloadFailed> {
	const { clock, signal } = options;
	// Two controllers: `kill` ends the connection and is pulled only when the attempt failed. After a success
	// the socket may already carry somebody else's request.
	const kill = new AbortController();
	const done = new AbortController();
	let progressAt = clock.now();
	const watch = new BodyWatch(url, options.maxBytes ?? MAX_BYTES, () => (progressAt = clock.now()));
	const onStop = () => watch.fail(signal?.reason);
	signal?.addEventListener('abort', onStop, { once: true });
	const guard = guardTime(options, url, watch, () => progressAt, done.signal);
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

/** The watchdog: fails the attempt when no byte came for `idleMs`, or when the deadline passed. */
async function guardTime(
	{ clock, idleMs = IDLE_MS, deadlineAt = Infinity }: DownloadOptions,
	url: string,
	watch: BodyWatch,
	progressAt: () => number,
	done: AbortSignal,
): Promise<void> {
	const expire = (message: string, retryable: boolean) =>
		watch.fail(new DownloadFailed(message, { reason: 'timeout', url, retryable }));
	try {
		for (;;) {
			const now = clock.now();
			if (now >= deadlineAt) {
				return expire('the deadline passed before it was complete', false);
			}
			const idleAt = progressAt() + idleMs;
			if (now >= idleAt) {
				const seconds = Math.round(idleMs / 1000);
				return expire(`nothing came from its server for ${seconds} s`, true);
			}
			await clock.sleep(Math.min(idleAt - now, deadlineAt - now, WATCH_MS), done);
		}
	} catch {
		// The attempt is over.
	}
}

/** Asks for the video, and goes where its server sends. */
async function request(
	this: Context,
	url: string,
	providerUrl: string,
	kill: AbortSignal,
): Promise<IN8nHttpFullResponse> {
	let link = url;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		checkLink(link, url, providerUrl);
		const response = (await this.helpers.httpRequest({
			method: 'GET',
			url: link,
			// Unpacked answers would make the Content-Length useless, and a video does not shrink.
			headers: { Accept: 'video/mp4, video/*;q=0.9, */*;q=0.1', 'Accept-Encoding': 'identity' },
			encoding: 'stream',
			returnFullResponse: true,
			// Otherwise the unread body of an exception would keep its socket.
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			// The watchdog decides; n8n's default would end a slow but steady video after 5 minutes.
			timeout: 0,
			abortSignal: kill,
		})) as IN8nHttpFullResponse;
		const { location } = response.headers;
		if (!REDIRECTS.has(response.statusCode) || typeof location !== 'string') return response;
		(response.body as Body).destroy();
		link = URL.canParse(location, link) ? new URL(location, link).href : location;
	}
	throw new DownloadFailed('its server sends from one address to the next', {
		reason: 'network',
		url,
		retryable: false,
	});
}

async function transfer(
	this: Context,
	url: string,
	{ clock, fileName, maxBytes = MAX_BYTES, providerUrl }: DownloadOptions,
	watch: BodyWatch,
	kill: AbortSignal,
): Promise<Downloaded> {
	const response = await request.call(this, url, providerUrl, kill);
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

/** Undefined where there is none, or none that can be read. */
function contentLength(value: unknown): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const bytes = Number(value);
	return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}
