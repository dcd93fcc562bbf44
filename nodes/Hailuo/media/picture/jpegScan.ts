/** One colour of a JPEG, with its horizontal and vertical sampling. */
export interface Component {
	id: number;
	h: number;
	v: number;
}

/** What is needed to read a scan. */
export interface Scan {
	/** Huffman tables by class and number (0x00 to 0x03 and 0x10 to 0x13). */
	tables: Map<number, Uint16Array>;
	/** Units between two restart markers; 0 for none. */
	restartInterval: number;
}

/** A table for the next 16 bits: the length of the code in the upper byte, the symbol in the lower; 0 for no code. */
function tableOf(counts: Buffer, symbols: Buffer): Uint16Array {
	const table = new Uint16Array(0x10000);
	let code = 0;
	let next = 0;
	for (let length = 1; length <= 16; length++) {
		for (let n = 0; n < counts[length - 1] && next < symbols.length; n++, code++, next++) {
			const from = code << (16 - length);
			table.fill((length << 8) | symbols[next], from, from + (1 << (16 - length)));
		}
		code <<= 1;
	}
	return table;
}

/** Reads the Huffman tables of one segment; damaged ones are skipped. */
export function readTables(segment: Buffer, tables: Map<number, Uint16Array>): void {
	for (let at = 0; at + 17 <= segment.length; ) {
		const counts = segment.subarray(at + 1, at + 17);
		const size = counts.reduce((sum, count) => sum + count, 0);
		tables.set(segment[at], tableOf(counts, segment.subarray(at + 17, at + 17 + size)));
		at += 17 + size;
	}
}

/** The bits of a scan, without the zero after each 0xFF, up to the next marker. */
class Bits {
	private at = 0;
	private held = 0;
	private count = 0;

	constructor(private readonly data: Buffer) {}

	/** The next 16 bits, filled up with zeros at the end. */
	peek(): number {
		while (this.count < 16) {
			const byte = this.data[this.at];
			if (byte === undefined || (byte === 0xff && this.data[this.at + 1] !== 0)) {
				return (this.held << (16 - this.count)) & 0xffff;
			}
			this.at += byte === 0xff ? 2 : 1;
			this.held = ((this.held << 8) | byte) & 0xffffff;
			this.count += 8;
		}
		return (this.held >> (this.count - 16)) & 0xffff;
	}

	/** @returns whether there were as many */
	skip(length: number): boolean {
		this.peek();
		this.count -= length;
		return this.count >= 0;
	}

	/** Moves past the next restart marker. @returns whether there is one */
	restart(): boolean {
		this.held = this.count = 0;
		const marker = this.data[this.at + 1];
		if (this.data[this.at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false;
		this.at += 2;
		return true;
	}
}

/**
 * Whether a scan without an end marker contains every block of the picture: it is decoded, except for the colours.
 * Works only for a single scan with all colours, as nearly all cameras and programs write it.
 *
 * @param data what follows the header of the scan
 * @param header of the scan, without its marker and length
 */
export function holdsAllBlocks(
	data: Buffer,
	header: Buffer,
	{ width, height, components }: { width: number; height: number; components: Component[] },
	{ tables, restartInterval }: Scan,
): boolean {
	if (header.length < 1 + 2 * components.length || header[0] !== components.length) return false;
	const alone = components.length === 1;
	const colours = components.map(({ id, h, v }, nth) => {
		const at = 1 + 2 * nth;
		return {
			known: header[at] === id && h > 0 && v > 0,
			blocks: alone ? 1 : h * v,
			dc: tables.get(header[at + 1] >> 4),
			ac: tables.get(0x10 | (header[at + 1] & 15)),
		};
	});
	if (colours.some(({ known, dc, ac }) => !known || !dc || !ac)) return false;
	const across = alone ? 8 : 8 * Math.max(...components.map(({ h }) => h));
	const down = alone ? 8 : 8 * Math.max(...components.map(({ v }) => v));
	const units = Math.ceil(width / across) * Math.ceil(height / down);
	const bits = new Bits(data);
	for (let unit = 0; unit < units; unit++) {
		if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0 && !bits.restart()) {
			return false;
		}
		for (const { blocks, dc, ac } of colours) {
			for (let block = 0; block < blocks; block++) if (!skipBlock(bits, dc!, ac!)) return false;
		}
	}
	return units > 0;
}

function skipBlock(bits: Bits, dc: Uint16Array, ac: Uint16Array): boolean {
	const first = dc[bits.peek()];
	if (first === 0 || !bits.skip(first >> 8) || !bits.skip(first & 15)) return false;
	for (let k = 1; k < 64; k++) {
		const entry = ac[bits.peek()];
		if (entry === 0 || !bits.skip(entry >> 8)) return false;
		const size = entry & 15;
		const run = (entry >> 4) & 15;
		if (size === 0 && run < 15) return true;
		k += run;
		if (size > 0 && !bits.skip(size)) return false;
	}
	return true;
}

/** Coefficients of a block. */
const COEFFICIENTS = 64;

/**
 * Whether a progressive JPEG without an end marker contains its last scans: each scan sharpens the whole picture, and
 * the last ones contain the final bit of each coefficient of each colour.
 *
 * @param data what follows the header of the first scan
 * @param header of the first scan, without its marker and length
 */
export function holdsAllScans(
	data: Buffer,
	header: Buffer,
	components: readonly Component[],
): boolean {
	const left = new Map(components.map(({ id }) => [id, new Set(Array(COEFFICIENTS).keys())]));
	const take = (scan: Buffer) => {
		const count = scan[0];
		if (scan.length < 4 + 2 * count) return;
		const [from, to, bits] = scan.subarray(1 + 2 * count);
		// The lower four bits say how many bits of the coefficient are still missing.
		if ((bits & 15) > 0) return;
		for (let nth = 0; nth < count; nth++) {
			for (let one = from; one <= to; one++) left.get(scan[1 + 2 * nth])?.delete(one);
		}
	};
	take(header);
	for (let at = data.indexOf(0xff); at >= 0 && at + 4 <= data.length; at = data.indexOf(0xff, at)) {
		const marker = data[at + 1];
		const isInScan = marker === 0x00 || (marker >= 0xd0 && marker <= 0xd7);
		if (marker === 0xff || isInScan) {
			at += isInScan ? 2 : 1;
			continue;
		}
		const end = at + 2 + Math.max(2, data.readUInt16BE(at + 2));
		if (marker === 0xda && end < data.length) take(data.subarray(at + 4, end));
		at = end;
	}
	return components.length > 0 && [...left.values()].every((missing) => missing.size === 0);
}
