/** Maximum length of an external part of a line, in characters. A job's ID has 32, a message of a provider 500. */
const MAX_PART_LENGTH = 600;

/**
 * Characters that could move the cursor, change colours or start a new line in a log: control characters (including the
 * ANSI escape), line separators, and marks that change the direction of writing.
 */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text as one safe line, truncated if it is long. */
export function harmless(value: unknown, maxLength = MAX_PART_LENGTH): string {
	const text = typeof value === 'string' ? value : String(value);
	const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
	return short.replace(CONTROL, '?');
}

/** A line for n8n's log. The values in the template may come from outside, so they are made harmless. */
export const logLine = (texts: TemplateStringsArray, ...values: unknown[]): string =>
	String.raw({ raw: texts }, ...values.map((value) => harmless(value)));
