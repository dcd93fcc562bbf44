import type { IBinaryData, IPollFunctions } from 'n8n-workflow';
import { clock } from '../n8n/clock';
import { jobItem } from '../n8n/jobItem';
import { downloadVideo, videoFileName } from '../media/video/download';
import type { Job } from '../providers/types';
import type { Ready } from './checkJobs';

/** A download without a byte for this many ms is given up until the next poll. */
const IDLE_MS = 8_000;
const TRIES_PER_POLL = 2;

/** @throws DownloadFailed */
export async function fetchVideo(
	context: IPollFunctions,
	{ model, jobId, videoUrl = '' }: Job,
	providerUrl: string,
	deadlineAt: number,
): Promise<IBinaryData> {
	const { binary } = await downloadVideo.call(context, videoUrl, {
		fileName: videoFileName(model, jobId),
		providerUrl,
		clock,
		deadlineAt,
		attempts: TRIES_PER_POLL,
		idleMs: IDLE_MS,
	});
	return binary;
}

/** The same item as the action node's. */
export const itemOf = ({ job, file }: Ready<IBinaryData>, outputField: string) =>
	jobItem(job, file && { [outputField]: file });
