import { isFromInside } from '../hosts';
import { ImageRefused, type ImageRules } from './check';
import { identify } from './fileType';
import { ENCODED_TWICE, timesEncoded } from './history';

export type PictureText =
	| { kind: 'url'; url: string }
	| { kind: 'data'; data: Buffer; mimeType: string };

export interface PictureTextContext {
	/** The label of the field, for messages. */
	field: string;
	rules: ImageRules;
	/** The provider's base URL: a picture on a private host is allowed where the provider is on one too. */
	providerUrl: string;
}

const HOW = 'Give a public https:// address, a data URI (data:image/jpeg;base64,…) or base64 text.';
const HEAD_LIMIT = 256;

/**
 * Reads a picture that is given as text: a URL, a data URI (also with WaveSpeed's space after the `;`) or bare
 * base64. The type of data is told from the bytes; the type that a data URI declares is ignored.
 *
 * Texts may have 30 million characters: every look at the whole of it is one pass without backtracking.
 * Throws ImageRefused.
 */
export function readPictureText(value: unknown, context: PictureTextContext): PictureText {
	const { field } = context;
	if (value === undefined || value === null || value === '') {
		throw new ImageRefused(field, 'missing', 'is empty', HOW);
	}
	if (typeof value !== 'string') {
		throw new ImageRefused(field, 'text', `is no text but ${describe(value)}`, HOW);
	}
	const text = value.trim();
	if (text === '') throw new ImageRefused(field, 'missing', 'is blank', HOW);
	const scheme = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(text)?.[1].toLowerCase();
	if (scheme === 'data') return fromDataUri(text, context);
	if (scheme !== undefined) return { kind: 'url', url: publicUrl(text, context) };
	return fromBase64(text, text, context);
}

function describe(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The beginning of a text for a message; line breaks and control characters would garble it. */
function excerpt(text: string): string {
	const clean = Array.from(text.slice(0, 60), (c) => (c < ' ' || c === '\x7f' ? ' ' : c)).join('');
	return text.length > 60 ? `"${clean}…"` : `"${clean}"`;
}

/**
 * The address of a file that the provider is to fetch itself.
 *
 * @throws ImageRefused for one that it cannot reach
 */
export function publicUrl(
	text: string,
	{ field, providerUrl }: Pick<PictureTextContext, 'field' | 'providerUrl'>,
): string {
	const scheme = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(text)?.[1].toLowerCase();
	if (scheme !== 'http' && scheme !== 'https') {
		throw new ImageRefused(
			field,
			'url',
			`begins with "${scheme}:"; the provider can fetch only http:// and https:// addresses`,
			HOW,
		);
	}
	const url = parseUrl(text);
	if (!url || !/^https?:\/\/[^/]/i.test(text)) {
		throw new ImageRefused(field, 'url', `is no valid address: ${excerpt(text)}`, HOW);
	}
	if (isFromInside(url, providerUrl)) {
		throw new ImageRefused(
			field,
			'url',
			`is on "${url.host}", which only your own network can reach; the provider fetches the file itself`,
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
		throw new ImageRefused(
			context.field,
			'text',
			`is a data URI without ";base64," near its beginning: ${excerpt(text)}`,
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
		throw new ImageRefused(
			field,
			'size',
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
			throw new ImageRefused(field, 'text', ENCODED_TWICE.what, ENCODED_TWICE.fix);
		}
		const what =
			original === base64
				? 'is neither an address nor a picture as base64'
				: 'is a data URI that holds no picture';
		throw new ImageRefused(field, 'text', `${what}: ${excerpt(original)}`, HOW);
	}
	return { kind: 'data', data, mimeType: kind.mimeType };
}
