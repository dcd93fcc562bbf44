import { runBatch, type Slot } from '../jobs/batch';
import type { Clock } from '../jobs/clock';
import { StatusPacer } from '../jobs/limiter';
import { settle } from '../jobs/settle';
import { Semaphore } from '../jobs/semaphore';
import { isFinished } from '../jobs/wait';
import { DownloadFailed } from '../media/video/downloadFailed';
import { NOT_DOWNLOADED, tryAgain } from '../n8n/errors';
import { ProviderError } from '../providers/errors';
import { lacksVideo, type Job } from '../providers/types';
import type { ProcessState } from './processState';
import { settleJob, type Watch } from './savedState';

/** Status calls under way at the same time, and begun per second. */
const LOOKS_AT_ONCE = 5;
const LOOKS_PER_SECOND = 10;
/** Downloads at the same time; those that did not succeed before have places of their own, so that they hold up nobody. */
const DOWNLOADS_AT_ONCE = 4;
const REPEATS_AT_ONCE = 2;
/** A download is not begun with less time than this, in ms, and counts as tried in vain only with the other. */
const MIN_DOWNLOAD_MS = 5_000;
const FAIR_DOWNLOAD_MS = 15_000;
/** Looks in a row without a proper answer after which the other jobs wait for the next poll. */
const MAX_FAILURES = 5;
/** Looks at a job that is completed and shows no video, before it counts as one that did not succeed. */
const MAX_EMPTY = 3;
/** No job runs as long as this, in ms: WaveSpeed keeps jobs for 7 days (docs/providers.md A.5). */
const MAX_AGE_MS = 8 * 24 * 3_600_000;

/** A finished job that the trigger emits. */
export interface Ready<F> {
	job: Job;
	/** The video, where it was to be downloaded. */
	file?: F;
}

export interface Look<F> {
	get: (jobId: string) => Promise<Job>;
	/** Fetches the video of a completed job; absent when the user wants the address only. */
	download?: (job: Job, deadlineAt: number) => Promise<F>;
	/** Whether the event of the job's end is one that the trigger emits. */
	isWanted: (job: Job) => boolean;
	clock: Clock;
	/** ms by `clock`: when the poll must be over. */
	deadlineAt: number;
	providerNow: () => number;
	/** Most tries to download one video, over all polls. */
	downloadTries: number;
	/** How often an id may be unknown to the provider before it is given up. */
	mostUnknown: number;
	warn: (message: string) => void;
}

export interface Looked<F> {
	ready: Array<Ready<F>>;
	/** What ended the looks before all open jobs were looked at; a refused key, a rate limit, a provider that is down. */
	error?: ProviderError;
}

/** Whether the next request would end the same. */
export const isForAll = ({ kind }: ProviderError): boolean =>
	['rateLimited', 'auth', 'credit', 'notConnected'].includes(kind);

/**
 * Looks at the open jobs of `watch` one by one, those that are new or that the history shows as finished first, then the
 * ones that waited longest for a look, and settles those that ended. A job that cannot be read, or whose video hangs,
 * stays open and holds up no other.
 *
 * Returns at the deadline whatever is still under way: that is found again by the next poll. Never rejects.
 */
