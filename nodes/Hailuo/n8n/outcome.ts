import type { INodeExecutionData } from 'n8n-workflow';
import type { Settled } from '../jobs/settle';

/** The outcome of an input item, or of a part of it: the resulting items, or the error. */
export type Outcome = Settled<INodeExecutionData[]> & {
	/** Index of the input item. */
	item: number;
};
