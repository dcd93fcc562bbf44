import type { IExecuteFunctions } from 'n8n-workflow';
import type { Provider } from '../providers/types';
import type { Outcome } from '../n8n/outcome';

export type Resource = 'account' | 'job' | 'video';

/** One entry of the list 'Operation', and what it does. */
export interface Operation {
	value: string;
	name: string;
	description: string;
	/** Its name in the list of actions; sentence case. */
	action: string;
	/** Whether a provider can do it. For other providers it is not in the list. */
	offered(provider: Provider): boolean;
	/** Whether it starts jobs that cost money. Then every error must name all of them. */
	submits?: true;
	/** @returns the outcomes in the order of the input items; several for an item with several job IDs */
	run(context: IExecuteFunctions): Promise<Outcome[]>;
}
