import fc from 'fast-check';
import {
	advance,
	decode,
	encode,
	isPending,
	isSettled,
	newWatch,
	readFrom,
	settleJob,
	takeGiven,
	type Watch,
} from '../../../nodes/Hailuo/trigger/savedState';
import { seededRandom } from '../helpers/virtualClock';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);

const hex = (random: () => number) =>
	Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');

/** The state as n8n's database stores it. */
const stored = (watch: Watch): Watch => {
	const damaged: string[] = [];
	const saved = JSON.parse(JSON.stringify(encode(watch)));
	const back = decode(saved, watch.scope, (field) => damaged.push(field));
	expect(damaged).toEqual([]);
	if (!back || isPending(back)) throw new Error('It was not read back');
	return back;
};
const bytesOf = (watch: Watch) => Buffer.byteLength(JSON.stringify(encode(watch)));

test('a state that is read back knows the same jobs', () => {
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.uuid(), fc.nat(3 * 24 * 60), fc.boolean()), { maxLength: 60 }),
			fc.nat(3 * 24 * 60),
			(jobs, upTo) => {
				const watch = newWatch('a', 'mark', START);
				for (const [id, minute, isOpen] of jobs) {
					const createdAt = START + minute * MINUTE;
					if (isOpen) watch.open.set(id, createdAt);
					else settleJob(watch, id, createdAt);
				}
				advance(watch, START + upTo * MINUTE, 0);
				const back = stored(watch);
				expect([...back.open.keys()].sort()).toEqual([...watch.open.keys()].sort());
				expect({ ...back, quietMs: 0, readAt: 0, open: 0, seen: 0 }).toEqual({
					...watch,
					quietMs: 0,
					readAt: 0,
					open: 0,
					seen: 0,
				});
				expect([...back.seen].sort()).toEqual([...watch.seen].sort());
				for (const [id, minute, isOpen] of jobs) {
					// A job is known as settled, or so old that it is not checked.
					if (!isOpen) {
						expect(isSettled(back, id) || START + minute * MINUTE < back.horizon).toBe(true);
					}
				}
			},
		),
	);
});

test('a state with another scope or version, or with nonsense, is ignored', () => {
	const saved = encode(newWatch('a', 'mark', START));
	expect(decode(saved, 'a')).toBeDefined();
	for (const [value, scope] of [
		[saved, 'b'],
		[{ ...saved, v: 1 }, 'a'],
		[{ v: 2, scope: 'a' }, 'a'],
		['text', 'a'],
		[null, 'a'],
		[undefined, 'a'],
	] as const) {
		expect(decode(value, scope)).toBeUndefined();
	}
});

describe('size', () => {
	test('10,000 jobs over a day', () => {
		const random = seededRandom(1);
		const watch = newWatch('waveSpeed/abcdefghijklmnop', 'mark', START);
		let most = 0;
		for (let i = 0; i < 10_000; i++) {
			const createdAt = START + i * 8_640;
			settleJob(watch, hex(random), createdAt);
			advance(watch, createdAt, 0);
			if (i % 100 === 0) most = Math.max(most, bytesOf(watch));
		}
		expect(most).toBeLessThan(700);
	});

	test('10,000 jobs within two minutes', () => {
		const random = seededRandom(1);
		const watch = newWatch('waveSpeed/abcdefghijklmnop', 'mark', START);
		for (let i = 0; i < 10_000; i++) settleJob(watch, hex(random), START + i * 12);
		advance(watch, START + 120_000, 0);
		expect(bytesOf(watch)).toBeLessThan(81_000);
		advance(watch, START + 10 * MINUTE, 0);
		expect(bytesOf(watch)).toBeLessThan(200);
	});

	test('10,000 open jobs: 1,000 are saved by their ids, and the history is read again from the next one', () => {
		const random = seededRandom(1);
		const watch = newWatch('waveSpeed/abcdefghijklmnop', 'mark', START);
		for (let i = 0; i < 10_000; i++) watch.open.set(hex(random), START + i * 10_000);
		advance(watch, START + 100_000_000, 0);
		expect(bytesOf(watch)).toBeLessThan(40_000);
		const back = stored(watch);
		expect(back.open.size).toBe(1_000);
		expect(readFrom(back)).toBeLessThanOrEqual(START + 1_000 * 10_000);
	});
});

test('ids that are no longer given are dropped', () => {
	const watch = newWatch('a', 'mark', 0);
	settleJob(watch, 'one');
	settleJob(watch, 'two');
	takeGiven(watch, ['one', 'two']);
	expect(watch.open.size).toBe(0);
	takeGiven(watch, ['two', 'three']);
	expect([...watch.open.keys()]).toEqual(['three']);
	expect(isSettled(watch, 'one')).toBe(false);
	expect(isSettled(watch, 'two')).toBe(true);
});
