import { boxAt, boxesOf } from '../reference/boxes';
import { cutOff, damaged, unreadable, type Size, type Trait } from './damage';
import { readOrientation } from './exif';
import { identify } from './fileType';
import { readJpeg } from './jpeg';

/** What the bytes of a picture say about it. */
export interface ImageInfo {
	mimeType: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic';
	/** px, as displayed: width and height are swapped for the EXIF orientations 5 to 8. */
	width: number;
	/** px, as displayed. */
	height: number;
	/** EXIF, 1 to 8; absent if the file has none. */
	orientation?: number;
	/** Absent if there are none. */
	traits?: Trait[];
}

/**
 * Reads type and size of a JPEG, PNG, WebP or HEIC from its bytes. Nothing is decoded, and neither the declared MIME
 * type nor the file name is used.
 *
 * Cameras store a portrait picture on its side, with an EXIF orientation. Rotation swaps width and height: the ratio
 * becomes its reciprocal, and the short side keeps its length. (The providers' limits of the ratio, 2:5 and 5:2, are
 * reciprocals too, so this affects only the message, not the result.)
 *
 * @throws FieldError without a real field, for a file that is damaged, cut off or of another type.
 */
export function readImageInfo(data: Buffer): ImageInfo {
	if (data.length === 0) throw unreadable('is empty (0 bytes)');
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
			throw unreadable(`is ${kind.name}`);
	}
}

function asDisplayed(size: Size): Size {
	if (size.width === 0 || size.height === 0) throw damaged('its header contains no size');
	const { width, height, orientation, traits } = size;
	const more = traits?.length ? { traits } : {};
	if (orientation === undefined) return { width, height, ...more };
	return orientation >= 5
		? { width: height, height: width, orientation, ...more }
		: { width, height, orientation, ...more };
}

/** Every chunk is length (4), type (4), data, checksum (4); the last one is IEND. */
function readPng(data: Buffer): Size {
	let size: Size | undefined;
	let orientation: number | undefined;
	let holdsPixels = false;
	const traits = new Set<Trait>();
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
			// Grey with alpha, and RGB with alpha.
			if (data[start + 9] === 4 || data[start + 9] === 6) traits.add('alpha');
		} else if (type === 'tRNS') {
			traits.add('alpha');
		} else if (type === 'acTL') {
			traits.add('animated');
		} else if (type === 'eXIf') {
			orientation ??= readOrientation(data.subarray(start, end));
		} else if (type === 'IDAT') {
			holdsPixels ||= length > 0;
		} else if (type === 'IEND' && size) {
			if (!holdsPixels) throw damaged('its size is given, but it contains no picture');
			return { ...size, orientation, traits: [...traits] };
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
		const traits: Trait[] = (bits >>> 28) & 1 ? ['alpha'] : [];
		return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, traits };
	}
	if (type === 'VP8X') {
		const size = { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 };
		const { orientation, holdsPicture } = webpChunks(data);
		if (!holdsPicture) throw damaged('its size is given, but it contains no picture');
		const traits: Trait[] = [];
		if (data[20] & 0x02) traits.push('animated');
		if (data[20] & 0x10) traits.push('alpha');
		return { ...size, orientation, traits };
	}
	throw damaged('it begins with an unknown WebP chunk');
}

/** Chunks that hold a picture: lossy, lossless, one of an animation. */
const WEBP_PICTURES = new Set(['VP8 ', 'VP8L', 'ANMF']);

function webpChunks(data: Buffer): { orientation?: number; holdsPicture: boolean } {
	let holdsPicture = false;
	let orientation: number | undefined;
	for (let at = 12; at + 8 <= data.length; ) {
		const type = data.toString('latin1', at, at + 4);
		const length = data.readUInt32LE(at + 4);
		const end = at + 8 + length;
		if (WEBP_PICTURES.has(type)) {
			if (end > data.length) throw cutOff();
			holdsPicture ||= length > 0;
		} else if (type === 'EXIF' && orientation === undefined) {
			const exif = data.subarray(at + 8, end);
			// Some writers repeat the prefix that JPEG needs.
			const isPrefixed = exif.toString('latin1', 0, 6) === 'Exif\0\0';
			orientation = readOrientation(isPrefixed ? exif.subarray(6) : exif);
		}
		at = end + (length % 2);
	}
	return { orientation, holdsPicture };
}

/**
 * The size of the largest picture in a HEIC, which consists of tiles and has thumbnails. The rotation is ignored,
 * because it does not change the lengths of the sides.
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
	if (!size) throw damaged('its header contains no size');
	return size;
}
