import { json, messageOf, number, text } from '../answers';
import { httpError, kindOfStatus, type ProviderError, type ProviderErrorKind } from '../errors';
import type { HttpResponse } from '../types';

/*
 * MiniMax's own codes (docs/providers.md C.3, I.3), the same in both of its APIs. Whatever is not listed proves nothing
 * about a submit.
 */

export const NAME = 'MiniMax';

/**
 * 1002 and 1039 are content filters in MiniMax's own program but rate limits in its documents (F.13): the documents are
 * followed, because a submit that is refused as one is not charged and may be sent again.
 */
export const KINDS: Record<number, ProviderErrorKind> = {
	1002: 'rateLimited',
	1039: 'rateLimited',
	1041: 'rateLimited',
	2045: 'rateLimited',
	1004: 'auth',
	2049: 'auth',
	1008: 'credit',
	2056: 'credit',
	2061: 'credit',
	1026: 'invalid',
	1027: 'invalid',
	1042: 'invalid',
	2013: 'invalid',
};

const WRONG_KEY =
	'Check the API key in the credential, and that the key was created in the selected Region';

const HINTS: Record<number, string> = {
	1004: WRONG_KEY,
	2049: WRONG_KEY,
	1008: 'A pay-as-you-go key (sk-api-…) is billed to the balance of the account: top it up. A subscription key (sk-cp-…) is billed to the plan: raise it. Neither key can use the credit of the other',
	1026: 'MiniMax considers the prompt or a file sensitive: change it before you submit again',
	1027: 'MiniMax considers the video sensitive: change the prompt or the picture before you submit again',
	1041: "Too many connections at the same time: try again later, or lower 'Jobs at the Same Time' in the options",
	1042: 'The prompt contains too many invisible characters: type it again',
	2045: "The number of requests rose too fast: try again later, or lower 'Submits per Minute' in the options",
	2061: 'Pick a model that is included in your subscription, or use a pay-as-you-go key (sk-api-…)',
};

/** The time in "…, resets at 2026-11-30T00:00:00Z", as it was seen (docs/providers.md C.3). */
const RESETS = /\bresets?\s+(?:at|on)\s+(\d[\dT:.+ -]{8,30}\d(?:Z|\b))/i;

function usedUp(said: string): string {
	const when = RESETS.exec(said)?.[1];
	return `The limit of your subscription is used up (for videos it is weekly): wait until it resets${when ? ` at ${when}` : ''}, upgrade the plan, or use a pay-as-you-go key (sk-api-…)`;
}

/** MiniMax calls the address before it takes the job (docs/providers.md C.4). */
const NOT_ECHOED =
	"Check 'Callback URL': MiniMax sends a challenge to this address before it accepts the job, and the answer must return it within 3 seconds";

/** What a person can do about a code; undefined where the code says no more than its kind. */
export function hintOf(code: number, said = ''): string | undefined {
	if (code === 2056) return usedUp(said);
	return code === 2013 && /\bcallback_url\b/.test(said) ? NOT_ECHOED : HINTS[code];
}

/** Codes of a job that broke without the request being at fault. */
export const RETRYABLE_JOB_CODES = new Set([
	'1000',
	'1001',
	'1002',
	'1013',
	'1024',
	'1033',
	'1039',
	'1041',
	'2045',
]);

/** In V2, and with HTTP 429 in V1 too, the code stands in brackets at the end of the message. */
const IN_BRACKETS = /\s*\((\d+)\)\s*$/;

export const withoutCode = (message: string): string => message.replace(IN_BRACKETS, '');

/** MiniMax's own code in an answer, whichever of its APIs gave it; undefined where there is none. */
export function codeIn(body: unknown): number | undefined {
	const inBrackets = IN_BRACKETS.exec(text(json(json(body).error).message) ?? '')?.[1];
	return inBrackets === undefined
		? number(json(json(body).base_resp).status_code)
		: Number(inBrackets);
}

/** The error of an answer whose HTTP status is none of success: in V2, and now and then in V1. */
export function refusedByStatus(response: HttpResponse): ProviderError {
	const { status, body } = response;
	const message = text(json(json(body).error).message) ?? messageOf(body) ?? '';
	const code = codeIn(body);
	const said = { message: withoutCode(message), error_code: code || undefined };
	return httpError(
		NAME,
		// A web page stays what it is.
		typeof body === 'string' ? response : { ...response, body: said },
		{
			kind: (code === undefined ? undefined : KINDS[code]) ?? kindOfStatus(status),
			hint: code === undefined ? undefined : hintOf(code, message),
			isEnvelope: json(body).type === 'error' || (code ?? 0) !== 0,
		},
	);
}
