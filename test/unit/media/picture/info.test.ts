import fc from 'fast-check';

import { FieldError } from '../../../../nodes/Hailuo/models/fieldError';
import { readImageInfo } from '../../../../nodes/Hailuo/media/picture/info';
import { identify } from '../../../../nodes/Hailuo/media/picture/fileType';
import {
	exifSegment,
	jpeg,
	others,
	png,
	tiff,
	webpExtended,
	webpLossless,
	webpLossy,
} from './pictures';

describe('JPEG', () => {
	const frameHeaders = [
		0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf,
	];

	it.each(frameHeaders)('reads the size after the frame header 0x%s', (sof) => {
		expect(readImageInfo(jpeg(1280, 720, { sof }))).toEqual({
			mimeType: 'image/jpeg',
			width: 1280,
			height: 720,
		});
	});

	it.each(['II', 'MM'] as const)('swaps the sides for EXIF orientations 5 to 8 (%s)', (order) => {
		for (let orientation = 1; orientation <= 8; orientation++) {
			const info = readImageInfo(
				jpeg(1280, 720, { before: [exifSegment(tiff(orientation, order))] }),
			);
			const turned = orientation >= 5;
			expect(info).toEqual({
				mimeType: 'image/jpeg',
				width: turned ? 720 : 1280,
				height: turned ? 1280 : 720,
				orientation,
			});
		}
	});

	it('reads an orientation that is stored as a LONG', () => {
		const picture = jpeg(1280, 720, { before: [exifSegment(tiff(6, 'MM', 4))] });
		expect(readImageInfo(picture)).toMatchObject({ width: 720, height: 1280, orientation: 6 });
	});

	it('does not confuse the thumbnail inside EXIF with the picture', () => {
		const thumbnail = jpeg(160, 120, { before: [exifSegment(tiff(8))] });
		const picture = jpeg(4000, 3000, { before: [exifSegment(tiff(1), thumbnail)] });
		expect(readImageInfo(picture)).toMatchObject({ width: 4000, height: 3000, orientation: 1 });
	});

	it('continues after an application segment that is not EXIF, and after fill bytes', () => {
		const xmp = Buffer.from('\xff\xe1\x00\x1fhttp://ns.adobe.com/xap/1.0/\0', 'latin1');
		const fill = Buffer.from([0xff, 0xff, 0xff]);
		const picture = jpeg(800, 600, { before: [xmp, exifSegment(tiff(3)), fill] });
		expect(readImageInfo(picture)).toMatchObject({ width: 800, height: 600, orientation: 3 });
	});

	it('ignores EXIF that is damaged or names an impossible orientation', () => {
		for (const broken of [
			tiff(9),
			tiff(0),
			tiff(6).subarray(0, 12),
			Buffer.from('II*\0\xff\xff\xff\xff', 'latin1'),
		]) {
			expect(readImageInfo(jpeg(800, 600, { before: [exifSegment(broken)] }))).toEqual({
				mimeType: 'image/jpeg',
				width: 800,
				height: 600,
			});
		}
	});

	it('accepts what phones append after the end', () => {
		const picture = Buffer.concat([jpeg(800, 600), Buffer.alloc(500, 7)]);
		expect(readImageInfo(picture)).toMatchObject({ width: 800 });
	});

	it('refuses a picture whose second half is missing', () => {
		expect(() => readImageInfo(jpeg(800, 600, { end: false }))).toThrow('is cut off');
		// The end marker of a thumbnail is not the end of the picture.
		const thumbnail = jpeg(160, 120);
		const cut = jpeg(800, 600, { before: [exifSegment(tiff(1), thumbnail)], end: false });
		expect(() => readImageInfo(cut)).toThrow('is cut off');
	});

	it('refuses one without a size', () => {
		expect(() => readImageInfo(jpeg(0, 600))).toThrow('is damaged');
	});
});

describe('PNG', () => {
	it('reads the size, and eXIf', () => {
		expect(readImageInfo(png(640, 480))).toEqual({
			mimeType: 'image/png',
			width: 640,
			height: 480,
		});
		expect(readImageInfo(png(640, 480, [['eXIf', tiff(6, 'MM')]]))).toEqual({
			mimeType: 'image/png',
			width: 480,
			height: 640,
			orientation: 6,
		});
	});

	it('refuses one that is cut off or has no header', () => {
		const whole = png(640, 480);
		expect(() => readImageInfo(whole.subarray(0, whole.length - 1))).toThrow('is cut off');
		expect(() => readImageInfo(whole.subarray(0, 40))).toThrow('is cut off');
		const headless = Buffer.concat([whole.subarray(0, 8), whole.subarray(33)]);
		expect(() => readImageInfo(headless)).toThrow('the PNG header is missing');
	});
});

describe('WebP', () => {
	it('reads all three kinds', () => {
		expect(readImageInfo(webpLossy(1600, 900))).toEqual({
			mimeType: 'image/webp',
			width: 1600,
			height: 900,
		});
		expect(readImageInfo(webpLossless(16383, 301))).toMatchObject({ width: 16383, height: 301 });
		expect(readImageInfo(webpExtended(70000, 301))).toMatchObject({ width: 70000, height: 301 });
	});

	it('swaps the sides by its EXIF chunk, with and without the prefix of JPEG', () => {
		const turned = { width: 900, height: 1600, orientation: 8 };
		expect(readImageInfo(webpExtended(1600, 900, tiff(8)))).toMatchObject(turned);
		const prefixed = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff(8, 'MM')]);
		expect(readImageInfo(webpExtended(1600, 900, prefixed))).toMatchObject(turned);
	});

	it('refuses one that is cut off', () => {
		const whole = webpLossy(1600, 900);
		expect(() => readImageInfo(whole.subarray(0, whole.length - 1))).toThrow('is cut off');
	});
});

describe('anything else', () => {
	it.each(Object.keys(others))('names %s', (mimeType) => {
		expect(identify(others[mimeType]).mimeType).toBe(mimeType);
		expect(() => readImageInfo(others[mimeType])).toThrow(FieldError);
	});

	it('names an empty file', () => {
		expect(() => readImageInfo(Buffer.alloc(0))).toThrow('is empty');
		expect(identify(Buffer.from(' \n ')).name).toBe('empty or blank');
	});
});

describe('damaged pictures of every kind', () => {
	const whole = [
		jpeg(800, 600, { before: [exifSegment(tiff(6), jpeg(160, 120))] }),
		png(800, 600, [['eXIf', tiff(6)]]),
		webpLossy(800, 600),
		webpLossless(800, 600),
		webpExtended(800, 600, tiff(6)),
	];

	it('are refused wherever they are cut off', () => {
		for (const picture of whole) {
			for (let length = 0; length < picture.length; length++) {
				expect(() => readImageInfo(picture.subarray(0, length))).toThrow(FieldError);
			}
			expect(() => readImageInfo(picture)).not.toThrow();
		}
	});

	it('always give a size or a FieldError, whatever bytes are changed', () => {
		const change = fc.record({ at: fc.nat(400), value: fc.integer({ min: 0, max: 255 }) });
		fc.assert(
			fc.property(
				fc.constantFrom(...whole),
				fc.array(change, { maxLength: 6 }),
				(picture, changes) => {
					const data = Buffer.from(picture);
					for (const { at, value } of changes) data[at % data.length] = value;
					try {
						const info = readImageInfo(data);
						return info.width > 0 && info.height > 0;
					} catch (error) {
						return error instanceof FieldError;
					}
				},
			),
			{ numRuns: 3000 },
		);
	});
});
