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
	/** The provider's base URL: a picture on a private host is allowed only if the provider is on one too. */
	providerUrl: string;
	/** Whether n8n fetches the address, not the provider. */
	byN8n?: boolean;
	/** How to let n8n fetch it: the beginning of a sentence. Default: that of a frame. */
	howByN8n?: string;
}

const HOW = 'Enter a public https:// address, a data URI (data:image/jpeg;base64,…) or Base64 text';
const HEAD_LIMIT = 256;

/** No address is longer; presigned ones have about 2,000 characters. */
const MAX_ADDRESS = 16_000;

/**
 * Reads a picture that is given as text: a URL, a data URI (also with WaveSpeed's space after the `;`) or bare Base64.
 * A list or an object that contains one is accepted too, as Airtable and Notion deliver it. The type is read from the
 * bytes; the type that a data URI declares is ignored.
 *
 * A text may have 30 million characters, so the whole of it is only ever read in a single pass without backtracking.
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
			"Choose 'File From Input' as the source, and enter the name of the input field that holds the file",
		);
	}
	if (typeof entry !== 'string') {
		throw new FieldError(
			field,
			`must be text, but is ${describe(typeof value === 'string' ? entry : value)}`,
			`Use an expression that gives one address, e.g. {{ $json.Attachments[0].url }}. ${HOW}`,
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

/** The address in a text, without what is wrapped around it. @throws FieldError if there are several */
function addressIn(text: string, field: string): string {
	if (/\[object [A-Z]\w*\]/.test(text)) {
		throw new FieldError(
			field,
			`contains an object, but text is needed: "${shownValue(text)}"`,
			'Use one of its fields in the expression, e.g. {{ $json.file.url }}',
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
			`contains http:// or https:// twice: "${shownValue(address)}"`,
			'Remove one of them from the expression',
		);
	}
	if (/^https?:/i.test(address) && /[\r\n\t]/.test(address)) {
		throw new FieldError(
			field,
			`is an address with a line break or a tab in it: "${shownValue(address)}"`,
			'Enter one address on one line',
		);
	}
	if (/^(\/\/|www\.)/i.test(address) || /^[a-z0-9-]+(\.[a-z0-9-]+)+\//i.test(address)) {
		throw new FieldError(
			field,
			`is an address without https:// in front of it: "${shownValue(address)}"`,
			`Put https:// in front of it. ${HOW}`,
		);
	}
	return address;
}

const several = (field: string, count: number, expression: string) =>
	new FieldError(
		field,
		`contains ${count} pictures or addresses, but must be only one`,
		`Use an expression that gives one of them, e.g. ${expression}. To make a video of each, add Split Out before this node`,
	);

/**
 * @throws FieldError for a page, for an address that cannot be reached, and for a file that the provider does not
 * accept
 */
function reachableUrl(text: string, context: PictureTextContext): string {
	const { field, rules, byN8n, howByN8n = HOW_BY_N8N } = context;
	const url = fileUrl(text, context);
	const wrongType = byN8n ? undefined : otherFile(new URL(url), rules);
	if (!wrongType) return url;
	throw new FieldError(
		field,
		`is the address of a ${wrongType} file; it must be ${typeNames(rules)}`,
		`Enter the address of a picture of these types. If only the name of the file is wrong: ${howByN8n}, which checks the file itself`,
	);
}

/**
 * The address from which the provider or n8n fetches a file. If n8n fetches, a share link is replaced with the address
 * of its file.
 *
 * @throws FieldError for a page, and for an address that cannot be reached
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

/** The source for which n8n fetches the picture, as the editor calls it. */
export const FETCHED = 'URL, Fetched by n8n';

const HOW_BY_N8N = `Choose '${FETCHED}' as the source`;

/** File extensions that are not those of the usual pictures. With a query, the extension proves nothing. */
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

/** Whether it is a file as n8n writes it into the JSON, or as a form describes an upload. */
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
 * The address of a file that the provider fetches itself.
 *
 * @throws FieldError for an address that it cannot reach
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
		throw new FieldError(field, `is not a valid address: "${shownValue(text)}"`, HOW);
	}
	if (isFromInside(url, providerUrl)) {
		throw new FieldError(
			field,
			byN8n
				? `is on "${url.host}", an address in your own network, and this node fetches nothing from there`
				: `is on "${url.host}", which only your own network can reach; the provider fetches the file itself`,
			"Fetch it with HTTP Request (Response Format: File), and choose 'File From Input'",
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
	// Checked before decoding; with a little room for the line breaks that MIME puts into Base64.
	const longest = Math.ceil((rules.maxBytes * 4) / 3) * 1.05 + 1024;
	if (base64.length > longest) {
		throw new FieldError(
			field,
			`has ${base64.length} characters, more than a picture of the allowed size can have`,
			'Make the picture smaller (save it as JPG), or enter its https:// address',
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
				? 'is neither an address nor a picture as Base64 text'
				: 'is a data URI that does not contain a picture';
		throw new FieldError(field, `${what}: "${shownValue(original)}"`, HOW);
	}
	return { kind: 'data', data, mimeType: kind.mimeType };
}
