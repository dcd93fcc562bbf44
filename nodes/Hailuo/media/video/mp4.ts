/** First boxes that an MP4 or MOV may begin with; a web page, a JSON or a picture has none of them here. */
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

/** Boxes whose content does not say what the video is. */
const CONTENT = new Set(['mdat', 'free', 'skip', 'wide']);

/** What a video cannot be played without: its index and its pictures. */
const NEEDED = ['moov', 'mdat'];

/**
 * Follows the boxes of an MP4 while its bytes go by, keeping at most 16 of them.
 *
 * Where an answer does not say how long it is (no Content-Length, ended by closing the connection), a connection that
 * breaks looks like the end of the video, and only the boxes tell. And a server may hold half of a file, whose length it
 * then declares.
 */
export class Mp4Scan {
	private header = Buffer.alloc(0);
	/** Bytes of the current box that are still to come; Infinity for a box that reaches to the end. */
	private left = 0;
	/** Something that is no box: nothing can be said from here on. */
	private lost = false;
	private first?: string;
	/** The type of the box that was opened last. */
	private current = '';
	private readonly seen = new Set<string>();
	/** Bytes that went by. */
	private passed = 0;

	/** @param onContent is told where pictures, sound and filling lie, as soon as their box begins: from and to which byte. */
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

	/** Whether it begins like an MP4; undefined while fewer than 8 bytes came. */
	get isMp4(): boolean | undefined {
		return this.first === undefined ? undefined : FIRST_BOXES.has(this.first);
	}

	/** Every box came whole, and the two that a video cannot be played without were among them. */
	get isComplete(): boolean {
		const toEnd = this.left === Infinity;
		const whole = this.left === 0 && this.header.length === 0;
		return !this.lost && (whole || toEnd) && NEEDED.every((type) => this.seen.has(type));
	}

	/** The last box is longer than what came, or moov or mdat is missing. */
	get isCut(): boolean {
		return !this.lost && !this.isComplete;
	}

	/**
	 * The boxes prove that it cannot be played as it came, whatever length was declared: moov or mdat is cut off or never
	 * came. What is only odd behind them (padding, a cut box of another kind) is no proof.
	 */
	get lacksPart(): boolean {
		if (this.lost) return false;
		const isCutOff = this.left > 0 && this.left !== Infinity && NEEDED.includes(this.current);
		return isCutOff || !NEEDED.every((type) => this.seen.has(type));
	}

	/** 8 bytes, or 16 where the length is given in 64 bits. */
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
