import { isPrivateHost } from '../../../../nodes/Hailuo/media/hosts';
import { readPictureText } from '../../../../nodes/Hailuo/media/picture/fromText';
import { toDataUri } from '../../../../nodes/Hailuo/media/picture/dataUri';
import { FieldError } from '../../../../nodes/Hailuo/models/fieldError';
import { cpuTimeMs } from '../../helpers/nodeGlobals';
import { jpeg, others, png, waveSpeedRules } from './pictures';

const context = {
	field: 'Last Frame',
	rules: waveSpeedRules,
	providerUrl: 'https://api.wavespeed.ai/api/v3',
};
const local = { ...context, providerUrl: 'http://127.0.0.1:4010/api/v3/' };

const read = (value: unknown, from = context) => readPictureText(value, from);

function refusal(value: unknown, from = context): FieldError {
	try {
		readPictureText(value, from);
	} catch (error) {
		expect(error).toBeInstanceOf(FieldError);
		return error as FieldError;
	}
	throw new Error(`not refused: ${String(value).slice(0, 80)}`);
}

describe('a URL', () => {
	it('is read as it is meant', () => {
		expect(read(' https://example.com/a b.jpg?x=1 \n')).toEqual({
			kind: 'url',
			url: 'https://example.com/a%20b.jpg?x=1',
		});
		expect(read('HTTP://Example.com/a.png')).toEqual({
			kind: 'url',
			url: 'http://example.com/a.png',
		});
	});

	it.each([
		'http://localhost/a.jpg',
		'http://127.0.0.1:5678/a.jpg',
		'http://2130706433/a.jpg',
		'http://0x7f.1/a.jpg',
		'http://10.0.0.8/a.jpg',
		'http://172.16.0.1/a.jpg',
		'http://172.31.255.1/a.jpg',
		'http://100.64.0.1/a.jpg',
		'http://100.127.255.1/a.jpg',
		'http://0.0.0.0/a.jpg',
		'http://[::]/a.jpg',
		'http://[fe80::1]/a.jpg',
		'http://[::ffff:100.64.0.1]/a.jpg',
		'http://192.168.1.20/a.jpg',
		'http://169.254.169.254/latest/meta-data',
		'http://[::1]/a.jpg',
		'http://[::ffff:192.168.0.1]/a.jpg',
		'http://[fd00::1]/a.jpg',
		'http://minio:9000/a.jpg',
		'http://nas.local/a.jpg',
		'http://localhost./a.jpg',
	])('on a private host is refused, but not if the provider is local too: %s', (url) => {
		const error = refusal(url);
		expect(error.field).toBe('Last Frame');
		expect(error.message).toContain('only your own network can reach');
		expect(error.fix).toContain('File From Input');
		expect(read(url, local).kind).toBe('url');
	});

	it.each([
		'https://8.8.8.8/a.jpg',
		'https://172.15.0.1/a.jpg',
		'https://172.32.0.1/a.jpg',
		'https://100.63.0.1/a.jpg',
		'https://100.128.0.1/a.jpg',
		'https://169.253.0.1/a.jpg',
		'https://192.167.0.1/a.jpg',
		'https://[2606:4700::1]/a.jpg',
		'https://[::ffff:8.8.8.8]/a.jpg',
		'https://[::ffff:100.128.0.1]/a.jpg',
	])('on a public address is accepted: %s', (url) => expect(read(url).kind).toBe('url'));

	it.each([
		'ftp://example.com/a.jpg',
		'file:///tmp/a.jpg',
		'C:\\Users\\me\\a.jpg',
		'blob:https://x/1',
		's3://b/a',
	])('with another scheme is refused: %s', (url) => {
		expect(refusal(url).message).toContain('only http:// and https://');
	});

	it.each([
		'https://',
		'http:///a.jpg',
		'https:example.com',
		'https://exa mple.com/a.jpg',
		'http://[::1',
	])('that is invalid is refused: %s', (url) =>
		expect(refusal(url).message).toContain('is not a valid address'),
	);
});

