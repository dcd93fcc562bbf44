import { Mp4Scan } from './mp4';

/** A clip by its name. Its bytes are read when they are needed, from their beginning. */
export interface ClipSource {
	/** As messages name it. */
	name: string;
	/** In pieces, as n8n's storage gives them. They may be read more than once. */
	bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Memory for one clip after the other. What is never written takes no memory: the system gives a page when it is first
 * written.
 */
export class Room {
	private room = Buffer.alloc(0);

	/** So many bytes, of any content. Those that were taken before are no longer valid. */
	take(bytes: number): Buffer {
		if (this.room.length < bytes) this.room = Buffer.alloc(bytes);
		return this.room.subarray(0, bytes);
	}
}

export interface Outline {
	/** As long as the clip; its index is in place, its pictures and its sound may be anything. */
	data: Buffer;
	isMp4: boolean;
	isCut: boolean;
}

/**
 * What is needed to know what a clip is: all but its pictures and its sound, which is nearly all of it.
 *
 * @param isWhole with pictures and sound
 */
export async function outlineOf(clip: ClipSource, room: Room, isWhole: boolean): Promise<Outline> {
	/** Where pictures and sound lie in the piece at hand, and the box that goes on in the next. */
	let media: Array<{ start: number; end: number }> = [];
	const scan = new Mp4Scan((start, end) => media.push({ start, end }));
	const kept: Array<{ at: number; data: Buffer }> = [];
	let size = 0;
	for await (const piece of clip.bytes()) {
		const data = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
		scan.feed(data);
		if (scan.isMp4 === false) return { data: room.take(0), isMp4: false, isCut: false };
		const end = size + data.length;
		let from = size;
		const keep = (to: number) => {
			// A copy: a few bytes must not hold the whole piece.
			if (to > from)
				kept.push({ at: from, data: Buffer.from(data.subarray(from - size, to - size)) });
		};
		for (const part of isWhole ? [] : media) {
			keep(Math.min(part.start, end));
			from = Math.max(from, Math.min(part.end, end));
		}
		keep(end);
		media = media.filter((part) => part.end > end);
		size = end;
	}
	const data = room.take(size);
	for (const one of kept) one.data.copy(data, one.at);
	return { data, isMp4: scan.isMp4 === true, isCut: scan.isCut };
}
