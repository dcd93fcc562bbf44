import { within } from '../jobs/abort';
import { runBatch, type Slot } from '../jobs/batch';
import type { Clock } from '../jobs/clock';
import type { ListJobs } from '../jobs/historyPages';
import { StatusPacer } from '../jobs/limiter';
import { Semaphore } from '../jobs/semaphore';
import { settle } from '../jobs/settle';
import { JobWatch, PATIENCE_TRIGGER } from '../jobs/unknownJob';
import { isFinished } from '../jobs/wait';
import { DownloadFailed } from '../media/video/downloadFailed';
import { NOT_DOWNLOADED, tryAgain } from '../n8n/errors/classes';
import { ProviderError } from '../providers/errors';
import { lacksVideo, type Job } from '../providers/types';
import type { ProviderId } from '../providers/modelTypes';
import type { ProcessState } from './processState';
import { settleJob, type Watch } from './savedState';

/** Maximum parallel checks of a job, and maximum started per second. A check is one status call. */
const MAX_PARALLEL_CHECKS = 5;
const CHECKS_PER_SECOND = 10;
/** Maximum parallel downloads; failed downloads have separate slots, so that they do not delay others. */
const MAX_PARALLEL_DOWNLOADS = 4;
const MAX_PARALLEL_REPEATS = 2;
/**
 * In ms. With less time left than the first, no download is started. With less than the second, a timeout does not
 * count as a failed attempt.
 */
const MIN_DOWNLOAD_MS = 5_000;
const FAIR_DOWNLOAD_MS = 15_000;
/** Number of failed status calls in a row after which the other jobs wait for the next poll. */
const MAX_FAILURES = 5;
/** Longer than any job runs, in ms: providers keep jobs for 7 days (docs/providers.md A.5, I.1). */
const MAX_AGE_MS = 8 * 24 * 3_600_000;

/** The error code of a job that the trigger gives up on. */
const UNKNOWN_JOB_CODE = 'UNKNOWN_JOB';

/** A finished job that the trigger emits. */
export interface Ready<F> {
	job: Job;
	/** The video, if it was downloaded. */
	file?: F;
}

export interface RoundOptions<F> {
	provider: ProviderId;
	get: (jobId: string) => Promise<Job>;
	/** The history, where the provider has one. */
	list?: ListJobs;
	/** Fetches the video of a completed job; absent if the user wants only the address. */
	download?: (job: Job, deadlineAt: number) => Promise<F>;
	/** Whether the trigger emits a job with this status. */
	isWanted: (job: Pick<Job, 'status'>) => boolean;
	clock: Clock;
	/** When the poll must be over, in ms by `clock`. */
	deadlineAt: number;
	providerNow: () => number;
	/** Maximum attempts to download one video, over all polls. */
	downloadTries: number;
	warn: (message: string) => void;
}

export interface Checked<F> {
	ready: Array<Ready<F>>;
	/** Why not all open jobs could be checked: a rejected key, a rate limit, or a provider that is down. */
	error?: ProviderError;
	/** A sentence without its full stop for each job that is no longer watched and was not emitted. */
	givenUp: string[];
}

/** Whether the next request would fail in the same way. */
export const isForAll = ({ kind }: ProviderError): boolean =>
	['rateLimited', 'auth', 'credit', 'notConnected'].includes(kind);

/**
 * Checks the open jobs of `watch` and settles those that have ended. New jobs and jobs that the history shows as
 * finished come first, then those that were not checked for the longest time. A job that cannot be read, or whose
 * download hangs, stays open and does not delay the others.
 *
 * Returns at the deadline. What is still in progress then is left for the next poll. Never rejects.
 */
export async function checkJobs<F>(
	watch: Watch,
	state: ProcessState,
	options: RoundOptions<F>,
): Promise<Checked<F>> {
	return await new PollRound(watch, state, options).run();
}

class PollRound<F> {
	private readonly checked: Checked<F> = { ready: [], givenUp: [] };
	private readonly pacer: StatusPacer;
	private readonly firstDownloads = new Semaphore(MAX_PARALLEL_DOWNLOADS);
	private readonly repeatedDownloads = new Semaphore(MAX_PARALLEL_REPEATS);
	private failures = 0;
	/** Set when the poll returns: answers that arrive later must not change anything. */
	private isClosed = false;

