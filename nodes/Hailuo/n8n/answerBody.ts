import { untilAborted, within } from '../jobs/abort';
import type { Clock } from '../jobs/clock';

/**
 * Far larger than any answer of an API, in bytes after unpacking: a page of 100 jobs with prompts has less than one MB.
 * A larger body is never completely in memory.
 */
export const MAX_ANSWER_BYTES = 16_000_000;

/** A body that arrives in chunks; destroying it closes the connection. */
interface ByteStream extends AsyncIterable<Uint8Array> {
	destroy(): void;
	on(event: 'error', listener: () => void): void;
}

const isStream = (body: unknown): body is ByteStream =>
	typeof body === 'object' && body !== null && Symbol.asyncIterator in body && 'destroy' in body;

export interface AnswerBody {
	/** The text received so far. */
	text: string;
	/** Why the body is incomplete; absent if it is complete. `cause`: the error that ended the connection. */
	cut?: { reason: 'size' } | { reason: 'broken'; cause: unknown };
}

export interface ReadOptions {
	/** Timeout in ms for the whole body. */
	timeoutMs: number;
	clock: Clock;
	signal?: AbortSignal;
	/** The error that is thrown after `timeoutMs`. */
	late: () => unknown;
}

/**
 * Reads the body of an answer, up to `MAX_ANSWER_BYTES`. Never throws: an incomplete body is still useful, because the
 * ID of a paid job is near its beginning.
 */
export async function readBody(body: unknown, options: ReadOptions): Promise<AnswerBody> {
	// Helpers other than n8n's own may return a body that is already read.
	if (!isStream(body)) return { text: typeof body === 'string' ? body : jsonOf(body) };
	// Without a listener an `error` that comes after the end would stop the process.
	body.on('error', () => undefined);
	const chunks: Uint8Array[] = [];
	const { timeoutMs, clock, signal, late } = options;
	let cut: AnswerBody['cut'];
	try {
		const all = untilAborted(readAll(body, chunks), signal);
		if (!(await within(all, timeoutMs, clock, late))) cut = { reason: 'size' };
	} catch (cause) {
		cut = { reason: 'broken', cause };
	}
	if (cut) body.destroy();
	const text = new TextDecoder().decode(Buffer.concat(chunks));
	return { text, ...(cut ? { cut } : {}) };
}

/** @returns false if the body exceeds the limit */
async function readAll(body: ByteStream, chunks: Uint8Array[]): Promise<boolean> {
	let bytes = 0;
	for await (const chunk of body) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes > MAX_ANSWER_BYTES) return false;
	}
	return true;
}

const jsonOf = (body: unknown) => JSON.stringify(body ?? '');
