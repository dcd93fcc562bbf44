import { identify } from './fileType';

/** What was done to a file on its way, told by its bytes. Both texts go into a message. */
export interface History {
	/** The rest of a sentence that begins with the field's label. */
	what: string;
	fix: string;
}

/** A text in Base64 is looked at this far: enough for the beginning of the picture inside. */
const HEAD = 4_096;
const REPLACED = '\ufffd';

const LONE_BASE64 = /^[A-Za-z0-9+/_=\s-]+$/;

/**
 * Whether a file was a picture once: Base64 that was not decoded, or twice encoded; a data URI that was decoded as if it
 * were Base64; bytes that were read as text. Such files are common, and "unknown type" helps nobody to find the step.
 */
export function historyOf(data: Buffer): History | undefined {
	return decodedDataUri(data) ?? readAsText(data) ?? stillText(data.toString('latin1', 0, HEAD));
}

/** The characters of `data:image/…` are Base64 too, but for the colon, which decoders pass over. */
function decodedDataUri(data: Buffer): History | undefined {
	if (!/^data(image|application|text)/.test(data.toString('base64', 0, 24))) return undefined;
	return {
		what: 'was made from a whole data URI as if it were only Base64, so the file is damaged',
		fix: "In the step that makes the file, remove everything up to the comma ({{ $json.data.split(',')[1] }}), or pass the data URI itself with 'URL or Base64 Text'.",
	};
}

/** What becomes of the first bytes of a JPEG and of a PNG. */
const MANGLED = ['\ufffd\ufffd\ufffd', '\ufffdPNG', 'ÿØÿ', '\u0089PNG'];

function readAsText(data: Buffer): History | undefined {
	const text = data.toString('utf8', 0, 256).replace(/^\ufeff/, '');
	const isMangled =
		// A file that is binary itself has these too, but not the bytes of UTF-8 for them.
		data.indexOf(Buffer.from(REPLACED)) === 0 || data[0] === 0xc2 || data[0] === 0xc3
			? MANGLED.some((start) => text.startsWith(start))
			: text.startsWith('RIFF') && text.includes('WEBP') && data.includes(Buffer.from(REPLACED));
	if (!isMangled) return undefined;
	return {
		what: 'was read as text in an earlier step, so the file is damaged',
		fix: "In the step that fetches it (HTTP Request: Options > Response > Response Format), choose 'File'.",
	};
}

function stillText(head: string): History | undefined {
	const text = head.trimStart();
	if (/^data:[a-z]+\//i.test(text)) return IS_TEXT('a data URI');
	if (/^https?:\/\//i.test(text)) {
		return {
			what: 'is a text that contains a web address, not the picture itself',
			fix: "Choose 'URL or Base64 Text' as the source and enter the address there.",
		};
	}
	const times = timesEncoded(text);
	if (times === 1) return IS_TEXT('Base64 text');
	return times > 1 ? ENCODED_TWICE : undefined;
}

const IS_TEXT = (what: string): History => ({
	what: `is a file that contains ${what}, not the picture itself`,
	fix: "Decode it in a step before ('Move Base64 String to File' of Convert to File), or pass the text with 'URL or Base64 Text'.",
});

/** For a text that was encoded once more. */
export const ENCODED_TWICE: History = {
	what: 'is Base64 of Base64: the picture was encoded twice',
	fix: 'Remove one of the two encodings in the earlier steps: files that n8n passes on as Base64 must not be encoded again.',
};

/**
 * How many times a picture is encoded as Base64: 0 for a text that holds none, at most 2.
 *
 * @param text its beginning is enough
 */
export function timesEncoded(text: string): number {
	let inner = text.slice(0, HEAD);
	for (let times = 1; times <= 2; times++) {
		const base64 = inner.replace(/^data:[^,]{0,100},/, '').replace(/\s+/g, '');
		if (base64.length < 24 || !LONE_BASE64.test(base64)) return 0;
		const data = Buffer.from(base64, 'base64');
		if (identify(data).mimeType.startsWith('image/')) return times;
		inner = data.toString('latin1');
	}
	return 0;
}
