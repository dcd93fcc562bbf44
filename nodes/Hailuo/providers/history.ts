import type { ModelApi } from './modelTypes';
import type { HistoryFilter, HistoryPage, HttpClient, Provider } from './types';

/** Where the jobs of an account can be looked up. */
export interface History {
	list(http: HttpClient, filter: HistoryFilter): Promise<HistoryPage>;
	/** How far back it goes, in ms: it cannot prove anything about older jobs. */
	historyMs: number;
}

/**
 * The history in which a submit can be looked up; undefined where the API that serves its model has none.
 *
 * @param api which API of the provider serves the model, where that is not its main one
 */
export function historyOf(provider: Provider, api?: ModelApi): History | undefined {
	const { list, historyMs = 0 } = provider;
	return list && provider.listsJobsOf?.(api) !== false ? { list, historyMs } : undefined;
}
