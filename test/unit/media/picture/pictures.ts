/** Pictures built byte by byte: only the headers, without pixels. */

const bytes = (...values: number[]) => Buffer.from(values);

function u16(value: number): Buffer {
	const out = Buffer.alloc(2);
	out.writeUInt16BE(value);
	return out;
}

function u32(value: number): Buffer {
	const out = Buffer.alloc(4);
	out.writeUInt32BE(value);
	return out;
}

function u32le(value: number): Buffer {
	const out = Buffer.alloc(4);
	out.writeUInt32LE(value);
	return out;
}

/** A TIFF structure with a few other tags before the orientation. */
export function tiff(orientation: number, order: 'II' | 'MM' = 'II', type = 3): Buffer {
	const little = order === 'II';
	const out = Buffer.alloc(8 + 2 + 2 * 12 + 4);
	const w16 = (v: number, at: number) =>
		little ? out.writeUInt16LE(v, at) : out.writeUInt16BE(v, at);
	const w32 = (v: number, at: number) =>
		little ? out.writeUInt32LE(v, at) : out.writeUInt32BE(v, at);
	out.write(order, 0, 'latin1');
	w16(42, 2);
	w32(8, 4);
	w16(2, 8);
	w16(0x010f, 10); // maker
	w16(2, 12);
	w32(4, 14);
	w16(0x0112, 22);
	w16(type, 24);
	w32(1, 26);
	if (type === 3) w16(orientation, 30);
	else w32(orientation, 30);
	return out;
}

function segment(marker: number, data: Buffer): Buffer {
	return Buffer.concat([bytes(0xff, marker), u16(data.length + 2), data]);
}

export function exifSegment(tiffData: Buffer, thumbnail: Buffer = Buffer.alloc(0)): Buffer {
	return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiffData, thumbnail]));
}

export interface JpegParts {
	sof?: number;
	before?: Buffer[];
	end?: boolean;
}

export function jpeg(width: number, height: number, parts: JpegParts = {}): Buffer {
	const { sof = 0xc0, before = [], end = true } = parts;
	return Buffer.concat([
		bytes(0xff, 0xd8),
		segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
		...before,
		segment(0xdb, Buffer.alloc(65)),
		segment(0xc4, Buffer.alloc(20)), // a Huffman table, no frame header though 0xC4 looks like one
		segment(sof, Buffer.concat([bytes(8), u16(height), u16(width), bytes(1, 1, 0x11, 0)])),
		segment(0xda, bytes(1, 1, 0, 0, 63, 0)),
		bytes(0x12, 0xff, 0x00, 0x34),
		// One bit for each of its blocks: the minimum that a decoder needs.
		Buffer.alloc(Math.ceil((Math.ceil(width / 8) * Math.ceil(height / 8)) / 8)),
		end ? bytes(0xff, 0xd9) : bytes(),
	]);
}

function chunk(type: string, data: Buffer): Buffer {
	return Buffer.concat([u32(data.length), Buffer.from(type, 'latin1'), data, u32(0)]);
}

export function png(width: number, height: number, extra: Array<[string, Buffer]> = []): Buffer {
	return Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', Buffer.concat([u32(width), u32(height), bytes(8, 2, 0, 0, 0)])),
		...extra.map(([type, data]) => chunk(type, data)),
		chunk('IDAT', Buffer.alloc(10)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function riff(...chunks: Array<[string, Buffer]>): Buffer {
	const parts = chunks.map(([type, data]) =>
		Buffer.concat([
			Buffer.from(type, 'latin1'),
			u32le(data.length),
			data,
			Buffer.alloc(data.length % 2),
		]),
	);
	const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...parts]);
	return Buffer.concat([Buffer.from('RIFF', 'latin1'), u32le(body.length), body]);
}

export function webpLossy(width: number, height: number): Buffer {
	const frame = Buffer.alloc(20);
	frame.writeUIntBE(0x9d012a, 3, 3);
	frame.writeUInt16LE(width | 0x4000, 6); // the two bits above are a scale, not the size
	frame.writeUInt16LE(height | 0x8000, 8);
	return riff(['VP8 ', frame]);
}

export function webpLossless(width: number, height: number): Buffer {
	const frame = Buffer.alloc(20);
	frame[0] = 0x2f;
	frame.writeUInt32LE((((height - 1) << 14) | (width - 1) | (1 << 28)) >>> 0, 1);
	return riff(['VP8L', frame]);
}

export function webpExtended(width: number, height: number, exif?: Buffer): Buffer {
	const head = Buffer.alloc(10);
	head[0] = exif ? 8 : 0;
	head.writeUIntLE(width - 1, 4, 3);
	head.writeUIntLE(height - 1, 7, 3);
	const pixels: [string, Buffer] = ['VP8L', Buffer.alloc(9)]; // odd, so padded
	return exif ? riff(['VP8X', head], pixels, ['EXIF', exif]) : riff(['VP8X', head], pixels);
}

export const others: Record<string, Buffer> = {
	'image/gif': Buffer.from('GIF89a\x40\x01\xf0\0\0\0\0', 'latin1'),
	'image/bmp': Buffer.from('BM\x36\x10\0\0\0\0\0\0\x36\0\0\0', 'latin1'),
	'image/tiff': tiff(1),
	'image/heic': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
	'image/avif': Buffer.from('\0\0\0\x18ftypavif\0\0\0\0mif1avif', 'latin1'),
	'image/svg+xml': Buffer.from('<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="400"/>'),
	'application/pdf': Buffer.from('%PDF-1.7\n%\xe2\xe3', 'latin1'),
	'text/html': Buffer.from('\ufeff\n<!DOCTYPE html><html><body>Sign in</body></html>'),
	'application/xml': Buffer.from('<Error><Code>AccessDenied</Code></Error>'),
	'application/json': Buffer.from('{"message":"Not found"}'),
	'text/plain': Buffer.from('File not found.'),
	'video/mp4': Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'),
	'video/quicktime': Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1'),
	'application/zip': Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'),
	'image/jxl': Buffer.from('\xff\x0a\0\0', 'latin1'),
	'image/vnd.adobe.photoshop': Buffer.from('8BPS\0\x01', 'latin1'),
	'application/octet-stream': Buffer.from([0, 1, 2, 3, 4, 5, 250, 251]),
};

export const waveSpeedRules = {
	mimeTypes: ['image/jpeg', 'image/png'],
	maxBytes: 20_000_000,
	strictRatio: true,
};

export const vtrixRules = {
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp'],
	maxBytes: 19_999_999,
	strictRatio: false,
};
