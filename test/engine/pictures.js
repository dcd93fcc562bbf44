'use strict';

/* Pictures that are only a header: enough to read type and size. They can have any number of bytes. */

const { png } = require('../simulator/pictures');

const segment = (marker, body) => {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(body.length + 2, 2);
	return Buffer.concat([head, body]);
};

/** EXIF with only the orientation. */
function exif(orientation) {
	const tiff = Buffer.from('49492a00080000000100120103000100000000000000000000000000', 'hex');
	tiff.writeUInt16LE(orientation, 18);
	return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]));
}

/**
 * @param {number} width px as stored
 * @param {number} height px as stored
 * @param {{ orientation?: number, padding?: number }} [more] padding: bytes of comment
 */
function jpeg(width, height, { orientation, padding = 0 } = {}) {
	const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
	frame.writeUInt16BE(height, 1);
	frame.writeUInt16BE(width, 3);
	const comments = [];
	for (let left = padding; left > 0; left -= 65_000) {
		comments.push(segment(0xfe, Buffer.alloc(Math.min(left, 65_000), 0x20)));
	}
	return Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		...(orientation ? [exif(orientation)] : []),
		...comments,
		segment(0xc0, frame),
		segment(0xda, Buffer.from([1, 1, 0, 0, 0x3f, 0])),
		// One bit for each block. With fewer, it would not be a picture.
		Buffer.alloc(Math.ceil((Math.ceil(width / 8) * Math.ceil(height / 8)) / 8)),
		Buffer.from([0xff, 0xd9]),
	]);
}

module.exports = { jpeg, png };
