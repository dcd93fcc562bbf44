import type { HistoryFilter } from '../../../nodes/Hailuo/providers/types';
import { discover } from '../../../nodes/Hailuo/trigger/discover';
import { newWatch, settleJob } from '../../../nodes/Hailuo/trigger/savedState';
import { HOUR, MINUTE, World, type WorldOptions } from './world';

function prepared(options: WorldOptions = {}) {
	const world = new World({ latencyMs: 1, ...options });
	const watch = newWatch('a', 'mark', world.now);
	const asked: HistoryFilter[] = [];
	const late = { at: Infinity };
	const discovery = {
		list: async (filter: HistoryFilter) => {
			asked.push(filter);
			return await world.list(filter);
		},
		isWatched: () => true,
		now: () => world.now,
		providerNow: world.providerNow,
		warn: () => {},
		isLate: () => world.now >= late.at,
	};
	const read = async () => await world.clock.run(async () => await discover(watch, discovery));
	return { world, watch, asked, late, discovery, read };
}

test.each<[string, WorldOptions]>([
	['and the total shows it', {}],
	['and no total is given', { withoutTotal: true }],
	// The same number is made, and they come last: the total stays the same.
	['and the total stays the same', { oldestFirst: true }],
])('jobs that move to another page while the pages are read are found: %s', async (_, options) => {
	const { world, watch, read } = prepared(options);
	for (let i = 0; i < 150; i++) world.make();
	let calls = 0;
	// Three of the first page are deleted, and the first three of the second page move up to it.
	const first = options.oldestFirst ? [0, 1, 2] : [147, 148, 149];
	world.options.meanwhile = () => {
		if (++calls !== 2) return;
		for (const id of first) world.jobs.get(`job-${id}`)!.deleted = true;
		if (options.oldestFirst) for (let i = 0; i < 3; i++) world.make();
	};
	expect((await read()).whole).toBe(false);
	await world.clock.advance(HOUR);
	for (let i = 0; i < 3; i++) world.make();
	expect((await read()).whole).toBe(true);
	expect([...watch.open.keys()].sort()).toEqual([...world.jobs.keys()].sort());
});

test('a job that appears minutes later than newer ones is found', async () => {
	const { world, watch, discovery, read } = prepared();
	const hidden = world.make();
	await world.clock.advance(4 * MINUTE);
	world.make();
	const { list } = discovery;
	discovery.list = async (filter) => {
		const page = await list(filter);
		return { ...page, jobs: page.jobs.filter(({ jobId }) => jobId !== hidden.id) };
	};
	await read();
	expect(watch.open.has(hidden.id)).toBe(false);
	discovery.list = list;
	await read();
	expect(watch.open.has(hidden.id)).toBe(true);
});

test.each([
	{ oldestFirst: false, withoutTotal: false },
	{ oldestFirst: true, withoutTotal: false },
	{ oldestFirst: false, withoutTotal: true },
	{ oldestFirst: true, withoutTotal: true },
])('a day of 5,000 jobs is read in parts, and each part counts: %j', async (options) => {
	const { world, watch, asked, late, read } = prepared(options);
	for (let i = 0; i < 5_000; i++) {
		if (i % 50 === 0) await world.clock.advance(15 * MINUTE);
		world.make();
	}
	let polls = 0;
	const from = [];
	for (let whole = false; !whole; polls++) {
		late.at = world.now + 15;
		({ whole } = await read());
		from.push(watch.cursor);
	}
	expect(watch.open.size).toBe(5_000);
	expect(from).toEqual([...from].sort((a, b) => a - b));
	expect(polls).toBeLessThan(options.withoutTotal ? 30 : 12);
	expect(asked.length).toBeLessThan(options.withoutTotal ? 220 : 110);
});

test('an hour of jobs that takes longer than a poll is read in shorter and shorter parts', async () => {
	const { world, watch, late, read } = prepared({ latencyMs: 10 });
	for (let i = 0; i < 800; i++) {
		await world.clock.advance(4_000);
		world.make();
	}
	let polls = 0;
	// Enough time for two or three of its eight pages.
	for (let whole = false; !whole && polls < 30; polls++) {
		late.at = world.now + 25;
		({ whole } = await read());
	}
	expect(watch.open.size).toBe(800);
	expect(polls).toBeLessThan(15);
});

