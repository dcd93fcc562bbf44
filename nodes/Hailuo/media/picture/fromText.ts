import { FieldError } from '../../models/fieldError';
import { shownValue } from '../../models/text';
import type { PictureRules } from '../../providers/modelTypes';
import { isFromInside } from '../hosts';
import { pageLink } from '../shareLinks';
import { typeNames } from './check';
import { countAddresses, entriesOf, unwrap } from './entries';
import { identify } from './fileType';
import { ENCODED_TWICE, timesEncoded } from './history';

export type PictureText =
	| { kind: 'url'; url: string }
	| { kind: 'data'; data: Buffer; mimeType: string };

export interface PictureTextContext {
	/** The label of the field, for messages. */
	field: string;
	rules: PictureRules;
	/** The provider's base URL: a picture on a private host is allowed where the provider is on one too. */
	providerUrl: string;
	/** n8n fetches what an address names, and not the provider. */
	byN8n?: boolean;
	/** How to have n8n fetch it, as the beginning of a sentence; for a frame where it is not given. */
	howByN8n?: string;
}

const HOW = 'Give a public https:// address, a data URI (data:image/jpeg;base64,…) or base64 text.';
const HEAD_LIMIT = 256;

/** No address is as long; presigned ones have 2,000 characters. */
const MAX_ADDRESS = 16_000;

/**
 * Reads a picture that is given as text: a URL, a data URI (also with WaveSpeed's space after the `;`) or bare
 * base64; or a list or an object that holds one, as Airtable and Notion deliver it. The type of data is told from the
 * bytes; the type that a data URI declares is ignored.
 *
 * Texts may have 30 million characters: every look at the whole of it is one pass without backtracking.
 * @throws FieldError
 */
export function readPictureText(value: unknown, context: PictureTextContext): PictureText {
	const { field } = context;
	const entries = entriesOf(value);
	if (entries.length > 1) throw several(field, entries.length, '{{ $json.Attachments[0].url }}');
	const [entry] = entries;
	if (entry === undefined || entry === null || entry === '') {
		throw new FieldError(field, 'is empty', HOW);
	}
	if (describesFile(entry)) {
		throw new FieldError(
			field,
			'is a file of the item, not an address',
			"Choose 'File From Input' as the source, and enter the name of the input field that holds the file.",
		);
	}
	if (typeof entry !== 'string') {
		throw new FieldError(
			field,
			`must be a text, but is ${describe(typeof value === 'string' ? entry : value)}`,
			`Let the expression name one text, e.g. {{ $json.Attachments[0].url }}. ${HOW}`,
		);
	}
	const text = entry.trim();
	if (text === '') throw new FieldError(field, 'is blank', HOW);
	if (/^data:/i.test(text)) return fromDataUri(text, context);
	const address = text.length <= MAX_ADDRESS ? addressIn(text, field) : text;
	const scheme = schemeOf(address);
	if (scheme === undefined) return fromBase64(address, address, context);
	return { kind: 'url', url: reachableUrl(address, context) };
}

const schemeOf = (text: string) => /^([a-z][a-z0-9+.-]{0,30}):/i.exec(text)?.[1].toLowerCase();

/** The one address in a text, without what is wrapped around it. @throws FieldError where there are several */
function addressIn(text: string, field: string): string {
	if (/\[object [A-Z]\w*\]/.test(text)) {
		throw new FieldError(
			field,
			`holds an object where a text is needed: "${shownValue(text)}"`,
			'Let the expression name one of its fields, e.g. {{ $json.file.url }}.',
		);
	}
	const count = countAddresses(text);
	if (count > 1) {
		const by = /[\r\n]/.test(text) ? '\\n' : ',';
		throw several(field, count, `{{ $json.Images.split('${by}')[0].trim() }}`);
	}
	const address = unwrap(text);
	if (/^https?:\/\/https?:/i.test(address)) {
		throw new FieldError(
			field,
			`names http:// or https:// twice: "${shownValue(address)}"`,
			'Take one of the two out of the expression.',
		);
	}
	if (/^https?:/i.test(address) && /[\r\n\t]/.test(address)) {
		throw new FieldError(
			field,
			`is an address with a line break or a tab in it: "${shownValue(address)}"`,
			'Give one address, in one line.',
		);
	}
	if (/^(\/\/|www\.)/i.test(address) || /^[a-z0-9-]+(\.[a-z0-9-]+)+\//i.test(address)) {
		throw new FieldError(
			field,
			`is an address without https:// before it: "${shownValue(address)}"`,
			`Put https:// before it. ${HOW}`,
		);
	}
	return address;
}

const several = (field: string, count: number, expression: string) =>
	new FieldError(
		field,
		`holds ${count} pictures or addresses, and one is needed`,
		`Let the expression name one, e.g. ${expression}; for a video of each, put Split Out before this node.`,
	);

/** @throws FieldError for a page, for what cannot be reached, and for a file that the provider does not take */
function reachableUrl(text: string, context: PictureTextContext): string {
	const { field, rules, byN8n, howByN8n = HOW_BY_N8N } = context;
	const url = fileUrl(text, context);
	const wrongType = byN8n ? undefined : otherFile(new URL(url), rules);
	if (!wrongType) return url;
	throw new FieldError(
		field,
		`is the address of a ${wrongType} file; allowed are ${typeNames(rules)}`,
		`Give the address of a picture of these types. If it only looks like that: ${howByN8n}, which looks at the file itself.`,
	);
}

