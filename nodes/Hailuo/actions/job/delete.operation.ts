import { ProviderError } from '../../providers/errors';
import type { Operation } from '../operation';
import { withRetry, openSession } from '../../n8n/session';
import { forEachJob } from '../../n8n/forEachJob';
import { aboutJob } from '../../n8n/lookUpJob';

const DELETE_CONCURRENCY = 5;

export const deleteJobs: Operation = {
	value: 'delete',
	name: 'Delete',
	description: "Delete a job and its video from the provider's history",
	action: 'Delete job',
	offered: ({ remove }) => remove !== undefined,

	async run(context) {
		const session = await openSession(context);
		const { provider, http } = session;
		return await forEachJob(
			context,
			session,
			DELETE_CONCURRENCY,
			async (jobId, _item, { signal }) => {
				// The first call may have deleted it although its answer was lost. Then the second call finds nothing.
				let repeated = false;
				const count = await withRetry(session, async () => await provider.remove!(http, [jobId]), {
					signal,
					onRetry: (error) => (repeated ||= error.isAmbiguous),
				}).catch((error) => {
					throw aboutJob(session, jobId)(error);
				});
				if (count === 0 && !repeated) {
					throw aboutJob(session, jobId)(new ProviderError('', { kind: 'notFound' }));
				}
				return { json: { deleted: true, jobId, provider: provider.id } };
			},
		);
	},
};
