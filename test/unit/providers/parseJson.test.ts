import fc from 'fast-check';
import { text } from '../../../nodes/Hailuo/providers/answers';
import { parseJson } from '../../../nodes/Hailuo/providers/parseJson';

test.each([
	['{"task_id":359690885259366123}', { task_id: '359690885259366123' }],
	[
		'{"ids":[ 9007199254740993 ,-9007199254740993]}',
		{ ids: ['9007199254740993', '-9007199254740993'] },
	],
	['12345678901234567890', '12345678901234567890'],
	// JavaScript can hold these exactly, or they are not ids.
	['{"a":9007199254740991}', { a: 9007199254740991 }],
	['{"a":1.2345678901234567891}', { a: Number('1.2345678901234567891') }],
	[
		'{"a":1234567890123456789.5,"b":1234567890123456789e3}',
		{ a: Number('1234567890123456789.5'), b: Number('1234567890123456789e3') },
	],
	['{"a":"12345678901234567890"}', { a: '12345678901234567890' }],
	['{"a\\":12345678901234567890":"\\\\","b":1}', { 'a":12345678901234567890': '\\', b: 1 }],
	['<html>12345678901234567890', '<html>12345678901234567890'],
])('%s is read without losing a digit', (json, parsed) => {
	expect(parseJson(json)).toEqual(parsed);
});

test('whatever JSON it is: only integers above 2^53 are changed, to their digits', () => {
	fc.assert(
		fc.property(fc.json(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }), (json, id) => {
			expect(parseJson(`{"id":${id},"rest":${json}}`)).toMatchObject({ id: String(id) });
			const told = parseJson(json) as never;
			const expected = JSON.parse(json, (_, value: unknown) =>
				Number.isInteger(value) && !Number.isSafeInteger(value) ? expect.anything() : value,
			) as never;
			expect(told).toEqual(expected);
		}),
	);
});

test('each string is passed on, property names included', () => {
	const given = '{"a key":["a key",1,{"b":"a\\u0020key"}]}';
	expect(parseJson(given, (part) => part.replace('a key', '***'))).toEqual({
		'***': ['***', 1, { b: '***' }],
	});
});

test.each(['[', '{"a":'])('endless brackets are not an answer: %s', (open) => {
	const deep = open.repeat(20_000) + '1' + (open === '[' ? ']' : '}').repeat(20_000);
	expect(parseJson(deep)).toBe(deep);
});

test('an integer that has already lost digits is not an id', () => {
	expect(text(2 ** 53 + 2)).toBeUndefined();
	expect(text(2 ** 53 - 1)).toBe('9007199254740991');
});