/**
 * The address at which the provider, or n8n for it, is to fetch a file: a share link is taken as the file behind it where
 * n8n fetches.
 *
 * @throws FieldError for a page, and for what cannot be reached
 */
export function fileUrl(text: string, context: Omit<PictureTextContext, 'rules'>): string {
	const { field, byN8n, howByN8n = HOW_BY_N8N } = context;
	const url = publicUrl(text, context);
	const page = pageLink(new URL(url));
	if (!page) return url;
	if (page.direct && byN8n) return publicUrl(page.direct, context);
	const fix = page.direct ? `${howByN8n}. Or: ${page.way}` : page.way;
	throw new FieldError(field, `is ${page.what}`, fix);
}

/** The source at which n8n fetches the picture, as the editor calls it. */
export const FETCHED = 'URL, Fetched by n8n';

const HOW_BY_N8N = `Choose '${FETCHED}' as the source`;

/** What the name of a file says that is none of the usual pictures. A query may say otherwise. */
const ENDINGS = new Map<string, string>([
	['webp', 'image/webp'],
	['heic', 'image/heic'],
	['heif', 'image/heic'],
	...['gif', 'svg', 'avif', 'tif', 'tiff', 'bmp', 'ico', 'psd', 'pdf', 'zip'].map(no),
	...['mp4', 'mov', 'webm', 'mkv', 'avi', 'mp3', 'wav'].map(no),
]);

function no(ending: string): [string, string] {
	return [ending, ''];
}

function otherFile(url: URL, rules: PictureRules): string | undefined {
	const ending = /\.([a-z0-9]{2,4})$/i.exec(url.pathname)?.[1].toLowerCase() ?? '';
	const type = ENDINGS.get(ending);
	if (type === undefined || url.search !== '' || rules.mimeTypes.includes(type)) return undefined;
	return ending.toUpperCase();
}

/** A file as n8n writes it into the JSON, and what a form says of an upload. */
const describesFile = (value: unknown): boolean =>
	typeof value === 'object' &&
	value !== null &&
	['mimeType', 'mimetype'].some(
		(key) => typeof (value as Record<string, unknown>)[key] === 'string',
	);

function describe(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * The address of a file that the provider is to fetch itself.
 *
 * @throws FieldError for one that it cannot reach
 */
function publicUrl(
	text: string,
	{ field, providerUrl, byN8n }: Pick<PictureTextContext, 'field' | 'providerUrl' | 'byN8n'>,
): string {
	const scheme = schemeOf(text);
	if (scheme !== 'http' && scheme !== 'https') {
		throw new FieldError(
			field,
			`begins with "${scheme}:"; only http:// and https:// addresses can be fetched`,
			HOW,
		);
	}
	const url = parseUrl(text);
	if (!url || !/^https?:\/\/[^/]/i.test(text)) {
		throw new FieldError(field, `is no valid address: "${shownValue(text)}"`, HOW);
	}
	if (isFromInside(url, providerUrl)) {
		throw new FieldError(
			field,
			byN8n
				? `is on "${url.host}", an address of your own network, from where this node fetches nothing`
				: `is on "${url.host}", which only your own network can reach; the provider fetches the file itself`,
			'Fetch it with an HTTP Request step (response format: file) and use it as binary data.',
		);
	}
	return url.href;
}

function parseUrl(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

function fromDataUri(text: string, context: PictureTextContext): PictureText {
	const comma = text.slice(0, HEAD_LIMIT).indexOf(',');
	const head = comma < 0 ? '' : text.slice('data:'.length, comma).toLowerCase();
	const isBase64 = head.split(';').some((part) => part.trim() === 'base64');
	if (!isBase64) {
		throw new FieldError(
			context.field,
			`is a data URI without ";base64," near its beginning: "${shownValue(text)}"`,
			HOW,
		);
	}
	return fromBase64(text.slice(comma + 1), text, context);
}

function fromBase64(base64: string, original: string, context: PictureTextContext): PictureText {
	const { field, rules } = context;
	// Checked before it is decoded; a little more for the line breaks that MIME puts into base64.
	const longest = Math.ceil((rules.maxBytes * 4) / 3) * 1.05 + 1024;
	if (base64.length > longest) {
		throw new FieldError(
			field,
			`is a text of ${base64.length} characters, more than a picture of the allowed size can have`,
			'Save the picture smaller (as JPG), or give its https:// address.',
		);
	}
	// One class, no repetition: a single pass whatever the length.
	const isClean = base64 !== '' && !/[^A-Za-z0-9+/_=\s-]/.test(base64);
	const data = isClean ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
	const kind = identify(data);
	if (!isClean || !kind.mimeType.startsWith('image/')) {
		if (isClean && timesEncoded(base64) === 2) {
			throw new FieldError(field, ENCODED_TWICE.what, ENCODED_TWICE.fix);
		}
		const what =
			original === base64
				? 'is neither an address nor a picture as base64'
				: 'is a data URI that holds no picture';
		throw new FieldError(field, `${what}: "${shownValue(original)}"`, HOW);
	}
	return { kind: 'data', data, mimeType: kind.mimeType };
}
