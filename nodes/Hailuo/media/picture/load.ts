import { createHash } from 'crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { settle } from '../../jobs/settle';
import { FieldError } from '../../models/fieldError';
import { shownValue } from '../../models/text';
import type { PictureRules } from '../../providers/modelTypes';
import { DownloadFailed } from '../video/downloadFailed';
import { checkBytes, checkImage, checkPixels } from './check';
import type { Trait } from './damage';
import { identify } from './fileType';
import { readPictureText } from './fromText';

export type PictureSource = 'binary' | 'url' | 'fetchedUrl';

/** Fetches a file of at most so many bytes. @throws DownloadFailed */
export type Fetch = (url: string, wanted: { accept: string; maxBytes: number }) => Promise<Buffer>;

export interface PictureInput {
	/**
	 * `binary`: `value` names a binary field of the item. `url`: `value` is a URL that the provider fetches, a data URI or
	 * base64. `fetchedUrl`: `value` is a URL that n8n fetches.
	 */
	source: PictureSource;
	value: unknown;
	/** The label of the field in the editor, e.g. `First Frame`. */
	label: string;
	rules: PictureRules;
	/** The input field of the first frame: it is not offered for the last one. */
	taken?: unknown;
	/** The provider's base URL; decides whether an address on a private host makes sense. */
	providerUrl: string;
	/** For `fetchedUrl`. */
	fetch: Fetch;
	/** See PictureTextContext. */
	howByN8n?: string;
}

/** What may look different in the video than to the user. */
export interface Note {
	/** A sentence. */
	text: string;
	/**
	 * Whether the header alone does not prove it: nearly every screenshot has an alpha channel, though no pixel is
	 * transparent.
	 */
	isGuess: boolean;
}

/** A file that was checked and is sent to the provider. */
export interface FileData {
	kind: 'data';
	data: Buffer;
	/** From the bytes. */
	mimeType: string;
	/** Only letters, digits, `-`, `_` and the extension of the true type. */
	fileName: string;
	/** Hex, of the bytes. */
	sha256: string;
}

export type Picture =
	| { kind: 'url'; url: string }
	| (FileData & {
			/** px, as displayed. */
			width: number;
			/** px, as displayed. */
			height: number;
			notes: readonly Note[];
	  });

const EXTENSIONS: Record<string, string> = {
	'image/jpeg': 'jpg',
	'image/png': 'png',
	'image/webp': 'webp',
	'image/heic': 'heic',
	'video/mp4': 'mp4',
	'video/quicktime': 'mov',
	'audio/wav': 'wav',
	'audio/mpeg': 'mp3',
};

/**
 * The picture of one field of one item, checked against the provider's limits. Of a URL, only the form is checked: the
 * provider fetches it.
 *
 * @throws FieldError, before any request. `binary.<field>.data` is never read: in n8n's filesystem mode it does not
 * hold the data.
 */
export async function loadPicture(
	this: IExecuteFunctions,
	itemIndex: number,
	input: PictureInput,
): Promise<Picture> {
	const { label, rules, providerUrl } = input;
	if (input.source !== 'binary') {
		const byN8n = input.source === 'fetchedUrl';
		const { howByN8n } = input;
		const asked = { field: label, rules, providerUrl, byN8n, howByN8n };
		const text = readPictureText(input.value, asked);
		if (text.kind === 'data') return await checked(text.data, undefined, input);
		return byN8n ? await checked(await fetched(text.url, input), undefined, input) : text;
	}
	const binary = findBinary.call(this, itemIndex, input);
	await guardSize.call(this, binary, input);
	const data = await this.helpers.getBinaryDataBuffer(itemIndex, binary).catch((error) => {
		throw unreadable(error, label);
	});
	return await checked(data, binary.fileName, input);
}

