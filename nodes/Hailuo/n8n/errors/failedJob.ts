import { FILE_HINT, speaksOfFile } from '../../providers/fileTrouble';
import { providerOf } from '../../providers/index';
import { lacksVideo, type Job } from '../../providers/types';
import type { JobFailed } from './classes';
import type { Explained } from './explained';

const NOT_CHARGED = 'Jobs that do not succeed are refunded or not charged.';

function afterFailedJob(job: Job): string {
	if (lacksVideo(job)) {
		return 'The job may be charged, and its video may appear later: check it with Job: Get and this ID. If no video appears, ask the provider.';
	}
	const { code, retryable } = job.error ?? {};
	const hint = code && providerOf(job.provider).jobHint?.(code);
	if (hint) return `${hint}. ${NOT_CHARGED}`;
	if (speaksOfFile(job.error?.message ?? '')) return `${FILE_HINT}. ${NOT_CHARGED}`;
	return retryable
		? `The cause lies with the provider: submit it again. ${NOT_CHARGED}`
		: `Change the prompt or the picture before you submit it again. ${NOT_CHARGED}`;
}

export function explainFailedJob({ job }: JobFailed): Explained {
	const { jobId, error } = job;
	const verb = job.status === 'cancelled' ? 'was cancelled' : 'did not succeed';
	const reason = (error?.message ?? 'no reason given').replace(/\.$/, '');
	return {
		message: `The job ${jobId} ${verb}: ${reason}${error?.code ? ` [${error.code}]` : ''}`,
		next: afterFailedJob(job),
		job,
		code: error?.code,
		fromApi: true,
		retryable: error?.retryable ?? false,
	};
}
