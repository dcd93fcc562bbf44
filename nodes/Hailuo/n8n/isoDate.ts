import { FieldError } from '../models/fieldError';

/** Offset of a time zone from UTC at a given time, in ms. */
function offsetOf(zone: string, at: number): number {
	const parts = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	}).formatToParts(at);
	const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
	const there = Date.UTC(
		part('year'),
		part('month') - 1,
		part('day'),
		part('hour'),
		part('minute'),
		part('second'),
	);
	return there - Math.floor(at / 1000) * 1000;
}

/**
 * A date field as ISO 8601 in UTC. n8n's picker gives times without a zone; they are in the time zone of the workflow.
 *
 * @param value text, a Date or a Luxon DateTime; empty is undefined
 * @param zone e.g. `Europe/Berlin`
 * @throws FieldError if it cannot be read as a date
 */
export function toIso(value: unknown, zone: string, label: string): string | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const text = value instanceof Date ? value.toISOString() : String(value).trim();
	const plain = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(text);
	// Date.parse reads a date without a time as UTC, and one with a time in the machine's zone.
	const utc = Date.parse(plain ? `${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}` : text);
	if (Number.isNaN(utc)) {
		throw new FieldError(label, 'is not a date', 'Enter a date like 2026-01-31T09:00:00');
	}
	// Computed twice, because the offset may differ in the hours around a clock change.
	const first = plain ? utc - offsetOf(zone, utc) : utc;
	return new Date(plain ? utc - offsetOf(zone, first) : utc).toISOString();
}
