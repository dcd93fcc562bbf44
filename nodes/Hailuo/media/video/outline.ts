import { Mp4Scan } from './mp4';

/** A clip. Its bytes are read only when they are needed, and always from the beginning. */
export interface ClipSource {
	/** The name that messages use. */
	name: string;
	/** In pieces, as n8n's storage returns them. May be called more than once. */
	bytes(): AsyncIterable<Uint8Array>;
}

/**
 * A buffer that is reused for one clip after the other. Parts that are never written take no memory, because the system
 * allocates a page only when it is first written.
 */
export class Room {
	private room = Buffer.alloc(0);

	/** A buffer with any content. The one returned before is no longer valid. */
	take(bytes: number): Buffer {
		if (this.room.length < bytes) this.room = Buffer.alloc(bytes);
		return this.room.subarray(0, bytes);
	}
}

export interface Outline {
	/** As long as the clip, with its index. Where its pictures and sound would be, the content is undefined. */
	data: Buffer;
	isMp4: boolean;
	isCut: boolean;
}

/**
 * A clip without its pictures and sound, which are nearly all of its bytes. The rest is enough to read its properties.
 *
 * @param isWhole whether to keep the pictures and sound as well
 */
export async function outlineOf(clip: ClipSource, room: Room, isWhole: boolean): Promise<Outline> {
	/** The pictures and sound in the current piece, including a box that continues in the next piece. */
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
			// A copy, so that a few bytes do not keep the whole piece in memory.
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
