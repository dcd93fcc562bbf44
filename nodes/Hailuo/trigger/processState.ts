import type { JobWatch } from '../jobs/unknownJob';
import type { Job } from '../providers/types';
import type { Watch } from './savedState';

/**
 * What one trigger node remembers for as long as the process lives. Losing any of it costs requests or a repeated
 * attempt, never a job: nothing here says whether a job was emitted. All times are ms by our clock.
 */
export interface ProcessState {
	/** The poll that is running; another one that starts meanwhile returns at once. */
	running?: Period;
	/** The newest state, if it continues the saved one of the same generation: polls without a result save nothing. */
	watch?: Watch;
	/** The last poll that emitted, and how long n8n may take to save it. */
	handedOver?: { generation: string; saving: Period };
	/** When each open job was last checked. */
	readonly checkedAt: Map<string, number>;
	/** How open jobs ended, according to the history: they are not requested again, unless a download fails. */
	readonly finished: Map<string, Job>;
	/** How often the download of a finished job has failed. */
	readonly downloads: Map<string, number>;
	/** The jobs that the last status call did not find. */
	readonly missing: Map<string, JobWatch>;
	/** The jobs whose last status call got no proper answer. */
	readonly unanswered: Set<string>;
	/** No requests are sent during this time. */
	pause?: Period;
	/** Number of consecutive polls without a good answer of the provider. */
	failedPolls: number;
	/**
	 * Messages about jobs that the trigger gave up on and that no item reports: the next failed execution reports them.
	 */
	readonly givenUp: string[];
	/** The last failed execution that told the user of a problem, and for how long it is not reported again. */
	lastReport?: { activation: unknown; times: number; silence: Period };
}

/** A period of time. If the clock is set back before its start, it counts as over. */
export interface Period {
	from: number;
	ms: number;
}

export const lasts = (period: Period | undefined, now: number): boolean =>
	period !== undefined && now >= period.from && now < period.from + period.ms;

export const newProcessState = (): ProcessState => ({
	checkedAt: new Map(),
	finished: new Map(),
	downloads: new Map(),
	missing: new Map(),
	unanswered: new Set(),
	failedPolls: 0,
	givenUp: [],
});

const states = new Map<string, ProcessState>();

/** Maximum number of nodes to remember: far more than one n8n polls. n8n does not report when a node is deleted. */
const MAX_STATES = 1_000;

/**
 * The state of a node. Above the maximum, the state of the node that polled longest ago is dropped.
 *
 * @param key workflow and node
 */
export function processStateOf(key: string): ProcessState {
	const state = states.get(key) ?? newProcessState();
	// Moved to the end: the first entry of the map is dropped first.
	states.delete(key);
	states.set(key, state);
	const [oldest] = states.keys();
	if (states.size > MAX_STATES) states.delete(oldest);
	return state;
}

/** Drops everything about jobs that are no longer open. */
export function forgetClosed(state: ProcessState, watch: Watch): void {
	const { checkedAt, finished, downloads, missing, unanswered } = state;
	for (const kept of [checkedAt, finished, downloads, missing, unanswered]) {
		for (const jobId of kept.keys()) if (!watch.open.has(jobId)) kept.delete(jobId);
	}
}
