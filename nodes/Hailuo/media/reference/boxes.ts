/** One box of an MP4, MOV or HEIC file: its type, and the position of its content in the data. */
export interface Box {
	type: string;
	start: number;
	/** After the last byte. */
	end: number;
}

/** Far more than any file has at one level: a forged file must not block the process. */
const MAX_BOXES = 10_000;

/** The boxes between two positions, up to the first one that is cut off or damaged. */
export function* boxesOf(data: Buffer, start = 0, end = data.length): Generator<Box> {
	let at = start;
	for (let count = 0; at + 8 <= end && count < MAX_BOXES; count++) {
		const type = data.toString('latin1', at + 4, at + 8);
		let size = data.readUInt32BE(at);
		let head = 8;
		if (size === 1) {
			if (at + 16 > end) return;
			size = Number(data.readBigUInt64BE(at + 8));
			head = 16;
		}
		if (size === 0) size = end - at;
		if (size < head || at + size > end) return;
		yield { type, start: at + head, end: at + size };
		at += size;
	}
}

/** The first box at the end of a path, e.g. `['moov', 'mvhd']`. */
export function boxAt(data: Buffer, way: readonly string[], within?: Box): Box | undefined {
	let box: Box | undefined = within;
	for (const type of way) {
		box = [...boxesOf(data, box?.start, box?.end)].find((one) => one.type === type);
		if (!box) return undefined;
	}
	return box;
}
