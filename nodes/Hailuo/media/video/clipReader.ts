/**
 * Reads parts of a clip that are almost in order, although a clip can only be read from beginning to end.
 *
 * @param reach how far a part may begin before the end of the earlier parts, in bytes: this much is kept
 * @param endedEarly creates the error for a clip that ends before a part does
 */
export class ClipReader {
	private readonly source: AsyncIterator<Uint8Array>;
	/** The end of what was read from the clip. */
	private read = 0;
	/** The end of the furthest part. */
	private furthest = 0;
	private kept: Array<{ at: number; data: Uint8Array }> = [];

	constructor(
		source: AsyncIterable<Uint8Array>,
		private readonly reach: number,
		private readonly endedEarly: () => Error,
	) {
		this.source = source[Symbol.asyncIterator]();
	}

	/** The bytes of a part, in pieces whose memory is not reused. */
	async *part(start: number, bytes: number): AsyncGenerator<Uint8Array> {
		const end = start + bytes;
		this.furthest = Math.max(this.furthest, start);
		for (let at = start; at < end; ) {
			const piece = this.kept.find((one) => one.at <= at && at < one.at + one.data.length);
			if (!piece) {
				await this.readOn();
				continue;
			}
			const data = piece.data.subarray(at - piece.at, end - piece.at);
			at += data.length;
			yield data;
			this.furthest = Math.max(this.furthest, at);
			this.forget();
		}
	}

	async close(): Promise<void> {
		this.kept = [];
		await this.source.return?.();
	}

	private async readOn(): Promise<void> {
		const { value, done } = await this.source.next();
		if (done) throw this.endedEarly();
		this.kept.push({ at: this.read, data: value });
		this.read += value.length;
		this.forget();
	}

	private forget(): void {
		const from = this.furthest - this.reach;
		while (this.kept.length > 0 && this.kept[0].at + this.kept[0].data.length <= from) {
			this.kept.shift();
		}
	}
}
