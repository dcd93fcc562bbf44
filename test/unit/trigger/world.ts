import { ProviderError } from '../../../nodes/Hailuo/providers/errors';
import type {
	HistoryFilter,
	HistoryJob,
	HistoryPage,
	Job,
} from '../../../nodes/Hailuo/providers/types';
import type { ProcessState } from '../../../nodes/Hailuo/trigger/processState';
import { newProcessState } from '../../../nodes/Hailuo/trigger/processState';
import { exclusively, runPoll, type Poll } from '../../../nodes/Hailuo/trigger/poll';
import { seededRandom, VirtualClock } from '../helpers/virtualClock';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface WorldJob {
	id: string;
	model: string;
	/** When it was really made, in ms by our clock. */
	madeAt: number;
	/** When it was made according to the provider, in ms. */
	createdAt: number;
	/** ms by our clock; Infinity for a job that never ends. */
	endsAt: number;
	end: 'completed' | 'failed' | 'cancelled';
	deleted: boolean;
}

export interface WorldOptions {
	seed?: number;
	/** How far the provider's clock is ahead of ours, ms. */
	skewMs?: number;
	/** The resolution of its times, in ms: several jobs may have the same time. */
	grainMs?: number;
	/** How long a job is missing from the history, in ms. */
	listDelayMs?: number;
	oldestFirst?: boolean;
	withoutTotal?: boolean;
	/** Whether the history shows every job as running, so that each must be requested. */
	staleList?: boolean;
	/** Latency of a request, ms. */
	latencyMs?: number;
	/** Share of requests that fail. */
	faults?: number;
	/** Share of downloads that fail. */
	badDownloads?: number;
	/** Whether its answers contain the time. Without it, the node uses its own clock instead of the provider's. */
	withoutDate?: boolean;
	/** Called during a request. */
	meanwhile?: (world: World) => void;
}

/** A provider with a history, in virtual time. */
export class World {
	readonly clock: VirtualClock;
	readonly random: () => number;
	readonly jobs = new Map<string, WorldJob>();
	readonly calls = { list: 0, get: 0, download: 0 };
	/** Called for each request before it is answered. What it throws is the error of the request. */
	onCall?: (kind: 'list' | 'get' | 'download') => void;

	constructor(readonly options: WorldOptions = {}) {
		this.clock = new VirtualClock({ seed: options.seed });
		this.random = seededRandom((options.seed ?? 1) + 77);
	}

	get now() {
		return this.clock.now();
	}

	/** By the provider's clock. */
	get realNow() {
		return this.now + (this.options.skewMs ?? 0);
	}

	/** The node's estimate of it. */
	providerNow = () => (this.options.withoutDate ? this.now : this.realNow);

	make(facts: Partial<WorldJob> & { lengthMs?: number } = {}): WorldJob {
		const { grainMs = 1 } = this.options;
		const { lengthMs = 30_000 + this.random() * 120_000, ...rest } = facts;
		const job: WorldJob = {
			id: `job-${this.jobs.size}`,
			model: 'minimax/hailuo-02/fast',
			madeAt: this.now,
			createdAt: Math.floor(this.realNow / grainMs) * grainMs,
			endsAt: this.now + lengthMs,
			end: 'completed',
			deleted: false,
			...rest,
		};
		this.jobs.set(job.id, job);
		return job;
	}

	asJob({ id, model, createdAt, endsAt, end }: WorldJob): Job {
		const done = endsAt <= this.now;
		const url = `https://cdn.example/${id}.mp4`;
		const completed = done && end === 'completed';
		return {
			jobId: id,
			provider: 'waveSpeed',
			model,
			status: done ? end : 'running',
			videos: completed ? [url] : [],
			videoUrl: completed ? url : undefined,
			createdAt: new Date(createdAt).toISOString(),
		};
	}

	private listed(job: WorldJob): Job {
		const shown = this.asJob(job);
		return this.options.staleList
			? { ...shown, status: 'running', videos: [], videoUrl: undefined }
			: shown;
	}

	private async request(kind: 'list' | 'get' | 'download'): Promise<void> {
		this.calls[kind]++;
		this.onCall?.(kind);
		await this.clock.sleep(this.options.latencyMs ?? 100);
		this.options.meanwhile?.(this);
		if (kind !== 'download' && this.random() < (this.options.faults ?? 0)) {
			throw new ProviderError('down', { kind: 'unavailable', status: 503 });
		}
	}

	list = async (filter: HistoryFilter): Promise<HistoryPage> => {
		await this.request('list');
		const { listDelayMs = 0, oldestFirst = false, withoutTotal = false } = this.options;
		const after = filter.createdAfter ? Date.parse(filter.createdAfter) : -Infinity;
		const before = filter.createdBefore ? Date.parse(filter.createdBefore) : Infinity;
		const all = [...this.jobs.values()]
			.filter(({ deleted, createdAt }) => !deleted && createdAt >= after && createdAt <= before)
			.filter(({ madeAt }) => this.now - madeAt >= listDelayMs && this.now - madeAt < 168 * HOUR);
		if (!oldestFirst) all.reverse();
		const at = (filter.page - 1) * filter.pageSize;
		const jobs: HistoryJob[] = all.slice(at, at + filter.pageSize).map((job) => this.listed(job));
		return withoutTotal
			? { jobs, more: jobs.length === filter.pageSize }
			: { jobs, more: at + filter.pageSize < all.length, total: all.length };
	};

