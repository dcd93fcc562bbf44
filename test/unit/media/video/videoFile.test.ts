import { videoFileName } from '../../../../nodes/Hailuo/media/video/fileName';
import { Mp4Scan } from '../../../../nodes/Hailuo/media/video/mp4';

function box(type: string, payload: number, size = payload + 8): Buffer {
	const out = Buffer.alloc(payload + 8);
	out.writeUInt32BE(size);
	out.write(type, 4, 'latin1');
	return out;
}

function box64(type: string, payload: number): Buffer {
	const out = Buffer.alloc(payload + 16);
	out.writeUInt32BE(1);
	out.write(type, 4, 'latin1');
	out.writeBigUInt64BE(BigInt(out.length), 8);
	return out;
}

const video = Buffer.concat([
	box('ftyp', 16),
	box('free', 0),
	box64('mdat', 900),
	box('moov', 200),
]);

function scan(data: Buffer, step: number): Mp4Scan {
	const result = new Mp4Scan();
	for (let at = 0; at < data.length; at += step) result.feed(data.subarray(at, at + step));
	return result;
}

describe('Mp4Scan', () => {
	it.each([1, 3, 7, 8, 16, 100, 5000])(
		'finds a whole video whole, in pieces of %d bytes',
		(step) => {
			const result = scan(video, step);
			expect([result.isMp4, result.isComplete, result.isCut]).toEqual([true, true, false]);
		},
	);

	it('finds every cut', () => {
		for (let length = 0; length < video.length; length++) {
			const result = scan(video.subarray(0, length), 64);
			expect([length, result.isComplete, result.isCut]).toEqual([length, false, true]);
		}
	});

	it('proves that a part is missing wherever the index or the pictures are cut off', () => {
		for (let length = 0; length < video.length; length++) {
			expect([length, scan(video.subarray(0, length), 64).lacksPart]).toEqual([length, true]);
		}
		expect(scan(video, 64).lacksPart).toBe(false);
	});

	it('does not count anything odd after them as proof', () => {
		for (const tail of [
			Buffer.alloc(3),
			Buffer.alloc(500),
			box('free', 10, 1000),
			box('uuid', 0, 99),
		]) {
			expect(scan(Buffer.concat([video, tail]), 64).lacksPart).toBe(false);
		}
		const open = Buffer.concat([box('ftyp', 16), box('moov', 50), box('mdat', 300, 0)]);
		expect(scan(open.subarray(0, 200), 50).lacksPart).toBe(false);
		// The second of two.
		const two = Buffer.concat([video, box('mdat', 90)]);
		expect(scan(two.subarray(0, two.length - 1), 64).lacksPart).toBe(true);
	});

	it('cannot check a last box that reaches to the end', () => {
		const open = Buffer.concat([box('ftyp', 16), box('moov', 50), box('mdat', 300, 0)]);
		expect(scan(open, 50).isComplete).toBe(true);
		expect(scan(open.subarray(0, 200), 50).isComplete).toBe(true);
	});

	it('says nothing about the bytes after something that is not a box', () => {
		const padded = Buffer.concat([video, Buffer.alloc(5000)]);
		const result = scan(padded, 4096);
		expect([result.isMp4, result.isComplete, result.isCut]).toEqual([true, false, false]);
	});

	it.each(['<!doctype html>', '{"error":"x"}', '\x89PNG\r\n\x1a\n0000', '\x1aE\xdf\xa3\0\0\0\0\0'])(
		'does not take %j for an MP4',
		(text) => expect(scan(Buffer.from(text, 'latin1'), 5).isMp4).toBe(false),
	);

	it('waits for 8 bytes', () => {
		expect(scan(video.subarray(0, 7), 2).isMp4).toBeUndefined();
	});

	it('ends at a box with an impossible size', () => {
		const result = scan(Buffer.concat([box('ftyp', 16), box('mdat', 8, 4), box('moov', 8)]), 9);
		expect([result.isMp4, result.isComplete, result.isCut]).toEqual([true, false, false]);
	});
});

describe('videoFileName', () => {
	it('consists of model and job id', () => {
		expect(videoFileName('minimax/hailuo-02/i2v-pro', '0a1b2c')).toBe(
			'minimax-hailuo-02-i2v-pro-0a1b2c.mp4',
		);
		expect(videoFileName('minimax_hailuo_02_i2v', 'd758n65e878c73cmdg20')).toBe(
			'minimax_hailuo_02_i2v-d758n65e878c73cmdg20.mp4',
		);
	});

	it.each([
		['../../etc/passwd', '..'],
		['a\\b', 'x\0y\r\nz'],
		['', ''],
		['C:\\x', 'Ünïcode 🎬'],
		['.hidden', 'job/../../x'],
		['m'.repeat(5000), 'j'.repeat(5000)],
	])('is safe for %j and %j', (model, jobId) => {
		const name = videoFileName(model, jobId);
		expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*\.mp4$/);
		expect(name.length).toBeLessThanOrEqual(120);
	});

	it('shortens the model, not the job id', () => {
		const id = 'f'.repeat(32);
		expect(videoFileName('m'.repeat(300), id)).toMatch(new RegExp(`-${id}\\.mp4$`));
	});
});
