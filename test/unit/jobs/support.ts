import {
	ProviderError,
	type ProviderErrorFacts,
	type ProviderErrorKind,
} from '../../../nodes/Hailuo/providers/errors';
import type {
	HistoryFilter,
	HistoryJob,
	HistoryPage,
	Job,
	Submission,
} from '../../../nodes/Hailuo/providers/types';
import type { VirtualClock } from '../helpers/virtualClock';

export const AMBIGUOUS: ProviderErrorKind[] = ['noAnswer', 'badAnswer', 'unavailable'];
export const REFUSALS: ProviderErrorKind[] = ['notConnected', 'rateLimited'];
export const FINAL: ProviderErrorKind[] = ['auth', 'credit', 'notFound', 'invalid'];

export function failure(
	kind: ProviderErrorKind,
	facts: Partial<ProviderErrorFacts> = {},
): ProviderError {
	return new ProviderError(kind, { kind, ...facts });
}

/** The error that `work` rejects with. */
export async function errorOf(work: Promise<unknown>): Promise<unknown> {
	return await work.then(
		() => {
			throw new Error('It should have failed');
		},
		(error: unknown) => error,
	);
}

export const MODEL = 'minimax/hailuo-02/standard';

export function submission(prompt: string, more: Record<string, unknown> = {}): Submission {
	return { model: MODEL, input: { prompt, duration: 6, ...more } };
}

export function job(jobId: string, more: Partial<HistoryJob> = {}): HistoryJob {
	return {
		jobId,
		provider: 'waveSpeed',
		model: MODEL,
		status: 'queued',
		videos: [],
		createdAt: new Date(Date.UTC(2026, 0, 1)).toISOString(),
		...more,
	};
}

/** A provider in virtual time: it keeps the submits, and its jobs end by themselves. */
export class FakeProvider {
	readonly jobs: Array<HistoryJob & { endsAt: number }> = [];
	posts = 0;
	gets = 0;
	lists = 0;
	/** Whether the history shows the inputs. */
	tellsInput = true;
	/** How far its clock is ahead, in ms. */
	offsetMs = 0;
	private readonly clock: VirtualClock;

	constructor(clock: VirtualClock) {
		this.clock = clock;
	}

	/** Accepts a job at once. @param lastsMs how long the job takes */
	accept(asked: Submission, lastsMs = 60_000): Job {
		const now = this.clock.now();
		const made = job(`job-${this.jobs.length}`, {
			model: asked.model,
			createdAt: new Date(now + this.offsetMs).toISOString(),
			input: asked.input,
		});
		this.jobs.push({ ...made, endsAt: now + lastsMs });
		return this.tell(this.jobs[this.jobs.length - 1]);
	}

	async get(jobId: string): Promise<Job> {
		this.gets++;
		const found = this.jobs.find((each) => each.jobId === jobId);
		if (!found) throw failure('notFound', { status: 404 });
		return this.tell(found);
	}

	/** Newest first, as histories are. */
	async list(filter: HistoryFilter): Promise<HistoryPage> {
		this.lists++;
		const after = filter.createdAfter ? Date.parse(filter.createdAfter) : -Infinity;
		const all = this.jobs
			.filter((each) => each.model === filter.model && Date.parse(each.createdAt) >= after)
			.reverse();
		const from = (filter.page - 1) * filter.pageSize;
		const page = all.slice(from, from + filter.pageSize);
		return {
			jobs: page.map((each) => ({
				...this.tell(each),
				...(this.tellsInput ? { input: each.input } : {}),
			})),
			more: from + page.length < all.length,
		};
	}

	private tell({ endsAt, ...made }: HistoryJob & { endsAt: number }): Job {
		const told = { ...made };
		delete told.input;
		return { ...told, status: this.clock.now() >= endsAt ? 'completed' : 'running' };
	}
}
