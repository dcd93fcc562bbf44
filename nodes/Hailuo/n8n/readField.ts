import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { FieldError } from '../models/fieldError';
import { MAX_LENGTHS, shortened } from '../models/text';
import { similarName } from './similarName';

/*
 * Every field that may hold an expression is read here. A missing value is rejected here, because a video with a gap in
 * its prompt costs as much as one without.
 */

/** An expression that n8n could not evaluate. It holds n8n's own error, whose context the editor explains. */
export class UnreadableField extends Error {
	constructor(
		/** The label of the field, as the editor shows it. */
		readonly field: string,
		readonly cause: unknown,
	) {
		super((cause as Error)?.message ?? String(cause));
		this.name = 'UnreadableField';
	}
}

export interface HowToRead {
	/** The value if the parameter does not exist; default null. */
	fallback?: unknown;
	/** Replacement for a missing value, as JavaScript; omitted if the field needs a value. */
	instead?: string;
}

/**
 * The value of a field for one item.
 *
 * @param label of the field, as the editor shows it
 * @throws FieldError if its expression gave nothing, or if a value is missing in its template; UnreadableField if n8n
 * could not evaluate it
 */
export function readField(
	context: IExecuteFunctions,
	item: number,
	name: string,
	label: string,
	{ fallback = null, instead }: HowToRead = {},
): unknown {
	const raw = rawOf(context, item, name, fallback);
	const value = evaluated(label, () => context.getNodeParameter(name, item, fallback) as unknown);
	checkHoles({ context, item, label, instead }, raw, value);
	return value;
}

interface Collection {
	/** Of its parameter. */
	name: string;
	/** As the editor shows it. */
	label: string;
	/** Those of its fields, by their names. */
	labels: Readonly<Record<string, string>>;
	/** Which fields count; the others are left over from an earlier choice. Default: all. */
	isUsed?: (key: string) => boolean;
}

/**
 * A collection of fields ("Options", "Filters") for one item; empty if it is not set.
 *
 * @throws as `readField`, with the label of the field in the collection
 */
export function readCollection(
	context: IExecuteFunctions,
	item: number,
	{ name, label, labels, isUsed = () => true }: Collection,
): IDataObject {
	const labelOf = (key: string) => labels[key] ?? key;
	const raw = rawOf(context, item, name, {});
	if (typeof raw !== 'object' || raw === null) {
		const value = readField(context, item, name, label, { fallback: {} });
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			return value as IDataObject;
		}
		throw new FieldError(
			label,
			'must be an object with the names and values of its fields',
			'Add the fields in the editor, and put the expressions into them',
		);
	}
	return Object.fromEntries(
		Object.keys(raw)
			.filter(isUsed)
			.map((key) => {
				const path = `${name}.${key}`;
				return [key, readField(context, item, path, labelOf(key), { instead: "''" })];
			}),
	) as IDataObject;
}

const rawOf = (context: IExecuteFunctions, item: number, name: string, fallback: unknown) =>
	context.getNodeParameter(name, item, fallback, { rawExpressions: true }) as unknown;

/** @throws UnreadableField if `read` fails */
function evaluated(label: string, read: () => unknown): unknown {
	let cause: unknown;
	try {
		return read();
	} catch (error) {
		cause = error;
	}
	throw new UnreadableField(label, cause);
}

interface Where {
	context: IExecuteFunctions;
	item: number;
	label: string;
	instead?: string;
}

export const isExpression = (raw: unknown): raw is string =>
	typeof raw === 'string' && raw.startsWith('=');

/** Compares the stored value with its result, level by level: a collection may contain expressions. */
function checkHoles(where: Where, raw: unknown, value: unknown): void {
	if (isExpression(raw)) {
		checkExpression(where, raw.slice(1), value);
	} else if (typeof raw === 'object' && raw !== null) {
		const values = (typeof value === 'object' && value !== null ? value : {}) as IDataObject;
		for (const [key, part] of Object.entries(raw)) checkHoles(where, part, values[key]);
	}
}

function checkExpression(where: Where, text: string, value: unknown): void {
	const { codes, hasText } = partsOf(text);
	if (codes.length === 1 && !hasText) {
		if (isNothing(value)) throw holeError(where, codes[0], value, false);
		checkWords(where, codes[0], value);
		return;
	}
	for (const code of codes) {
		const part = evaluate(where, code);
		if (!part.known) continue;
		// A condition that is not met: `{{ $json.hat && 'in a hat' }}` writes "false" into the prompt.
		const isOff = part.value === false && code.includes('&&');
		if (isOff || isNothing(part.value)) throw holeError(where, code, part.value, true);
		if (isPlainObject(part.value)) throw objectError(where, code, part.value);
		checkWords(where, code, part.value);
	}
}

const isNothing = (value: unknown): boolean =>
	value === undefined || value === null || Number.isNaN(value);

