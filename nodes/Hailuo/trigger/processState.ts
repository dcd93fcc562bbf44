import type { JobWatch } from '../jobs/unknownJob';
import type { Job } from '../providers/types';
import type { Watch } from './savedState';

/**
 * What one trigger node remembers for as long as the process lives. Losing any of it costs requests or a repeated
 * attempt, never a job: nothing here says whether a job was emitted. All times are ms by our clock.
 */
export interface ProcessState {
	/** The poll that is at work; another one that starts meanwhile returns at once. */
	running?: Period;
	/** The newest state, where it goes on from the saved one of the same generation: polls without a result save nothing. */
	watch?: Watch;
	/** The last poll that emitted, and how long n8n may take to save it. */
	handedOver?: { generation: string; saving: Period };
	/** When each open job was looked at last. */
	readonly lookedAt: Map<string, number>;
	/** How open jobs ended, as the history showed them: they are not asked for again, unless a download fails. */
	readonly finished: Map<string, Job>;
	/** How often the download of a finished job was tried in vain. */
	readonly downloads: Map<string, number>;
	/** The jobs whose last look did not show them. */
	readonly missing: Map<string, JobWatch>;
	/** The jobs whose last look was not answered as it should. */
	readonly unanswered: Set<string>;
	/** Nobody is asked meanwhile. */
	pause?: Period;
	/** Polls in a row in which the provider gave no good answer. */
	failedPolls: number;
	/** Jobs that were given up and that no item tells of: the next failed execution does. */
	readonly givenUp: string[];
	/** What the user was told by a failed execution, and for how long it is not told again. */
	lastReport?: { activation: unknown; times: number; silence: Period };
}

/** A stretch of time that ends by itself, also when the clock is set back: it then counts as over. */
export interface Period {
	from: number;
	ms: number;
}

export const lasts = (period: Period | undefined, now: number): boolean =>
	period !== undefined && now >= period.from && now < period.from + period.ms;

export const newProcessState = (): ProcessState => ({
	lookedAt: new Map(),
	finished: new Map(),
	downloads: new Map(),
	missing: new Map(),
	unanswered: new Set(),
	failedPolls: 0,
	givenUp: [],
});

const states = new Map<string, ProcessState>();

/** Nodes that are kept in mind: far more than one n8n polls. Nobody says when one is deleted. */
const MAX_STATES = 1_000;

/** The state of a node; beyond the most that are kept, the one that polled longest ago goes. @param key workflow and node */
export function processStateOf(key: string): ProcessState {
	const state = states.get(key) ?? newProcessState();
	// Put in last again: the first of the map is the one to go.
	states.delete(key);
	states.set(key, state);
	const [oldest] = states.keys();
	if (states.size > MAX_STATES) states.delete(oldest);
	return state;
}

/** Drops what is kept of jobs that are no longer open. */
export function forgetClosed(state: ProcessState, watch: Watch): void {
	const { lookedAt, finished, downloads, missing, unanswered } = state;
	for (const kept of [lookedAt, finished, downloads, missing, unanswered]) {
		for (const jobId of kept.keys()) if (!watch.open.has(jobId)) kept.delete(jobId);
	}
}
