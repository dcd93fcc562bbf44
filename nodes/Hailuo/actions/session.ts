import type { IExecuteFunctions } from 'n8n-workflow';
import type { Clock } from '../jobs/clock';
import { StatusPacer } from '../jobs/limiter';
import type { ProviderId } from '../models/types';
import { clock } from './clock';
import { connect, type Connection } from './transport';

/** What all items of one run of the node share. */
export interface Session extends Connection {
	clock: Clock;
	/** Aborted when the execution is stopped. */
	signal?: AbortSignal;
	/** Spreads the status calls of all open jobs. */
	pacer: StatusPacer;
}

export async function openSession(context: IExecuteFunctions): Promise<Session> {
	const provider = context.getNodeParameter('provider', 0) as ProviderId;
	return {
		...(await connect(context, provider)),
		clock,
		signal: context.getExecutionCancelSignal?.(),
		pacer: new StatusPacer({ clock }),
	};
}