	constructor(
		private readonly watch: Watch,
		private readonly state: ProcessState,
		private readonly options: RoundOptions<F>,
	) {
		this.pacer = new StatusPacer({ perSecond: CHECKS_PER_SECOND, clock: options.clock });
	}

	async run(): Promise<Checked<F>> {
		const { checked, watch } = this;
		if (watch.open.size === 0) return checked;
		const { clock } = this.options;
		const check = async ([jobId, createdAt]: [string, number], _: number, slot: Slot) =>
			await this.check(jobId, createdAt, slot);
		const round = runBatch(this.inOrder(), check, { concurrency: MAX_PARALLEL_CHECKS });
		await settle(async () => await within(round, this.leftMs(), clock, () => undefined));
		this.isClosed = true;
		checked.ready.sort((a, b) => timeOf(a.job) - timeOf(b.job));
		return checked;
	}

	private leftMs(): number {
		return this.options.deadlineAt - this.options.clock.now();
	}

	/** Jobs whose last status call got no answer come last, so that they do not delay others. */
	private inOrder(): Array<[string, number]> {
		const { checkedAt, finished, unanswered } = this.state;
		const rank = (jobId: string) => {
			const last = checkedAt.get(jobId) ?? 0;
			if (finished.has(jobId)) return 0;
			return unanswered.has(jobId) ? Number.MAX_SAFE_INTEGER / 2 + last : last;
		};
		return [...this.watch.open].sort(([a, x], [b, y]) => rank(a) - rank(b) || x - y);
	}

	/** Whether to poll no further jobs in this round. */
	private get isOver(): boolean {
		return (
			this.isClosed ||
			this.checked.error !== undefined ||
			this.failures >= MAX_FAILURES ||
			this.leftMs() < MIN_DOWNLOAD_MS
		);
	}

	private async check(jobId: string, createdAt: number, slot: Slot): Promise<void> {
		// Without this, a release in the same tick would start the next job inside this call, and so on, thousands of
		// levels deep.
		await Promise.resolve();
		if (this.isClosed || this.leftMs() < MIN_DOWNLOAD_MS) return;
		const listed = this.state.finished.get(jobId);
		// The history has just shown how it ended. Requesting each job of a busy day again would take many polls.
		const job = listed && !lacksVideo(listed) ? listed : await this.ask(jobId, createdAt);
		slot.release();
		if (!job) return;
		if (!isFinished(job)) return this.giveUpOld(job, createdAt);
		if (lacksVideo(job)) this.options.warn(`The job ${jobId} is completed but has no video`);
		if (!this.options.isWanted(job)) return this.settle(jobId);
		const ready = await this.fetch(job);
		if (ready) this.settle(jobId, ready);
	}

	/** The status of the job; undefined if it is left for the next poll, or if the trigger gives up on the job. */
	private async ask(jobId: string, createdAt: number): Promise<Job | undefined> {
		if (this.isOver) return undefined;
		await this.pacer.acquire();
		if (this.isOver) return undefined;
		const { clock, get, list } = this.options;
		const { state } = this;
		state.checkedAt.set(jobId, clock.now());
		const outcome = await settle(async () => await get(jobId));
		if (this.isClosed) return undefined;
		const error = outcome.ok ? undefined : asProviderError(outcome.error, 'noAnswer');
		if (error && isForAll(error)) {
			this.checked.error ??= error;
			return undefined;
		}
		if (error?.isTransient) {
			this.failures++;
			state.unanswered.add(jobId);
			return undefined;
		}
		this.failures = 0;
		state.unanswered.delete(jobId);
		const missing = state.missing.get(jobId) ?? newJobWatch(jobId, createdAt);
		const answer = error ? { ok: false as const, error } : outcome;
		const verdict = await missing.judge(answer, clock.now(), list);
		if (this.isClosed) return undefined;
		if (verdict.is === 'known') {
			state.missing.delete(jobId);
			return verdict.job;
		}
		if (verdict.is === 'over') {
			this.giveUp(jobId, createdAt, `The provider does not know the job ${jobId} any more`);
		} else {
			if (missing.missed === 1) this.options.warn(firstMiss(jobId, error));
			state.missing.set(jobId, missing);
		}
		return undefined;
	}

