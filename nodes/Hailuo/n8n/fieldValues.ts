import { FIELD_LABELS, FieldError } from '../models/fieldError';
import { isInvisible, sendable, shownValue } from '../models/text';

/*
 * Reads the values of fields. An expression may give a value of any type. What cannot be intended is rejected here: an
 * object converted to text would be paid for as a video of "[object Object]".
 */

/** Whether the user left the field empty. */
export function isBlank(value: unknown): value is undefined | null | '' {
	return value === undefined || value === null || value === '';
}

/** Words that programs write for a missing value. As the whole text of a field they are never intended. */
const HOLES = ['undefined', 'null', 'NaN'];

/** The text that an object becomes when it is converted to a string. */
const OBJECT = '[object Object]';

/** Unwraps a list with one value, as Airtable's lookups and a form's checkboxes give it. */
export const unwrapped = (value: unknown): unknown =>
	Array.isArray(value) && value.length === 1 && typeof value[0] !== 'object' ? value[0] : value;

/**
 * Reads text; a number is converted to text. Characters that cannot be sent are removed: see `sendable`.
 *
 * @param label of the field, as the editor shows it
 * @throws FieldError for a list, an object or a boolean, and for text in which a value is missing
 */
export function asText(given: unknown, label: string): string | undefined {
	const value = unwrapped(given);
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'object' || typeof value === 'function') throw notText(value, label);
	if (typeof value === 'boolean' || HOLES.includes(String(value).trim())) {
		throw new FieldError(
			label,
			`must be text, but is ${String(value).trim()}`,
			'Check the expression and the JSON of the item that it reads: the value is missing or is not text',
		);
	}
	const text = sendable(String(value));
	if (text.includes(OBJECT)) {
		throw new FieldError(
			label,
			`contains "${OBJECT}": an object was used where text is needed`,
			'Use one field of the object in the expression, e.g. {{ $json.scene.subject }}, or write {{ JSON.stringify($json.scene) }}',
		);
	}
	if (isInvisible(text)) {
		throw new FieldError(
			label,
			'contains only invisible characters',
			'Type the text again, or leave the field empty if it is optional',
		);
	}
	return text;
}

function notText(value: unknown, label: string): FieldError {
	const isList = Array.isArray(value);
	const named = isList || value instanceof Date ? [] : Object.keys(value as object).slice(0, 5);
	return new FieldError(
		label,
		`must be text, but is ${isList ? (value.length ? 'a list' : 'an empty list') : 'an object'}`,
		`Use an expression that gives text, e.g. {{ $json.text }}${
			isList
				? ', or join the list, e.g. {{ $json.texts.join(", ") }}'
				: named.length
					? `. The fields of the object: ${named.map(shownValue).join(', ')}`
					: ''
		}`,
	);
}

/**
 * Reads a number. Text is accepted too, with the units that people write: `6`, `" 6 "`, `"6s"`, `"6 Seconds"`,
 * `"$0.50"`.
 */
function asNumber(
	given: unknown,
	{ before, after }: { before?: string; after?: string } = {},
): number | undefined {
	const value = unwrapped(given);
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || value.length > 100) return undefined;
	const around = (words?: string) => (words ? `(?:${words})?\\s*` : '');
	const form = new RegExp(
		`^\\s*${around(before)}(-?\\d+(?:\\.\\d*)?(?:e[+-]?\\d+)?)\\s*${around(after)}$`,
		'i',
	);
	const found = form.exec(value);
	return found ? Number(found[1]) : undefined;
}

/** An amount of at least 0 from an option. An invalid value counts as missing: it must not remove a limit. */
export function asAmount(value: unknown, byDefault: number): number {
	const amount = /^\s*Infinity\s*$/.test(String(value).slice(0, 100))
		? Infinity
		: asNumber(value, { after: 'm|min|mins|minutes?' });
	return amount !== undefined && amount >= 0 ? amount : byDefault;
}

/**
 * Checks before anything is paid that an option holds an amount: `asAmount` alone would ignore what it cannot read.
 *
 * @throws FieldError
 */
export function requireAmount(value: unknown, label: string): void {
	if (isBlank(value) || asAmount(value, -1) >= 0) return;
	throw new FieldError(
		label,
		`must be a number of at least 0, but is '${shownValue(value)}'`,
		'Enter only the number, or remove the option',
	);
}

/** A job and its video are kept for 7 days (docs/providers.md A.5, I.1). n8n cannot store a time far beyond that. */
export const MAX_LIMIT_MINUTES = 7 * 24 * 60;

