import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

/**
 * What this node remembers of its paid jobs from one try to the next, so that "Retry On Fail" never pays twice.
 *
 * n8n keeps `getContext('node')` over the tries of one execution and stores it with the execution, so it is still there
 * when a person retries the execution from the list. It also survives when a loop runs the node again. So:
 * - An item of the same run of the same execution is the same item tried again, whatever its parameters say now (a
 *   prompt with the time in it differs in each try). n8n also runs the node again after it delivered its rows, when the
 *   first row has an `error` and "Retry On Fail" is on: so nothing of a run is dropped when the run delivers.
 * - In another run or execution only a job that was never delivered is picked up, and only for the very same request:
 *   a retry from the list, or the next try of an AI agent's tool, which n8n counts as another run. A loop that brings
 *   the same item again pays for it again.
 */
export interface Remembered {
	/** The id, once the provider told it. Without one the submit was sent and its answer never came. */
	jobId?: string;
	/** ms since the epoch, when the submit was sent. */
	sentAt: number;
}

export interface Recalled extends Remembered {
	/** Whether it is of this very run; else a failed job is no reason not to submit again. */
	sameRun: boolean;
	/** Whether the request is the same to the last letter. */
	sameRequest: boolean;
}

interface Entry extends Remembered {
	run: string;
	item: number;
	fingerprint: string;
	/** Whether its row was handed to n8n. */
	delivered?: boolean;
	/** Whether another run submitted it. */
	inherited?: boolean;
}

const CONTEXT_KEY = 'hailuoJobs';

/** Most entries of runs that are over; the oldest go first. */
const MAX_OLD = 1_000;

/** Runs of this process that are under way: their jobs are nobody else's, although they are not delivered yet. */
const underWay = new Map<string, number>();

export interface PaidJobs {
	recall(item: number, fingerprint: string): Recalled | undefined;
	remember(item: number, fingerprint: string, job: Remembered): void;
	forget(item: number): void;
	/** These items' rows are handed to n8n. */
	deliver(items: readonly number[]): void;
	/** Runs `work` as this run of the node. */
	during<T>(work: () => Promise<T>): Promise<T>;
}

export function paidJobsOf(context: IExecuteFunctions): PaidJobs {
	const node = context.getContext('node');
	const store = (node[CONTEXT_KEY] ??= {}) as IDataObject as Record<string, Entry | undefined>;
	const { $runIndex = 0 } = context.getWorkflowDataProxy(0) as { $runIndex?: number };
	const run = `${context.getExecutionId()}/${$runIndex}`;
	const keyOf = (item: number) => `${run}/${item}`;
	const entries = () => Object.entries(store) as Array<[string, Entry]>;

	function prune(): void {
		const old = entries().filter(([, entry]) => entry.run !== run);
		const open = old.filter(([, { delivered }]) => !delivered);
		const surplus = Math.max(0, open.length - MAX_OLD);
		for (const [key] of open.slice(0, surplus)) delete store[key];
		for (const [key, { delivered }] of old) if (delivered) delete store[key];
	}

	/** The same item's undelivered one of another run, for the same request. */
	function inherit(item: number, fingerprint: string): Entry | undefined {
		const found = entries().find(
			([, entry]) =>
				entry.run !== run &&
				!entry.delivered &&
				!underWay.has(entry.run) &&
				entry.item === item &&
				entry.fingerprint === fingerprint,
		);
		if (!found) return undefined;
		const [key, entry] = found;
		delete store[key];
		return (store[keyOf(item)] = { ...entry, run, inherited: true });
	}

	return {
		recall(item, fingerprint) {
			prune();
			const entry = store[keyOf(item)] ?? inherit(item, fingerprint);
			if (!entry) return undefined;
			const { jobId, sentAt, inherited } = entry;
			const sameRequest = entry.fingerprint === fingerprint;
			return { jobId, sentAt, sameRun: !inherited, sameRequest };
		},
		remember(item, fingerprint, { jobId, sentAt }) {
			// What another run sent stays that run's when its job is found.
			const inherited = store[keyOf(item)]?.inherited;
			store[keyOf(item)] = {
				...{ run, item, fingerprint, sentAt },
				...(inherited ? { inherited } : {}),
				...(jobId ? { jobId } : {}),
			};
		},
		forget(item) {
			delete store[keyOf(item)];
		},
		deliver(items) {
			for (const item of items) {
				const entry = store[keyOf(item)];
				if (entry) entry.delivered = true;
			}
		},
		async during(work) {
			underWay.set(run, (underWay.get(run) ?? 0) + 1);
			try {
				return await work();
			} finally {
				const left = underWay.get(run)! - 1;
				if (left > 0) underWay.set(run, left);
				else underWay.delete(run);
			}
		},
	};
}
