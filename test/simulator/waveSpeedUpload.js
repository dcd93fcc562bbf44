'use strict';

const { json } = require('./answers');
const { multipart } = require('./uploads');
const { measure } = require('./images');
const { waveSpeedError } = require('./errorAnswers');

/** Both upload protocols (docs/providers.md A.1). */

const ok = (data) => json({ code: 200, message: 'success', data });
const TYPES = /\.(jpe?g|png|webp|gif|bmp|tiff?|mp4|mov|webm|mkv|avi|mp3|wav|ogg|flac|m4a)$/i;
/** Above this the documentation says to use a URL. */
const MAX_BYTES = 300 * 1024 * 1024;

/** `type` is the kind of medium (values: invented). */
function kindOf(upload) {
	return /^(image|video|audio)\//.exec(upload.type ?? '')?.[1] ?? 'file';
}

function facts(upload) {
	return {
		type: kindOf(upload),
		download_url: upload.url,
		filename: upload.filename,
		size: upload.size,
	};
}

/** One step: multipart, field `file`. */
function uploadBinary(sim, req) {
	const parts = multipart(req.raw, req.headers['content-type'] ?? '');
	const file = parts.find((part) => part.name === 'file' && part.filename !== undefined);
	if (file?.filename === undefined)
		return waveSpeedError(400, 'Field "file" is missing from the multipart body'); // invented
	if (file.bytes.length > MAX_BYTES) return waveSpeedError(413, 'Payload too large');
	if (!TYPES.test(file.filename) && !measure(file.bytes)) {
		// Known: code 500 inside HTTP 200 (A.3).
		return json({ code: 500, message: 'Upload failed: invalid file type', data: null });
	}
	const { filename, type, bytes } = file;
	return ok(facts(sim.uploads.add({ filename, type, size: bytes.length, bytes })));
}

/** Two steps, first: the ticket. The second is the PUT in cdn.js. */
function uploadTicket(sim, req) {
	const { filename, size, content_type: type } = req.json ?? {};
	if (!filename || !Number.isInteger(size)) {
		return waveSpeedError(400, 'filename and size are required'); // invented
	}
	if (size > MAX_BYTES) return waveSpeedError(413, 'Payload too large');
	const upload = sim.uploads.add({ filename, size, type });
	return ok({
		...facts(upload),
		upload: {
			method: 'PUT',
			url: upload.putUrl,
			headers: type ? { 'Content-Type': type } : {},
		},
	});
}

module.exports = { uploadBinary, uploadTicket };
