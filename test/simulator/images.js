'use strict';

/** Reads type and size of a picture from its first bytes, and the providers' rules about them. */

/** @param {Buffer} b @returns {{ type: string, width: number, height: number } | undefined} */
function measure(b) {
	if (b.length >= 24 && b.readUInt32BE(0) === 0x89504e47) {
		return { type: 'png', width: b.readUInt32BE(16), height: b.readUInt32BE(20) };
	}
	if (b.length >= 4 && b[0] === 0xff && b[1] === 0xd8) return jpeg(b);
	const head = b.subarray(0, 12).toString('latin1');
	if (/^GIF8[79]a/.test(head) && b.length >= 10) {
		return { type: 'gif', width: b.readUInt16LE(6), height: b.readUInt16LE(8) };
	}
	if (head.startsWith('RIFF') && head.endsWith('WEBP') && b.length >= 30) return webp(b);
	return undefined;
}

function jpeg(b) {
	let at = 2;
	while (at + 9 < b.length) {
		const marker = b[at + 1];
		// Stray bytes, fill bytes and markers that stand alone, as libjpeg passes over them.
		if (b[at] !== 0xff || marker === 0xff) {
			at++;
			continue;
		}
		if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
			at += 2;
			continue;
		}
		// SOF0..SOF15 hold the size; C4, C8 and CC are tables.
		if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
			return { type: 'jpeg', width: b.readUInt16BE(at + 7), height: b.readUInt16BE(at + 5) };
		}
		at += 2 + b.readUInt16BE(at + 2);
	}
	return undefined;
}

function webp(b) {
	const kind = b.subarray(12, 16).toString('latin1');
	if (kind === 'VP8X') {
		return { type: 'webp', width: b.readUIntLE(24, 3) + 1, height: b.readUIntLE(27, 3) + 1 };
	}
	if (kind === 'VP8L') {
		const bits = b.readUInt32LE(21);
		return { type: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
	}
	return {
		type: 'webp',
		width: b.readUInt16LE(26) & 0x3fff,
		height: b.readUInt16LE(28) & 0x3fff,
	};
}

/**
 * docs/providers.md D. WaveSpeed: up to and including 20 MB, ratio strictly between 2:5 and 5:2, no
 * WebP; the others: below 20 MB, the ratio's ends allowed, WebP too. MB is taken as 2^20 bytes
 * (invented: no provider says which).
 */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * @param {Buffer} bytes
 * @param {string} provider
 * @returns {string | undefined} what is wrong (text: invented)
 */
function refusal(bytes, provider) {
	const strict = provider === 'waveSpeed';
	const types = strict ? ['jpeg', 'png'] : ['jpeg', 'png', 'webp'];
	const picture = measure(bytes);
	if (!picture || !types.includes(picture.type)) {
		return `image format ${picture?.type ?? 'unknown'} is not one of ${types.join(', ')}`;
	}
	if (strict ? bytes.length > MAX_BYTES : bytes.length >= MAX_BYTES) {
		return `image of ${bytes.length} bytes exceeds 20 MB`;
	}
	const { width, height } = picture;
	if (Math.min(width, height) <= 300) {
		return `image short side must be greater than 300 px, got ${width}x${height}`;
	}
	const wide = width * 2 - height * 5;
	const tall = height * 2 - width * 5;
	if (strict ? wide >= 0 || tall >= 0 : wide > 0 || tall > 0) {
		return `image aspect ratio must be between 2:5 and 5:2, got ${width}x${height}`;
	}
	return undefined;
}

module.exports = { measure, refusal, MAX_BYTES };
