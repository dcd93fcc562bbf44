import fc from 'fast-check';
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from '../../../nodes/Hailuo/providers/retryAfter';

describe('parseRetryAfter', () => {
	const now = Date.UTC(2026, 0, 1, 12, 0, 0);

	it.each([
		['0', 0],
		['5', 5_000],
		[' 30 ', 30_000],
		['1.5', 1_500],
		['999999', MAX_RETRY_AFTER_MS],
		['Thu, 01 Jan 2026 12:00:20 GMT', 20_000],
		['Thursday, 01-Jan-26 12:00:20 GMT', 20_000],
		['Thu, 01 Jan 2026 11:00:00 GMT', 0],
		['Fri, 01 Jan 2027 12:00:00 GMT', MAX_RETRY_AFTER_MS],
	])('reads %j', (header, ms) => {
		expect(parseRetryAfter(header, now)).toBe(ms);
	});

	it.each([undefined, '', '-5', 'soon', 'in 5', '5 s', '1e9', 'NaN', 'Infinity', 'Thu, nonsense'])(
		'does not take %j for a time',
		(header) => {
			expect(parseRetryAfter(header, now)).toBeUndefined();
		},
	);

	it('returns nothing, or a wait within the cap, for any text', () => {
		fc.assert(
			fc.property(fc.string(), (header) => {
				const ms = parseRetryAfter(header, now) ?? 0;
				expect(ms >= 0 && ms <= MAX_RETRY_AFTER_MS).toBe(true);
			}),
		);
	});
});
