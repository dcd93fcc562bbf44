'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/**
 * The bytes of a video as the CDN serves them.
 * @typedef {{ length: number, chunks: (start?: number) => Iterable<Buffer>, buffer: () => Buffer, sha256: () => string }} Source
 */

const BLOCK = 64 * 1024;
/** @type {Buffer | undefined} */
let sample;

/** A second of real H.264, playable. Made with ffmpeg's testsrc2. */
function sampleVideo() {
	sample ??= fs.readFileSync(path.join(__dirname, 'data', 'sample.mp4'));
	return sample;
}

/** An MP4 `free` box: players skip it, so it makes bytes differ without changing the video. */
function freeBox(text) {
	const body = Buffer.from(text);
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + body.length, 0);
	head.write('free', 4, 'latin1');
	return Buffer.concat([head, body]);
}

/** @param {Buffer} bytes @returns {Source} */
function fromBuffer(bytes) {
	return {
		length: bytes.length,
		*chunks(start = 0) {
			for (let i = start; i < bytes.length; i += BLOCK) yield bytes.subarray(i, i + BLOCK);
		},
		buffer: () => bytes,
		sha256: () => createHash('sha256').update(bytes).digest('hex'),
	};
}

/** The small clip, with bytes of its own for each job. @param {string} jobId @returns {Source} */
function small(jobId) {
	return fromBuffer(Buffer.concat([sampleVideo(), freeBox(`simulated video of job ${jobId}`)]));
}

/**
 * A video of exactly `length` bytes that is never held whole: the clip, then one big `free` box of
 * bytes that follow from the job's id. A tool that counts memory can so be shown 100 MB and more.
 * @param {string} jobId @param {number} length at least the clip + 8 bytes, below 4 GiB
 * @returns {Source}
 */
function synthetic(jobId, length) {
	const clip = sampleVideo();
	const filler = length - clip.length;
	if (filler < 8 || filler >= 2 ** 32) throw new Error(`videoBytes cannot be ${length}`);
	const head = Buffer.alloc(clip.length + 8);
	clip.copy(head);
	head.writeUInt32BE(filler, clip.length);
	head.write('free', clip.length + 4, 'latin1');
	const pattern = noise(jobId);
	let sum = '';
	/** @type {Source} */
	const source = {
		length,
		*chunks(start = 0) {
			let at = start;
			if (at < head.length) {
				yield head.subarray(at);
				at = head.length;
			}
			while (at < length) {
				const n = Math.floor((at - head.length) / BLOCK);
				const offset = (at - head.length) % BLOCK;
				const block = Buffer.from(pattern);
				block.writeUInt32BE(n, 0); // no two blocks are alike: a lost or doubled one shows
				const piece = block.subarray(offset, Math.min(BLOCK, offset + length - at));
				yield piece;
				at += piece.length;
			}
		},
		buffer: () => Buffer.concat([...source.chunks()]),
		sha256() {
			if (!sum) {
				const hash = createHash('sha256');
				for (const chunk of source.chunks()) hash.update(chunk);
				sum = hash.digest('hex');
			}
			return sum;
		},
	};
	return source;
}

function noise(seed) {
	const parts = [];
	for (let i = 0; i < BLOCK / 32; i++) {
		parts.push(createHash('sha256').update(`${seed}:${i}`).digest());
	}
	return Buffer.concat(parts);
}

module.exports = { small, synthetic, fromBuffer, freeBox, sampleVideo };
