import type { Operation } from '../operation';
import { withRetry, openSession } from '../../n8n/session';
import { forEachJob } from '../../n8n/forEachJob';
import { aboutJob } from '../../n8n/lookUpJob';

const CANCEL_CONCURRENCY = 5;

/** Only requests the cancellation: whether a running job is really stopped is up to the provider. */
export const cancelJobs: Operation = {
	value: 'cancel',
	name: 'Cancel',
	description: 'Ask the provider to stop an unfinished job; this is not possible for all models',
	action: 'Cancel job',
	offered: ({ cancel }) => cancel !== undefined,

	async run(context) {
		const session = await openSession(context);
		const { provider, http } = session;
		return await forEachJob(
			context,
			session,
			CANCEL_CONCURRENCY,
			async (jobId, _item, { signal }) => {
				await withRetry(session, async () => await provider.cancel!(http, jobId), { signal }).catch(
					(error) => {
						throw aboutJob(session, jobId)(error);
					},
				);
				return { json: { cancelRequested: true, jobId, provider: provider.id } };
			},
		);
	},
};
