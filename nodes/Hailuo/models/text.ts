/*
 * Limits and cleaning of texts from any source. Pure.
 */

/**
 * Maximum length of each part of a message, in characters: a field may hold a file of megabytes, and a message must fit
 * on a screen. n8n also writes messages to its log.
 */
export const MAX_LENGTHS = {
	/** For a value inside a message: long enough to recognise it. */
	value: 60,
	/** For an expression inside a message. */
	code: 80,
	/** For what went wrong. */
	message: 1_000,
	/** For what to do about it: the longest text needed is the list of a provider's models. */
	advice: 3_000,
	/** For a whole message with additions such as job IDs. */
	whole: 4_000,
} as const;

/** Cuts at a character boundary and adds the length: a value of megabytes must not fill a message or a log. */
export function shortened(text: string, maxLength: number): string {
	if (text.length <= maxLength) return text;
	return `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}… (${text.length} characters)`;
}

/** A value for a message: on one line, and long enough to recognise it. */
export function shownValue(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	// Cut first, to avoid processing a value of megabytes.
	return shortened(text, MAX_LENGTHS.value).replace(/[\s\p{Cc}\p{Surrogate}]+/gu, ' ');
}

/**
 * Removes what cannot be sent: unpaired surrogates (`slice` may cut an emoji in two) and control characters such as
 * NUL. They are invisible and mean nothing to a model, but MiniMax rejects a text with many of them (docs/providers.md
 * C.3, code 1042), and after a 500 nobody knows whether the job exists. They are removed, not rejected, because the
 * visible text stays the same. Vertical tab and form feed, which Word and PDF put between lines, become line breaks.
 */
export const sendable = (text: string): string =>
	text
		.replace(/[\v\f\u0085]/g, '\n')
		// With the flag `u` this class matches only unpaired surrogates.
		.replace(/\p{Surrogate}|(?![\t\n\r])\p{Cc}/gu, '');

/** Whether a text is not empty, but shows nothing: only zero-width characters, direction marks and blanks. */
export const isInvisible = (text: string): boolean =>
	text.trim() !== '' && !/[^\s\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);

/**
 * The characters of a text (Unicode code points): an emoji is one, though JavaScript stores it as two. WaveSpeed's
 * limit is a `maxLength` of JSON Schema, which counts this way; the others do not say how they count (docs/providers.md
 * D). This count is also the most tolerant one. If a provider counts a text as longer, it rejects the text, and nothing
 * is paid.
 */
export const characters = (text: string): number =>
	text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
