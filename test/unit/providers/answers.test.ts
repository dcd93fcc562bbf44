import { codeOf, isoTime, messageOf, statusOf } from '../../../nodes/Hailuo/providers/answers';
import type { JobStatus } from '../../../nodes/Hailuo/providers/types';

const words: Record<string, JobStatus> = { done: 'completed', waiting: 'queued' };

test.each([
	['done', 'completed'],
	['DONE', 'completed'],
	[' Waiting ', 'queued'],
	['unheard of', 'running'],
	// A property that every object inherits is not a status: a job would end with it.
	['constructor', 'running'],
	['__proto__', 'running'],
	['', 'running'],
	[undefined, 'running'],
	[{}, 'running'],
	[7, 'running'],
])('the word %p means %s', (word, status) => {
	expect(statusOf(words, word)).toBe(status);
});

test.each([
	[1_767_225_600, '2026-01-01T00:00:00.000Z'],
	['1767225600', '2026-01-01T00:00:00.000Z'],
	[1_767_225_600_123, '2026-01-01T00:00:00.123Z'],
	['2026-01-01T00:00:00.123456789Z', '2026-01-01T00:00:00.123Z'],
	['2026-01-01T02:00:00+02:00', '2026-01-01T00:00:00.000Z'],
	// Never in the time zone of the machine on which n8n runs.
	['2026-01-01 00:00:00', '2026-01-01T00:00:00.000Z'],
	['2026-01-01T00:00', '2026-01-01T00:00:00.000Z'],
	// The zero value that some languages use for a missing time.
	[0, undefined],
	[-62_135_596_800, undefined],
	['', undefined],
	['soon', undefined],
	[null, undefined],
	[1e300, undefined],
])('the time %p is %p', (time, iso) => {
	expect(isoTime(time)).toBe(iso);
});

test.each([
	[{ error_code: 7, code: 200 }, '7'],
	[{ error: { code: 'bad_size' } }, 'bad_size'],
	[{ status: { error_code: 40201, code: 403 } }, '40201'],
	[{ status: { code: 403 } }, '403'],
	[{ status: 'failed' }, undefined],
	['text', undefined],
])('%j has the code %p', (body, code) => {
	expect(codeOf(body)).toBe(code);
});

test.each([
	[{ error_message: 'a', message: 'b' }, 'a'],
	[{ message: ' ', msg: 'c' }, 'c'],
	[{ base_resp: { status_msg: 'd' }, error: 'e' }, 'd'],
	[{ error: { message: 'e' }, detail: 'f' }, 'e'],
	[{ detail: [{ msg: 'f' }] }, 'f'],
	[{ errors: ['g'] }, 'g'],
	[{ error: null, status: { msg: 'h' } }, 'h'],
	['<html>no</html>', undefined],
	[{}, undefined],
])('%j says %p', (body, said) => {
	expect(messageOf(body)).toBe(said);
});
