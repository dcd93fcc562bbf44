import { readOrientation } from './exif';
import { cutOff, damaged, type Size } from './damage';
import { holdsAllBlocks, holdsAllScans, readTables, type Component, type Scan } from './jpegScan';

/** All frame headers except 0xC4, 0xC8 and 0xCC, which are tables, a reserved code and arithmetic conditioning. */
function isFrameHeader(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Baseline and extended: one pass, coded by Huffman. The third one of HUFFMAN is progressive. */
const SEQUENTIAL = new Set([0xc0, 0xc1]);
/** Coded by Huffman, and arithmetically. */
const PROGRESSIVE = new Set([0xc2, 0xca]);
const HUFFMAN = new Set([0xc0, 0xc1, 0xc2]);

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

interface Frame {
	marker: number;
	width: number;
	height: number;
	components: Component[];
}

/**
 * Reads the size of a JPEG from its bytes. As tolerant as libjpeg, which nearly every program uses: it accepts stray
 * bytes between segments, odd markers, data after the end, and a missing end marker if the picture is complete.
 *
 * It goes from segment to segment by their lengths and never searches for a frame header: the thumbnail in EXIF is a
 * complete JPEG with its own header, and could be mistaken for the picture.
 *
 * @throws FieldError without a real field
 */
export function readJpeg(data: Buffer): Size {
	let frame: Frame | undefined;
	let orientation: number | undefined;
	const scan: Scan = { tables: new Map(), restartInterval: 0 };
	let at = 2;
	for (;;) {
		at = data.indexOf(0xff, at);
		if (at < 0 || at + 2 > data.length) throw cutOff();
		const marker = data[at + 1];
		if (marker === 0xff) {
			at += 1; // a fill byte
			continue;
		}
		if (marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
			at += 2; // has no length
			continue;
		}
		if (marker === 0xd9 || marker === 0xd8) throw damaged('it contains no picture');
		if (at + 4 > data.length) throw cutOff();
		const start = at + 4;
		const end = Math.max(start, at + 2 + data.readUInt16BE(at + 2));
		if (end > data.length) throw cutOff();
		const segment = data.subarray(start, end);
		if (isFrameHeader(marker)) {
			frame ??= readFrame(marker, segment);
		} else if (marker === 0xe1 && segment.toString('latin1', 0, 6) === 'Exif\0\0') {
			orientation ??= readOrientation(segment.subarray(6));
		} else if (marker === 0xc4) {
			readTables(segment, scan.tables);
		} else if (marker === 0xdd && segment.length >= 2) {
			scan.restartInterval = segment.readUInt16BE(0);
		} else if (marker === 0xda) {
			if (!frame) throw damaged('the frame header is missing');
			requirePicture(data, end, segment, frame, scan);
			const { width, height, components } = frame;
			return { width, height, orientation, traits: components.length === 4 ? ['cmyk'] : [] };
		}
		at = end;
	}
}

function readFrame(marker: number, segment: Buffer): Frame {
	if (segment.length < 6) throw damaged('the frame header is too short');
	const components: Component[] = [];
	for (let at = 6; at + 3 <= segment.length && components.length < segment[5]; at += 3) {
		components.push({ id: segment[at], h: segment[at + 1] >> 4, v: segment[at + 1] & 15 });
	}
	return { marker, height: segment.readUInt16BE(1), width: segment.readUInt16BE(3), components };
}

/** Half a picture would be paid for in full. @param start behind the header of the first scan */
function requirePicture(
	data: Buffer,
	start: number,
	header: Buffer,
	{ marker, width, height, components }: Frame,
	scan: Scan,
): void {
	const blocks = { width, height, components };
	// Anywhere after the beginning of the scan, because phones append further data.
	const end = data.lastIndexOf(END_OF_JPEG);
	if (end < start) {
		const rest = data.subarray(start);
		if (SEQUENTIAL.has(marker) && holdsAllBlocks(rest, header, blocks, scan)) return;
		if (PROGRESSIVE.has(marker) && holdsAllScans(rest, header, components)) return;
		throw cutOff();
	}
	if (!HUFFMAN.has(marker)) return;
	// Each block of each colour needs at least one bit.
	const h = Math.max(1, ...components.map((one) => one.h));
	const v = Math.max(1, ...components.map((one) => one.v));
	const least = Math.ceil(width / (8 * h)) * Math.ceil(height / (8 * v)) * components.length;
	if ((end - start) * 8 < least) throw damaged('its size is given, but it contains no picture');
}
