import type { IExecuteFunctions } from 'n8n-workflow';
import { untilAborted, within } from '../jobs/abort';
import type { Clock } from '../jobs/clock';
import { backoff } from '../jobs/retry';
import { settle } from '../jobs/settle';
import { follow } from './follow';
import { tooLarge } from './video/bodyWatch';
import { DownloadFailed, failedStatus, failedTransfer } from './video/downloadFailed';

type Body = import('node:stream').Readable;

interface Asked {
	/** The types that are wanted, as an Accept header. */
	accept: string;
	/** A larger file is rejected, by its Content-Length or while it arrives. */
	maxBytes: number;
	/** The provider's base URL; decides whether addresses in the own network are allowed. */
	providerUrl: string;
	clock: Clock;
	signal?: AbortSignal;
}

const ATTEMPTS = 3;
/** First and longest wait between attempts, in ms. */
const BACKOFF_MS = [1_000, 4_000] as const;
/** Limit of one attempt, in ms: enough for 50 MB at 1.5 Mbit/s. */
const TIME_LIMIT_MS = 5 * 60_000;

/**
 * Fetches a file of the user into memory, without any credential: n8n gives a community node no credentials of other
 * services (docs/n8n.md 7.2).
 *
 * @throws DownloadFailed; the signal's reason if it was stopped
 */
export async function fetchFile(
	this: IExecuteFunctions,
	url: string,
	asked: Asked,
): Promise<Buffer> {
	const { clock, signal } = asked;
	for (let attempt = 1; ; attempt++) {
		const kill = new AbortController();
		const load = untilAborted(fetchOnce.call(this, url, asked, kill.signal), signal);
		const outcome = await settle(
			async () => await within(load, TIME_LIMIT_MS, clock, () => tooSlow(url)),
		);
		if (outcome.ok) return outcome.value;
		kill.abort();
		signal?.throwIfAborted();
		const error = failedTransfer(outcome.error, url, false);
		if (!error.retryable || attempt >= ATTEMPTS) throw error;
		const pause = backoff(attempt - 1, () => clock.random(), BACKOFF_MS);
		await clock.sleep(Math.max(pause, Math.min(error.retryAfterMs ?? 0, 30_000)), signal);
	}
}

const tooSlow = (url: string) =>
	new DownloadFailed(`the server did not deliver it within ${TIME_LIMIT_MS / 60_000} minutes`, {
		reason: 'timeout',
		url,
		retryable: false,
	});

async function fetchOnce(
	this: IExecuteFunctions,
	url: string,
	{ accept, maxBytes, providerUrl, clock }: Asked,
	kill: AbortSignal,
): Promise<Buffer> {
	const { body, statusCode, headers } = await follow.call(this, url, { accept, providerUrl, kill });
	const stream = body as Body;
	// Without a listener an `error` that comes after the end would stop the process.
	stream.on('error', () => undefined);
	try {
		const failed = failedStatus(statusCode, url, headers['retry-after'] as string, clock.now());
		if (failed) throw failed;
		const declared = Number(headers['content-length'] ?? 0);
		if (declared > maxBytes) throw tooLarge(declared, maxBytes, url);
		const chunks: Buffer[] = [];
		let bytes = 0;
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			chunks.push(chunk);
			bytes += chunk.length;
			if (bytes > maxBytes) throw tooLarge(bytes, maxBytes, url);
		}
		if (bytes < declared) throw cutShort(bytes, declared, url);
		return Buffer.concat(chunks);
	} finally {
		stream.destroy();
	}
}

const cutShort = (bytes: number, declared: number, url: string) =>
	new DownloadFailed(`the connection was lost after ${bytes} of ${declared} bytes`, {
		reason: 'cut',
		url,
		retryable: true,
	});

/** Maximum bytes of fetched files that are kept for the submit; others are fetched again. */
const MAX_KEPT_BYTES = 64_000_000;

/**
 * The files that n8n fetched in one run of the node. Each is checked before anything is paid and sent afterwards, and
 * many items may use the same one.
 */
export class FetchedFiles {
	private readonly files = new Map<string, Promise<Buffer>>();
	private bytes = 0;

	async get(key: string, load: () => Promise<Buffer>): Promise<Buffer> {
		const known = this.files.get(key);
		if (known) return await known;
		const loading = load();
		this.files.set(key, loading);
		// A failed fetch was already retried several times: other items with the same address need not wait for that again.
		loading.then(
			(data) => void this.keep(data.length),
			() => undefined,
		);
		return await loading;
	}

	private async keep(bytes: number): Promise<void> {
		this.bytes += bytes;
		while (this.bytes > MAX_KEPT_BYTES) {
			const [oldest] = this.files;
			if (!oldest) return;
			const [key, loading] = oldest;
			this.files.delete(key);
			const dropped = await settle(async () => await loading);
			this.bytes -= dropped.ok ? dropped.value.length : 0;
		}
	}
}
