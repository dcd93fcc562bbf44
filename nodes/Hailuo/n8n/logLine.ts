/** Maximum length of an external part of a line, in characters. A job's ID has 32, a message of a provider 500. */
const MAX_PART_LENGTH = 600;

/**
 * What would move the cursor, change colours or begin a line of its own where a log is read: control characters (the
 * escape of ANSI among them), line separators, and marks that turn the direction of writing.
 */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text as one safe line, truncated if it is long. */
export function harmless(value: unknown, maxLength = MAX_PART_LENGTH): string {
	const text = typeof value === 'string' ? value : String(value);
	const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
	return short.replace(CONTROL, '?');
}

/** A line for n8n's log: whatever is put into the template may come from elsewhere, so it is made harmless. */
export const logLine = (texts: TemplateStringsArray, ...values: unknown[]): string =>
	String.raw({ raw: texts }, ...values.map((value) => harmless(value)));
