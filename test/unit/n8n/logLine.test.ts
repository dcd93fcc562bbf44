import { harmless, logLine } from '../../../nodes/Hailuo/n8n/logLine';

test('text from outside neither breaks the line nor colours it, and is cut at a maximum', () => {
	const id = `a\r\n2026-01-01 error: forged\u001b[2J\u001b[31m\u0000\u0085\u2028\u202e${'x'.repeat(10_000)}`;
	const line = logLine`Hailuo: job ${id} submitted (item ${3})`;
	expect(line).toMatch(
		/^Hailuo: job a\?\?2026-01-01 error: forged\?\[2J\?\[31m\?{4}x+… submitted \(item 3\)$/,
	);
	expect(line.length).toBeLessThan(700);
});

test.each([
	['0a1b2c', '0a1b2c'],
	['Zażółć 视频 🎬', 'Zażółć 视频 🎬'],
	[undefined, 'undefined'],
	[7, '7'],
])('%p is unchanged', (value, text) => {
	expect(harmless(value)).toBe(text);
});