	private giveUpOld(job: Job, createdAt: number): void {
		if (createdAt === 0 || this.options.providerNow() - createdAt <= MAX_AGE_MS) return;
		this.giveUp(job.jobId, createdAt, `The job ${job.jobId} has not ended within 8 days`, job);
	}

	/** Reports a job that the trigger gives up on: as an item if failed jobs are wanted, otherwise in `givenUp`. */
	private giveUp(jobId: string, createdAt: number, message: string, known?: Job): void {
		if (this.isClosed) return;
		const job: Job = {
			...(known ?? { jobId, provider: this.options.provider, model: '', videos: [] }),
			createdAt: known?.createdAt || (createdAt > 0 ? new Date(createdAt).toISOString() : ''),
			status: 'failed',
			error: { code: UNKNOWN_JOB_CODE, message, retryable: false },
		};
		if (this.options.isWanted(job)) return this.settle(jobId, { job });
		this.checked.givenUp.push(message);
		this.settle(jobId);
	}

	private settle(jobId: string, ready?: Ready<F>): void {
		if (this.isClosed) return;
		settleJob(this.watch, jobId);
		if (ready) this.checked.ready.push(ready);
	}

	/** A job with its video; undefined if it is left for the next poll. */
	private async fetch(job: Job): Promise<Ready<F> | undefined> {
		const { download, deadlineAt, downloadTries } = this.options;
		if (!download || job.status !== 'completed' || !job.videoUrl) return { job };
		const { downloads } = this.state;
		const before = downloads.get(job.jobId) ?? 0;
		const places = before > 0 ? this.repeatedDownloads : this.firstDownloads;
		return await places.run(async () => {
			const left = this.leftMs();
			if (this.isClosed || left < MIN_DOWNLOAD_MS) return undefined;
			const outcome = await settle(async () => await download(job, deadlineAt));
			if (outcome.ok) return { job, file: outcome.value };
			const { error } = outcome;
			const isCut = error instanceof DownloadFailed && error.reason === 'timeout';
			const tries = before + (isCut && left < FAIR_DOWNLOAD_MS ? 0 : 1);
			downloads.set(job.jobId, tries);
			// The link may have expired: the next poll gets a new one.
			this.state.finished.delete(job.jobId);
			// A file that is too large or not a video will be the same at the next attempt.
			const isLasting =
				error instanceof DownloadFailed && (error.reason === 'size' || error.reason === 'type');
			if (tries < downloadTries && !isLasting) return undefined;
			return { job: withWarning(job, error, tries) };
		});
	}
}

const newJobWatch = (jobId: string, createdAt: number) =>
	new JobWatch({
		jobId,
		patience: PATIENCE_TRIGGER,
		createdAt: createdAt > 0 ? new Date(createdAt).toISOString() : '',
	});

const firstMiss = (jobId: string, error?: ProviderError) =>
	error
		? `The provider does not know the job ${jobId}: ${error.message}. It will be requested again`
		: `The job ${jobId} is completed but has no video yet. It will be checked again`;

const timeOf = (job: Job) => Date.parse(job.createdAt) || 0;

/** Converts anything thrown to a ProviderError. @param kind for an error of another class */
export const asProviderError = (error: unknown, kind: 'noAnswer' | 'invalid'): ProviderError =>
	error instanceof ProviderError
		? error
		: new ProviderError((error as Error)?.message ?? 'unknown error', { kind });

/** The job with a warning in place of its video. The item keeps the address, because the job is paid. */
export function withWarning(job: Job, error: unknown, tries: number): Job {
	const said = (error as Error)?.message ?? 'unknown error';
	const times = tries === 1 ? 'once' : `${tries} times`;
	const warning = `${NOT_DOWNLOADED} (tried ${times}): ${said}. Its address is in videoUrl; ${tryAgain(job)}.`;
	return { ...job, warnings: [...(job.warnings ?? []), warning] };
}
