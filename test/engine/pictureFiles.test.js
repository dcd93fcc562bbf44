'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { deflateSync, crc32 } = require('node:zlib');
const { png } = require('./pictures');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/*
 * Files as the node really gets them: damaged, of another type than their name says, or destroyed by an earlier step. A
 * file from which a provider would make no video is refused before anything is paid. A file that programs open is sent.
 */

let sim;
const make = withSimulator({}, (given) => ({ sim } = given));

const photo = fs.readFileSync(path.join(__dirname, '../../tools/demo/lake.jpg'));

async function withFile(data, file = {}, parameters = {}) {
	const binary = { data: await engine.binaryFrom(data, file) };
	return await make(
		{ operation: 'imageToVideo', ...parameters },
		{ items: [{ json: {}, binary }] },
	);
}

/** A run that must be refused before anything is sent. @returns {Promise<string>} what the person reads, message and hint */
async function refused(data, file, parameters) {
	const { error } = await withFile(data, file, parameters);
	expect(error?.message).toMatch(/^'First Frame' /);
	expect(sim.paidPosts()).toBe(0);
	expect(sim.requests).toEqual([]);
	return `${error?.message} | ${error?.description}`;
}

async function sent(data, parameters) {
	const { items, error } = await withFile(data, {}, parameters);
	expect(error).toBeUndefined();
	expect(items[0].json.status).toBe('completed');
	expect(sim.paidPosts()).toBe(1);
}

