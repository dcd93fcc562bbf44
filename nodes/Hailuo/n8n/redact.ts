/** No provider has shorter keys, and short texts occur in every answer: "id" would remove the job's ID. */
const MIN_KEY_LENGTH = 8;

const NAMED: Record<string, string> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
	'/': 'sol',
	'=': 'equals',
	'+': 'plus',
	'\n': 'NewLine',
	'\t': 'Tab',
};

const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const hex = (value: number, length = 1) => value.toString(16).padStart(length, '0');

/** The percent-encoded forms of a character, in UTF-8 and in Latin-1; when encoded again, each % is %25. */
function percentForms(sign: string, code: number): string[] {
	const bytes = [...new TextEncoder().encode(sign)];
	const forms = [bytes, ...(code > 0x7f && code < 0x100 ? [[code]] : [])];
	return forms.map((form) => form.map((byte) => `%(?:25){0,4}${hex(byte, 2)}`).join(''));
}

/**
 * A pattern for one character in any form that JSON, an address, HTML or a header may give it. Every repetition is
 * limited.
 */
function anyFormOf(sign: string): string {
	const code = sign.codePointAt(0) ?? 0;
	const units = [...Array(sign.length).keys()].map((at) => sign.charCodeAt(at));
	const name = NAMED[sign];
	const inJson = JSON.stringify(sign).slice(1, -1);
	const entity = [`#0{0,6}${code};?`, `#x0{0,6}${hex(code)};?`, ...(name ? [`${name};?`] : [])];
	return [
		// JSON within JSON adds more backslashes.
		`\\\\{0,8}${quoted(sign)}`,
		...(inJson.startsWith('\\') ? [`\\\\{1,8}${quoted(inJson.replace(/^\\+/, ''))}`] : []),
		units.map((unit) => `\\\\{1,8}u${hex(unit, 4)}`).join(''),
		...(code < 0x100 ? [`\\\\{1,8}x${hex(code, 2)}`] : []),
		...percentForms(sign, code),
		...(sign === ' ' ? ['\\+'] : []),
		`&(?:amp;){0,4}(?:${entity.join('|')})`,
	].join('|');
}

/**
 * The middle part of the Base64 of a text, which does not depend on the text around it, for each of the three
 * alignments.
 */
function base64Forms(text: string): string[] {
	return [0, 1, 2].flatMap((before) => {
		const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
		const whole = bytes.toString('base64').replace(/=+$/, '');
		const first = Math.ceil((before * 8) / 6);
		const form = whole.slice(first, Math.floor((bytes.length * 8) / 6));
		return [form, form.replace(/\+/g, '-').replace(/\//g, '_')];
	});
}

/**
 * Removes a key from a text, in every encoding in which an answer may repeat it: plain, as in a header, with JSON
 * escapes (also repeated), percent-encoded, as HTML entities, as Base64 or in hex.
 *
 * @returns a function that replaces the key with `***`
 */
export function redactor(apiKey: string): (text: string) => string {
	const sent = apiKey.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim();
	const keys = [...new Set([apiKey.trim(), sent])].filter(({ length }) => length >= MIN_KEY_LENGTH);
	if (keys.length === 0) return (text) => text;
	const patterns = keys.flatMap((key) => [
		[...key].map((sign) => `(?:${anyFormOf(sign)})`).join(''),
		...base64Forms(key).map((form) => [...form].map((sign) => anyBase64(sign)).join('')),
		Buffer.from(key).toString('hex'),
	]);
	// Case does not matter: a host, for example, is written in lower case.
	const forms = new RegExp([...new Set(patterns)].join('|'), 'gi');
	return (text) => text.replace(forms, '***');
}

/** `+`, `/` and `=` of Base64 are escaped in JSON and in addresses; letters and digits are not. */
const anyBase64 = (sign: string) => (/\w/.test(sign) ? sign : `(?:${anyFormOf(sign)})`);
