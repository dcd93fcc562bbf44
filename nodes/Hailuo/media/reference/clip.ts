import { boxAt, boxesOf, type Box } from './boxes';

/** What the header of an MP4 or MOV says about its video track. Missing facts are undefined. */
export interface ClipInfo {
	/** s */
	seconds?: number;
	/** Frames a second, on average. */
	fps?: number;
	/** As the file calls it, e.g. `avc1`. */
	codec?: string;
}

/**
 * Reads length, frame rate and codec of the first video track; nothing is decoded.
 *
 * @returns undefined if the file has no header or no video track
 */
export function readClip(data: Buffer): ClipInfo | undefined {
	const moov = boxAt(data, ['moov']);
	if (!moov) return undefined;
	const track = [...boxesOf(data, moov.start, moov.end)]
		.filter(({ type }) => type === 'trak')
		.find((trak) => handlerOf(data, trak) === 'vide');
	if (!track) return undefined;
	const movie = timed(data, boxAt(data, ['mvhd'], moov));
	const media = timed(data, boxAt(data, ['mdia', 'mdhd'], track));
	const table = boxAt(data, ['mdia', 'minf', 'stbl'], track);
	const frames = table && framesOf(data, boxAt(data, ['stts'], table));
	const stsd = table && boxAt(data, ['stsd'], table);
	return {
		seconds: movie ?? media,
		fps: frames && media ? frames / media : undefined,
		// Version and flags, the number of entries, then the first one: its size and its name.
		codec:
			stsd && stsd.end - stsd.start >= 16
				? data.toString('latin1', stsd.start + 12, stsd.start + 16)
				: undefined,
	};
}

function handlerOf(data: Buffer, trak: Box): string | undefined {
	const box = boxAt(data, ['mdia', 'hdlr'], trak);
	return box && box.end - box.start >= 12
		? data.toString('latin1', box.start + 8, box.start + 12)
		: undefined;
}

/**
 * Duration in s. Time scale and duration have the same order in mvhd and mdhd. A length of 0 means that it is given
 * elsewhere.
 */
function timed(data: Buffer, box: Box | undefined): number | undefined {
	if (!box || box.end - box.start < 20) return undefined;
	const long = data[box.start] === 1;
	if (long && box.end - box.start < 32) return undefined;
	const scale = data.readUInt32BE(box.start + (long ? 20 : 12));
	const length = long
		? Number(data.readBigUInt64BE(box.start + 24))
		: data.readUInt32BE(box.start + 16);
	return scale > 0 && length > 0 ? length / scale : undefined;
}

function framesOf(data: Buffer, box: Box | undefined): number | undefined {
	if (!box || box.end - box.start < 8) return undefined;
	const entries = data.readUInt32BE(box.start + 4);
	let frames = 0;
	for (let n = 0, at = box.start + 8; n < entries && at + 8 <= box.end; n++, at += 8) {
		frames += data.readUInt32BE(at);
	}
	return frames || undefined;
}
