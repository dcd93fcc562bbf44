/** The type of a file, by its first bytes. The declared MIME type and the file extension are not used. */

export interface FileKind {
	/** `application/octet-stream` if the bytes do not tell. */
	mimeType: string;
	/** For a sentence about the file, with its article: `a PNG picture`, `a web page (HTML)`. */
	name: string;
}

const BRANDS: Record<string, FileKind> = {
	heic: { mimeType: 'image/heic', name: 'a HEIC picture' },
	heix: { mimeType: 'image/heic', name: 'a HEIC picture' },
	hevc: { mimeType: 'image/heic', name: 'a HEIC picture' },
	hevx: { mimeType: 'image/heic', name: 'a HEIC picture' },
	mif1: { mimeType: 'image/heic', name: 'a HEIC picture' },
	msf1: { mimeType: 'image/heic', name: 'a HEIC picture' },
	avif: { mimeType: 'image/avif', name: 'an AVIF picture' },
	avis: { mimeType: 'image/avif', name: 'an AVIF picture' },
	'M4A ': { mimeType: 'audio/mp4', name: 'a sound file (M4A)' },
	'qt  ': { mimeType: 'video/quicktime', name: 'a video (MOV)' },
};

/** First bytes in latin1, MIME type, and name. */
const SIGNATURES: ReadonlyArray<readonly [string, string, string]> = [
	['\xff\xd8\xff', 'image/jpeg', 'a JPEG picture'],
	['\x89PNG\r\n\x1a\n', 'image/png', 'a PNG picture'],
	['GIF87a', 'image/gif', 'a GIF picture'],
	['GIF89a', 'image/gif', 'a GIF picture'],
	['II*\0', 'image/tiff', 'a TIFF or camera RAW picture'],
	['MM\0*', 'image/tiff', 'a TIFF or camera RAW picture'],
	['II+\0', 'image/tiff', 'a TIFF picture'],
	['MM\0+', 'image/tiff', 'a TIFF picture'],
	['8BPS', 'image/vnd.adobe.photoshop', 'a Photoshop file'],
	['\0\0\x01\0', 'image/x-icon', 'an icon (ICO)'],
	['\0\0\0\x0cJXL \r\n\x87\n', 'image/jxl', 'a JPEG XL picture'],
	['\xff\x0a', 'image/jxl', 'a JPEG XL picture'],
	['\0\0\0\x0cjP  \r\n\x87\n', 'image/jp2', 'a JPEG 2000 picture'],
	['%PDF', 'application/pdf', 'a PDF document'],
	['PK\x03\x04', 'application/zip', 'a ZIP or Office file'],
	['\x1a\x45\xdf\xa3', 'video/webm', 'a video (WebM or MKV)'],
	['\x1f\x8b', 'application/gzip', 'a gzip file'],
	['ID3', 'audio/mpeg', 'a sound file (MP3)'],
	['OggS', 'audio/ogg', 'a sound file (OGG)'],
	['fLaC', 'audio/flac', 'a sound file (FLAC)'],
];

/** Identifies a file. Never throws: an unknown file is `application/octet-stream`, `a file of unknown type`. */
export function identify(data: Buffer): FileKind {
	const head = data.toString('latin1', 0, 32);
	for (const [start, mimeType, name] of SIGNATURES) {
		if (head.startsWith(start)) return { mimeType, name };
	}
	if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') {
		return { mimeType: 'image/webp', name: 'a WebP picture' };
	}
	if (head.startsWith('RIFF') && head.slice(8, 12) === 'WAVE') {
		return { mimeType: 'audio/wav', name: 'a sound file (WAV)' };
	}
	// A frame of MPEG audio, layer III, without a tag before it.
	if (data[0] === 0xff && (data[1] & 0xe6) === 0xe2) {
		return { mimeType: 'audio/mpeg', name: 'a sound file (MP3)' };
	}
	if (head.slice(4, 8) === 'ftyp') {
		return BRANDS[head.slice(8, 12)] ?? { mimeType: 'video/mp4', name: 'a video (MP4)' };
	}
	// A BMP's reserved bytes 6 to 9 are zero, which a text that begins with "BM" never has.
	if (head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0') {
		return { mimeType: 'image/bmp', name: 'a BMP picture' };
	}
	return identifyText(data);
}

function identifyText(data: Buffer): FileKind {
	// Enough to get past an XML declaration, a doctype and a comment, without reading a large file.
	const start = data
		.toString('utf8', 0, 1024)
		.replace(/^\ufeff/, '')
		.trimStart()
		.toLowerCase();
	if (start === '') return { mimeType: 'application/octet-stream', name: 'empty or blank' };
	if (start.startsWith('<')) {
		if (start.includes('<svg')) return { mimeType: 'image/svg+xml', name: 'an SVG drawing' };
		if (start.startsWith('<!doctype html') || start.includes('<html')) {
			return { mimeType: 'text/html', name: 'a web page (HTML)' };
		}
		return { mimeType: 'application/xml', name: 'an XML file' };
	}
	if (start.startsWith('{') || start.startsWith('[')) {
		return { mimeType: 'application/json', name: 'a JSON file' };
	}
	for (const byte of data.subarray(0, 512)) {
		const isText = byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
		if (!isText || byte === 0x7f) {
			return { mimeType: 'application/octet-stream', name: 'a file of unknown type' };
		}
	}
	return start.includes('\ufffd')
		? { mimeType: 'application/octet-stream', name: 'a file of unknown type' }
		: { mimeType: 'text/plain', name: 'a text file' };
}
