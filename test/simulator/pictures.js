'use strict';

const { deflateSync, crc32 } = require('node:zlib');

/** Pictures for tests, made without any library. */

/** By size: compressing takes longer than all else in many a test. @type {Map<string, Buffer>} */
const made = new Map();

/** @param {number} width @param {number} height @returns {Buffer} a real PNG, all grey, the caller's own */
function png(width, height) {
	const size = `${width} ${height}`;
	const known = made.get(size) ?? makePng(width, height);
	made.set(size, known);
	return Buffer.from(known);
}

function makePng(width, height) {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 0, 0, 0, 0], 8); // 8 bit, grey
	const rows = Buffer.alloc((width + 1) * height, 0x80);
	for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(rows)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function chunk(name, data) {
	const out = Buffer.alloc(12 + data.length);
	out.writeUInt32BE(data.length, 0);
	out.write(name, 4, 'latin1');
	data.copy(out, 8);
	out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
	return out;
}

/** zlib.crc32 came with Node 20.15 and 22.2. */
function crc(bytes) {
	if (crc32) return crc32(bytes);
	let value = ~0;
	for (const byte of bytes) {
		value ^= byte;
		for (let i = 0; i < 8; i++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
	}
	return ~value >>> 0;
}

/** Only the head of a JPEG: enough for whoever reads its size. */
function jpegHead(width, height) {
	const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 34, 0, 2, 17, 1, 3, 17, 1]);
	frame.writeUInt16BE(height, 5);
	frame.writeUInt16BE(width, 7);
	const app0 = Buffer.from([0xff, 0xe0, 0, 4, 0, 0]);
	return Buffer.concat([Buffer.from([0xff, 0xd8]), app0, frame, Buffer.from([0xff, 0xd9])]);
}

/** Only the head of a WebP (VP8X). */
function webpHead(width, height) {
	const out = Buffer.alloc(30);
	out.write('RIFF', 0, 'latin1');
	out.writeUInt32LE(22, 4);
	out.write('WEBPVP8X', 8, 'latin1');
	out.writeUInt32LE(10, 16);
	out.writeUIntLE(width - 1, 24, 3);
	out.writeUIntLE(height - 1, 27, 3);
	return out;
}

/** @param {Buffer} bytes @param {string} [type] */
function dataUri(bytes, type = 'image/png') {
	return `data:${type};base64,${bytes.toString('base64')}`;
}

module.exports = { png, jpegHead, webpHead, dataUri };
