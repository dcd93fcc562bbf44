import { codeOf, messageOf } from './answers';
import { parseRetryAfter } from './retryAfter';
import type { HttpResponse } from './types';

/**
 * - `notConnected`: no connection was made, nothing was sent
 * - `noAnswer`: sent, but no answer (timeout, dropped connection): proves nothing
 * - `badAnswer`: an answer that cannot be read (bad JSON, no job id): proves nothing
 * - `tooLarge`: an answer that is larger than any of the API: proves nothing, and is not worth asking for again
 * - `unavailable`: 5xx, 408, 425: proves nothing
 * - `rateLimited`: 429: refused, may be sent again after a while
 * - `auth`, `credit`, `notFound`, `invalid`: refused for good
 */
export type ProviderErrorKind =
	| 'notConnected'
	| 'noAnswer'
	| 'badAnswer'
	| 'tooLarge'
	| 'unavailable'
	| 'rateLimited'
	| 'auth'
	| 'credit'
	| 'notFound'
	| 'invalid';

export interface ProviderErrorFacts {
	kind: ProviderErrorKind;
	/** HTTP status, where there was an answer. */
	status?: number;
	/** The provider's own code. */
	code?: string;
	/** From Retry-After. */
	retryAfterMs?: number;
	/** What the person can do next. */
	hint?: string;
	/**
	 * Nobody took the request: the API itself says so in its own envelope, or nothing was sent. Never set for what a
	 * gateway may have said.
	 */
	refused?: boolean;
	/** A web page came in place of an answer of the API. */
	isPage?: boolean;
}

const AMBIGUOUS: ReadonlySet<ProviderErrorKind> = new Set([
	'noAnswer',
	'badAnswer',
	'tooLarge',
	'unavailable',
]);

export class ProviderError extends Error {
	readonly kind: ProviderErrorKind;
	readonly status?: number;
	readonly code?: string;
	readonly retryAfterMs?: number;
	readonly hint?: string;
	/** A web page came in place of an answer of the API: a gateway or a firewall said it. */
	readonly isPage: boolean;
	private readonly refused: boolean;

	constructor(message: string, facts: ProviderErrorFacts) {
		super(message);
		this.name = 'ProviderError';
		this.kind = facts.kind;
		this.status = facts.status;
		this.code = facts.code;
		this.retryAfterMs = facts.retryAfterMs;
		this.hint = facts.hint;
		this.refused = facts.refused ?? false;
		this.isPage = facts.isPage ?? false;
	}

	/**
	 * Proof that the provider did not take the request: no connection, HTTP 429, or a refusal in the API's own envelope.
	 * A redirect, a 409 and the page of a gateway prove nothing: the API behind it may have taken the request.
	 */
	get provesRefusal(): boolean {
		return this.isRefusal || (this.refused && !this.isAmbiguous);
	}

	/** Refused for now and not for good, so that a paid POST may be sent again. */
	get isRefusal(): boolean {
		return this.kind === 'notConnected' || this.kind === 'rateLimited';
	}

	/** The request may or may not have been taken. */
	get isAmbiguous(): boolean {
		return AMBIGUOUS.has(this.kind);
	}

	/** A GET that failed like this may be repeated. */
	get isTransient(): boolean {
		return (this.isRefusal || this.isAmbiguous) && this.kind !== 'tooLarge';
	}
}

export function kindOfStatus(status: number): ProviderErrorKind {
	if (status === 401 || status === 403) return 'auth';
	if (status === 402) return 'credit';
	if (status === 404 || status === 410) return 'notFound';
	if (status === 429) return 'rateLimited';
	if (TIMEOUT_STATUSES.has(status) || status >= 500) return 'unavailable';
	return 'invalid';
}

/** Statuses of a server or a gateway that did not wait for the end; 460 and 499 are those of gateways (AWS, nginx). */
const TIMEOUT_STATUSES = new Set([408, 425, 460, 499]);

const HINTS: Record<ProviderErrorKind, string> = {
	notConnected: 'Check the base URL in the credential, and the network of n8n',
	noAnswer: 'The provider may be slow or down; try again later',
	badAnswer:
		'The provider may be down, or the base URL in the credential is not the address of its API',
	tooLarge:
		'Check the base URL in the credential, and any proxy or firewall between n8n and the provider',
	unavailable: 'The provider is having trouble; try again later',
	rateLimited:
		"Try again later, or lower 'Submits per Minute' and 'Jobs at the Same Time' in the options",
	auth: 'Check the API key in the credential, and that it belongs to this provider',
	credit: 'Top up the account at the provider',
	notFound: 'Check the base URL in the credential, and the model ID if you typed it in',
	invalid: 'Check the values of the fields',
};

const TOO_LARGE =
	'The request is too large for this provider: pass the picture as a URL, or make it smaller';

/** Where a job was asked for: the provider may have it no more. */
export const UNKNOWN_JOB =
	'Check the job ID, and that the job was made with this provider and account. The job may also have been deleted, or be too old';

export const hintFor = (kind: ProviderErrorKind): string => HINTS[kind];

/** A conflict with something that is there already: with a first copy of the same request, perhaps. */
const CONFLICT = 409;

interface HttpErrorFacts {
	/** Overrides what the HTTP status says, where the body knows better. */
	kind?: ProviderErrorKind;
	/** Overrides what is said of every provider. */
	hint?: string;
	/** Whether the body is the API's own envelope, and not what a gateway in front of it answers. */
	isEnvelope?: boolean;
}

/** The ProviderError for a response that is not a success. */
export function httpError(
	provider: string,
	response: HttpResponse,
	facts: HttpErrorFacts = {},
): ProviderError {
	const { status, body, headers } = response;
	const { kind = kindOfStatus(status), hint = hintFor(kind) } = facts;
	const said = messageOf(body);
	const code = codeOf(body);
	if (status >= 300 && status < 400) {
		return new ProviderError(`${provider} answered with a redirect (HTTP ${status})`, {
			// 303 says that the request was taken, and that its outcome is elsewhere (RFC 9110, 15.4.4).
			kind: status === 303 ? 'badAnswer' : 'invalid',
			status,
			hint: `Redirects are not followed, so that the key is not sent anywhere else. Check the base URL in the credential${headers.location ? '; the answer points elsewhere' : ''}`,
		});
	}
	const what = `${provider} answered HTTP ${status}${said ? `: ${said}` : ''}`;
	return new ProviderError(code && code !== String(status) ? `${what} [${code}]` : what, {
		kind,
		status,
		code,
		// An HTTP date is by the provider's clock, which its answer tells.
		retryAfterMs: parseRetryAfter(headers['retry-after'], Date.parse(headers.date) || Date.now()),
		hint: status === 413 ? TOO_LARGE : hint,
		refused: facts.isEnvelope === true && status !== CONFLICT,
		isPage: typeof body === 'string' && /^\s*</.test(body),
	});
}

/** A status of another job than the one asked for, as of a cache on the way: its video must not pass for ours. */
export function wrongJob(provider: string, jobId: string): ProviderError {
	return new ProviderError(`${provider} returned a different job instead of ${jobId}`, {
		kind: 'badAnswer',
		hint: hintFor('badAnswer'),
	});
}

/** An answer of success that cannot be read: it proves nothing about the request. */
export function unreadableAnswer(
	provider: string,
	response: HttpResponse,
	what: string,
): ProviderError {
	return new ProviderError(`${provider} answered HTTP ${response.status} ${what}`, {
		kind: 'badAnswer',
		status: response.status,
		hint: hintFor('badAnswer'),
	});
}
