import type { ProviderErrorKind } from '../errors';

/*
 * MiniMax's own codes (docs/providers.md C.3, I.3), the same in both of its APIs. Whatever is not listed proves nothing
 * about a submit.
 */

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

export const HINTS: Record<number, string> = {
	1004: 'Check the API key in the credential, and that its Region is the one where the key was made',
	2049: 'Check the API key in the credential, and that its Region is the one where the key was made',
	1026: 'MiniMax finds the prompt or a file sensitive: change it before you submit it again',
	1042: 'The prompt holds characters that cannot be seen: write it anew',
	2056: 'The limit of your plan is used up: wait until its window of five hours or a week is over, or raise the plan',
	2061: 'Pick a model that your plan includes, or use a pay-as-you-go key',
};

/** Codes of a job that broke without the request being at fault. */
export const RETRYABLE_JOB_CODES = new Set([
	'1000',
	'1001',
	'1002',
	'1013',
	'1024',
	'1033',
	'1039',
]);
