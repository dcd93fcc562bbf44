import { readOrientation } from './exif';
import { identify } from './fileType';
import { boxAt, boxesOf } from '../reference/boxes';

/** What a picture's own bytes say about it. */
export interface ImageInfo {
	mimeType: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic';
	/** px, as displayed: width and height change places for the EXIF orientations 5 to 8. */
	width: number;
	/** px, as displayed. */
	height: number;
	/** EXIF, 1 to 8; absent where the file names none. */
	orientation?: number;
}

/** The bytes are no picture that can be read; the message is the end of a sentence: `is cut off: …`. */
export class UnreadableImage extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'UnreadableImage';
	}
}

type Size = Omit<ImageInfo, 'mimeType'>;

/**
 * Reads type and size of a JPEG, PNG, WebP or HEIC from its bytes; nothing is decoded, and neither a declared MIME
 * type nor a file name is asked.
 *
 * Cameras store a portrait picture lying on its side with an EXIF orientation. Turning changes which side is
 * the width: the ratio becomes its reciprocal, the short side stays the same length. (Since the providers'
 * limits of the ratio, 2:5 and 5:2, are reciprocals too, it changes what a message says, not the verdict.)
 *
 * Throws UnreadableImage for a file that is damaged, cut off or of another type.
 */
export function readImageInfo(data: Buffer): ImageInfo {
	if (data.length === 0) throw new UnreadableImage('is empty (0 bytes)');
	const kind = identify(data);
	switch (kind.mimeType) {
		case 'image/jpeg':
			return { mimeType: kind.mimeType, ...asDisplayed(readJpeg(data)) };
		case 'image/png':
			return { mimeType: kind.mimeType, ...asDisplayed(readPng(data)) };
		case 'image/webp':
			return { mimeType: kind.mimeType, ...asDisplayed(readWebp(data)) };
		case 'image/heic':
			return { mimeType: kind.mimeType, ...asDisplayed(readHeic(data)) };
		default:
			throw new UnreadableImage(`is ${kind.name}`);
	}
}

function asDisplayed(size: Size): Size {
	if (size.width === 0 || size.height === 0) throw damaged('its header names no size');
	const { width, height, orientation } = size;
	if (orientation === undefined) return { width, height };
	return orientation >= 5
		? { width: height, height: width, orientation }
		: { width, height, orientation };
}

function damaged(detail: string): UnreadableImage {
	return new UnreadableImage(`is damaged: ${detail}`);
}

function cutOff(): UnreadableImage {
	return new UnreadableImage('is cut off: the end of the file is missing');
}

/** All frame headers but 0xC4, 0xC8 and 0xCC, which are tables, a reserved code and arithmetic conditioning. */
function isFrameHeader(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/**
 * Walks from segment to segment by their lengths. It never searches for a marker: the thumbnail inside EXIF
 * is a whole JPEG with a frame header of its own, and would be taken for the picture.
 */
function readJpeg(data: Buffer): Size {
	let size: Size | undefined;
	let orientation: number | undefined;
	let at = 2;
	for (;;) {
		if (at + 2 > data.length) throw cutOff();
		if (data[at] !== 0xff) throw damaged('a JPEG marker is missing');
		const marker = data[at + 1];
		if (marker === 0xff) {
			at += 1; // a fill byte
			continue;
		}
		if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
			at += 2; // stands alone, without a length
			continue;
		}
		if (marker === 0xd9 || marker === 0xd8) throw damaged('it holds no picture');
		if (at + 4 > data.length) throw cutOff();
		const length = data.readUInt16BE(at + 2);
		if (length < 2) throw damaged('a segment has an impossible length');
		const start = at + 4;
		const end = at + 2 + length;
		if (end > data.length) throw cutOff();
		if (isFrameHeader(marker)) {
			if (length < 8) throw damaged('the frame header is too short');
			size ??= { height: data.readUInt16BE(start + 1), width: data.readUInt16BE(start + 3) };
		} else if (marker === 0xe1 && data.toString('latin1', start, start + 6) === 'Exif\0\0') {
			orientation ??= readOrientation(data.subarray(start + 6, end));
		} else if (marker === 0xda) {
			if (!size) throw damaged('the frame header is missing');
			// Half a picture would be paid for in full. The end marker is looked for anywhere after the
			// scan began, because phones append further data to it.
			if (data.lastIndexOf(END_OF_JPEG) < end) throw cutOff();
			return orientation === undefined ? size : { ...size, orientation };
		}
		at = end;
	}
}

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

