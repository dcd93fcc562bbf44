import type { Upload } from '../providers/types';

/**
 * Up to this many bytes a picture goes into the submit as a data URI; a larger one goes up first, where the provider
 * has an upload call, and the submit carries its URL.
 *
 * Measured by test/bench/upload.js (20 Mbit/s up, 0.3 s to each answer, the submit answered with 429 once):
 *
 * | picture | way    | until taken | paid POST       | sent in all | history with inputs | memory |
 * |---------|--------|-------------|-----------------|-------------|---------------------|--------|
 * | 256 kB  | inline | 0.9 s       | 341 kB, 0.4 s   | 0.7 MB      | 341 kB a job        | 3 MB   |
 * | 256 kB  | upload | 1.0 s       | 0.1 kB, 0.3 s   | 0.3 MB      | 0.1 kB              | 2 MB   |
 * | 15 MB   | inline | 16.8 s      | 20 MB, 8.3 s    | 40 MB       | 20 MB a job         | 101 MB |
 * | 15 MB   | upload | 7.0 s       | 0.1 kB, 0.3 s   | 15 MB       | 0.1 kB              | 32 MB  |
 *
 * What decides is the paid POST: it must not be repeated after a broken connection, so it should be short. With a
 * picture inside it lasts as long as the picture takes, and a 429 sends all of it again; an upload costs nothing and
 * may be repeated. And the search for a job whose answer was lost reads the history with its inputs. Below the limit
 * the extra round trip of an upload costs more than it saves, and uploads count towards a quota.
 */
export const INLINE_MAX_BYTES = 256_000;

/** 1 Mbit/s, in bytes for each ms: the slowest line that a request is given time for. */
const SLOWEST = 125;

/**
 * The ms that a request with a body of so many bytes may need for the sending alone, to be added to its time limit.
 *
 * n8n 2.41 counts the limit from the beginning of the request and not from its end: 30 s are over while a picture of
 * 20 MB is still on its way up a line of 5 Mbit/s, and a paid POST that is cut off so is one whose fate nobody knows.
 */
export function sendingMs(bytes: number): number {
	return Math.ceil(bytes / SLOWEST);
}

/** `data:image/jpeg;base64,…`: the normal form, without the space that WaveSpeed's prose has. */
export function toDataUri(data: Buffer, mimeType: string): string {
	return `data:${mimeType};base64,${data.toString('base64')}`;
}

/**
 * The multipart body of an upload call: one part named `file`. A web FormData goes through n8n's HTTP helpers with its
 * length and boundary (tested with n8n 2.8.4 and 2.41.1), and the same one can be sent again.
 */
export function multipart(upload: Upload): FormData {
	const form = new FormData();
	form.append('file', new Blob([upload.data], { type: upload.mimeType }), upload.fileName);
	return form;
}
