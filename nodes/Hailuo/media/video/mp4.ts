/** The boxes that an MP4 or MOV may begin with. A web page, JSON or a picture does not begin with any of them. */
const FIRST_BOXES = new Set([
	'ftyp',
	'styp',
	'moov',
	'mdat',
	'free',
	'skip',
	'wide',
	'pnot',
	'uuid',
]);

/** Boxes whose content says nothing about the properties of the video. */
const CONTENT = new Set(['mdat', 'free', 'skip', 'wide']);

/** The boxes that a video needs to be played: its index and its pictures. */
const NEEDED = ['moov', 'mdat'];

/**
 * Follows the boxes of an MP4 while its bytes arrive, and keeps at most 16 bytes.
 *
 * It detects an incomplete video, which the length of the answer does not always show. An answer without Content-Length
 * ends when the connection closes, so a broken connection looks like the end of the video. And a server that has only
 * half of a file declares the length of that half.
 */
export class Mp4Scan {
	private header = Buffer.alloc(0);
	/** Bytes of the current box that have not arrived yet; Infinity for a box that reaches to the end of the file. */
	private left = 0;
	/** Set when something is not a box: nothing is known about the bytes that follow. */
	private lost = false;
	private first?: string;
	/** The type of the last box. */
	private current = '';
	private readonly seen = new Set<string>();
	/** Number of bytes that have arrived. */
	private passed = 0;

	/** @param onContent called when a box with pictures, sound or padding begins, with its first byte and its end */
	constructor(private readonly onContent?: (start: number, end: number) => void) {}

	feed(chunk: Buffer): void {
		let at = 0;
		while (at < chunk.length && !this.lost) {
			if (this.left > 0) {
				const step = Math.min(this.left, chunk.length - at);
				this.left -= step;
				at += step;
				this.passed += step;
				continue;
			}
			const need = this.headerLength() - this.header.length;
			this.header = Buffer.concat([this.header, chunk.subarray(at, at + need)]);
			at += need;
			this.passed += need;
			if (this.header.length === this.headerLength()) this.openBox();
		}
	}

	/** Whether it begins like an MP4; undefined until 8 bytes have arrived. */
	get isMp4(): boolean | undefined {
		return this.first === undefined ? undefined : FIRST_BOXES.has(this.first);
	}

	/** Whether every box is complete, and moov and mdat are among them. */
	get isComplete(): boolean {
		const toEnd = this.left === Infinity;
		const whole = this.left === 0 && this.header.length === 0;
		return !this.lost && (whole || toEnd) && NEEDED.every((type) => this.seen.has(type));
	}

	/** Whether the last box is incomplete, or moov or mdat is missing. */
	get isCut(): boolean {
		return !this.lost && !this.isComplete;
	}

	/**
	 * Whether the boxes prove that the video cannot be played, whatever length was declared: moov or mdat is missing or
	 * incomplete. Anything odd after them (padding, an incomplete box of another type) is no proof.
	 */
	get lacksPart(): boolean {
		if (this.lost) return false;
		const isCutOff = this.left > 0 && this.left !== Infinity && NEEDED.includes(this.current);
		return isCutOff || !NEEDED.every((type) => this.seen.has(type));
	}

	/** 8 bytes, or 16 if the length of the box has 64 bits. */
	private headerLength(): number {
		return this.header.length >= 8 && this.header.readUInt32BE(0) === 1 ? 16 : 8;
	}

	private openBox(): void {
		const type = this.header.toString('latin1', 4, 8);
		this.first ??= type;
		const short = this.header.readUInt32BE(0);
		const size = short === 1 ? Number(this.header.readBigUInt64BE(8)) : short;
		if (!/^[\x20-\x7e\xa9]{4}$/.test(type) || (size !== 0 && size < this.header.length)) {
			this.lost = true;
			return;
		}
		this.seen.add(type);
		this.current = type;
		this.left = size === 0 ? Infinity : size - this.header.length;
		if (CONTENT.has(type)) this.onContent?.(this.passed, this.passed + this.left);
		this.header = Buffer.alloc(0);
	}
}
