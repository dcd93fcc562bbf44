import type { JobStatus } from './types';

/*
 * Reading what providers answer, tolerantly: every shape named here was seen in a document or a client
 * (docs/providers.md A.3, B.2, C.3).
 */

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, or an empty one. */
export const json = (value: unknown): Json => (isJson(value) ? value : {});

/** A text that is not blank, or a number as text. An integer above 2^53 has lost its digits, so it is no id: see parseJson. */
export function text(value: unknown): string | undefined {
	if (typeof value === 'string') return value.trim() || undefined;
	if (typeof value !== 'number') return undefined;
	return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}

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
			? // Not String(value): an object that is no text would throw.
				Date.parse((text(value) ?? '').replace(ZONELESS, '$&Z'))
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
const MAX_MESSAGE_LENGTH = 500;

/** Words as a person can read them: no page, no novel. */
function words(value: unknown): string | undefined {
	const said = text(value);
	if (said === undefined || said.startsWith('<')) return undefined;
	return said.length > MAX_MESSAGE_LENGTH ? `${said.slice(0, MAX_MESSAGE_LENGTH)}…` : said;
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
