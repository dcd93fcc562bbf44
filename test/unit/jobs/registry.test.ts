import { fingerprint } from '../../../nodes/Hailuo/jobs/fingerprint';
import { Registry } from '../../../nodes/Hailuo/jobs/registry';

describe('claimed jobs', () => {
	it('are limited to the most recently used ones', () => {
		const registry = new Registry(3);
		expect(registry.isClaimed('a')).toBe(false);
		for (const id of ['a', 'b', 'c', 'a', 'd', 'e']) registry.claim(id);
		expect(['a', 'b', 'c', 'd', 'e'].filter((id) => registry.isClaimed(id))).toEqual([
			'a',
			'd',
			'e',
		]);
		const all = new Registry();
		for (let i = 0; i < 12_000; i++) all.claim(String(i));
		expect(all.isClaimed('1999')).toBe(false);
		expect(all.isClaimed('2000')).toBe(true);
	});
});

describe('fingerprint', () => {
	const of = (input: Record<string, unknown>, model = 'm') => fingerprint({ model, input });

	it('ignores the order of the fields, and fields without a value', () => {
		expect(of({ a: 1, b: { c: [1, 2], d: null } })).toBe(
			of({ b: { d: null, c: [1, 2], e: undefined }, a: 1, f: undefined }),
		);
	});

	it('differs with the model, a value, its type, and the order of a list', () => {
		const all = [
			of({ a: 1 }),
			of({ a: 1 }, 'n'),
			of({ a: 2 }),
			of({ a: '1' }),
			of({ a: true }),
			of({ a: null }),
			of({ a: [1, 2] }),
			of({ a: [2, 1] }),
			of({ a: {} }),
			of({}),
			of({ 'a":1,"b': 1 }),
			of({ a: 1, b: 1 }),
		];
		expect(new Set(all).size).toBe(all.length);
	});
});