/** Whether it becomes "[object Object]" in a text. Dates and similar objects have their own text. */
const isPlainObject = (value: unknown): value is object => {
	if (Array.isArray(value)) return value.some(isPlainObject);
	return typeof value === 'object' && value !== null && String(value) === '[object Object]';
};

/**
 * The code between the brackets of a template, and whether the template has other text. Splits as n8n does: the code
 * ends at the next `}}`, and a bracket after a backslash is text.
 */
export function partsOf(template: string): { codes: string[]; hasText: boolean } {
	const codes: string[] = [];
	let hasText = false;
	let at = 0;
	while (at < template.length) {
		const open = bracket(template, '{{', at);
		if (open > at) hasText = true;
		if (open === template.length) break;
		const close = bracket(template, '}}', open + 2);
		codes.push(template.slice(open + 2, close).trim());
		at = close + 2;
	}
	return { codes: codes.filter((code) => code !== ''), hasText };
}

/** The position of the next bracket without a backslash; the length of the text if there is none. */
function bracket(text: string, wanted: string, from: number): number {
	let at = text.indexOf(wanted, from);
	while (at > 0 && text[at - 1] === '\\') at = text.indexOf(wanted, at + 2);
	return at < 0 ? text.length : at;
}

/**
 * The result of one part of a template. The whole template could be evaluated; if a part alone cannot, its result is
 * not known.
 */
function evaluate({ context, item }: Where, code: string): { known: boolean; value?: unknown } {
	try {
		return { known: true, value: context.evaluateExpression(`{{ ${code} }}`, item) };
	} catch {
		return { known: false };
	}
}

const WORD = /(?<![\p{L}\p{N}_])(undefined|null|NaN)(?![\p{L}\p{N}_])/u;

/** Whether the code concatenates texts. */
const isComposed = (code: string): boolean => /[+`]|\b(?:concat|join|String)\b/.test(code);

/**
 * `{{ "A cat " + $json.x }}` gives "A cat undefined". Checked only if the code concatenates texts, and if neither the
 * code nor the item contains the word: a person may have written it on purpose.
 */
function checkWords(where: Where, code: string, value: unknown): void {
	if (typeof value !== 'string' || !isComposed(code)) return;
	const word = WORD.exec(value)?.[1];
	if (word === undefined || code.includes(word)) return;
	const { context, item, label } = where;
	const { json } = context.getInputData()[item] ?? {};
	// JSON writes a null without quotes; nobody typed it as a word.
	if (word !== 'null' && JSON.stringify(json ?? {}).includes(word)) return;
	throw new FieldError(
		label,
		`contains the word "${word}", because a value is missing: {{ ${shownCode(code)} }}`,
		'Check the JSON of the item for the right names. If the word is intended, build the text in a step before this one and use only that field, e.g. {{ $json.prompt }}',
	);
}

const shownCode = (code: string): string => shortened(code.replace(/\s+/g, ' '), MAX_LENGTHS.code);

const shownResult = (value: unknown): string => (value === undefined ? 'nothing' : String(value));

function holeError(where: Where, code: string, value: unknown, inText: boolean) {
	const { context, item, label, instead } = where;
	const shown = shownCode(code);
	const other = inText ? "''" : instead;
	const isShort = shown === code;
	const similar = similarName(code, context.getInputData()[item]?.json);
	return new FieldError(
		label,
		inText
			? `is incomplete: {{ ${shown} }} gave ${shownResult(value)}`
			: `has no value: {{ ${shown} }} gave ${shownResult(value)}`,
		`${similar || 'Check the JSON of the item for the right name'}${
			other && isShort
				? `. If the value may be missing, write {{ ${withDefault(code, other)} }}`
				: ''
		}`,
	);
}

/** `a && b` and `a ? b : c` bind more weakly than `??`, or cannot be combined with it. */
const withDefault = (code: string, other: string): string =>
	/[&|?]{2}/.test(code)
		? `(${code}) || ${other}`
		: /[?+<>=]/.test(code)
			? `(${code}) ?? ${other}`
			: `${code} ?? ${other}`;

function objectError({ label }: Where, code: string, value: object): FieldError {
	const one = (Array.isArray(value) ? value.find(isPlainObject) : value) as object;
	const [key = 'name'] = Object.keys(one);
	const short = shownCode(code);
	const field = /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
	return new FieldError(
		label,
		`would contain "[object Object]": {{ ${short} }} is ${Array.isArray(value) ? 'a list of objects' : 'an object'}`,
		Array.isArray(value)
			? `Use a field of the objects, e.g. {{ ${short}.map((each) => each${field}).join(', ') }}, or write {{ JSON.stringify(${short}) }}`
			: `Use one of its fields, e.g. {{ ${short}${field} }}, or write {{ JSON.stringify(${short}) }}`,
	);
}
