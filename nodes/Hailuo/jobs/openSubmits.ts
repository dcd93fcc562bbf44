import type { HistoryJob, Submission } from '../providers/types';
import { fingerprint } from './fingerprint';
import { isPicture, isUrl, mayBeJobOf } from './match';

/**
 * - `sending`: the POST is under way
 * - `ambiguous`: it ended without proof, and the job is being searched for
 * - `unresolved`: it was not found; its job may still turn up
 */
export type OpenState = 'sending' | 'ambiguous' | 'unresolved';

/** A paid POST whose job is not known yet. */
export interface OpenSubmit {
	/** What was sent; inline pictures are left out, they can be compared with nothing. */
	readonly submission: Pick<Submission, 'model' | 'input'>;
	/** The same for the same request, pictures included. */
	readonly fingerprint: string;
	/** When the POST began, by our clock, in ms since the epoch. */
	readonly startedAt: number;
	state: OpenState;
}

/** How long an unresolved submit may still own a job that turns up, in ms. */
const UNRESOLVED_MS = 600_000;
const MAX_UNRESOLVED = 1_000;

/** The input without inline pictures: up to 20 MB each, and kept for minutes. */
function withoutData(input: Record<string, unknown>): Record<string, unknown> {
	const entries = Object.entries(input).map(([key, value]) => {
		const inline = typeof value === 'string' && isPicture(value) && !isUrl(value);
		return [key, inline ? 'data:' : value] as const;
	});
	return Object.fromEntries(entries);
}

/**
 * The paid POSTs of the process whose job ids are not known. Their jobs may be in the history already,
 * unclaimed, so a search may only adopt what none of these can own: this lets all items be sent side
 * by side, identical ones too, and none gets another's job.
 */
export class OpenSubmits {
	private readonly open = new Set<OpenSubmit>();

	/**
	 * Call right before the POST.
	 *
	 * @param startedAt ms since the epoch
	 * @param print stands in for the submission's own fingerprint, where pictures have no lasting form
	 */
	begin(submission: Submission, startedAt: number, print = fingerprint(submission)): OpenSubmit {
		const attempt: OpenSubmit = {
			submission: { model: submission.model, input: withoutData(submission.input) },
			fingerprint: print,
			startedAt,
			state: 'sending',
		};
		this.open.add(attempt);
		return attempt;
	}

	/**
	 * Takes up the search of a submit again that got no answer: its own entry where it is still here
	 * (another one beside it would be its rival), else a new one.
	 *
	 * @param sentAt when it was sent, in ms since the epoch; not before its `startedAt`
	 */
	resume(submission: Submission, sentAt: number, print: string): OpenSubmit {
		let own: OpenSubmit | undefined;
		for (const one of this.open) {
			// A twin that began later would search from then on only, and miss the job of this one.
			const may = one.fingerprint === print && one.startedAt <= sentAt;
			if (!may || one.state !== 'unresolved') continue;
			if (!own || one.startedAt > own.startedAt) own = one;
		}
		const attempt = own ?? this.begin(submission, sentAt, print);
		attempt.state = 'ambiguous';
		return attempt;
	}

	/** The job is known, or certainly does not exist. */
	close(attempt: OpenSubmit): void {
		this.open.delete(attempt);
	}

	/** The job was not found; it is remembered for 10 minutes. @param nowMs ms since the epoch */
	giveUp(attempt: OpenSubmit, nowMs: number): void {
		attempt.state = 'unresolved';
		const unresolved = [...this.open].filter(({ state }) => state === 'unresolved');
		unresolved.forEach((other, index) => {
			const old = other.startedAt < nowMs - UNRESOLVED_MS;
			if (old || unresolved.length - index > MAX_UNRESOLVED) this.open.delete(other);
		});
	}

	/**
	 * The other submits that `job` may belong to. An identical one that is ambiguous itself is none:
	 * the two are interchangeable, and each adopts one job. One that is still being sent always is,
	 * because its answer will name its job.
	 *
	 * @param slackMs how much earlier than `startedAt` a job of it may seem to be made, in ms
	 */
	possibleOwners(attempt: OpenSubmit, job: HistoryJob, slackMs: number): OpenSubmit[] {
		return [...this.open].filter((other) => {
			if (other === attempt) return false;
			const twin = other.fingerprint === attempt.fingerprint;
			if (twin && other.state !== 'sending') return false;
			return mayBeJobOf(other, job, slackMs);
		});
	}

	/** How many others ask for the very same and are searching for a job of their own. */
	identicalSearches(attempt: OpenSubmit): number {
		const same = [...this.open].filter(
			(other) => other !== attempt && other.fingerprint === attempt.fingerprint,
		);
		return same.filter(({ state }) => state === 'ambiguous').length;
	}

	get size(): number {
		return this.open.size;
	}
}

/** The one registry of the process. */
export const openSubmits = new OpenSubmits();
