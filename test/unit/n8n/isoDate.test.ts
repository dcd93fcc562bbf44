import { toIso } from '../../../nodes/Hailuo/n8n/isoDate';

const read = (value: unknown, zone = 'Europe/Berlin') => toIso(value, zone, 'Created After');

test.each([
	['a time without a zone is the workflow’s', '2026-01-31T09:00:00', '2026-01-31T08:00:00.000Z'],
	['in summer too', '2026-07-31T09:00:00', '2026-07-31T07:00:00.000Z'],
	['a date alone begins there', '2026-07-31', '2026-07-30T22:00:00.000Z'],
	['a blank between date and time', '2026-01-31 09:00', '2026-01-31T08:00:00.000Z'],
	['just after the clocks go forward', '2026-03-29T03:30:00', '2026-03-29T01:30:00.000Z'],
	['just before they do', '2026-03-29T01:30:00', '2026-03-29T00:30:00.000Z'],
	['a zone of its own wins', '2026-01-31T09:00:00-05:00', '2026-01-31T14:00:00.000Z'],
	['UTC', '2026-01-31T09:00:00.5Z', '2026-01-31T09:00:00.500Z'],
])('%s', (_, value, wanted) => {
	expect(read(value)).toBe(wanted);
});

test('a zone ahead of UTC by a part of an hour', () => {
	expect(read('2026-01-31T09:00:00', 'Asia/Kathmandu')).toBe('2026-01-31T03:15:00.000Z');
});

test('dates, and objects that can be written as a date', () => {
	const date = new Date('2026-01-31T09:00:00Z');
	expect(read(date)).toBe('2026-01-31T09:00:00.000Z');
	expect(read({ toString: () => '2026-01-31T09:00:00.000+01:00' })).toBe(
		'2026-01-31T08:00:00.000Z',
	);
});

test('an empty value means no limit', () => {
	for (const value of [undefined, null, '']) expect(read(value)).toBeUndefined();
});

test.each(['soon', '2026-13-45', '2026-01-31T25:00:00'])('%s is refused', (value) => {
	expect(() => read(value)).toThrow("'Created After' is not a date");
});
