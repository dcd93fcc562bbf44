import type { INodeExecutionData } from 'n8n-workflow';
import { ProviderError } from '../../providers/errors';
import type { Operation } from '../operation';
import { forEachJob, type GivenJob } from '../../n8n/forEachJob';
import { aboutJob, callForJob } from '../../n8n/lookUpJob';

export const deleteJobs: Operation = {
	value: 'delete',
	name: 'Delete',
	description: "Delete a job and its video from the provider's history",
	action: 'Delete job',
	offered: ({ remove }) => remove !== undefined,

	run: async (context) => await forEachJob(context, deleteJob),
};

async function deleteJob({ session, jobId, slot }: GivenJob): Promise<INodeExecutionData> {
	const { provider, http } = session;
	// The first call may have deleted it although its answer was lost. Then the second call finds nothing.
	let repeated = false;
	const count = await callForJob(
		session,
		jobId,
		async () => await provider.remove!(http, [jobId]),
		{
			signal: slot.signal,
			onRetry: (error) => (repeated ||= error.isAmbiguous),
		},
	);
	if (count === 0 && !repeated) {
		throw aboutJob(session, jobId)(new ProviderError('', { kind: 'notFound' }));
	}
	return { json: { deleted: true, jobId, provider: provider.id } };
}
