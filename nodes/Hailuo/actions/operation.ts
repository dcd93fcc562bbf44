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
	/** Whether a provider can do it: it is not in the list for those that cannot. */
	offered(provider: Provider): boolean;
	/** Whether it starts jobs that cost money, so that what is said afterwards accounts for all of them. */
	submits?: true;
	/** @returns the outcomes in the order of the input items; several for an item that asked for several things */
	run(context: IExecuteFunctions): Promise<Outcome[]>;
}
