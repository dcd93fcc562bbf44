import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Job } from '../providers/types';

/**
 * A job as the JSON of an item. The keys are the same for every provider, so that a change of provider affects no later
 * node. Values that a provider does not report are null.
 */
export function jobJson(job: Job): IDataObject {
	const { progress, error, warnings } = job;
	return {
		jobId: job.jobId,
		provider: job.provider,
		model: job.model,
		status: job.status,
		...(progress === undefined ? {} : { progress }),
		videoUrl: job.videoUrl ?? null,
		videos: job.videos,
		createdAt: job.createdAt || null,
		finishedAt: job.finishedAt ?? null,
		inferenceMs: job.inferenceMs ?? null,
		cost: job.cost ?? null,
		currency: job.currency ?? null,
		...(job.costComputed ? { costComputed: true } : {}),
		nsfw: job.nsfw ?? null,
		...(error ? { error: { ...error } } : {}),
		...(warnings?.length ? { warnings } : {}),
	};
}

/** @param binary the video, under the name of its output field */
export function jobItem(job: Job, binary?: IBinaryKeyData): INodeExecutionData {
	return { json: jobJson(job), ...(binary ? { binary } : {}) };
}
