'use strict';

/** Clips, sounds and HEIC pictures for tests: only as much of each file as tells its kind, size and length. */

/** @param {string} type @param {...Buffer} parts @returns {Buffer} an ISO box */
function box(type, ...parts) {
	const body = Buffer.concat(parts);
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + body.length, 0);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, body]);
}

/** @param {number} size @param {Record<number, number | string>} at offset → 32-bit number, or letters */
function bytes(size, at) {
	const out = Buffer.alloc(size);
	for (const [offset, value] of Object.entries(at)) {
		if (typeof value === 'string') out.write(value, Number(offset), 'latin1');
		else out.writeUInt32BE(value, Number(offset));
	}
	return out;
}

/**
 * The head of an MP4 without any picture in it.
 * @param {{ codec?: string, seconds?: number, width?: number, height?: number, fps?: number, filler?: number }} [how]
 *   filler: bytes of media data behind the head
 */
function mp4Head(how = {}) {
	const { codec = 'avc1', seconds = 4, width = 640, height = 360, fps = 24, filler = 0 } = how;
	const frames = Math.round(seconds * fps);
	const scale = 24_000;
	const stbl = box(
		'stbl',
		box('stsd', bytes(16, { 4: 1, 8: 8, 12: codec })),
		box('stts', bytes(16, { 4: 1, 8: frames, 12: Math.round(scale / fps) })),
	);
	const mdia = box(
		'mdia',
		box('mdhd', bytes(24, { 12: scale, 16: Math.round(seconds * scale) })),
		box('hdlr', bytes(24, { 8: 'vide' })),
		box('minf', stbl),
	);
	const tkhd = box('tkhd', bytes(84, { 76: width * 65536, 80: height * 65536 }));
	return Buffer.concat([
		box('ftyp', Buffer.from('isom\0\0\0\0isommp42', 'latin1')),
		box('moov', box('trak', tkhd, mdia)),
		box('mdat', Buffer.alloc(filler)),
	]);
}

/** @param {number} width @param {number} height */
function heicHead(width, height) {
	const ispe = box('ispe', bytes(12, { 4: width, 8: height }));
	const iprp = box('iprp', box('ipco', ispe));
	return Buffer.concat([
		box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1')),
		box('meta', Buffer.alloc(4), iprp),
	]);
}

/** @param {number} seconds @param {number} [rate] bytes in a second @returns {Buffer} a real WAV, silent */
function wav(seconds, rate = 8000) {
	const length = Math.round(seconds * rate);
	const out = Buffer.alloc(44 + length, 0x80);
	out.write('RIFF', 0, 'latin1');
	out.writeUInt32LE(36 + length, 4);
	out.write('WAVEfmt ', 8, 'latin1');
	out.writeUInt32LE(16, 16);
	out.writeUInt16LE(1, 20);
	out.writeUInt16LE(1, 22);
	out.writeUInt32LE(rate, 24);
	out.writeUInt32LE(rate, 28);
	out.writeUInt16LE(1, 32);
	out.writeUInt16LE(8, 34);
	out.write('data', 36, 'latin1');
	out.writeUInt32LE(length, 40);
	return out;
}

/** @param {number} seconds @returns {Buffer} frames of an MP3 of 128 kbit/s; players do not play it */
function mp3Head(seconds) {
	const out = Buffer.alloc(Math.round((seconds * 128_000) / 8));
	out.set([0xff, 0xfb, 0x90, 0xc0]);
	return out;
}

module.exports = { mp4Head, heicHead, wav, mp3Head };
