/** Maximum Retry-After, in ms: the providers' own limits reset every minute. */
export const MAX_RETRY_AFTER_MS = 120_000;

/**
 * The wait that a Retry-After header asks for, in ms: 0 to `MAX_RETRY_AFTER_MS`.
 *
 * @param header delta seconds or an HTTP date; anything else gives `undefined`
 * @param nowMs the time by the clock of whoever sent the header, in ms since the epoch
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
	const text = header?.trim() ?? '';
	let ms: number;
	if (/^\d{1,9}(\.\d+)?$/.test(text)) {
		ms = Number(text) * 1_000;
	} else if (/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) {
		// Date.parse alone would take "1" or "in 5" for a date.
		ms = Date.parse(text) - nowMs;
	} else {
		return undefined;
	}
	return Number.isFinite(ms) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms)) : undefined;
}
