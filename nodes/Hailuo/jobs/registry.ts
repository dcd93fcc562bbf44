import type { HistoryJob, Submission } from '../providers/types';
import { fingerprint } from './fingerprint';
import { comparable, mayBeJobOf, type Sent } from './match';

/*
 * Rules that must not regress:
 * - There is one registry in a process: executions that run side by side must see each other's jobs.
 * - An unresolved submit may still own jobs that appear late, until UNRESOLVED_MS is over.
 * - Identical submits that are both ambiguous may take each other's jobs. The job of a submit that is still being sent
 *   belongs to it alone.
 */

/**
 * - `sending`: the POST is in progress
 * - `ambiguous`: it ended without proof, and the job is being searched for
 * - `unresolved`: it was not found; its job may still turn up
 */
export type OpenState = 'sending' | 'ambiguous' | 'unresolved';

/** A paid POST whose job is not known yet. Its submission is stored in comparable form, without inline pictures. */
export interface OpenSubmit extends Sent {
	/** Identical for identical requests, pictures included. */
	readonly fingerprint: string;
	readonly startedAt: number;
	state: OpenState;
}

/** How long an unresolved submit may still own a job that appears, in ms. */
const UNRESOLVED_MS = 600_000;
const MAX_UNRESOLVED = 1_000;
const MAX_CLAIMS = 10_000;

/** When a POST began. Times in ms since the epoch. */
interface Began {
	/** By our clock. */
	startedAt: number;
	/** By the provider's, where it is known. */
	providerAt?: number;
	/** Replaces the submission's own if its pictures have no permanent form. */
	fingerprint?: string;
}

/**
 * Knows which job belongs to whom: all claimed jobs, and all paid POSTs whose job IDs are not known. The jobs of these
 * may already be in the history, so a search may adopt only a job that is unclaimed and that none of them can own. So
 * all items can be sent in parallel, even identical ones, and none gets another's job.
 */
export class Registry {
	private readonly claimed = new Set<string>();
	private readonly open = new Map<string, Set<OpenSubmit>>();
	private readonly maxClaims: number;

	/** @param maxClaims maximum number of remembered job IDs; the oldest are dropped first */
	constructor(maxClaims = MAX_CLAIMS) {
		this.maxClaims = maxClaims;
	}

	/** Marks the job as owned: by an item, by another execution, or by adoption. */
	claim(jobId: string): void {
		this.claimed.delete(jobId);
		this.claimed.add(jobId);
		if (this.claimed.size > this.maxClaims) {
			const [oldest] = this.claimed;
			this.claimed.delete(oldest);
		}
	}

	isClaimed(jobId: string): boolean {
		return this.claimed.has(jobId);
	}

	/** Call right before the POST. */
	begin(submission: Submission, began: Began): OpenSubmit {
		const { startedAt, providerAt, fingerprint: print = fingerprint(submission) } = began;
		const attempt: OpenSubmit = {
			submission: { model: submission.model, input: comparable(submission.input) },
			fingerprint: print,
			startedAt,
			providerAt,
			state: 'sending',
		};
		const same = this.open.get(print) ?? new Set();
		this.open.set(print, same.add(attempt));
		return attempt;
	}

	/**
	 * Resumes the search for a submit that got no answer: with its own entry if that is still here (a second one would
	 * compete with it), otherwise with a new one.
	 *
	 * @param sent when it was sent; not before its `startedAt`
	 */
	resume(submission: Submission, sent: Began & { fingerprint: string }): OpenSubmit {
		let own: OpenSubmit | undefined;
		for (const one of this.open.get(sent.fingerprint) ?? []) {
			// An identical entry that began later would search only from its own time, and miss this job.
			if (one.state !== 'unresolved' || one.startedAt > sent.startedAt) continue;
			if (!own || one.startedAt > own.startedAt) own = one;
		}
		const attempt = own ?? this.begin(submission, sent);
		attempt.state = 'ambiguous';
		return attempt;
	}

	/** The job is known, or certainly does not exist. */
	close(attempt: OpenSubmit): void {
		const same = this.open.get(attempt.fingerprint);
		same?.delete(attempt);
		if (same?.size === 0) this.open.delete(attempt.fingerprint);
	}

	/** The job was not found; it is remembered for 10 minutes. @param nowMs ms since the epoch */
	giveUp(attempt: OpenSubmit, nowMs: number): void {
		attempt.state = 'unresolved';
		const unresolved = this.all().filter(({ state }) => state === 'unresolved');
		unresolved.sort((a, b) => a.startedAt - b.startedAt);
		unresolved.forEach((other, index) => {
			const old = other.startedAt < nowMs - UNRESOLVED_MS;
			if (old || unresolved.length - index > MAX_UNRESOLVED) this.close(other);
		});
	}

	/**
	 * The other submits that `job` may belong to. Identical ambiguous submits do not compete: either may take either job.
	 * One that is still being sent always competes, because its answer will name its job.
	 *
	 * @param offsetMs how far the provider's clock is ahead of ours, in ms
	 */
	possibleOwners(attempt: OpenSubmit, job: HistoryJob, offsetMs: number): OpenSubmit[] {
		return this.all().filter((other) => {
			if (other === attempt) return false;
			const isIdentical = other.fingerprint === attempt.fingerprint;
			if (isIdentical && other.state !== 'sending') return false;
			return mayBeJobOf(other, job, offsetMs);
		});
	}

	/** How many other submits of an identical request are searching for their job. */
	identicalSearches(attempt: OpenSubmit): number {
		const same = [...(this.open.get(attempt.fingerprint) ?? [])];
		return same.filter((other) => other !== attempt && other.state === 'ambiguous').length;
	}

	/** All submits whose jobs are not known. */
	all(): OpenSubmit[] {
		return [...this.open.values()].flatMap((same) => [...same]);
	}

	/** Forgets everything, like a process that has just started. */
	clear(): void {
		this.claimed.clear();
		this.open.clear();
	}
}

/** The one registry of the process: executions that run side by side must see each other's jobs. */
export const registry = new Registry();
