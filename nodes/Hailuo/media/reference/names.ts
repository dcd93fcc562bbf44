import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { FieldError } from '../../models/fieldError';
import { binaryFields } from '../picture/load';

export type ReferenceKind = 'picture' | 'video' | 'audio';

/** What a file of each kind is called, and how its MIME type begins. */
export const KINDS: Record<ReferenceKind, { word: string; mime: string }> = {
	picture: { word: 'picture', mime: 'image/' },
	video: { word: 'video', mime: 'video/' },
	audio: { word: 'sound', mime: 'audio/' },
};

/** An address, of whatever scheme: anything else is the name of an input field. */
export const isAddress = (entry: string): boolean => /^([a-z][a-z0-9+.-]*:\/\/|data:)/i.test(entry);

interface Asked {
	/** A text with names, patterns and addresses, separated by commas or line breaks; or a list of them. */
	value: unknown;
	kind: ReferenceKind;
	/** The label of the field. */
	label: string;
}

/**
 * The references that a field names: input fields of the item (`data`), patterns of them (`photo_*`, in the order of
 * their numbers) and addresses. Each file once; none where the field is empty.
 *
 * A pattern takes the files of its kind alone, by their declared type, so that `*` may stand in all three fields.
 *
 * @throws FieldError for a name that the item does not have; before any request
 */
export function referenceNames(
	this: IExecuteFunctions,
	itemIndex: number,
	{ value, kind, label }: Asked,
): string[] {
	const files = binaryFields.call(this, itemIndex);
	const names = entriesOf(value, label).flatMap((entry): string[] => {
		if (isAddress(entry)) return [entry];
		if (entry.includes('*')) return matching(entry, files, kind, label);
		if (files.has(entry)) return [entry];
		throw new FieldError(
			label,
			`names the input field '${short(entry)}', and ${whatIsThere(files)}`,
			FIX,
		);
	});
	return [...new Set(names)];
}

const FIX =
	'Give names of input fields (data, photo_*) or public addresses, separated by commas or line breaks. An address with a comma in it must be an entry of a list';

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const whatIsThere = (files: ReadonlyMap<string, IBinaryData>) =>
	files.size === 0
		? 'the item has no file'
		: `the item has only ${[...files.keys()].slice(0, 20).join(', ')}`;

function entriesOf(value: unknown, label: string): string[] {
	if (value === undefined || value === null) return [];
	const entries: unknown[] = Array.isArray(value) ? value : splitText(value, label);
	return entries
		.map((entry) => {
			if (typeof entry === 'string') return entry.trim();
			throw notText(label);
		})
		.filter((entry) => entry !== '');
}

function splitText(value: unknown, label: string): string[] {
	if (typeof value !== 'string') throw notText(label);
	// A data URI has one comma of its own.
	return value.split(/[\r\n]+|(?<!;base64),/);
}

const notText = (label: string) => new FieldError(label, 'must be a text, or a list of texts', FIX);

function matching(
	pattern: string,
	files: ReadonlyMap<string, IBinaryData>,
	kind: ReferenceKind,
	label: string,
): string[] {
	const parts = pattern.split('*');
	const fits = (name: string) => {
		const [first, ...rest] = parts;
		const last = rest.pop()!;
		if (!name.startsWith(first) || !name.endsWith(last)) return false;
		const end = name.length - last.length;
		let at = first.length;
		for (const part of rest) {
			const found = name.indexOf(part, at);
			if (found < 0) return false;
			at = found + part.length;
		}
		return at <= end;
	};
	const { mime, word } = KINDS[kind];
	const found = [...files]
		.filter(([name, { mimeType = '' }]) => fits(name) && mimeType.startsWith(mime))
		.map(([name]) => name)
		.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
	if (found.length > 0) return found;
	// Taken for one kind alone, `*` may find nothing of another.
	if (pattern === '*') return [];
	throw new FieldError(
		label,
		`has the pattern '${short(pattern)}', which fits no ${word} of the item: ${whatIsThere(files)}`,
		FIX,
	);
}
