import fc from 'fast-check';
import { redactor } from '../../../nodes/Hailuo/n8n/redact';
import { cpuTimeMs } from '../helpers/nodeGlobals';

const KEY = "sk/of+nobody=4&'x'";

const unicode = (key: string) =>
	[...key].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const percent = (key: string) =>
	[...Buffer.from(key)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const entities = (key: string, base = 10) =>
	[...key]
		.map((sign) => `&#${base === 16 ? 'x' : ''}${sign.charCodeAt(0).toString(base)};`)
		.join('');
const base64 = (key: string) => Buffer.from(key).toString('base64');
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** Each turns a key into a form in which an answer may contain it. After the redaction, no letter may be left. */
const FORMS: Record<string, (key: string) => string> = {
	'as it is': (key) => key,
	'in capitals': (key) => key.toUpperCase(),
	'with the escapes that other languages write': (key) =>
		key.replace(/[=+&'<>/]/g, (sign) => unicode(sign)),
	'with escaped slashes': (key) => key.split('/').join('\\/'),
	'in escapes of JSON alone': unicode,
	'in capital escapes': (key) => unicode(key).replace(/[a-f]/g, (digit) => digit.toUpperCase()),
	'in JSON within JSON': (key) => inJson(inJson(unicode(key))),
	'in an address': encodeURIComponent,
	'in an address within one': (key) => encodeURIComponent(encodeURIComponent(key)),
	'percent-encoded throughout': percent,
	'in an address in JSON': (key) => inJson(encodeURIComponent(key)),
	'as entities': entities,
	'as entities in hex': (key) => entities(key, 16),
	'as named entities': (key) =>
		key.replace(/[&'/=+]/g, (sign) => ({ '&': '&amp;', "'": '&apos;' })[sign] ?? sign),
	'as entities within entities': (key) => entities(key).split('&').join('&amp;'),
	'in Base64': base64,
	'in Base64 for addresses': (key) => Buffer.from(key).toString('base64url'),
	'in Base64, escaped': (key) => encodeURIComponent(base64(key)),
	'in hex': (key) => Buffer.from(key).toString('hex'),
};

describe.each(Object.keys(FORMS))('a key %s', (form) => {
	const made = FORMS[form];

	test('is removed', () => {
		expect(redactor(KEY)(`before ${made(KEY)} after`)).toMatch(/^before \*\*\*(=|%3D)* after$/);
	});

	test('is removed whatever its characters', () => {
		const keys = fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' });
		fc.assert(
			fc.property(
				keys.filter((key) => key === key.trim()),
				(key) => {
					expect(redactor(key)(`<${made(key)}>`)).not.toContain(made(key));
				},
			),
		);
	});
});

test.each([0, 1, 2, 3])('a key inside a longer Base64 text, after %i bytes', (before) => {
	const text = Buffer.from(`${'x'.repeat(before)}${KEY} and more`).toString('base64');
	const left = redactor(KEY)(text).replace('***', '');
	expect(left.length).toBeLessThan(text.length - KEY.length);
});

test('a short word as the key removes nothing', () => {
	expect(redactor('id')('{"id":"a"}')).toBe('{"id":"a"}');
	expect(redactor('')('{"id":"a"}')).toBe('{"id":"a"}');
});

test.each(['\\', '%25', '&amp;', '&#0', 'sk/', '\\u00'])('1 MB of %j is fast', (part) => {
	const text = part.repeat(1e6 / part.length);
	const began = cpuTimeMs();
	redactor(KEY)(text);
	expect(cpuTimeMs() - began).toBeLessThan(1_500);
});