	get = async (jobId: string): Promise<Job> => {
		await this.request('get');
		const job = this.jobs.get(jobId);
		if (!job || job.deleted) throw new ProviderError('unknown', { kind: 'notFound', status: 404 });
		return this.asJob(job);
	};

	download = async (job: Job): Promise<string> => {
		await this.request('download');
		if (this.random() < (this.options.badDownloads ?? 0)) throw new Error('cut off');
		return `video of ${job.jobId}`;
	};

	poll(more: Partial<Poll<string>> = {}): Poll<string> {
		return {
			scope: 'account',
			list: this.list,
			get: this.get,
			download: this.download,
			provider: 'waveSpeed',
			isWatched: ({ model }) => model.includes('hailuo'),
			isClockKnown: () => !this.options.withoutDate,
			isWanted: ({ status }) => status === 'completed',
			days: 0,
			jobIds: [],
			clock: this.clock,
			deadlineAt: this.now + 36_000,
			providerNow: this.providerNow,
			downloadTries: 3,
			warn: () => {},
			...more,
		};
	}
}

export type Mode = 'default' | 'scheduler' | 'durable';

/**
 * How n8n treats the static data of a polling trigger (docs/n8n.md 3):
 * - default: one object in memory, saved when a poll emits and after the activation
 * - scheduler: read from the database for each poll, saved when it emits
 * - durable: read for each poll, saved together with the execution, or alone when nothing is emitted
 */
export class N8n {
	/** The database. */
	saved: unknown;
	/** What was emitted, by job id. */
	readonly emitted: string[] = [];
	readonly warnings: string[] = [];
	/** Errors that polls threw. */
	readonly errors: Error[] = [];
	/** Messages about jobs that the trigger gave up on. */
	readonly givenUp: string[] = [];
	/** How long the database takes to save what was emitted, in ms. */
	savingMs = 5;
	/** Whether n8n drops what polls return, because the lease was lost or the time was over. */
	drop = false;
	private static: unknown;
	private memory: ProcessState = newProcessState();
	/** Increases with each kill: what an earlier process does has no effect. */
	private life = 0;

	constructor(
		readonly world: World,
		readonly mode: Mode,
		readonly more: Partial<Poll<string>> = {},
	) {}

	/** The size of the saved state, in bytes. */
	get bytes() {
		return Buffer.byteLength(JSON.stringify(this.saved ?? null));
	}

	kill(): void {
		this.life++;
		this.memory = newProcessState();
		this.static = structuredClone(this.saved);
	}

	/** The poll of an activation or start: its state is saved whether it emits anything or not. */
	async start(): Promise<void> {
		await this.poll();
		if (this.mode === 'default') this.saved = structuredClone(this.static);
		else this.saved ??= structuredClone(this.static);
	}

	/** A poll as n8n runs it. It never settles if n8n is killed meanwhile. */
	async poll(): Promise<void> {
		const { world, life, memory, mode } = this;
		const alive = async <T>(value: Promise<T>): Promise<T> => {
			const settled = await value.then(
				(v) => ({ v }),
				(error: Error) => ({ error }),
			);
			if (this.life !== life) await new Promise(() => {});
			if ('error' in settled) throw settled.error;
			return settled.v;
		};
		const snapshot = mode === 'default' ? this.static : structuredClone(this.saved);
		const poll = world.poll(this.more);
		const { list, get, download } = poll;
		const result = await alive(
			exclusively(memory, world.clock, 66_000, async (isCurrent) => {
				const polled = await runPoll(snapshot, memory, {
					...poll,
					list: list && (async (filter) => await alive(list(filter))),
					get: async (id) => await alive(get(id)),
					download: download && (async (job, until) => await alive(download(job, until))),
				});
				if (!isCurrent()) return undefined;
				polled.commit();
				return polled;
			}),
		);
		if (!result) return;
		this.givenUp.push(...result.givenUp);
		if (result.error && result.ready.length === 0) this.errors.push(result.error);
		const next = result.saved ?? snapshot;
		if (mode === 'default') this.static = next;
		if (result.ready.length > 0) {
			// n8n does not wait for this before the next poll may begin.
			if (mode !== 'default') await alive(world.clock.sleep(this.savingMs));
			if (this.drop) return;
			this.saved = structuredClone(next);
			for (const { job, file } of result.ready) {
				this.emitted.push(job.jobId);
				this.warnings.push(...(job.warnings ?? []));
				if (!file && !job.warnings && job.status === 'completed' && download) {
					throw new Error(`${job.jobId} was emitted without its video and without a warning`);
				}
			}
		} else if (mode === 'durable') {
			if (result.saved) this.saved = structuredClone(next);
		} else if (mode === 'scheduler') {
			this.static = next;
		}
	}
}

/** Runs a poll, and kills n8n when it begins its request number `killAt` (from 0). */
export async function pollAndKill(n8n: N8n, killAt: number): Promise<void> {
	const { world } = n8n;
	let calls = 0;
	let killed = () => {};
	const end = new Promise<void>((resolve) => (killed = resolve));
	world.onCall = () => {
		if (calls++ !== killAt) return;
		n8n.kill();
		killed();
	};
	await world.clock.run(async () => await Promise.race([n8n.poll(), end]));
	world.onCall = undefined;
}
