import { clock } from '../../../nodes/Hailuo/n8n/clock';

afterEach(() => jest.restoreAllMocks());

test.each([-3_600_000, 3_600_000])(
	'the clock goes on while the machine’s clock is set by %i ms',
	(byMs) => {
		const real = Date.now();
		const before = clock.now();
		expect(Math.abs(before - real)).toBeLessThan(60_000);
		jest.spyOn(Date, 'now').mockReturnValue(real + byMs);
		const after = clock.now();
		expect(after).toBeGreaterThanOrEqual(before);
		expect(after - before).toBeLessThan(60_000);
	},
);

test('a sleep ends as soon as its signal is aborted, with the reason of the signal', async () => {
	const control = new AbortController();
	const sleeping = clock.sleep(300, control.signal);
	const reason = new Error('stopped');
	control.abort(reason);
	await expect(sleeping).rejects.toBe(reason);
	await expect(clock.sleep(0, control.signal)).rejects.toBe(reason);
});
