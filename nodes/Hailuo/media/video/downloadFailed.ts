import { troubleOf } from '../../providers/networkFault';
import { parseRetryAfter } from '../../providers/retryAfter';

/**
 * - `missing`: the server does not have it (403, 404, 410): not yet, or no longer
 * - `type`: the file is not a video, or the link is not an http(s) address
 * - `size`: larger than allowed
 * - `cut`: the connection ended before the video did
 * - `timeout`: nothing arrived for too long, or the deadline passed
 * - `network`: no connection
 * - `status`: any other HTTP status
 * - `storage`: n8n could not store the file
 */
export type DownloadReason =
	| 'missing'
	| 'type'
	| 'size'
	| 'cut'
	| 'timeout'
	| 'network'
	| 'status'
	| 'storage';

/**
 * The video is made and paid for, but its file could not be downloaded. The URL is still useful. The message is the
 * second half of a sentence: `The video could not be downloaded: <message>`.
 */
export class DownloadFailed extends Error {
	readonly reason: DownloadReason;
	readonly url: string;
	/** Whether another attempt may help. When a caller sees it, all attempts have already been made. */
	readonly retryable: boolean;
	/** ms, from Retry-After. */
	readonly retryAfterMs?: number;

	constructor(
		message: string,
		facts: { reason: DownloadReason; url: string; retryable: boolean; retryAfterMs?: number },
	) {
		super(message);
		this.name = 'DownloadFailed';
		this.reason = facts.reason;
		this.url = facts.url;
		this.retryable = facts.retryable;
		this.retryAfterMs = facts.retryAfterMs;
	}
}

/** 200 to 299 is undefined. `retryAfter` is the header: seconds or an HTTP date; `now` in ms since the epoch. */
export function failedStatus(
	status: number,
	url: string,
	retryAfter: string | undefined,
	now: number,
): DownloadFailed | undefined {
	if (status >= 200 && status < 300) return undefined;
	if (status === 403 || status === 404 || status === 410) {
		return new DownloadFailed(
			`the server does not have it or does not deliver it (HTTP ${status})`,
			{ reason: 'missing', url, retryable: false },
		);
	}
	const passing = status === 408 || status === 425 || status === 429 || status >= 500;
	return new DownloadFailed(`the server answered with HTTP ${status}`, {
		reason: 'status',
		url,
		retryable: passing,
		retryAfterMs: parseRetryAfter(retryAfter, now),
	});
}

/** Types that prove nothing, so that the bytes decide; a missing type is one of them. */
const OPAQUE = new Set(['application/octet-stream', 'binary/octet-stream', 'application/mp4', '']);

/** Rejects an answer whose type is not a video (an HTML page of a proxy, XML). */
export function failedType(contentType: unknown, url: string): DownloadFailed | undefined {
	const type = mediaType(contentType);
	if (type.startsWith('video/') || OPAQUE.has(type)) return undefined;
	return new DownloadFailed(`the link delivers "${type.slice(0, 60)}", not a video`, {
		reason: 'type',
		url,
		retryable: false,
	});
}

/** Lower case, without parameters; empty if there is none. */
export function mediaType(contentType: unknown): string {
	return typeof contentType === 'string' ? contentType.split(';')[0].trim().toLowerCase() : '';
}

/** Errors like a full disk or missing permissions: another attempt would fail in the same way. */
const STORAGE = new Set([
	'ENOSPC',
	'EDQUOT',
	'EACCES',
	'EPERM',
	'EROFS',
	'ENOENT',
	'EMFILE',
	'EIO',
]);
/** Errors about the target of a redirect: these do not change within a minute, nor does a certificate. */
const LASTING = /^(ERR_FR_.*|ERR_INVALID_.*)$/;

/** `begun`: the answer had begun, so the video was cut off. */
export function failedTransfer(error: unknown, url: string, begun: boolean): DownloadFailed {
	if (error instanceof DownloadFailed) return error;
	const { code, message, name } = (error ?? {}) as {
		code?: unknown;
		message?: unknown;
		name?: unknown;
	};
	const word = typeof code === 'string' ? code : '';
	const detail = [word, typeof message === 'string' ? message.slice(0, 200) : '']
		.filter((part, index, parts) => part !== '' && parts.indexOf(part) === index)
		.join(', ');
	if (STORAGE.has(word)) {
		return new DownloadFailed(`n8n could not store it: ${detail}`, {
			reason: 'storage',
			url,
			retryable: false,
		});
	}
	// n8n's own protection against requests to the internal network.
	const isOwnNetwork = typeof name === 'string' && name.startsWith('Ssrf');
	const trouble = troubleOf(word);
	if (begun || trouble === 'broken' || word === 'ECONNABORTED') return cutOff(url, detail);
	return new DownloadFailed(`the server could not be reached (${detail})`, {
		reason: 'network',
		url,
		retryable: !(isOwnNetwork || trouble === 'insecure' || LASTING.test(word)),
	});
}

export function cutOff(url: string, detail: string): DownloadFailed {
	return new DownloadFailed(`the connection was lost before the end (${detail})`, {
		reason: 'cut',
		url,
		retryable: true,
	});
}