/** @throws FieldError if nothing can be fetched, or only a web page */
async function fetched(url: string, { label, rules, fetch }: PictureInput): Promise<Buffer> {
	const accept = `${rules.mimeTypes.join(', ')}, */*;q=0.1`;
	const outcome = await settle(async () => await fetch(url, { accept, maxBytes: rules.maxBytes }));
	if (outcome.ok) {
		if (identify(outcome.value).mimeType !== 'text/html') return outcome.value;
		throw new FieldError(
			label,
			'leads to a web page, not to the picture: the page shows it, or asks to sign in',
			CHECK_LINK,
		);
	}
	const { error } = outcome;
	if (!(error instanceof DownloadFailed)) throw error;
	throw new FieldError(
		label,
		`could not be fetched: ${error.message}`,
		error.reason === 'size'
			? 'Make it smaller: save it as JPG, or reduce its size in pixels'
			: CHECK_LINK,
	);
}

/** The hint for a link that does not deliver the file. */
export const CHECK_LINK =
	"Open the link in a private window of your browser: it must show the file alone, without signing in (Google Drive: share it with 'Anyone with the link'). If only you may open it, add the node of that service (or HTTP Request with Response Format 'File') before this node, and choose 'File From Input'";

function unreadable(error: unknown, label: string): FieldError {
	return new FieldError(
		label,
		`cannot be read from n8n's storage: ${(error as Error)?.message ?? String(error)}`,
		'Run the step that delivers the file again',
	);
}

async function checked(
	data: Buffer,
	name: string | undefined,
	{ label, rules }: PictureInput,
): Promise<Picture> {
	const info = checkImage(data, rules, label);
	await checkPixels(data, info, label);
	const { mimeType, width, height, traits = [] } = info;
	return {
		kind: 'data',
		data,
		mimeType,
		fileName: uploadName(name ?? label, mimeType),
		sha256: createHash('sha256').update(data).digest('hex'),
		width,
		height,
		notes: traits.map((trait) => ({
			text: `'${label}' ${NOTES[trait]}.`,
			isGuess: trait === 'alpha',
		})),
	};
}

/** No provider documents what happens to these (docs/providers.md D). */
const NOTES: Record<Trait, string> = {
	cmyk: 'uses print colours (CMYK): the video may show different colours. Save the picture as RGB',
	animated:
		'is an animated picture: the provider uses one of its frames, or rejects it. Use a still picture',
	alpha:
		'has an alpha channel: where it is transparent, the provider decides what the video shows. Add a background to the picture',
};

/** The file name that a provider sees. It goes into a multipart header, so all other characters are replaced. */
export function uploadName(name: string, mimeType: string): string {
	const stem = name
		.replace(/\.[A-Za-z0-9]{1,5}$/, '')
		// With a long name full of dashes, the expressions below would take minutes.
		.slice(0, 500)
		.replace(/[^A-Za-z0-9_-]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 60);
	return `${stem || 'file'}.${EXTENSIONS[mimeType] ?? 'bin'}`;
}

function findBinary(this: IExecuteFunctions, itemIndex: number, input: PictureInput): IBinaryData {
	const value = oneOf(input.value);
	if (value !== '' && (typeof value === 'string' || isBinaryData(value))) {
		try {
			const found: unknown = this.helpers.assertBinaryData(itemIndex, value);
			// A name like 'constructor' finds what every object has.
			if (holdsData(found)) return withType(found);
		} catch {
			// n8n's own message does not say which fields the item has. The errors below do.
		}
	}
	refuseText(value, input);
	const files = binaryFields.call(this, itemIndex);
	// A file in the JSON: n8n's helper searches there only in its combined mode.
	const inJson = typeof value === 'string' ? files.get(value) : undefined;
	if (inJson) return withType(inJson);
	const names = [...files.keys()];
	refuseObject(value, names, input);
	const free = names.find((name) => name !== input.taken);
	const wanted =
		typeof value === 'string' && value !== '' ? `"${shownValue(value)}"` : '(no name given)';
	throw new FieldError(
		input.label,
		names.length === 0
			? `needs a picture in the input field ${wanted}, but the item has no file`
			: `needs a picture in the input field ${wanted}, but the item has only ${quoted(names)}`,
		names.length === 0
			? "Add a step before this one that delivers a file (Google Drive, HTTP Request, a form …), or choose 'URL or Base64 Text'"
			: free
				? `Enter "${free}" in '${input.label} Input Field'`
				: "That is the first frame. Put a second picture into another field of the item, or choose 'URL or Base64 Text'",
	);
}

/**
 * A name without blanks around it, or the only file of a list: a form for several files gives a list even for one file.
 */
