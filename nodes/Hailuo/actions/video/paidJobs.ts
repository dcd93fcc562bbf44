import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

/**
 * Tracks the paid jobs of a node from one try to the next, so that "Retry On Fail" never pays twice.
 *
 * n8n keeps `getContext('node')` across the tries of one execution and stores it with the execution, so it is still
 * there when a person retries the execution from the list, and also when a loop runs the node again. So:
 * - An item of the same run of the same execution is the same item tried again, whatever its parameters are now (a prompt
 *   that contains the time is different in each try). n8n also runs the node again after it delivered its rows, if the
 *   first row has an `error` and "Retry On Fail" is on. So nothing of a run is dropped when the run delivers.
 * - In another run or execution, only a job that was never delivered is picked up, and only for exactly the same request:
 *   a retry from the list, or the next try of an AI agent's tool, which n8n counts as another run. A loop that brings
 *   the same item again pays for it again.
 */
export interface PaidJob {
	/** The ID, once known. Without it, the submit was sent but its answer never arrived. */
	jobId?: string;
	/** When the submit was sent, by our clock, in ms since the epoch. */
	sentAt: number;
	/** The same by the provider's clock, where an answer told it: n8n's may be set, or be that of another worker. */
	providerAt?: number;
}

export interface KnownJob extends PaidJob {
	/** Whether it belongs to this run. In another run, a failed job may be submitted again. */
	sameRun: boolean;
	/** Whether the request is exactly the same. */
	sameRequest: boolean;
}

interface Entry extends PaidJob {
	run: string;
	item: number;
	fingerprint: string;
	/** Whether its row was handed to n8n. */
	delivered?: boolean;
	/** Whether another run submitted it. */
	inherited?: boolean;
}

const CONTEXT_KEY = 'hailuoJobs';

/** Maximum entries of other runs; beyond this, the oldest runs are dropped, each as a whole. */
const MAX_OLD = 1_000;

/** Runs of this process that are in progress: their jobs belong to them, although they are not delivered yet. */
const underWay = new Map<string, number>();

export interface PaidJobs {
	/**
	 * The job of an item that an earlier try paid for. Call it once per item: a job left by another run becomes this
	 * run's.
	 */
	find(item: number, fingerprint: string): KnownJob | undefined;
	remember(item: number, fingerprint: string, job: PaidJob): void;
	forget(item: number): void;
	/** All jobs of this run, including those that an earlier try paid for. */
	all(): Array<PaidJob & { item: number }>;
	/** Call it when the rows of these items are passed to n8n. */
	markDelivered(items: readonly number[]): void;
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

	/** Drops obsolete entries of other runs and returns the rest. The latest run is always kept, whatever its size. */
	function prune(old: Array<[string, Entry]>): Array<[string, Entry]> {
		const runs = new Map<string, number>();
		for (const [, { run: of, delivered }] of old) {
			if (!delivered) runs.set(of, (runs.get(of) ?? 0) + 1);
		}
		const kept = new Set<string>();
		let count = 0;
		for (const [of, size] of [...runs].reverse()) {
			if (count >= MAX_OLD && !underWay.has(of)) continue;
			kept.add(of);
			count += size;
		}
		return old.filter(([key, entry]) => {
			const useful = !entry.delivered && kept.has(entry.run);
			if (!useful) delete store[key];
			return useful;
		});
	}

	/**
	 * The keys of the jobs that other runs left, by item and request. Built once per run: searching all entries for each
	 * item would block n8n's main thread for minutes if there are ten thousand.
	 */
	let left: Map<string, string[]> | undefined;

	function leftOver(): Map<string, string[]> {
		const found = new Map<string, string[]>();
		const old = entries().filter(([, entry]) => entry.run !== run);
		for (const [key, { item, fingerprint }] of prune(old)) {
			const request = `${item}/${fingerprint}`;
			found.set(request, [...(found.get(request) ?? []), key]);
		}
		return found;
	}

	/** The undelivered job of another run for the same item and request. */
	function inherit(item: number, fingerprint: string): Entry | undefined {
		left ??= leftOver();
		const key = left.get(`${item}/${fingerprint}`)?.find((one) => {
			const entry = store[one];
			return entry && !entry.delivered && !underWay.has(entry.run);
		});
		if (key === undefined) return undefined;
		const entry = store[key]!;
		delete store[key];
		return (store[keyOf(item)] = { ...entry, run, inherited: true });
	}

	return {
		find(item, fingerprint) {
			const entry = store[keyOf(item)] ?? inherit(item, fingerprint);
			if (!entry) return undefined;
			const { jobId, sentAt, providerAt, inherited } = entry;
			const sameRequest = entry.fingerprint === fingerprint;
			return { jobId, sentAt, providerAt, sameRun: !inherited, sameRequest };
		},
		remember(item, fingerprint, { jobId, sentAt, providerAt }) {
			// A job that another run sent keeps that mark when it is found.
			const inherited = store[keyOf(item)]?.inherited;
			store[keyOf(item)] = {
				...{ run, item, fingerprint, sentAt },
				...(providerAt === undefined ? {} : { providerAt }),
				...(inherited ? { inherited } : {}),
				...(jobId ? { jobId } : {}),
			};
		},
		all: () =>
			entries()
				.map(([, entry]) => entry)
				.filter((entry) => entry.run === run),
		forget(item) {
			delete store[keyOf(item)];
		},
		markDelivered(items) {
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