export async function look<F>(
	watch: Watch,
	memory: ProcessState,
	finished: ReadonlySet<string>,
	options: Look<F>,
): Promise<Looked<F>> {
	const { clock, deadlineAt } = options;
	const looked: Looked<F> = { ready: [] };
	if (watch.open.size === 0) return looked;
	const turn = {
		pacer: new StatusPacer({ perSecond: LOOKS_PER_SECOND, clock }),
		fresh: new Semaphore(DOWNLOADS_AT_ONCE),
		repeated: new Semaphore(REPEATS_AT_ONCE),
		failures: 0,
		closed: false,
	};
	// Jobs that were not answered last time come last: however many they are, they hold up no other.
	const rank = (jobId: string) => {
		const lookedAt = memory.lookedAt.get(jobId) ?? 0;
		if (memory.unanswered.has(jobId)) return Number.MAX_SAFE_INTEGER / 2 + lookedAt;
		return finished.has(jobId) ? 0 : lookedAt;
	};
	const order = [...watch.open].sort(([a, x], [b, y]) => rank(a) - rank(b) || x - y);
	const stop = () =>
		turn.closed ||
		looked.error !== undefined ||
		turn.failures >= MAX_FAILURES ||
		clock.now() >= deadlineAt - MIN_DOWNLOAD_MS;

	/** Nothing may be changed by what comes in after the poll has returned. */
	const settled = (jobId: string, ready?: Ready<F>) => {
		if (turn.closed) return;
		settleJob(watch, jobId);
		if (ready) looked.ready.push(ready);
	};

	async function one([jobId, createdAt]: [string, number], slot: Slot): Promise<void> {
		if (stop()) return;
		await turn.pacer.acquire();
		if (stop()) return;
		memory.lookedAt.set(jobId, clock.now());
		const outcome = await settle(async () => await options.get(jobId));
		slot.release();
		if (!outcome.ok) return failed(jobId, outcome.error);
		turn.failures = 0;
		memory.unanswered.delete(jobId);
		const job = outcome.value;
		if (lacksVideo(job) && missed(jobId) < MAX_EMPTY) return;
		memory.unknown.delete(jobId);
		if (!isFinished(job)) {
			const isLost = createdAt > 0 && options.providerNow() - createdAt > MAX_AGE_MS;
			if (isLost) settled(jobId);
			return;
		}
		if (!options.isWanted(job)) return settled(jobId);
		const ready = await fetched(job);
		if (ready) settled(jobId, ready);
	}

	/** How many looks in a row did not find the job, or its video. */
	function missed(jobId: string): number {
		const times = (memory.unknown.get(jobId) ?? 0) + 1;
		memory.unknown.set(jobId, times);
		return times;
	}

	function failed(jobId: string, error: unknown): void {
		const known =
			error instanceof ProviderError
				? error
				: new ProviderError(String((error as Error)?.message ?? error), { kind: 'noAnswer' });
		if (known.kind === 'notFound' || known.kind === 'invalid') {
			const times = missed(jobId);
			if (times === 1) {
				options.warn(`The provider does not know the job ${jobId}: ${known.message}`);
			}
			if (times >= options.mostUnknown) settled(jobId);
			return;
		}
		if (isForAll(known)) {
			looked.error ??= known;
			return;
		}
		turn.failures++;
		memory.unanswered.add(jobId);
	}

	/** Undefined when it is left for the next poll. */
	async function fetched(job: Job): Promise<Ready<F> | undefined> {
		const { download } = options;
		if (!download || job.status !== 'completed' || !job.videoUrl) return { job };
		const before = memory.downloads.get(job.jobId) ?? 0;
		return await (before > 0 ? turn.repeated : turn.fresh).run(async () => {
			const left = deadlineAt - clock.now();
			if (turn.closed || left < MIN_DOWNLOAD_MS) return undefined;
			const outcome = await settle(async () => await download(job, deadlineAt));
			if (outcome.ok) return { job, file: outcome.value };
			const { error } = outcome;
			const isCut = error instanceof DownloadFailed && error.reason === 'timeout';
			const tries = before + (isCut && left < FAIR_DOWNLOAD_MS ? 0 : 1);
			memory.downloads.set(job.jobId, tries);
			// A file that is too large or no video is the same at the next try.
			const isLasting =
				error instanceof DownloadFailed && (error.reason === 'size' || error.reason === 'type');
			if (tries < options.downloadTries && !isLasting) return undefined;
			return { job: withWarning(job, error, tries) };
		});
	}

	await inTime(
		runBatch(order, async (entry, _, slot) => await one(entry, slot), {
			concurrency: LOOKS_AT_ONCE,
		}),
		clock,
		deadlineAt,
	);
	turn.closed = true;
	looked.ready.sort((a, b) => time(a.job) - time(b.job));
	return looked;
}

const time = (job: Job) => Date.parse(job.createdAt) || 0;

/** A video that cannot be fetched leaves the item with its address: the job is paid. */
export function withWarning(job: Job, error: unknown, tries: number): Job {
	const said = error instanceof DownloadFailed ? error.message : String((error as Error)?.message);
	const times = tries === 1 ? 'once' : `${tries} times`;
	const warning = `${NOT_DOWNLOADED} (tried ${times}): ${said}. Its address is in videoUrl; ${tryAgain(job)}.`;
	return { ...job, warnings: [...(job.warnings ?? []), warning] };
}

/** n8n's sleep cannot be ended, so the guard sleeps in short pieces: it must not outlive the work for long. */
const WATCH_MS = 1_000;

/** Waits for the end of `work`, but not beyond the deadline. */
async function inTime(work: Promise<unknown>, clock: Clock, deadlineAt: number): Promise<void> {
	const done = new AbortController();
	const ended = work.finally(() => done.abort());
	const guard = async () => {
		while (!done.signal.aborted && clock.now() < deadlineAt) {
			await clock.sleep(Math.min(WATCH_MS, deadlineAt - clock.now()), done.signal);
		}
	};
	await Promise.race([ended, settle(guard)]);
}
