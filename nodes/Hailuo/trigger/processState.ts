import type { Watch } from './savedState';

/**
 * What one trigger node remembers for as long as the process lives. Losing any of it costs requests or a repeated
 * attempt, never a job: nothing here says whether a job was emitted.
 */
export interface ProcessState {
	/** The poll that is at work; another one that starts meanwhile returns at once. ms by our clock. */
	running?: { until: number };
	/** The newest state, where it goes on from the saved one with the same mark: polls without a result save nothing. */
	watch?: Watch;
	/** The last poll that emitted, and when (ms by our clock). */
	handedOver?: { mark: string; at: number };
	/** When each open job was looked at last, ms by our clock. */
	readonly lookedAt: Map<string, number>;
	/** How often the download of a finished job was tried in vain. */
	readonly downloads: Map<string, number>;
	/** How often the provider did not know an id. */
	readonly unknown: Map<string, number>;
	/** The jobs whose last look was not answered as it should. */
	readonly unanswered: Set<string>;
	/** Nobody is asked before this, ms by our clock. */
	pausedUntil: number;
	/** Polls in a row that the provider did not answer as it should. */
	troubles: number;
	/** What the user was told by a failed execution, and when it is told again (ms by our clock). */
	told?: { activation: unknown; times: number; againAt: number };
}

export const newProcessState = (): ProcessState => ({
	lookedAt: new Map(),
	downloads: new Map(),
	unknown: new Map(),
	unanswered: new Set(),
	pausedUntil: 0,
	troubles: 0,
});

const memories = new Map<string, ProcessState>();

/** Nodes that are kept in mind: far more than one n8n polls. Nobody says when one is deleted. */
const MAX_STATES = 1_000;

/** The node's memory; beyond the most that are kept, the one that polled longest ago goes. @param key workflow and node */
export function processStateOf(key: string): ProcessState {
	const memory = memories.get(key) ?? newProcessState();
	// Put in last again: the first of the map is the one to go.
	memories.delete(key);
	memories.set(key, memory);
	const [oldest] = memories.keys();
	if (memories.size > MAX_STATES) memories.delete(oldest);
	return memory;
}

/** Drops what is kept of jobs that are no longer open. */
export function forgetClosed(memory: ProcessState, watch: Watch): void {
	const { lookedAt, downloads, unknown, unanswered } = memory;
	for (const kept of [lookedAt, downloads, unknown, unanswered]) {
		for (const jobId of kept.keys()) if (!watch.open.has(jobId)) kept.delete(jobId);
	}
}
