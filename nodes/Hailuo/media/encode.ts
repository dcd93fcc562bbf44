import type { Upload } from '../providers/types';

/** `data:image/jpeg;base64,…`: the normal form, without the space that WaveSpeed's prose has. */
export function toDataUri(data: Buffer, mimeType: string): string {
	return `data:${mimeType};base64,${data.toString('base64')}`;
}

/** The multipart body of an upload call: one part named `file`. It can be sent more than once. */
export function multipart(upload: Upload): FormData {
	const form = new FormData();
	form.append('file', new Blob([upload.data], { type: upload.mimeType }), upload.fileName);
	return form;
}
