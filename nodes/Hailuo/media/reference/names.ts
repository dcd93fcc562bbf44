import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { FieldError } from '../../models/fieldError';
import { shownValue } from '../../models/text';
import { entriesOf } from '../picture/entries';
import { identify } from '../picture/fileType';
import { binaryFields } from '../picture/load';

export type ReferenceKind = 'picture' | 'video' | 'audio';

/** The name of each kind of file in messages, and the beginning of its MIME types. */
export const KINDS: Record<ReferenceKind, { word: string; mime: string }> = {
	picture: { word: 'picture', mime: 'image/' },
	video: { word: 'video', mime: 'video/' },
	audio: { word: 'sound file', mime: 'audio/' },
};

/** Whether an entry is an address, with any scheme. Anything else is the name of an input field. */
export const isAddress = (entry: string): boolean => /^([a-z][a-z0-9+.-]*:\/\/|data:)/i.test(entry);

interface Asked {
	/** Names, patterns and addresses: as text, separated by commas or line breaks, or as a list. */
	value: unknown;
	kind: ReferenceKind;
	/** The label of the field. */
	label: string;
}

/**
 * The references in a field: names of input fields (`data`), patterns (`photo_*`, in the order of their numbers) and
 * addresses. Each file once; an empty list if the field is empty.
 *
 * A pattern matches only files of its kind, by their declared type, so that `*` can be used in all three fields.
 *
 * @throws FieldError for a name that the item does not have, before any request
 */
export function referenceNames(
	this: IExecuteFunctions,
	itemIndex: number,
	{ value, kind, label }: Asked,
): string[] {
	const files = binaryFields.call(this, itemIndex);
	const names = textsOf(value, label, files).flatMap((entry): string[] => {
		if (isAddress(entry)) return [entry];
		if (entry.includes('*')) return matching(entry, files, kind, label);
		if (files.has(entry)) return [entry];
		throw new FieldError(
			label,
			`names the input field '${shownValue(entry)}', but ${whatIsThere(files)}`,
			FIX,
		);
	});
	return [...new Set(names)];
}

const FIX =
	'Enter names of input fields (data, photo_*) or public addresses, separated by commas or line breaks';

const whatIsThere = (files: ReadonlyMap<string, IBinaryData>) =>
	files.size === 0
		? 'the item has no file'
		: `the item has only ${[...files.keys()].slice(0, 20).join(', ')}`;

function textsOf(value: unknown, label: string, files: ReadonlyMap<string, IBinaryData>): string[] {
	if (value === undefined || value === null) return [];
	const entries = entriesOf(value);
	const isText = entries.length === 1 && entries[0] === value;
	return entries
		.flatMap((entry) => {
			if (typeof entry !== 'string') throw notText(label);
			return isText ? splitText(entry, files) : [entry];
		})
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}

/**
 * Splits at line breaks and commas. A comma belongs to an address (Cloudinary, Amazon) if it is followed by neither a
 * blank, nor another address, nor the name of a file.
 */
function splitText(value: string, files: ReadonlyMap<string, IBinaryData>): string[] {
	return value.split(/[\r\n]+/).flatMap((line) => {
		const parts: string[] = [];
		// A data URI has one comma of its own.
		for (const part of line.split(/(?<!;base64),/)) {
			const last = parts.at(-1);
			const begins =
				/^\s|^$/.test(part) || isAddress(part) || part.includes('*') || files.has(part.trim());
			if (last !== undefined && /^https?:/i.test(last.trim()) && !begins) {
				parts[parts.length - 1] = `${last},${part}`;
			} else {
				parts.push(part);
			}
		}
		return parts;
	});
}

const notText = (label: string) => new FieldError(label, 'must be text or a list of texts', FIX);

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
		.filter(([name, file]) => fits(name) && typeOf(file).startsWith(mime))
		.map(([name]) => name)
		.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
	if (found.length > 0) return found;
	// `*` may match files of one kind and none of another.
	if (pattern === '*') return [];
	throw new FieldError(
		label,
		`has the pattern '${shownValue(pattern)}', which matches no ${word} of the item: ${whatIsThere(files)}`,
		FIX,
	);
}

/** The declared type. Without one, as in files that a Code node makes, the type of the first bytes. */
const typeOf = ({ mimeType, data = '' }: IBinaryData): string =>
	mimeType || identify(Buffer.from(data.slice(0, 2_000), 'base64')).mimeType;
