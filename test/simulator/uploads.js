'use strict';

const { text, HEX } = require('./random');

/**
 * Files that were uploaded to WaveSpeed; the CDN serves them.
 * @typedef {{ id: string, filename: string, type: string, size: number, url: string, putUrl: string, bytes?: Buffer }} Upload
 */
class Uploads {
	/** @param {import('./simulator').Simulator} sim */
	constructor(sim) {
		this.sim = sim;
		/** @type {Map<string, Upload>} */
		this.all = new Map();
	}

	/** @param {{ filename: string, type: string, size: number, bytes?: Buffer }} file @returns {Upload} */
	add(file) {
		const id = text(this.sim.random.ids, HEX, 24);
		const name = encodeURIComponent(file.filename);
		const url = `${this.sim.urls.cdn}/uploads/${id}/${name}`;
		const putUrl = `${this.sim.urls.cdn}/put/${id}/${name}?X-Signature=${text(this.sim.random.ids, HEX, 32)}`;
		const upload = { id, url, putUrl, ...file };
		this.all.set(id, upload);
		return upload;
	}

	/** @param {string} url @returns {Upload | undefined} a finished upload of ours */
	byUrl(url) {
		const match = /^\/uploads\/([0-9a-f]+)\//.exec(new URL(url).pathname);
		const upload = match && url.startsWith(this.sim.urls.cdn) ? this.all.get(match[1]) : undefined;
		return upload?.bytes ? upload : undefined;
	}
}

/**
 * A multipart/form-data body, parsed for real: a client that builds it wrongly must fail here.
 * @param {Buffer} raw
 * @param {string} contentType
 * @returns {{ name: string, filename?: string, type: string, bytes: Buffer }[]}
 */
function multipart(raw, contentType) {
	const boundary = /boundary=(?:"([^"]+)"|([^;]+))/i.exec(contentType);
	if (!/^multipart\/form-data/i.test(contentType) || !boundary) return [];
	const mark = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`);
	const body = Buffer.concat([Buffer.from('\r\n'), raw]);
	const parts = [];
	let at = body.indexOf(mark);
	while (at >= 0) {
		const start = at + mark.length;
		if (body.subarray(start, start + 2).toString() !== '\r\n') break; // "--" ends the body
		const end = body.indexOf(mark, start);
		const headEnd = body.indexOf('\r\n\r\n', start);
		if (end < 0 || headEnd < 0 || headEnd > end) break;
		const head = body.subarray(start, headEnd).toString();
		const name = /;\s*name="([^"]*)"/i.exec(head);
		parts.push({
			name: name?.[1] ?? '',
			filename: /;\s*filename="([^"]*)"/i.exec(head)?.[1],
			type: /^content-type:\s*(.+)$/im.exec(head)?.[1].trim() ?? 'text/plain',
			bytes: body.subarray(headEnd + 4, end),
		});
		at = end;
	}
	return parts;
}

module.exports = { Uploads, multipart };