function chunk(name, data) {
	const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
	const out = Buffer.alloc(12 + data.length);
	out.writeUInt32BE(data.length, 0);
	body.copy(out, 4);
	if (crc32) out.writeUInt32BE(crc32(body), 8 + data.length);
	return out;
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const END = chunk('IEND', Buffer.alloc(0));
const head = (width, height, kind = [8, 0, 0, 0, 0]) => {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set(kind, 8);
	return chunk('IHDR', header);
};
const packed = (rows) => chunk('IDAT', deflateSync(rows));
const rows = Buffer.alloc((800 + 1) * 600, 1);

/** The segment of the photo with this marker. */
function place(marker) {
	for (let at = 2; ; at += 2 + photo.readUInt16BE(at + 2)) if (photo[at + 1] === marker) return at;
}
const scanAt = place(0xda);
const scanEnd = scanAt + 2 + photo.readUInt16BE(scanAt + 2);
const END_OF_JPEG = Buffer.from([0xff, 0xd9]);
const PROGRESSIVE = fs.readFileSync(path.join(__dirname, 'data/progressive.jpg'));
const noEnd = photo.subarray(0, photo.lastIndexOf(END_OF_JPEG));
const behindStart = place(0xdb);
const stray = Buffer.from([1, 2, 3]);

const vp8x = (width, height) => {
	const out = Buffer.alloc(30);
	out.write('RIFF\x16\0\0\0WEBPVP8X\x0a', 'latin1');
	out.writeUIntLE(width - 1, 24, 3);
	out.writeUIntLE(height - 1, 27, 3);
	return out;
};

const miniMax = { provider: 'miniMax', model: 'MiniMax-Hailuo-02' };

describe('a file without a picture, or with half of one, is refused before anything is paid', () => {
	test.each([
		['PNG without pixels', Buffer.concat([SIGNATURE, head(800, 600), END]), /contains no picture/],
		[
			'PNG with half of its pixels',
			Buffer.concat([SIGNATURE, head(800, 600), packed(rows.subarray(0, rows.length / 2)), END]),
			/some of its pixels are missing/,
		],
		[
			'PNG with half of its packed bytes',
			Buffer.concat([
				SIGNATURE,
				head(800, 600),
				chunk('IDAT', deflateSync(rows, { level: 0 }).subarray(0, 200_000)),
				END,
			]),
			/some of its pixels are missing/,
		],
		[
			'PNG whose pixels are no pixels',
			Buffer.concat([SIGNATURE, head(800, 600), chunk('IDAT', Buffer.alloc(500, 7)), END]),
			/some of its pixels are missing/,
		],
		[
			'PNG with 2^31 × 2^31 px',
			Buffer.concat([SIGNATURE, head(2 ** 31, 2 ** 31), packed(rows), END]),
			/2147483648 × 2147483648 px, more than any program can open/,
		],
		[
			'JPEG of headers alone',
			Buffer.concat([photo.subarray(0, scanEnd), END_OF_JPEG]),
			/contains no picture/,
		],
		['JPEG that ends in its middle', photo.subarray(0, photo.length / 2), /is cut off/],
		[
			'progressive JPEG without its last scans',
			PROGRESSIVE.subarray(0, PROGRESSIVE.length * 0.3),
			/is cut off/,
		],
		['JPEG without its last tenth', photo.subarray(0, photo.length * 0.9), /is cut off/],
		['WebP without a picture', vp8x(1280, 720), /contains no picture/, miniMax],
	])('%s', async (_name, data, message, parameters = undefined) => {
		expect(await refused(data, {}, parameters)).toMatch(message);
	});
});

describe('a picture that programs open is sent', () => {
	test.each([
		['JPEG without its end marker', noEnd],
		['progressive JPEG', PROGRESSIVE],
		['progressive JPEG without its end marker', PROGRESSIVE.subarray(0, -2)],
		['JPEG with something behind its end', Buffer.concat([photo, Buffer.alloc(999, 5)])],
		[
			'JPEG with stray bytes between its segments',
			Buffer.concat([photo.subarray(0, behindStart), stray, photo.subarray(behindStart)]),
		],
		[
			'JPEG with odd markers',
			Buffer.concat([
				photo.subarray(0, behindStart),
				Buffer.from([0xff, 0x01, 0xff, 0xff, 0xd0, 0xff, 0xfe, 0, 2]),
				photo.subarray(behindStart),
			]),
		],
		[
			'PNG, interlaced, with transparency',
			// Each pass has its own rows, for blocks of 8 × 8: 4 bytes per pixel, and one more per row.
			Buffer.concat([
				SIGNATURE,
				head(400, 304, [8, 6, 0, 0, 1]),
				packed(Buffer.alloc(400 * 304 * 4 + 38 * 2 + 38 + 76 * 2 + 76 + 152 * 2 + 152 + 152)),
				END,
			]),
		],
		['PNG with pixels in many chunks', splitPixels()],
	])('%s', async (_name, data) => {
		await sent(data);
		const djpeg = spawnSync('djpeg', ['-outfile', '/dev/null'], { input: data });
		// If libjpeg's own program is installed, it opens the same files. The exit code 2 means a warning.
		if (!djpeg.error && data[0] === 0xff) expect([0, 2]).toContain(djpeg.status);
	});
});

function splitPixels() {
	const data = deflateSync(rows);
	const parts = [data.subarray(0, 100), Buffer.alloc(0), data.subarray(100)];
	return Buffer.concat([
		SIGNATURE,
		head(800, 600),
		...parts.map((part) => chunk('IDAT', part)),
		END,
	]);
}

describe('the error for a file that an earlier step destroyed says what was done to it', () => {
	const base64 = photo.toString('base64');
	const asText = (data) => Buffer.from(data.toString('utf8'));
	const asLatin = (data) => Buffer.from(data.toString('latin1'));
	test.each([
		[
			'a data URI that was decoded as Base64',
			Buffer.from(`data:image/jpeg;base64,${base64}`, 'base64'),
			/was decoded from a whole data URI .* remove everything up to the comma/,
		],
		['a JPEG that was read as text', asText(photo), /was read as text .* choose 'File'/],
		['a PNG that was read as text', asText(png(800, 600)), /was read as text/],
		['a JPEG that was read as Latin-1', asLatin(photo), /was read as text/],
		['a PNG that was read as Latin-1', asLatin(png(800, 600)), /was read as text/],
		['Base64 text', Buffer.from(base64), /contains Base64 text.*'Move Base64 String to File'/],
		[
			'Base64 of Base64',
			Buffer.from(Buffer.from(base64).toString('base64')),
			/is Base64 of Base64: .* encoded twice/,
		],
		[
			'a text with a data URI',
			Buffer.from(`data:image/jpeg;base64,${base64}`),
			/a file that contains a data URI/,
		],
		[
			'a text with an address',
			Buffer.from('https://example.com/a.jpg\n'),
			/web address, not the picture .* 'URL or Base64 Text'/,
		],
		['a web page', Buffer.from('<!doctype html><title>Sign in</title>'), /page that shows/],
		[
			'HEIC of a phone',
			Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
			/is a HEIC picture.*Most Compatible/,
		],
	])('%s', async (_name, data, message) => {
		expect(await refused(data)).toMatch(message);
	});

	test('Base64 of Base64 as text', async () => {
		const firstFrameUrl = Buffer.from(base64).toString('base64');
		const parameters = { operation: 'imageToVideo', firstFrameSource: 'url', firstFrameUrl };
		const { error } = await make(parameters);
		expect(error?.message).toBe("'First Frame' is Base64 of Base64: the picture was encoded twice");
		expect(sim.requests).toEqual([]);
	});
});

describe('a picture that may look different in the video gets a warning', () => {
	// Only a header, as in `pictures.js`, with four colours.
	const fourColours = Buffer.concat([
		Buffer.from('ffd8ffc00014080130019004011100021100031100041100', 'hex'),
		Buffer.from('ffda000e040100020003000400003f00', 'hex'),
		Buffer.alloc(1_000),
		END_OF_JPEG,
	]);
	const rgba = [8, 6, 0, 0, 0];
	const pixels = packed(Buffer.alloc((400 * 4 + 1) * 304));
	const transparent = [SIGNATURE, head(400, 304, rgba), pixels, END];
	const animated = [SIGNATURE, head(800, 600), chunk('acTL', Buffer.alloc(8)), packed(rows), END];
	const cmyk = /'First Frame' uses print colours \(CMYK\): .* RGB\./;
	test.each([
		['JPEG in CMYK', fourColours, cmyk, 1],
		['animated PNG', Buffer.concat(animated), /'First Frame' is an animated picture/, 1],
		['PNG with transparency', Buffer.concat(transparent), /'First Frame' has an alpha channel/, 0],
		['a usual photo', photo, undefined, 0],
	])('%s', async (_name, data, message, warnings) => {
		const { items, error, run } = await withFile(data);
		expect(error).toBeUndefined();
		const hints = run.data.resultData.runData.Hailuo[0].hints ?? [];
		expect(hints).toEqual(
			message
				? [{ type: 'warning', location: 'outputPane', message: expect.stringMatching(message) }]
				: [],
		);
		// The header only says that transparency is possible. No row has to be read for this.
		expect(items[0].json.warnings ?? []).toHaveLength(warnings);
	});

	test('one warning for all items that have the picture', async () => {
		const data = Buffer.concat(transparent);
		const items = await Promise.all(
			Array.from({ length: 7 }, async () => ({
				json: {},
				binary: { data: await engine.binaryFrom(data) },
			})),
		);
		const { run } = await make({ operation: 'imageToVideo', continueWhen: 'submitted' }, { items });
		const [hint, ...others] = run.data.resultData.runData.Hailuo[0].hints;
		expect(hint.message).toMatch(/\(Items 0, 1, 2, 3, 4 and 2 more\)$/);
		expect(others).toEqual([]);
	});
});
