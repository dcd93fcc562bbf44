import type { Job } from '../../providers/types';

/** n8n treats an execution as stopped, not failed, if its error has exactly this text. */
export const CANCELED = 'The execution was canceled';

/** A job that ended without a video. */
export class JobFailed extends Error {
	constructor(readonly job: Job) {
		super(job.error?.message ?? `The job ended with the status '${job.status}'`);
		this.name = 'JobFailed';
	}
}

/** An error of a job whose ID is known; it always carries the ID. */
export class WithJob extends Error {
	/** @param submitted whether this run paid for the job, so that the message must say how to get its video */
	constructor(
		readonly cause: unknown,
		readonly job: Partial<Job> & { jobId: string },
		readonly submitted = true,
	) {
		super((cause as Error)?.message ?? String(cause));
		this.name = 'WithJob';
	}
}

/** The beginning of each warning about a video without a file. */
export const NOT_DOWNLOADED = 'The video could not be downloaded';

/** What a person can do about it. */
export const tryAgain = ({ jobId }: Pick<Job, 'jobId'>) =>
	`Job: Wait with the job ID ${jobId} tries again for free`;

/** The job is done and paid, but its file did not arrive. */
export class VideoMissing extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'VideoMissing';
	}
}

/**
 * The option 'Maximum Price (USD)' could not be checked, because the provider reported no price. Nothing was submitted.
 */
export class PriceUnknown extends Error {
	constructor(readonly cause: unknown) {
		super('The price is not known');
		this.name = 'PriceUnknown';
	}
}

/** The error of an item after a person stopped the execution. */
export class Stopped extends Error {
	constructor(readonly cause: unknown) {
		super(CANCELED);
		this.name = 'Stopped';
	}
}
