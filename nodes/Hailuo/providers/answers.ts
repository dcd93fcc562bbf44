import type { HttpResponse, JobStatus, ProviderErrorKind } from './types';
import { ProviderError } from './types';

/** Reading what providers answer, tolerantly: every shape named here was seen in a document or a client (PROVIDERS.md A.3, B.2, C.3). */

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, or an empty one. */
export const json = (value: unknown): Json => (isJson(value) ? value : {});

export const text = (value: unknown): string | undefined =>
	typeof value === 'string' && value.trim() !== ''
		? value.trim()
		: typeof value === 'number'
			? String(value)
			: undefined;

/** A number that may come as text; undefined for everything else, the empty string included. */
export function number(value: unknown): number | undefined {
	const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

/**
 * The status that a provider's word stands for, whatever its case. A word that is not in the list, and what is no word,
 * counts as running: the deadline ends it.
 */
export function statusOf(words: Readonly<Record<string, JobStatus>>, word: unknown): JobStatus {
	const key = text(word)?.toLowerCase() ?? '';
	// Not by the key alone: every object has a 'constructor'.
	return Object.prototype.hasOwnProperty.call(words, key) ? words[key] : 'running';
}

/** A time without its zone: JavaScript would take it for one of the machine that n8n runs on. */
const ZONELESS = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;

/** ISO 8601 from an ISO text (any number of fractional digits, UTC) or from seconds or ms since the epoch. */
export function isoTime(value: unknown): string | undefined {
	const seconds = number(value);
	if (seconds !== undefined && seconds <= 0) return undefined;
	const time =
		seconds === undefined
			? Date.parse(String(value ?? '').replace(ZONELESS, '$&Z'))
			: seconds < 1e11
				? seconds * 1000
				: seconds;
	return Number.isFinite(time) && Math.abs(time) < 8.64e15
		? new Date(time).toISOString()
		: undefined;
}

/** The http(s) URLs in a text, or in a list of texts or of objects with `url`. Anything else that an answer names is left out. */
export function urls(outputs: unknown): string[] {
	return (Array.isArray(outputs) ? outputs : [outputs])
		.map((output) => text(isJson(output) ? output.url : output))
		.filter((url): url is string => url !== undefined && /^https?:\/\/[^\s]+$/i.test(url));
}

/** Longer words of a provider end in a log that nobody reads; in characters. */
const LONGEST_SAID = 500;

/** Words as a person can read them: no page, no novel. */
function words(value: unknown): string | undefined {
	const said = text(value);
	if (said === undefined || said.startsWith('<')) return undefined;
	return said.length > LONGEST_SAID ? `${said.slice(0, LONGEST_SAID)}…` : said;
}

/** What an answer says went wrong, in any of the known shapes; undefined when it says nothing. */
export function messageOf(body: unknown): string | undefined {
	if (typeof body === 'string') return words(body);
	if (Array.isArray(body)) return messageOf(body[0]);
	if (!isJson(body)) return undefined;
	const { error_message, message, msg, error, detail, errors, status, base_resp } = body;
	return (
		words(error_message) ??
		words(message) ??
		words(msg) ??
		(isJson(base_resp) ? words(base_resp.status_msg) : undefined) ??
		[error, detail, errors, status]
			.map((part) => (part ? messageOf(part) : undefined))
			.find(Boolean)
	);
}

/** The provider's own code for what went wrong, as text. */
export function codeOf(body: unknown): string | undefined {
	const { error_code, error, status } = json(body);
	return (
		text(error_code) ??
		text(json(error).code) ??
		text(json(status).error_code) ??
		text(json(status).code)
	);
}

export function kindOfStatus(status: number): ProviderErrorKind {
	if (status === 401 || status === 403) return 'auth';
	if (status === 402) return 'credit';
	if (status === 404 || status === 410) return 'notFound';
	if (status === 429) return 'rateLimited';
	if (GAVE_UP.has(status) || status >= 500) return 'unavailable';
	return 'invalid';
}

/** Statuses of a server or a gateway that did not wait for the end; 460 and 499 are those of gateways (AWS, nginx). */
const GAVE_UP = new Set([408, 425, 460, 499]);

const HINTS: Record<ProviderErrorKind, string> = {
	notConnected: 'Check the base URL in the credential, and the network of n8n',
	noAnswer: 'The provider may be slow or down; try again later',
	badAnswer: 'The provider may be down, or the base URL in the credential is not that of its API',
	unavailable: 'The provider is having trouble; try again later',
	rateLimited: 'Lower the submits per minute or the jobs at the same time in the options',
	auth: 'Check the API key in the credential, and that it belongs to this provider',
	credit: 'Top up the account at the provider',
	notFound: 'Check the job ID, and that the job was made with this provider and account',
	invalid: 'Check the values of the fields',
};

const TOO_LARGE =
	'The request is too large for this provider: give the picture by its web address, or save it smaller';

export const hintFor = (kind: ProviderErrorKind): string => HINTS[kind];

/** Retry-After in ms, from seconds or an HTTP date; undefined when absent or unreadable. */
function retryAfterMs(response: HttpResponse): number | undefined {
	const value = text(response.headers['retry-after']);
	if (value === undefined) return undefined;
	const seconds = number(value);
	const ms = seconds === undefined ? Date.parse(value) - Date.now() : seconds * 1000;
	return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/**
 * The error for an answer that is none of success.
 *
 * @param kind overrides what the HTTP status says, where the body knows better
 */
export function refusal(
	provider: string,
	response: HttpResponse,
	kind: ProviderErrorKind = kindOfStatus(response.status),
): ProviderError {
	const { status, body, headers } = response;
	const said = messageOf(body);
	const code = codeOf(body);
	if (status >= 300 && status < 400) {
		return new ProviderError(`${provider} answered with a redirect (HTTP ${status})`, {
			// 303 says that the request was taken, and that its outcome is elsewhere (RFC 9110, 15.4.4).
			kind: status === 303 ? 'badAnswer' : 'invalid',
			status,
			hint: `Redirects are not followed, so that the key goes nowhere else. Check the base URL in the credential${headers.location ? '; the answer points elsewhere' : ''}`,
		});
	}
	const what = `${provider} answered HTTP ${status}${said ? `: ${said}` : ''}`;
	return new ProviderError(code && code !== String(status) ? `${what} [${code}]` : what, {
		kind,
		status,
		code,
		retryAfterMs: retryAfterMs(response),
		hint: status === 413 ? TOO_LARGE : hintFor(kind),
	});
}

/** A status of another job than the one asked for, as of a cache on the way: its video must not pass for ours. */
export function foreign(provider: string, jobId: string): ProviderError {
	return new ProviderError(`${provider} answered about another job than ${jobId}`, {
		kind: 'badAnswer',
		hint: hintFor('badAnswer'),
	});
}

/** An answer of success that cannot be read: it proves nothing about the request. */
export function unreadable(provider: string, response: HttpResponse, what: string): ProviderError {
	return new ProviderError(`${provider} answered HTTP ${response.status} ${what}`, {
		kind: 'badAnswer',
		status: response.status,
		hint: hintFor('badAnswer'),
	});
}
