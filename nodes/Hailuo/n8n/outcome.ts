import type { INodeExecutionData } from 'n8n-workflow';
import type { Settled } from '../jobs/settle';

/** How (a part of) an input item ended: the items it became, or what went wrong with it. */
export type Outcome = Settled<INodeExecutionData[]> & {
	/** Index of the input item. */
	item: number;
};
