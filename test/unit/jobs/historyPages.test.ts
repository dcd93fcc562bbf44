import fc from 'fast-check';
import { historyPages, PAGE_SIZE } from '../../../nodes/Hailuo/jobs/historyPages';
import type { HistoryFilter } from '../../../nodes/Hailuo/providers/types';
import { job } from './support';

const jobs = (count: number) => Array.from({ length: count }, (_, index) => job(`job-${index}`));

/** A history whose jobs may change before each page: `change` gets them and the number of the request, from 0. */
function historyOf(
	count: number,
	change: (left: ReturnType<typeof jobs>, request: number) => void,
) {
	const left = jobs(count);
	const asked: HistoryFilter[] = [];
	const list = async (filter: HistoryFilter) => {
		change(left, asked.length);
		asked.push(filter);
		const { page, pageSize } = filter;
		return {
			jobs: left.slice((page - 1) * pageSize, page * pageSize),
			more: page * pageSize < left.length,
		};
	};
	return { list, asked, left };
}

async function readAll({ list }: Pick<ReturnType<typeof historyOf>, 'list'>) {
	const seen = new Set<string>();
	let follows = true;
	for await (const page of historyPages(list, {})) {
		for (const { jobId } of page.jobs) seen.add(jobId);
		follows &&= page.follows;
	}
	return { seen, follows };
}

test('a history of any length is read completely, with few more requests than pages', async () => {
	for (const count of [0, 1, 99, 100, 101, 198, 199, 1_000, 20_000]) {
		const history = historyOf(count, () => {});
		const { seen, follows } = await readAll(history);
		expect(seen.size).toBe(count);
		expect(follows).toBe(true);
		expect(history.asked.length).toBeLessThanOrEqual(1 + Math.ceil((count / PAGE_SIZE) * 1.25));
		for (const { pageSize } of history.asked) expect(pageSize).toBeLessThanOrEqual(PAGE_SIZE);
	}
});

test('whatever is deleted and made meanwhile: a job that was there all the time is found, or the pages report a gap', async () => {
	const change = fc.record({
		request: fc.integer({ min: 1, max: 8 }),
		deleted: fc.integer({ min: 0, max: 20 }),
		made: fc.integer({ min: 0, max: 20 }),
		atTheEnd: fc.boolean(),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 90, max: 700 }),
			fc.array(change),
			async (count, changes) => {
				const deleted = new Set<string>();
				const history = historyOf(count, (left, request) => {
					for (const one of changes.filter((one) => one.request === request)) {
						for (const { jobId } of left.splice(0, one.deleted)) deleted.add(jobId);
						const fresh = Array.from({ length: one.made }, (_, i) => job(`new-${request}-${i}`));
						if (one.atTheEnd) left.push(...fresh);
						else left.unshift(...fresh);
					}
				});
				const { seen, follows } = await readAll(history);
				const missed = jobs(count).filter(({ jobId }) => !seen.has(jobId) && !deleted.has(jobId));
				if (follows) expect(missed).toEqual([]);
			},
		),
	);
});

test('a provider that returns fewer jobs than requested is read by its page numbers', async () => {
	const all = jobs(250);
	const numbers: number[] = [];
	const list = async ({ page }: HistoryFilter) => {
		numbers.push(page);
		return { jobs: all.slice((page - 1) * 50, page * 50), more: page * 50 < all.length };
	};
	const { seen, follows } = await readAll({ list });
	expect(seen.size).toBe(250);
	expect(follows).toBe(true);
	expect(numbers).toEqual([1, 2, 3, 4, 5]);
});