function oneOf(value: unknown): unknown {
	if (typeof value === 'string') return value.trim();
	return Array.isArray(value) && value.length === 1 && isBinaryData(value[0])
		? (value[0] as unknown)
		: value;
}

/** n8n-workflow has a guard for this too, but not in every version that the node runs on. */
function isBinaryData(value: unknown): value is IBinaryData {
	return holdsData(value) && 'mimeType' in value;
}

/** Whether an entry among an item's files is a file. Those that a Code node makes often have no MIME type. */
function holdsData(value: unknown): value is IBinaryData {
	if (typeof value !== 'object' || value === null) return false;
	return ['data', 'id'].some((key) => typeof (value as Record<string, unknown>)[key] === 'string');
}

/** n8n's helper does not read a file without a MIME type. The type itself is not used. */
export const withType = (file: IBinaryData): IBinaryData =>
	file.mimeType ? file : { ...file, mimeType: 'application/octet-stream' };

/** No field name is longer. */
const MAX_NAME = 200;

/** @throws FieldError if the value is the picture itself or its address, not a name */
function refuseText(value: unknown, { label }: PictureInput): void {
	if (typeof value !== 'string') return;
	const isAddress = /^(https?:\/\/|data:)/i.test(value);
	if (!isAddress && value.length <= MAX_NAME) return;
	throw new FieldError(
		label,
		// An address may have a token in it.
		`needs the name of an input field, but got ${isAddress ? 'an address' : `"${shownValue(value)}"`}`,
		`Choose 'URL or Base64 Text' in '${label}', and enter it there`,
	);
}

/** @throws FieldError if the value is an object or a list, as a form or Airtable describe their files, not a name */
function refuseObject(value: unknown, names: string[], { label }: PictureInput): void {
	if (typeof value !== 'object' || value === null) return;
	const field = `'${label} Input Field'`;
	const isFiles = Array.isArray(value) && value.length > 1 && value.every(isBinaryData);
	throw new FieldError(
		label,
		isFiles
			? `needs one picture, but ${field} gives a list of ${value.length} files`
			: `needs the name of an input field, but ${field} gives ${Array.isArray(value) ? 'a list' : 'an object'}`,
		isFiles
			? 'Use an expression that gives one of them, e.g. {{ $json.Pictures[0] }}. To make a video of each, add Split Out before this node'
			: names.length
				? `Enter the name of a field; the item has ${quoted(names)}`
				: "The item has no file: add a step before this one that delivers it, or choose 'URL or Base64 Text' if the object contains an address",
	);
}

function quoted(names: string[]): string {
	return names.map((name) => `"${name}"`).join(', ');
}

/** The files of an item by field name, including files in the JSON, where n8n's combined mode puts them. */
export function binaryFields(this: IExecuteFunctions, itemIndex: number): Map<string, IBinaryData> {
	const item = this.getInputData()[itemIndex];
	const inJson = Object.entries(item?.json ?? {})
		.flatMap(
			([name, value]): Array<[string, unknown]> =>
				Array.isArray(value)
					? value.map((one: unknown, nth) => [`${name}[${nth}]`, one])
					: [[name, value]],
		)
		.filter((entry): entry is [string, IBinaryData] => isBinaryData(entry[1]));
	return new Map([
		...inJson,
		...Object.entries(item?.binary ?? {}).filter(([, file]) => holdsData(file)),
	]);
}

/**
 * Checks the size before a file of some GB is read into memory. If the size is not known, checkImage checks it
 * afterwards.
 */
async function guardSize(this: IExecuteFunctions, binary: IBinaryData, input: PictureInput) {
	const bytes = binary.id ? await storedBytes.call(this, binary.id) : binary.bytes;
	if (typeof bytes === 'number' && bytes > 0) checkBytes(bytes, input.rules, input.label);
}

/** The size of a file in n8n's storage, in bytes; undefined if n8n does not report it. */
export async function storedBytes(
	this: Pick<IExecuteFunctions, 'helpers'>,
	id: string,
): Promise<number | undefined> {
	try {
		return (await this.helpers.getBinaryMetadata(id)).fileSize;
	} catch {
		return undefined;
	}
}
