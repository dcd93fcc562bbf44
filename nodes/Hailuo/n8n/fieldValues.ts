import { FIELD_LABELS, FieldError } from '../models/fieldError';

/*
 * A field's value, as an expression may bring it in: anything. What cannot be meant is refused here, because an object
 * that is made a text would be paid for as a video of "[object Object]".
 */

/** Whether a person left the field alone. */
export function isBlank(value: unknown): value is undefined | null | '' {
	return value === undefined || value === null || value === '';
}

/**
 * A text; numbers are taken as they are written.
 *
 * @param label of the field, as the editor shows it
 * @throws FieldError for a list or an object
 */
export function asText(value: unknown, label: string): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'object' && typeof value !== 'function') return String(value);
	throw new FieldError(
		label,
		`holds ${Array.isArray(value) ? 'a list' : 'an object'}, and a text is needed`,
		'Let the expression name one text, e.g. {{ $json.text }}',
	);
}

/** An amount from 0 that an option gives. What cannot be one counts as not given: it must not lift a limit. */
export function asAmount(value: unknown, byDefault: number): number {
	const readable = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
	const amount = readable ? Number(value) : NaN;
	return amount >= 0 ? amount : byDefault;
}

/** A job and its video are kept for 7 days (docs/providers.md A.5, I.1). A time far beyond it is none that n8n can store. */
export const MAX_LIMIT_MINUTES = 7 * 24 * 60;

/** n8n looks after its sleeping executions once a minute; less would only be a moment that nobody can say. */
const MIN_LIMIT_MINUTES = 0.1;

/** A time limit in ms, from minutes. Never refused: it is read again when a paid job is picked up. */
export const asLimitMs = (value: unknown, byDefaultMinutes: number): number => {
	const minutes = asAmount(value, 0) || byDefaultMinutes;
	return Math.min(MAX_LIMIT_MINUTES, Math.max(MIN_LIMIT_MINUTES, minutes)) * 60_000;
};

/** A resolution as the catalogue writes it, e.g. `768P` for 768 or `768p`. @throws FieldError for what is no text */
export const asResolution = (value: unknown): string | undefined =>
	asText(value, FIELD_LABELS.resolution)?.trim().toUpperCase().replace(/^\d+$/, '$&P') || undefined;

/** A length in s. @throws FieldError for what is no number */
export function asSeconds(value: unknown): number | undefined {
	if (isBlank(value)) return undefined;
	const seconds = typeof value === 'boolean' ? NaN : Number(asText(value, FIELD_LABELS.duration));
	if (Number.isFinite(seconds)) return seconds;
	throw new FieldError(
		FIELD_LABELS.duration,
		'is no number',
		'Give the length in seconds as a number, e.g. 6',
	);
}

/** A switch. @throws FieldError for what is neither on nor off: it may change what the video costs or shows */
export function asSwitch(value: unknown, label: string): boolean | undefined {
	if (isBlank(value)) return undefined;
	if (value === true || value === 'true' || value === 1) return true;
	if (value === false || value === 'false' || value === 0) return false;
	throw new FieldError(label, 'is neither on nor off', 'Let the expression give true or false');
}

/** The label of the option that bounds the price of a job. */
export const MAX_PRICE = 'Maximum Price (USD)';

/** Reads the option. @throws FieldError when it is no amount: a limit that is not understood must not be passed over */
export function readMaxPrice(value: unknown): number | undefined {
	if (value === undefined) return undefined;
	const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof amount === 'number' && Number.isFinite(amount) && amount > 0) return amount;
	throw new FieldError(
		MAX_PRICE,
		'is no amount above 0',
		'Give it in USD, e.g. 0.30, or take the option out',
	);
}