/** Every chunk is length (4), type (4), data, checksum (4); the last one is IEND. */
function readPng(data: Buffer): Size {
	let size: Size | undefined;
	let orientation: number | undefined;
	let at = 8;
	for (;;) {
		if (at + 12 > data.length) throw cutOff();
		const length = data.readUInt32BE(at);
		const type = data.toString('latin1', at + 4, at + 8);
		const start = at + 8;
		const end = start + length;
		if (!size && type !== 'IHDR') throw damaged('the PNG header is missing');
		if (end + 4 > data.length) throw cutOff();
		if (type === 'IHDR') {
			if (length < 13) throw damaged('the PNG header is too short');
			size ??= { width: data.readUInt32BE(start), height: data.readUInt32BE(start + 4) };
		} else if (type === 'eXIf') {
			orientation ??= readOrientation(data.subarray(start, end));
		} else if (type === 'IEND' && size) {
			return orientation === undefined ? size : { ...size, orientation };
		}
		at = end + 4;
	}
}

/** RIFF: every chunk is type (4), length (4), data, padded to an even length. */
function readWebp(data: Buffer): Size {
	if (data.length < 30) throw cutOff();
	if (data.readUInt32LE(4) + 8 > data.length) throw cutOff();
	const type = data.toString('latin1', 12, 16);
	if (type === 'VP8 ') {
		if (data.readUIntBE(23, 3) !== 0x9d012a) throw damaged('the VP8 frame header is missing');
		return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff };
	}
	if (type === 'VP8L') {
		if (data[20] !== 0x2f) throw damaged('the VP8L header is missing');
		const bits = data.readUInt32LE(21);
		return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
	}
	if (type === 'VP8X') {
		const size = { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 };
		const orientation = webpOrientation(data);
		return orientation === undefined ? size : { ...size, orientation };
	}
	throw damaged('it begins with an unknown WebP chunk');
}

function webpOrientation(data: Buffer): number | undefined {
	for (let at = 12; at + 8 <= data.length; ) {
		const length = data.readUInt32LE(at + 4);
		if (data.toString('latin1', at, at + 4) === 'EXIF') {
			const exif = data.subarray(at + 8, at + 8 + length);
			// Some writers repeat the prefix that JPEG needs.
			return readOrientation(
				exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif,
			);
		}
		at += 8 + length + (length % 2);
	}
	return undefined;
}

/**
 * The largest of the pictures that a HEIC holds: it is cut into tiles, and has thumbnails. Whether it lies on its side is
 * not asked: that changes neither side's length.
 */
function readHeic(data: Buffer): Size {
	const meta = boxAt(data, ['meta']);
	// The boxes of 'meta' begin after its version and flags.
	const inside = meta && { ...meta, start: meta.start + 4 };
	const properties = inside && boxAt(data, ['iprp', 'ipco'], inside);
	if (!properties) throw cutOff();
	let size: Size | undefined;
	for (const { type, start, end } of boxesOf(data, properties.start, properties.end)) {
		if (type !== 'ispe' || end - start < 12) continue;
		const found = { width: data.readUInt32BE(start + 4), height: data.readUInt32BE(start + 8) };
		if (!size || found.width * found.height > size.width * size.height) size = found;
	}
	if (!size) throw damaged('its header names no size');
	return size;
}