/** In minutes. n8n checks its sleeping executions once a minute, so a shorter limit would have no defined effect. */
const MIN_LIMIT_MINUTES = 0.1;

/** A time limit in ms, from minutes. Never throws, because it is read again when a paid job is picked up. */
export const asLimitMs = (value: unknown, byDefaultMinutes: number): number => {
	const minutes = asAmount(value, 0) || byDefaultMinutes;
	return Math.min(MAX_LIMIT_MINUTES, Math.max(MIN_LIMIT_MINUTES, minutes)) * 60_000;
};

/** A resolution as the catalogue writes it, e.g. `768P` for 768 or `768p`. @throws FieldError if the value is not text */
export const asResolution = (value: unknown): string | undefined =>
	asText(value, FIELD_LABELS.resolution)?.trim().toUpperCase().replace(/^\d+$/, '$&P') || undefined;

/** A length in s, e.g. 6, `"6"`, `"6s"` or `"6 seconds"`. @throws FieldError if the value is not a number */
export function asSeconds(value: unknown): number | undefined {
	if (isBlank(value) || (typeof value === 'string' && value.trim() === '')) return undefined;
	const seconds = asNumber(value, { after: 's|sec|secs|seconds?' });
	if (seconds !== undefined) return seconds;
	throw new FieldError(
		FIELD_LABELS.duration,
		`must be a number, but is '${shownValue(value)}'`,
		'Enter the duration in seconds as a number, e.g. 6',
	);
}

const ON = ['true', '1', 'yes', 'y', 'on'];
const OFF = ['false', '0', 'no', 'n', 'off'];

/**
 * Reads a switch. The text or number that sheets, forms and agents write for one is accepted too, in any case. Every
 * switch of both nodes is read with this function.
 *
 * @throws FieldError for any other value, because it may change what the video costs or shows
 */
export function asSwitch(given: unknown, label: string): boolean | undefined {
	const value = unwrapped(given);
	if (isBlank(value)) return undefined;
	if (typeof value === 'boolean') return value;
	const word =
		typeof value === 'string' || typeof value === 'number'
			? String(value).slice(0, 100).trim().toLowerCase()
			: undefined;
	if (word === '') return undefined;
	if (word !== undefined && ON.includes(word)) return true;
	if (word !== undefined && OFF.includes(word)) return false;
	throw new FieldError(
		label,
		`must be true or false, but is '${shownValue(value)}'`,
		'Use an expression that gives true or false (yes, no, on, off, 1 and 0 are accepted too)',
	);
}

/**
 * Reads one entry of a list, by its value or its name, in any case.
 *
 * @returns undefined if the field is empty
 * @throws FieldError that names the allowed values
 */
export function asChoice<Value extends string>(
	value: unknown,
	label: string,
	choices: ReadonlyArray<{ value: Value; name: string }>,
): Value | undefined {
	const text = asText(value, label)?.trim() ?? '';
	if (text === '') return undefined;
	const word = text.toLowerCase();
	const found = choices.find((one) =>
		[one.value, one.name].some((each) => each.toLowerCase() === word),
	);
	if (found) return found.value;
	throw new FieldError(
		label,
		`cannot be '${shownValue(text)}'`,
		`Choose ${choices.map((one) => one.value).join(', ')}`,
	);
}

/** A longer value is not a name, but a file or a text used by mistake. */
const MAX_NAME = 200;

/**
 * The name of a field or a file.
 *
 * @returns undefined if the field is empty
 * @throws FieldError if the value is not text, or cannot be a name
 */
export function asName(value: unknown, label: string): string | undefined {
	const text = asText(value, label)?.trim() ?? '';
	if (text === '') return undefined;
	if (text.length <= MAX_NAME && !/[\r\n]/.test(text)) return text;
	throw new FieldError(
		label,
		`must be a name of one line and at most ${MAX_NAME} characters, but is '${shownValue(text)}'`,
		'Enter only the name, e.g. data',
	);
}

/** The label of the option that limits the price of a job. */
export const MAX_PRICE = 'Maximum Price (USD)';

/**
 * Reads the option: 0.5, `"0.50"`, `"$0.50"` or `"0.50 USD"`.
 *
 * @throws FieldError if it is not an amount: a limit that cannot be read must not be ignored
 */
export function readMaxPrice(value: unknown): number | undefined {
	if (value === undefined) return undefined;
	const amount = asNumber(value, { before: '\\$|USD', after: '\\$|USD' });
	if (amount !== undefined && amount > 0) return amount;
	throw new FieldError(
		MAX_PRICE,
		'must be greater than 0',
		'Enter an amount in USD, e.g. 0.30, or remove the option',
	);
}
