import { Target } from './mp4Library';

/** Bytes of a clip that are bytes of the film. */
export interface Part {
	/** The position of the clip among the others. */
	clip: number;
	start: number;
	bytes: number;
}

/** Bytes of the film that are in no clip, such as its index. */
export class Bytes {
	private room = Buffer.alloc(1024);
	private length = 0;

	get data(): Buffer {
		return this.room.subarray(0, this.length);
	}

	get bytes(): number {
		return this.length;
	}

	append(data: Uint8Array): void {
		if (this.length + data.length > this.room.length) {
			this.room = Buffer.concat([this.data], 2 * (this.length + data.length));
		}
		this.room.set(data, this.length);
		this.length += data.length;
	}
}

/**
 * Gets the layout of a film from the muxer, without any picture. Instead of a picture, the muxer gets a placeholder of
 * the same length; where it writes the placeholder, the picture will be. So planning the film needs no memory for
 * pictures.
 *
 * The library's own targets copy all their data. These methods are the ones that it calls on a target (mediabunny 1.60,
 * which is bundled). With a version that calls others, every test of Join fails.
 */
export class Layout extends Target {
	private readonly standIns = new Map<Uint8Array, Array<Uint8Array | Part>>();
	/** As long as the longest placeholder. Nothing is ever written there, so it takes no memory. */
	private nothing = new ArrayBuffer(0);
	/** The pieces of the film, in order. */
	readonly pieces: Array<Bytes | Part> = [];
	/** Of the film. */
	bytes = 0;

	/** The placeholder for the muxer instead of a part of a clip. */
	standIn(part: Part, before?: Uint8Array): Uint8Array {
		const bytes = (before?.length ?? 0) + part.bytes;
		if (this.nothing.byteLength < bytes) this.nothing = new ArrayBuffer(2 * bytes);
		const standIn = new Uint8Array(this.nothing, 0, bytes);
		this.standIns.set(standIn, before ? [before, part] : [part]);
		return standIn;
	}

	_start(): void {}

	_write(data: Uint8Array, position: number): void {
		const parts = this.standIns.get(data);
		if (position > this.bytes) this.append(new Uint8Array(position - this.bytes));
		const over = this.bytes - position;
		if (over > 0 && parts) throw new Error('A picture was written over what was there');
		if (over > 0) this.patch(data.subarray(0, over), position);
		for (const part of parts ?? [data.subarray(Math.min(over, data.length))]) this.append(part);
	}

	async _flush(): Promise<void> {}
	async _finalize(): Promise<void> {}
	async _close(): Promise<void> {}

	private append(piece: Uint8Array | Part): void {
		const last = this.pieces.at(-1);
		if (piece instanceof Uint8Array) {
			this.bytes += piece.length;
			if (last instanceof Bytes) return last.append(piece);
			const bytes = new Bytes();
			bytes.append(piece);
			this.pieces.push(bytes);
			return;
		}
		this.bytes += piece.bytes;
		const follows =
			last &&
			!(last instanceof Bytes) &&
			last.clip === piece.clip &&
			last.start + last.bytes === piece.start;
		if (follows) last.bytes += piece.bytes;
		else this.pieces.push({ ...piece });
	}

	/** The muxer fills in what it learns later, such as the length of a box. */
	private patch(data: Uint8Array, position: number): void {
		let from = this.bytes;
		for (let index = this.pieces.length - 1; index >= 0 && from > position; index--) {
			const piece = this.pieces[index];
			from -= piece.bytes;
			const start = Math.max(position, from);
			const end = Math.min(position + data.length, from + piece.bytes);
			if (start >= end) continue;
			if (!(piece instanceof Bytes)) throw new Error('A picture was written over');
			piece.data.set(data.subarray(start - position, end - position), start - from);
		}
	}
}
