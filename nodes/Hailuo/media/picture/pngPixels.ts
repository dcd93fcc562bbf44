/** Values per pixel, by colour type: grey, RGB, palette, grey and alpha, RGB and alpha. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Interlaced pictures come in seven passes: first column and row, and the steps to the next ones. */
const PASSES = [
	[0, 0, 8, 8],
	[4, 0, 8, 8],
	[0, 4, 4, 8],
	[2, 0, 4, 4],
	[0, 2, 2, 4],
	[1, 0, 2, 2],
	[0, 1, 1, 2],
];

/** Whether a PNG with valid chunks contains all of its pixels: it is unpacked, and the bytes are counted, not kept. */
export async function holdsAllPixels(data: Buffer): Promise<boolean> {
	const packed: Buffer[] = [];
	for (let at = 8; at + 12 <= data.length; ) {
		const end = at + 8 + data.readUInt32BE(at);
		if (data.toString('latin1', at + 4, at + 8) === 'IDAT') packed.push(data.subarray(at + 8, end));
		at = end + 4;
	}
	const wanted = unpackedBytes(data.subarray(16, 29));
	return wanted !== undefined && (await unpacksTo(packed, wanted));
}

/** @param header the content of the first chunk @returns undefined for a kind of pixel that does not exist */
function unpackedBytes(header: Buffer): number | undefined {
	const width = header.readUInt32BE(0);
	const height = header.readUInt32BE(4);
	const channels = CHANNELS[header[9]];
	if (channels === undefined) return undefined;
	const bits = header[8] * channels;
	// Each row has one byte before its pixels.
	const bytes = (columns: number, rows: number) =>
		columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0;
	if (header[12] === 0) return bytes(width, height);
	return PASSES.reduce(
		(sum, [left, top, right, down]) =>
			sum + bytes(Math.ceil((width - left) / right), Math.ceil((height - top) / down)),
		0,
	);
}

/** Stops when enough bytes have been counted: a small file may unpack to gigabytes. */
async function unpacksTo(packed: readonly Buffer[], wanted: number): Promise<boolean> {
	const unpacked = new Blob([...packed]).stream().pipeThrough(new DecompressionStream('deflate'));
	const reader = unpacked.getReader();
	let bytes = 0;
	try {
		while (bytes < wanted) {
			const { done, value } = await reader.read();
			if (done) return false;
			bytes += (value as Uint8Array).length;
		}
		return true;
	} catch {
		return false;
	} finally {
		reader.cancel().catch(() => {});
	}
}
