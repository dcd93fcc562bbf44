import { checkImage, typeNames } from '../../../../nodes/Hailuo/media/picture/check';
import { FieldError } from '../../../../nodes/Hailuo/models/fieldError';
import {
	exifSegment,
	jpeg,
	others,
	png,
	tiff,
	vtrixRules,
	waveSpeedRules,
	webpLossy,
} from './pictures';

const field = 'First Frame';

function refusal(data: Buffer, rules = waveSpeedRules): FieldError {
	try {
		checkImage(data, rules, field);
	} catch (error) {
		expect(error).toBeInstanceOf(FieldError);
		return error as FieldError;
	}
	throw new Error('not refused');
}

const accepted = (data: Buffer, rules = waveSpeedRules) => checkImage(data, rules, field);

describe('checkImage', () => {
	it('returns what it read', () => {
		expect(accepted(png(1280, 720))).toEqual({ mimeType: 'image/png', width: 1280, height: 720 });
	});

	it('accepts WebP if the provider does', () => {
		expect(accepted(webpLossy(1280, 720), vtrixRules).mimeType).toBe('image/webp');
		const error = refusal(webpLossy(1280, 720));
		expect(error.field).toBe(field);
		expect(error.message).toBe(
			"'First Frame' is a WebP picture; it must be JPG or PNG, whatever the file is called",
		);
		expect(error.fix).toContain('Convert');
	});

	it('names the real type of the file', () => {
		for (const [mimeType, data] of Object.entries(others)) {
			expect([mimeType, refusal(data, vtrixRules).rule]).toEqual([
				mimeType,
				expect.stringContaining('it must be JPG, PNG or WebP'),
			]);
		}
		expect(refusal(others['text/html']).message).toContain('is a web page (HTML)');
		expect(refusal(others['text/html']).fix).toContain('previous step');
		expect(refusal(others['image/heic']).message).toContain('HEIC');
		expect(typeNames(vtrixRules)).toBe('JPG, PNG or WebP');
	});

	it('requires a short side over 300 px', () => {
		expect(accepted(png(301, 301))).toBeDefined();
		const error = refusal(png(500, 300));
		expect(error.message).toBe(
			"'First Frame' is 500 × 300 px; its short side must have at least 301 px",
		);
	});

	it('requires a ratio between 2:5 and 5:2, on WaveSpeed without these limits themselves', () => {
		expect(accepted(png(999, 400))).toBeDefined();
		expect(accepted(png(400, 999))).toBeDefined();
		expect(refusal(png(1000, 400)).rule).toMatch(/too (wide|tall): its ratio is/);
		expect(refusal(png(400, 1000)).rule).toMatch(/too (wide|tall): its ratio is/);
		expect(accepted(png(1000, 400), vtrixRules)).toBeDefined();
		expect(accepted(png(400, 1000), vtrixRules)).toBeDefined();
		expect(refusal(png(1001, 400), vtrixRules).rule).toMatch(/too (wide|tall): its ratio is/);
		expect(refusal(png(400, 1001), vtrixRules).rule).toMatch(/too (wide|tall): its ratio is/);
	});

	it('says how much to crop, and the cropped picture passes', () => {
		const error = refusal(png(1280, 480));
		expect(error.message).toBe(
			"'First Frame' is 1280 × 480 px, too wide: its ratio is 2.67:1 and must be less than 2.5:1",
		);
		expect(error.fix).toContain('at most 1199 px in width');
		expect(accepted(png(1199, 480))).toBeDefined();
		const tall = refusal(png(401, 1280), vtrixRules);
		expect(tall.message).toContain('too tall: its ratio is 1:3.19 and must be at most 1:2.5');
		expect(tall.fix).toContain('at most 1002 px in height');
		expect(accepted(png(401, 1002), vtrixRules)).toBeDefined();
		expect(refusal(png(401, 1003), vtrixRules).rule).toMatch(/too (wide|tall): its ratio is/);
	});

	it('describes the picture as it is displayed', () => {
		const error = refusal(jpeg(1280, 480, { before: [exifSegment(tiff(6))] }));
		expect(error.message).toContain('is 480 × 1280 px, too tall');
	});

	it('counts a MB as a million bytes, and accepts exactly the limit', () => {
		const grown = (bytes: number) => {
			const picture = png(800, 600);
			return Buffer.concat([picture, Buffer.alloc(bytes - picture.length)]);
		};
		expect(accepted(grown(20_000_000))).toBeDefined();
		expect(accepted(grown(19_999_999), vtrixRules)).toBeDefined();
		expect(refusal(grown(20_000_000), vtrixRules).rule).toContain('at most 20 MB');
		const error = refusal(grown(20_000_001));
		expect(error.field).toBe(field);
		expect(error.message).toBe("'First Frame' is 20.1 MB; at most 20 MB are allowed");
	});

	it('reports a damaged or empty picture as such', () => {
		expect(refusal(jpeg(800, 600, { end: false })).message).toContain('is cut off');
		expect(refusal(Buffer.alloc(0)).message).toBe("'First Frame' is an empty file (0 bytes)");
	});
});
