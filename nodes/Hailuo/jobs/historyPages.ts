import type { HistoryFilter, HistoryPage } from '../providers/types';

/** The most that a page may hold (docs/providers.md A.1). */
export const PAGE_SIZE = 100;

export type ListJobs = (filter: HistoryFilter) => Promise<HistoryPage>;

/**
 * The pages of a history, one after the other, for as long as the caller takes them: at most `maxPages`. Whether the
 * last one was the end is in its `more`.
 *
 * @throws what `list` throws
 */
export async function* historyPages(
	list: ListJobs,
	filter: Omit<HistoryFilter, 'page' | 'pageSize'>,
	maxPages = Infinity,
): AsyncGenerator<HistoryPage> {
	for (let page = 1; page <= maxPages; page++) {
		const answer = await list({ ...filter, page, pageSize: PAGE_SIZE });
		yield answer;
		if (!answer.more) return;
	}
}
