'use strict';

const { createHash } = require('node:crypto');

const { context, useMode } = require('./mediaContext');
const { loadPicture } = require('../../nodes/Hailuo/media/picture/load');
const { FieldError } = require('../../nodes/Hailuo/models/fieldError');
const { png } = require('./pictures');
const { jpeg, waveSpeedRules } = require('../unit/media/picture/pictures');

const picture = Buffer.concat([jpeg(1280, 720), Buffer.alloc(5000, 3)]);
const sha256 = createHash('sha256').update(picture).digest('hex');
/** @type {import('../../nodes/Hailuo/media/picture/load').PictureInput} */
const input = {
	source: 'binary',
	value: 'data',
	label: 'First Frame',
	rules: waveSpeedRules,
	providerUrl: 'https://api.wavespeed.ai/api/v3',
	fetch: async () => await Promise.reject(new Error('not to be called')),
};

async function refusal(self, more = {}) {
	const error = await loadPicture.call(self, 0, { ...input, ...more }).catch((e) => e);
	expect(error).toBeInstanceOf(FieldError);
	expect(error.field).toBe('First Frame');
	return error;
}

describe.each(['filesystem-v2', 'default'])('binary data mode %s', (mode) => {
	beforeAll(() => useMode(mode));
	afterAll(() => useMode('filesystem-v2'));

	const stored = async (data, fileName = 'Holiday photo (1).PNG', mimeType = 'image/png') =>
		await context().helpers.prepareBinaryData(data, fileName, mimeType);

	it('reads a binary field, and trusts its bytes more than its name and type', async () => {
		const self = context({ items: [{ json: {}, binary: { data: await stored(picture) } }] });
		expect(await loadPicture.call(self, 0, { ...input, value: ' data ' })).toEqual({
			kind: 'data',
			data: picture,
			mimeType: 'image/jpeg',
			notes: [],
			fileName: 'Holiday-photo-1.jpg',
			sha256,
			width: 1280,
			height: 720,
		});
	});

	it('reads the field of its own item', async () => {
		const other = Buffer.concat([png(640, 480), Buffer.alloc(9)]);
		const self = context({
			items: [
				{ json: {}, binary: { data: await stored(picture) } },
				{ json: {}, binary: { data: await stored(other, '../../x\r\n.png') } },
			],
		});
		const loaded = await loadPicture.call(self, 1, input);
		expect(loaded).toMatchObject({ mimeType: 'image/png', fileName: 'x.png', width: 640 });
	});

	it('accepts the binary value itself, as an expression returns it', async () => {
		const value = await stored(picture);
		const self = context({ items: [{ json: {} }] });
		expect(await loadPicture.call(self, 0, { ...input, value })).toMatchObject({ sha256 });
	});

	it('finds it in the JSON in the combined mode of binary data', async () => {
		const self = context({
			items: [{ json: { photo: await stored(picture) } }],
			settings: { binaryMode: 'combined' },
		});
		expect(await loadPicture.call(self, 0, { ...input, value: 'photo' })).toMatchObject({ sha256 });
		expect((await refusal(self)).message).toContain('the item has only "photo"');
	});

	it('names the fields of the item if the requested one is missing', async () => {
		const file = await stored(picture);
		const self = context({ items: [{ json: {}, binary: { photo: file, logo: file } }] });
		const error = await refusal(self);
		expect(error.message).toBe(
			`'First Frame' needs a picture in the input field "data", but the item has only "photo", "logo"`,
		);
		expect(error.fix).toBe('Enter "photo" in \'First Frame Input Field\'');
		expect((await refusal(self, { value: '' })).message).toContain('(no name given)');
		expect((await refusal(self, { value: undefined })).rule).toMatch(/^needs a picture/);
		expect((await refusal(self, { value: { mimeType: 7 } })).rule).toContain('gives an object');
		// Every object has something of this name.
		const none = await refusal(self, { value: 'constructor' });
		expect(none.message).toContain('needs a picture in the input field "constructor"');
	});

	it('says so if the item has no file at all', async () => {
		const error = await refusal(context());
		expect(error.message).toContain('the item has no file');
		expect(error.fix).toContain('step before');
	});

	it('checks the picture against the limits', async () => {
		const small = context({ items: [{ json: {}, binary: { data: await stored(png(640, 240)) } }] });
		expect((await refusal(small)).rule).toContain('its short side');
	});

	it('refuses a huge file by its stored size, without reading it', async () => {
		const file = await stored(Buffer.alloc(21_000_000, 1), 'huge.jpg', 'image/jpeg');
		const self = context({ items: [{ json: {}, binary: { data: file } }] });
		const read = jest.spyOn(self.helpers, 'getBinaryDataBuffer');
		expect(await refusal(self)).toMatchObject({
			message: "'First Frame' is 21 MB; at most 20 MB are allowed",
		});
		expect(read).not.toHaveBeenCalled();
	});
});

describe('a picture given as text', () => {
	it('can be a URL that the provider fetches', async () => {
		const value = 'https://example.com/a.jpg';
		expect(await loadPicture.call(context(), 0, { ...input, source: 'url', value })).toEqual({
			kind: 'url',
			url: value,
		});
	});

	it('or data, which is checked and gets the name of the field', async () => {
		const value = `data:image/png; base64,${picture.toString('base64')}`;
		const loaded = await loadPicture.call(context(), 0, { ...input, source: 'url', value });
		expect(loaded).toMatchObject({ mimeType: 'image/jpeg', fileName: 'First-Frame.jpg', sha256 });
		const small = png(640, 240).toString('base64');
		expect((await refusal(context(), { source: 'url', value: small })).rule).toContain(
			'its short side',
		);
	});
});
