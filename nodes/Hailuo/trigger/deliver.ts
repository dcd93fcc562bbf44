import type { IBinaryKeyData, IPollFunctions } from 'n8n-workflow';
import { clock } from '../n8n/clock';
import { loadVideo, type FinishOptions } from '../n8n/finishOptions';
import { jobItem } from '../n8n/jobItem';
import type { Job } from '../providers/types';
import type { Ready } from './checkJobs';

/** A download that receives nothing for this many ms is left for the next poll. */
const IDLE_MS = 8_000;
const TRIES_PER_POLL = 2;

/** @throws DownloadFailed */
export async function fetchVideo(
	context: IPollFunctions,
	job: Job,
	finish: FinishOptions,
	limits: { providerUrl: string; deadlineAt: number },
): Promise<IBinaryKeyData> {
	const own = { clock, attempts: TRIES_PER_POLL, idleMs: IDLE_MS };
	return await loadVideo(context, job, finish, { ...limits, ...own });
}

/** The same item as the action node's. */
export const itemOf = ({ job, file }: Ready<IBinaryKeyData>) => jobItem(job, file);
