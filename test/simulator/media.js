'use strict';

/** Reads kind, size and length of clips, sounds and HEIC pictures from their own headers. */

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/** @param {Buffer} b @returns {Generator<{ type: string, body: Buffer }>} the boxes of an ISO file, containers opened */
function* boxes(b) {
	let at = 0;
	while (at + 8 <= b.length) {
		let size = b.readUInt32BE(at);
		let head = 8;
		if (size === 1 && at + 16 <= b.length) {
			size = Number(b.readBigUInt64BE(at + 8));
			head = 16;
		}
		if (size === 0) size = b.length - at;
		if (size < head) return;
		const type = b.toString('latin1', at + 4, at + 8);
		const body = b.subarray(at + head, at + size);
		yield { type, body };
		if (CONTAINERS.includes(type)) yield* boxes(body);
		at += size;
	}
}

const brandOf = (b) =>
	b.toString('latin1', 4, 8) === 'ftyp' ? b.toString('latin1', 8, 12) : undefined;

/** @param {Buffer} b @returns {{ type: 'heic', width: number, height: number } | undefined} */
function measureHeic(b) {
	if (!/^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brandOf(b) ?? '')) return undefined;
	const at = b.indexOf('ispe');
	if (at < 0 || at + 16 > b.length) return undefined;
	return { type: 'heic', width: b.readUInt32BE(at + 8), height: b.readUInt32BE(at + 12) };
}

/**
 * @typedef {{ codec: string, seconds: number, width: number, height: number, fps: number, sound?: string }} Video
 *   codecs as their four letters
 */

/** @param {Buffer} b @returns {Video | undefined} an MP4 or MOV with a picture track */
function measureVideo(b) {
	if (!brandOf(b) || measureHeic(b)) return undefined;
	/** @type {Partial<Video & { handler: string }> | undefined} */
	let track;
	/** @type {Video | undefined} */
	let found;
	/** @type {string | undefined} */
	let sound;
	for (const { type, body } of boxes(b)) {
		if (type === 'trak') track = {};
		else if (!track) continue;
		else if (type === 'tkhd') {
			Object.assign(track, {
				width: body.readUInt16BE(body.length - 8),
				height: body.readUInt16BE(body.length - 4),
			});
		} else if (type === 'mdhd') {
			const long = body[0] === 1;
			const scale = body.readUInt32BE(long ? 20 : 12);
			const length = long ? Number(body.readBigUInt64BE(24)) : body.readUInt32BE(16);
			track.seconds = length / scale;
		} else if (type === 'hdlr') track.handler = body.toString('latin1', 8, 12);
		else if (type === 'stsd') track.codec = body.toString('latin1', 12, 16);
		else if (type === 'stts') {
			let frames = 0;
			for (let n = 0; n < body.readUInt32BE(4); n++) frames += body.readUInt32BE(8 + n * 8);
			track.fps = track.seconds ? frames / track.seconds : 0;
			// The boxes of a track come in this order, `stts` last, so it is complete.
			if (track.handler === 'vide') found ??= /** @type {Video} */ (track);
			else if (track.handler === 'soun') sound ??= track.codec;
		}
	}
	return found && { ...found, sound };
}

/** @param {Buffer} b @returns {{ type: 'wav' | 'mp3', seconds: number } | undefined} an MP3 is taken as of constant rate */
function measureAudio(b) {
	const head = b.toString('latin1', 0, 12);
	if (head.startsWith('RIFF') && head.endsWith('WAVE')) return wav(b);
	const start = head.startsWith('ID3')
		? 10 + ((b[6] << 21) | (b[7] << 14) | (b[8] << 7) | b[9])
		: 0;
	if (start + 4 > b.length || b[start] !== 0xff || (b[start + 1] & 0xe6) !== 0xe2) return undefined;
	const one = (b[start + 1] & 0x18) === 0x18;
	const rates = one
		? [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
		: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
	const rate = rates[b[start + 2] >> 4];
	return rate ? { type: 'mp3', seconds: ((b.length - start) * 8) / (rate * 1000) } : undefined;
}

/** @param {Buffer} b @returns {{ type: 'wav', seconds: number } | undefined} */
function wav(b) {
	const format = b.indexOf('fmt ');
	const data = b.indexOf('data');
	if (format < 0 || data < 0) return undefined;
	return { type: 'wav', seconds: b.readUInt32LE(data + 4) / b.readUInt32LE(format + 16) };
}

module.exports = { measureHeic, measureVideo, measureAudio };
