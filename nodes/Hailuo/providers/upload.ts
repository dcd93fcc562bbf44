import type { Upload } from './types';

/** 1 Mbit/s, in bytes per ms: the slowest connection that a timeout allows for. */
const MIN_BYTES_PER_MS = 125;

/**
 * Time in ms that sending a body of this size may take, to be added to the timeout.
 *
 * n8n 2.41 counts the limit from the beginning of the request and not from its end: 30 s are over while a picture of
 * 20 MB is still on its way up a line of 5 Mbit/s, and a paid POST that is cut off so is one whose fate nobody knows.
 */
export function sendingMs(bytes: number): number {
	return Math.ceil(bytes / MIN_BYTES_PER_MS);
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
