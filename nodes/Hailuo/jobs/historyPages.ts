import type { HistoryFilter, HistoryPage } from '../providers/types';

/** Maximum page size (docs/providers.md A.1). */
export const PAGE_SIZE = 100;

/** Minimum page size: smaller pages would take too many requests. */
const MIN_PAGE_SIZE = 50;

export type ListJobs = (filter: HistoryFilter) => Promise<HistoryPage>;

export interface FollowingPage extends HistoryPage {
	/**
	 * Whether this page overlaps with the page before. If not, jobs moved up while the pages were read, because others
	 * were deleted, and some may have been missed.
	 */
	follows: boolean;
}

/**
 * The pages of a history, one after the other, as long as the caller wants more; at most `maxPages`. `more` of the last
 * page shows whether the history ended there. A job may appear twice.
 *
 * Rule: each page begins with the last job of the one before. Only this overlap shows whether a job was
 * missed between two pages; a total does not show it, and not every answer has one.
 *
 * @throws what `list` throws
 */
export async function* historyPages(
	list: ListJobs,
	filter: Omit<HistoryFilter, 'page' | 'pageSize'>,
	maxPages = Infinity,
): AsyncGenerator<FollowingPage> {
	let place = { page: 1, pageSize: PAGE_SIZE };
	let last: string | undefined;
	for (let count = 0; count < maxPages; count++) {
		const answer = await list({ ...filter, ...place });
		const ids = answer.jobs.map(({ jobId }) => jobId);
		yield { ...answer, follows: last === undefined || ids.includes(last) };
		if (!answer.more) return;
		// The end of a page that was not filled is unknown, so the next page is simply the next number.
		const isFull = ids.length >= place.pageSize;
		last = isFull ? ids.at(-1) : undefined;
		place = isFull ? overlapping(place) : { ...place, page: place.page + 1 };
	}
}

/**
 * The page that begins with the last job of `page` or shortly before, and reaches as far as possible. Providers number
 * pages only by their size, so an overlap needs another size.
 */
function overlapping({ page, pageSize }: { page: number; pageSize: number }) {
	const last = page * pageSize - 1;
	let best = { page, pageSize };
	for (let size = PAGE_SIZE; size >= MIN_PAGE_SIZE; size--) {
		const next = { page: Math.floor(last / size) + 1, pageSize: size };
		if (next.page * size > best.page * best.pageSize) best = next;
	}
	return best;
}
