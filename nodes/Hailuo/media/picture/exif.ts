/** The only EXIF value that matters here: how the picture must be rotated. */

const ORIENTATION = 0x0112;
const SHORT = 3;
const LONG = 4;

/**
 * The orientation (1 to 8) in the TIFF structure of EXIF; undefined if it is missing or damaged. Reads only the first
 * directory: the second one describes the thumbnail.
 */
export function readOrientation(tiff: Buffer): number | undefined {
	if (tiff.length < 8) return undefined;
	const order = tiff.toString('latin1', 0, 2);
	if (order !== 'II' && order !== 'MM') return undefined;
	const little = order === 'II';
	const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
	const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
	if (u16(2) !== 42) return undefined;
	const directory = u32(4);
	if (directory + 2 > tiff.length) return undefined;
	const entries = u16(directory);
	for (let index = 0; index < entries; index++) {
		const entry = directory + 2 + index * 12;
		if (entry + 12 > tiff.length) return undefined;
		if (u16(entry) !== ORIENTATION) continue;
		const type = u16(entry + 2);
		// A SHORT is left-aligned in the four bytes of the value, in either byte order.
		const value = type === SHORT ? u16(entry + 8) : type === LONG ? u32(entry + 8) : 0;
		return value >= 1 && value <= 8 ? value : undefined;
	}
	return undefined;
}
