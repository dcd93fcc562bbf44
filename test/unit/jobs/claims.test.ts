import { Claims } from '../../../nodes/Hailuo/jobs/claims';
import { fingerprint } from '../../../nodes/Hailuo/jobs/fingerprint';

describe('Claims', () => {
	it('tells the first claim of an id from later ones', () => {
		const claims = new Claims();
		expect(claims.has('a')).toBe(false);
		expect(claims.claim('a')).toBe(true);
		expect(claims.claim('a')).toBe(false);
		expect(claims.has('a')).toBe(true);
	});

	it('remembers so many, the latest used ones', () => {
		const claims = new Claims(3);
		for (const id of ['a', 'b', 'c', 'a', 'd', 'e']) claims.claim(id);
		expect(['a', 'b', 'c', 'd', 'e'].filter((id) => claims.has(id))).toEqual(['a', 'd', 'e']);
		const all = new Claims();
		for (let i = 0; i < 12_000; i++) all.claim(String(i));
		expect(all.size).toBe(10_000);
		expect(all.has('1999')).toBe(false);
		expect(all.has('2000')).toBe(true);
	});
});

describe('fingerprint', () => {
	const of = (input: Record<string, unknown>, model = 'm') => fingerprint({ model, input });

	it('does not mind the order of the fields, nor fields without a value', () => {
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