describe('data', () => {
	const picture = jpeg(800, 600);
	const base64 = picture.toString('base64');
	const expected = { kind: 'data', mimeType: 'image/jpeg', data: picture };

	it('is read from a data URI in every spelling', () => {
		expect(read(toDataUri(picture, 'image/jpeg'))).toEqual(expected);
		expect(read(`data:image/jpeg; base64,${base64}`)).toEqual(expected);
		expect(read(`DATA:image/jpeg;name=a.jpg;BASE64,${base64}`)).toEqual(expected);
		expect(read(`data:;base64,${base64}`)).toEqual(expected);
	});

	it('takes the type from the bytes, not from the data URI', () => {
		expect(read(`data:image/png;base64,${base64}`)).toEqual(expected);
		expect(read(`data:image/jpeg;base64,${others['image/gif'].toString('base64')}`)).toMatchObject({
			mimeType: 'image/gif',
		});
	});

	it('is read from bare base64: with line breaks, URL-safe, or without padding', () => {
		expect(read(base64)).toEqual(expected);
		expect(read(base64.replace(/.{76}/g, '$&\r\n'))).toEqual(expected);
		expect(read(base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, ''))).toEqual(
			expected,
		);
	});

	it.each([
		['a data URI that is not base64', 'data:image/svg+xml,%3Csvg%3E'],
		['a data URI without a comma', `data:image/png;base64${'A'.repeat(400)}`],
		[
			'a data URI of text',
			`data:image/png;base64,${Buffer.from('hello world, hello').toString('base64')}`,
		],
		['an address without its scheme', 'example.com/picture.jpg'],
		['a file name', 'picture.jpg'],
		['a path', '/home/me/picture.jpg'],
		['a JSON without an address', '{"picture":"https://example.com/a.jpg"}'],
		['a word', 'undefined'],
		['an object as text', '[object Object]'],
	])('is refused when it is %s', (_what, value) => {
		const { field, rule } = refusal(value);
		expect(field).toBe('Last Frame');
		expect(rule).toMatch(
			/^is (neither an address nor|a data URI that does not contain|a data URI without|an address without https)|^contains an object|^must be text, but is an object/,
		);
	});

	it.each([undefined, null, '', '  \n'])('is missing when it is %p', (value) => {
		expect(refusal(value).rule).toMatch(/^is (empty|blank)$/);
	});

	it('names the type of a value that is not text', () => {
		expect(refusal({ a: 1 }).message).toBe("'Last Frame' must be text, but is an object");
		expect(refusal([1]).message).toBe("'Last Frame' must be text, but is a list");
		expect(refusal(7).message).toBe("'Last Frame' must be text, but is a number");
	});

	it('quotes only the beginning of a long text, without control characters', () => {
		const { message } = refusal(`no\tpicture\n${'x!'.repeat(5000)}`);
		expect(message.length).toBeLessThan(160);
		expect(message).not.toMatch(/[\n\t]/);
	});

	it('accepts a picture of the maximum size, and refuses a larger one before decoding it', () => {
		const head = png(800, 600);
		const largest = Buffer.concat([head, Buffer.alloc(20_000_000 - head.length)]);
		expect(read(toDataUri(largest, 'image/png'))).toMatchObject({ kind: 'data' });
		expect(refusal('A'.repeat(40_000_000)).rule).toContain(
			'more than a picture of the allowed size',
		);
	});

	it('takes time in proportion to the length, also for hostile texts', () => {
		const started = cpuTimeMs();
		for (const unit of ['A', 'A=', '= ', ' \n', 'data:', ';base64', 'http://a/', 'a:b;', '/']) {
			const text = unit.repeat(Math.floor(8_000_000 / unit.length));
			for (const value of [text, `${text}!`, `data:${text}`, `data:;base64,${text}!`]) {
				try {
					read(value);
				} catch (error) {
					expect(error).toBeInstanceOf(FieldError);
				}
			}
		}
		// 36 texts of 8 MB: a few hundred ms each would already be suspicious.
		expect(cpuTimeMs() - started).toBeLessThan(10_000);
	});
});

describe('isPrivateHost', () => {
	it('accepts names that only look private', () => {
		expect(isPrivateHost('localhost.example.com')).toBe(false);
		expect(isPrivateHost('mylocal')).toBe(true);
		expect(isPrivateHost('10.example.com')).toBe(false);
		expect(isPrivateHost('cdn.wavespeed.ai')).toBe(false);
	});
});
