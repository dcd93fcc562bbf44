import { identify } from './fileType';

/** What earlier steps did to a file, as its bytes show. Both texts go into a message. */
export interface History {
	/** The rest of a sentence that begins with the field's label. */
	what: string;
	fix: string;
}

/** How much of a Base64 text is read: enough for the beginning of the picture in it. */
const HEAD = 4_096;
const REPLACED = '\ufffd';

const BASE64 = /^[A-Za-z0-9+/_=\s-]+$/;

/**
 * Recognises a file that was a picture before: Base64 that was not decoded, or was encoded twice; a data URI that was
 * decoded like plain Base64; bytes that were read as text. Such files are common, and "unknown type" would not help to
 * find the wrong step.
 */
export function historyOf(data: Buffer): History | undefined {
	return decodedDataUri(data) ?? readAsText(data) ?? stillText(data.toString('latin1', 0, HEAD));
}

/** The characters of `data:image/…` are Base64 too, except for the colon, which decoders skip. */
function decodedDataUri(data: Buffer): History | undefined {
	if (!/^data(image|application|text)/.test(data.toString('base64', 0, 24))) return undefined;
	return {
		what: 'was decoded from a whole data URI instead of only its Base64 part, so the file is damaged',
		fix: "In the step that makes the file, remove everything up to the comma ({{ $json.data.split(',')[1] }}), or pass the data URI itself with 'URL or Base64 Text'",
	};
}

/** What the first bytes of a JPEG and of a PNG become. */
const MANGLED = ['\ufffd\ufffd\ufffd', '\ufffdPNG', 'ÿØÿ', '\u0089PNG'];

function readAsText(data: Buffer): History | undefined {
	const text = data.toString('utf8', 0, 256).replace(/^\ufeff/, '');
	const isMangled =
		// A binary file may contain these characters too, but not their UTF-8 bytes.
		data.indexOf(Buffer.from(REPLACED)) === 0 || data[0] === 0xc2 || data[0] === 0xc3
			? MANGLED.some((start) => text.startsWith(start))
			: text.startsWith('RIFF') && text.includes('WEBP') && data.includes(Buffer.from(REPLACED));
	if (!isMangled) return undefined;
	return {
		what: 'was read as text in an earlier step, so the file is damaged',
		fix: "In the step that fetches it (HTTP Request: Options > Response > Response Format), choose 'File'",
	};
}

function stillText(head: string): History | undefined {
	const text = head.trimStart();
	if (/^data:[a-z]+\//i.test(text)) return IS_TEXT('a data URI');
	if (/^https?:\/\//i.test(text)) {
		return {
			what: 'is a text that contains a web address, not the picture itself',
			fix: "Choose 'URL or Base64 Text' as the source and enter the address there",
		};
	}
	const times = timesEncoded(text);
	if (times === 1) return IS_TEXT('Base64 text');
	return times > 1 ? ENCODED_TWICE : undefined;
}

const IS_TEXT = (what: string): History => ({
	what: `is a file that contains ${what}, not the picture itself`,
	fix: "Decode it in an earlier step ('Move Base64 String to File' of Convert to File), or pass the text with 'URL or Base64 Text'",
});

/** For a text that was encoded twice. */
export const ENCODED_TWICE: History = {
	what: 'is Base64 of Base64: the picture was encoded twice',
	fix: 'Remove one of the two encodings in the earlier steps: files that n8n passes on as Base64 must not be encoded again',
};

/**
 * How many times a picture is encoded as Base64: 0 if the text contains no picture; at most 2.
 *
 * @param text its beginning is enough
 */
export function timesEncoded(text: string): number {
	let inner = text.slice(0, HEAD);
	for (let times = 1; times <= 2; times++) {
		const base64 = inner.replace(/^data:[^,]{0,100},/, '').replace(/\s+/g, '');
		if (base64.length < 24 || !BASE64.test(base64)) return 0;
		const data = Buffer.from(base64, 'base64');
		if (identify(data).mimeType.startsWith('image/')) return times;
		inner = data.toString('latin1');
	}
	return 0;
}
