'use strict';

const { multipart } = require('./uploads');
const { text, DIGITS } = require('./random');
const { miniMaxV2Error } = require('./miniMaxV2Errors');
const { inspect } = require('./miniMaxV2Media');
const { measure } = require('./images');
const { measureHeic, measureAudio } = require('./media');

/** Files that were uploaded to MiniMax for a video (docs/providers.md I.1): `mm_file://{file_id}`, kept for 7 days. */

const WEEK = 7 * 24 * 3600 * 1000;
const PURPOSE = 'video_generation_input';

class MiniMaxFiles {
	/** @param {import('./simulator').Simulator} sim */
	constructor(sim) {
		this.sim = sim;
		/** @type {Map<string, { id: string, bytes: Buffer, at: number }>} */
		this.all = new Map();
	}

	/** @param {Buffer} bytes */
	add(bytes) {
		// int64, beyond 2^53, as the file of a V1 video: a client that makes a number of it names another file.
		const id = `8${text(this.sim.random.ids, DIGITS, 17).replace(/.$/, '9')}`;
		this.all.set(id, { id, bytes, at: this.sim.now() });
		return id;
	}

	/** @param {string} id */
	find(id) {
		const file = this.all.get(id);
		return file && this.sim.now() - file.at < WEEK ? file : undefined;
	}
}

/** A file that is not good for a video is refused with 400 and not kept; form and text of that answer: invented. */
function uploadFile(sim, req) {
	const parts = multipart(req.raw, req.headers['content-type'] ?? '');
	const refuse = (message) => miniMaxV2Error(2013, `invalid params, ${message}`);
	const purpose = parts.find((part) => part.name === 'purpose')?.bytes.toString();
	if (purpose !== PURPOSE) return refuse(`purpose must be ${PURPOSE}`);
	const file = parts.find((part) => part.name === 'file' && part.filename !== undefined);
	if (!file) return refuse('file is required');
	const { problem } = inspect(kindOf(file.bytes), file.bytes);
	if (problem) return refuse(problem);
	const id = sim.miniMaxFiles.add(file.bytes);
	const facts = JSON.stringify({
		file_id: 0,
		bytes: file.bytes.length,
		created_at: Math.floor(sim.clock.told() / 1000),
		filename: file.filename,
		purpose,
	});
	// A bare int64, as in files/retrieve (docs/providers.md C.1).
	const withId = facts.replace('"file_id":0', `"file_id":${id}`);
	const base = JSON.stringify({ status_code: 0, status_msg: 'success' });
	return { status: 200, rawJson: `{"file":${withId},"base_resp":${base}}` };
}

function kindOf(bytes) {
	if (measure(bytes) || measureHeic(bytes)) return 'image';
	return measureAudio(bytes) ? 'audio' : 'video';
}

module.exports = { MiniMaxFiles, uploadFile };
