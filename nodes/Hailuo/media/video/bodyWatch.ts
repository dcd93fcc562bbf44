import { cutOff, DownloadFailed } from './downloadFailed';
import { Mp4Scan } from './mp4';

type Body = import('node:stream').Readable;

/**
 * Watches the bytes of a body on their way into n8n's storage: counts them, and rejects a body that is too large or not
 * a video.
 *
 * It observes by wrapping `emit` instead of adding a `data` listener. A listener would start the flow before n8n reads
 * (bytes would be lost in filesystem mode). With a pause() against that, the memory mode, which reads with its own
 * `data` listener, would wait for ever. Node emits `data` however a stream is read.
 */
export class BodyWatch {
	/** Received so far. */
	bytes = 0;
	/** Rejects with the first reason to give up; never resolves. */
	readonly failed: Promise<never>;
	/** The answer has begun. */
	begun = false;
	private readonly scan = new Mp4Scan();
	private reject: (reason: unknown) => void = () => {};

	constructor(
		private readonly url: string,
		private readonly maxBytes: number,
		private readonly onProgress: () => void,
	) {
		this.failed = new Promise<never>((_resolve, reject) => {
			this.reject = reject;
		});
		// It is used in a race, but possibly nobody is listening yet, or any longer.
		this.failed.catch(() => {});
	}

	/** Fails the download; only the first reason counts. */
	fail(reason: unknown): void {
		this.reject(reason);
	}

	attach(body: Body): void {
		this.begun = true;
		this.onProgress();
		// Without a listener an `error` event would end the process: n8n attaches its own only later.
		body.on('error', (error) => this.fail(error));
		const emit = body.emit;
		body.emit = (event: string | symbol, ...values: unknown[]): boolean => {
			if (event === 'data') this.see(values[0] as Buffer);
			return Reflect.apply(emit, body, [event, ...values]);
		};
	}

	private see(chunk: Buffer): void {
		this.bytes += chunk.length;
		this.onProgress();
		this.scan.feed(chunk);
		if (this.bytes > this.maxBytes) this.fail(tooLarge(this.bytes, this.maxBytes, this.url));
		if (this.scan.isMp4 === false) this.fail(notMp4(this.url));
	}

	/**
	 * The problem of a body that ended without an error, if any. `declared` is the Content-Length.
	 *
	 * Fewer bytes than declared count as cut off, unless the boxes prove that the video is complete: this happens if the
	 * HTTP client unpacked a compressed answer, because the length is that of the compressed bytes. An answer without a
	 * length counts as cut off if its last box is incomplete. An answer with the right length counts as cut off if the
	 * boxes prove that the file itself was incomplete on the server.
	 */
	verdict(declared: number | undefined): DownloadFailed | undefined {
		if (this.bytes === 0) return cutOff(this.url, 'no bytes arrived');
		if (this.scan.isMp4 !== true) return notMp4(this.url);
		if (declared === this.bytes) {
			return this.scan.lacksPart ? cutFile(this.url, this.bytes) : undefined;
		}
		if (declared !== undefined && this.bytes < declared && !this.scan.isComplete) {
			return cutOff(this.url, `${this.bytes} of ${declared} bytes arrived`);
		}
		return this.scan.isCut ? cutOff(this.url, `after ${this.bytes} bytes`) : undefined;
	}
}

/** The server may still be receiving the file, so the download is retried. */
const cutFile = (url: string, bytes: number) =>
	new DownloadFailed(`the server has only part of it (${bytes} bytes)`, {
		reason: 'cut',
		url,
		retryable: true,
	});

export function tooLarge(bytes: number, maxBytes: number, url: string): DownloadFailed {
	const mb = (n: number) => Math.round(n / 1e6);
	return new DownloadFailed(
		`it is ${mb(bytes)} MB or larger; at most ${mb(maxBytes)} MB are allowed`,
		{
			reason: 'size',
			url,
			retryable: false,
		},
	);
}

/**
 * Rejected rather than passed on with a warning: the file would be called .mp4, and the next step (YouTube, Slack)
 * would fail for no visible reason. The job keeps its URL, so nothing paid is lost.
 */
function notMp4(url: string): DownloadFailed {
	return new DownloadFailed('the downloaded file is not an MP4', {
		reason: 'type',
		url,
		retryable: false,
	});
}
