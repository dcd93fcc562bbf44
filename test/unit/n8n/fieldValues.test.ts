import {
	asAmount,
	asLimitMs,
	asResolution,
	asSeconds,
	asSwitch,
	asText,
	isBlank,
} from '../../../nodes/Hailuo/n8n/fieldValues';
import { FieldError } from '../../../nodes/Hailuo/models/fieldError';

/** The field, rule and fix that a person reads. */
function refusal(work: () => unknown) {
	try {
		work();
	} catch (error) {
		expect(error).toBeInstanceOf(FieldError);
		const { field, message, fix } = error as FieldError;
		return { field, message, fix };
	}
	throw new Error('It was taken');
}

test.each([
	['a boat', 'a boat'],
	['', ''],
	[6, '6'],
	[['a boat'], 'a boat'],
	['a\u0000 b\u007f\ud83d', 'a b'],
	['line\u000bline\ttab\r\n', 'line\nline\ttab\r\n'],
	['👩\u200d🚀 שלום', '👩\u200d🚀 שלום'],
	[null, undefined],
	[undefined, undefined],
])('a text: %p is %p', (value, text) => {
	expect(asText(value, 'Prompt')).toBe(text);
});

test.each([
	[0, 0],
	[0.5, 0.5],
	['20', 20],
	['20 minutes', 20],
	[Infinity, Infinity],
	[-1, 5],
	[NaN, 5],
	['many', 5],
	['', 5],
	[' ', 5],
	[null, 5],
	[undefined, 5],
	[true, 5],
	[[], 5],
])('an amount: %p is %p, and an invalid value does not remove the limit', (value, amount) => {
	expect(asAmount(value, 5)).toBe(amount);
});

test.each([
	[15, 15],
	['2.5', 2.5],
	[0.0001, 0.1],
	[0, 30],
	[-5, 30],
	[NaN, 30],
	['', 30],
	[undefined, 30],
	// A time that n8n could not store as a date becomes the longest time for which a job is kept.
	[Infinity, 10_080],
	['Infinity', 10_080],
	[1e300, 10_080],
	[2e11, 10_080],
	[Number.MAX_VALUE, 10_080],
])('a time limit: %p is %p minutes', (value, minutes) => {
	const ms = asLimitMs(value, 30);
	expect(ms).toBe(minutes * 60_000);
	expect(new Date(Date.now() + ms).getTime()).not.toBeNaN();
});

test.each([
	['768P', '768P'],
	[' 768p ', '768P'],
	[1080, '1080P'],
	['2k', '2K'],
	['', undefined],
	[null, undefined],
])('a resolution: %p is %p', (value, resolution) => {
	expect(asResolution(value)).toBe(resolution);
});

test.each([
	[{ text: 'a boat' }, /'Prompt' must be text, but is an object/],
	[['a', 'b'], /'Prompt' must be text, but is a list/],
	[new Date(0), /'Prompt' must be text, but is an object/],
	[[], /'Prompt' must be text, but is an empty list/],
])('a text: %p is refused, or a video of "[object Object]" would be paid for', (value, message) => {
	const told = refusal(() => asText(value, 'Prompt'));
	expect(told.field).toBe('Prompt');
	expect(told.message).toMatch(message);
	expect(told.fix).toMatch(/\{\{ \$json\.text \}\}/);
});

test.each([
	[true, /must be text, but is true/],
	[false, /must be text, but is false/],
	[NaN, /is NaN/],
	[' undefined ', /is undefined/],
	['null', /is null/],
	['Scene: [object Object]', /an object was used where text/],
	['\u200b\ufeff\u2060', /only invisible characters/],
])('a text: %p is refused, because it is certainly a mistake', (value, message) => {
	expect(refusal(() => asText(value, 'Prompt')).message).toMatch(message);
});

test.each([
	[6, 6],
	['10', 10],
	['6s', 6],
	['6 Seconds', 6],
	['6.0', 6],
	[[6], 6],
	['  ', undefined],
	[' 6 ', 6],
	['', undefined],
	[null, undefined],
])('a length: %p is %p', (value, seconds) => {
	expect(asSeconds(value)).toBe(seconds);
});

test.each([['six'], ['6m'], ['6,5'], [{}], [[6, 10]], [true], [NaN], [Infinity]])(
	'a length: %p is refused',
	(value) => {
		expect(refusal(() => asSeconds(value)).field).toBe('Duration');
	},
);

test.each([
	[true, true],
	['true', true],
	[1, true],
	[false, false],
	['false', false],
	[0, false],
	['TRUE', true],
	['False', false],
	[' Yes ', true],
	['on', true],
	['1', true],
	['no', false],
	['OFF', false],
	['0', false],
	[['Yes'], true],
	[' ', undefined],
	['', undefined],
	[undefined, undefined],
])('a switch: %p is %p', (value, on) => {
	expect(asSwitch(value, 'Go Fast')).toBe(on);
});

test.each([['maybe'], [2], [{}], [[]]])('a switch: %p is refused', (value) => {
	const told = refusal(() => asSwitch(value, 'Go Fast'));
	expect(told.message).toMatch(/^'Go Fast' must be true or false, but is '/);
});

test('a blank value means that the field is empty, not zero and not off', () => {
	expect([undefined, null, '', 0, false, ' '].map(isBlank)).toEqual([
		true,
		true,
		true,
		false,
		false,
		false,
	]);
});
