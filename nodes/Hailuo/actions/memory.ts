import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

/**
 * What this node remembers of its paid jobs from one try to the next, so that "Retry On Fail" never pays twice.
 *
 * n8n keeps `getContext('node')` over the tries of one execution and stores it with the execution. It also survives
 * when a loop runs the node again with other items: hence the key of run index, item index and the request itself, and
 * hence everything of a run is dropped as soon as the run has delivered.
 */
export interface Remembered {
	/** The id, once the provider told it. Without one the submit was sent and its answer never came. */
	jobId?: string;
	/** ms since the epoch, when the submit was sent. */
	sentAt: number;
}

const PLACE = 'hailuoJobs';

export interface Memory {
	recall(itemIndex: number, fingerprint: string): Remembered | undefined;
	remember(itemIndex: number, fingerprint: string, job: Remembered): void;
	forget(itemIndex: number, fingerprint: string): void;
	/** Call it when the run has delivered its items. */
	forgetRun(): void;
}

export function memoryOf(context: IExecuteFunctions): Memory {
	const node = context.getContext('node');
	const store = (node[PLACE] ??= {}) as IDataObject;
	const run = `${(context.getWorkflowDataProxy(0) as { $runIndex?: number }).$runIndex ?? 0}:`;
	const key = (itemIndex: number, fingerprint: string) => `${run}${itemIndex}:${fingerprint}`;
	return {
		recall: (itemIndex, fingerprint) =>
			store[key(itemIndex, fingerprint)] as unknown as Remembered | undefined,
		remember: (itemIndex, fingerprint, job) => {
			store[key(itemIndex, fingerprint)] = { ...job };
		},
		forget: (itemIndex, fingerprint) => {
			delete store[key(itemIndex, fingerprint)];
		},
		forgetRun: () => {
			for (const name of Object.keys(store)) if (name.startsWith(run)) delete store[name];
		},
	};
}
