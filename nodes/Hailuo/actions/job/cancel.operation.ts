import type { Operation } from '../operation';
import { forEachJob } from '../../n8n/forEachJob';
import { callForJob } from '../../n8n/lookUpJob';

/** Only requests the cancellation: whether a running job is really stopped is up to the provider. */
export const cancelJobs: Operation = {
	value: 'cancel',
	name: 'Cancel',
	description: 'Ask the provider to stop an unfinished job; this is not possible for all models',
	action: 'Cancel job',
	offered: ({ cancel }) => cancel !== undefined,

	run: async (context) =>
		await forEachJob(context, async ({ session, jobId, slot: { signal } }) => {
			const { provider, http } = session;
			const cancel = async () => await provider.cancel!(http, jobId);
			await callForJob(session, jobId, cancel, { signal });
			return { json: { cancelRequested: true, jobId, provider: provider.id } };
		}),
};
