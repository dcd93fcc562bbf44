import { boxesOf, type Box } from '../reference/boxes';

/** The frames of 10 minutes at 60 frames per second. No clip of a video model has more, so such a table is forged. */
export const MAX_PACKETS = 36_000;

/** Bytes per entry, by table. A table begins with 4 bytes of flags and 4 bytes with the number of entries. */
const ENTRY_BYTES: Record<string, number> = {
	stts: 8,
	ctts: 8,
	stsc: 12,
	stco: 4,
	co64: 8,
	stss: 4,
};

/** Tables in which the first number of an entry is the number of packets that it stands for. */
const RUNS = new Set(['stts', 'ctts']);

/** The boxes that contain tables, or boxes with tables. */
const WAY = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf', 'edts']);

/**
 * Why the tables of an MP4 cannot be true; undefined if they can. They are checked before the library reads them, because
 * a few bytes can claim billions of frames, and the library would be busy for hours.
 */
export function forgedTable(data: Buffer, within?: Box, depth = 0): string | undefined {
	for (const box of boxesOf(data, within?.start, within?.end)) {
		const wrong =
			WAY.has(box.type) && depth < WAY.size
				? forgedTable(data, box, depth + 1)
				: faultOf(data, box);
		if (wrong) return wrong;
	}
	return undefined;
}

function faultOf(data: Buffer, { type, start, end }: Box): string | undefined {
	const room = end - start;
	const told = (at: number) => (room >= at + 4 ? data.readUInt32BE(start + at) : 0);
	const tooMany = `has a table (${type}) of more than ${MAX_PACKETS} frames`;
	if (type === 'stsz') {
		const [size, count] = [told(4), told(8)];
		if (count > MAX_PACKETS) return tooMany;
		return size === 0 && 12 + count * 4 > room
			? `has a table (${type}) that is cut off`
			: undefined;
	}
	if (type === 'trun') return told(4) > MAX_PACKETS ? tooMany : undefined;
	if (type === 'elst') return told(4) > MAX_ENTRIES ? tooMany : undefined;
	const bytes = ENTRY_BYTES[type];
	if (bytes === undefined) return undefined;
	const entries = told(4);
	if (8 + entries * bytes > room) return `has a table (${type}) that is cut off`;
	if (type === 'stsc') return longRun(data, start, entries) ? tooMany : undefined;
	if (!RUNS.has(type)) return undefined;
	let packets = 0;
	for (let entry = 0; entry < entries; entry++) {
		packets += told(8 + entry * bytes);
		if (packets > MAX_PACKETS) return tooMany;
	}
	return undefined;
}

/** Maximum number of entries in an edit list; real files have one or two. */
const MAX_ENTRIES = 100;

/** Whether a chunk claims more packets than any clip has. */
function longRun(data: Buffer, start: number, entries: number): boolean {
	for (let entry = 0; entry < entries; entry++) {
		if (data.readUInt32BE(start + 8 + entry * 12 + 4) > MAX_PACKETS) return true;
	}
	return false;
}