test('a part is at most ten pages long, except the shortest one', async () => {
	const { world, watch, asked, read } = prepared();
	for (let i = 0; i < 1_300; i++) world.make();
	for (let i = 0; i < 1_300; i++) {
		await world.clock.advance(30_000);
		world.make();
	}
	await read();
	expect(watch.open.size).toBe(2_600);
	const parts = asked.filter(({ createdBefore }) => createdBefore);
	expect(parts.length).toBeGreaterThan(20);
	expect(asked.find(({ page }) => page > 1)).toMatchObject({
		page: 2,
		createdBefore: expect.any(String),
	});
});

test('a list without a filter for the time is read from its newest job backwards, each page once', async () => {
	const { world, watch, asked, discovery, read } = prepared();
	const { list } = discovery;
	// As MiniMax's V2 (docs/providers.md I.1): the total is that of 7 days, and the pages end where older jobs begin.
	discovery.list = async (filter) => {
		const { createdAfter = '', ...rest } = { ...filter, createdBefore: undefined };
		const { jobs, more, total } = await list(rest);
		const wanted = jobs.filter(({ createdAt }) => createdAt >= createdAfter);
		return { jobs: wanted, more: more && wanted.length > 0, total, countsAllTimes: true };
	};
	for (let i = 0; i < 1_500; i++) {
		await world.clock.advance(MINUTE);
		world.make();
	}
	await read();
	expect(watch.open.size).toBe(1_500);
	expect(asked).toHaveLength(17);
	await world.clock.advance(MINUTE);
	for (let i = 0; i < 3; i++) expect((await read()).whole).toBe(true);
	// The margin of five minutes is on the first page, and the second page shows that all other jobs are older.
	expect(asked.length - 17).toBeLessThanOrEqual(6);
});

test('jobs with the same time on more than one page are all found, once', async () => {
	const { world, watch, read } = prepared({ grainMs: HOUR });
	world.options.meanwhile = () => {
		if (world.jobs.size < 333) world.make();
	};
	for (let i = 0; i < 330; i++) world.make();
	await read();
	await read();
	await read();
	expect([...watch.open.keys()].sort()).toEqual([...world.jobs.keys()].sort());
});

test('a time far in the future does not hide later jobs', async () => {
	const { world, watch, read } = prepared();
	world.make({ createdAt: world.now + 1_000 * HOUR });
	await read();
	await world.clock.advance(HOUR);
	const next = world.make();
	await read();
	expect(watch.open.has(next.id)).toBe(true);
});

test('jobs without a time are found, and recognized when they are listed again', async () => {
	const { world, watch, discovery, read } = prepared();
	const { list } = discovery;
	discovery.list = async (filter) => {
		const page = await list({ ...filter, createdAfter: undefined });
		return { ...page, jobs: page.jobs.map((job) => ({ ...job, createdAt: '' })) };
	};
	discovery.isWatched = () => false;
	world.make();
	for (let i = 0; i < 20; i++) {
		await read();
		await world.clock.advance(MINUTE);
	}
	discovery.isWatched = () => true;
	await read();
	expect(watch.open.size).toBe(0);
});

test('a job that was first listed without its time is still recognized later, while others are made', async () => {
	const { world, watch, discovery, read } = prepared();
	const timeless = world.make();
	const { list } = discovery;
	discovery.list = async (filter) => {
		const page = await list(filter);
		const known = page.jobs.filter(({ jobId }) => jobId !== timeless.id);
		return { ...page, jobs: [...known, { ...world.asJob(timeless), createdAt: '' }] };
	};
	await read();
	settleJob(watch, timeless.id);
	for (let i = 0; i < 30; i++) {
		await world.clock.advance(MINUTE);
		world.make();
		await read();
		expect(watch.open.has(timeless.id)).toBe(false);
	}
});
