import { createHash } from 'crypto';

/*
 * What the trigger remembers. n8n saves it only together with what a poll emits (docs/n8n.md 3), so a restart may bring
 * back an older one. The rule that must not regress: every saved state is whole in itself. All that happened after it
 * can be read again from the provider's history and the results of its open jobs, and nothing that was emitted before
 * it can come back.
 */

const MINUTE_MS = 60_000;

/**
 * How long before the newest known job the history is read again, in ms: a job may appear in it later than others that
 * were made after it.
 */
const MARGIN_MS = 5 * MINUTE_MS;
/** The margin of an account that makes so many jobs that re-reading five minutes of them would fill the polls. */
const BUSY_MARGIN_MS = MINUTE_MS;
const BUSY_JOBS = 2_000;

/** Most open jobs that are saved by their ids; the history is read again from the next one on. */
const MAX_OPEN_SAVED = 1_000;

/** Times are ms since the epoch by the provider's clock. */
export interface Watch {
	/** What is watched: the provider, and with which credential. Another scope begins anew. */
	readonly scope: string;
	/** Names the last poll that emitted; a state from before it is known by its older mark. */
	mark: string;
	/** Jobs made before this are none of ours. */
	readonly since: number;
	/** Every job made up to here is known. */
	from: number;
	/** Jobs made before this are settled unless they are open. It never goes back. */
	low: number;
	/** The hashes of settled jobs made since `low`, with the minute they were made in. */
	readonly seen: Map<string, number>;
	/** When the cursor moved last, by the provider's clock; not saved. */
	movedAt?: number;
	/** How much of the history is read at a time while the cursor is far behind, in ms; only a hint, and not saved. */
	span?: number;
	/** Jobs that wait for their end, by id, with the time they were made; oldest first. */
	readonly open: Map<string, number>;
}

/** The trigger was switched on, but the provider could not be asked yet what jobs there were before. */
export interface Pending {
	scope: string;
	/** ms since the epoch by our clock. */
	startedAt: number;
}

/** The form in n8n's static data: minutes in base 36, hashes joined, 8 characters each. */
export interface Saved {
	v: 1;
	scope: string;
	startedAt?: number;
	mark?: string;
	since?: number;
	from?: number;
	low?: number;
	seen?: Record<string, string>;
	open?: Record<string, string[]>;
}

const HASH_LENGTH = 8;

/** 48 bits: among 10,000 known jobs a new one is taken for a known one once in 10^10. */
export function hashOf(jobId: string): string {
	return createHash('sha256').update(jobId).digest('base64url').slice(0, HASH_LENGTH);
}

const minuteOf = (ms: number) => Math.floor(ms / MINUTE_MS);

/** @param since provider's clock, ms: jobs made before are not ours */
export function newWatch(scope: string, mark: string, since: number): Watch {
	const low = minuteOf(since) * MINUTE_MS;
	return { scope, mark, since, from: since, low, seen: new Map(), open: new Map() };
}

export function copyOf(watch: Watch): Watch {
	return { ...watch, seen: new Map(watch.seen), open: new Map(watch.open) };
}

/** Whether nothing more is to be done about a job. */
export function isSettled(watch: Watch, jobId: string): boolean {
	return watch.seen.has(hashOf(jobId));
}

/** Nothing more is to be done about the job: it was emitted, or is not wanted. */
export function settleJob(
	watch: Watch,
	jobId: string,
	createdAt = watch.open.get(jobId) ?? 0,
): void {
	watch.open.delete(jobId);
	note(watch, jobId, createdAt);
}

/** A settled job that is listed again: the latest time that was told for it counts, so that it stays known. */
export function note(watch: Watch, jobId: string, createdAt: number): void {
	const hash = hashOf(jobId);
	watch.seen.set(hash, Math.max(watch.seen.get(hash) ?? 0, minuteOf(createdAt)));
}

/**
 * Moves the cursor up to `from`, and forgets what lies so far behind it that it is never listed again.
 *
 * @param now ms by the provider's clock
 */
export function advance(watch: Watch, from: number, now: number): void {
	if (from > watch.from) Object.assign(watch, { from, movedAt: now });
	raiseLow(watch, MARGIN_MS);
	if (watch.seen.size > BUSY_JOBS) raiseLow(watch, BUSY_MARGIN_MS);
}

function raiseLow(watch: Watch, marginMs: number): void {
	// Open jobs that will not be saved are found again only if the cursor stays behind the first of them.
	const unsaved = [...watch.open.values()].sort((a, b) => a - b)[MAX_OPEN_SAVED] ?? Infinity;
	const low = minuteOf(Math.min(watch.from, unsaved) - marginMs) * MINUTE_MS;
	if (low <= watch.low) return;
	watch.low = low;
	for (const [hash, minute] of watch.seen) {
		if (minute * MINUTE_MS < low) watch.seen.delete(hash);
	}
}

/**
 * From when on the history is read, in ms by the provider's clock: overlapping what is known, until jobs that appear late
 * have had their time. Otherwise each idle poll would read the pages of the last busy minutes again.
 */
export function readFrom(watch: Watch, now: number): number {
	watch.movedAt ??= now;
	const margin = now - watch.movedAt > MARGIN_MS ? 0 : MARGIN_MS;
	return Math.max(watch.low, watch.from - margin);
}

/** For a provider without a history: forgets the settled ids that are no longer asked for. */
export function keepOnly(watch: Watch, jobIds: readonly string[]): void {
	const asked = new Set(jobIds.map(hashOf));
	for (const hash of watch.seen.keys()) if (!asked.has(hash)) watch.seen.delete(hash);
}

export function encode(watch: Watch): Saved {
	const seen: Record<string, string> = {};
	for (const [hash, minute] of watch.seen) {
		const key = minute.toString(36);
		seen[key] = (seen[key] ?? '') + hash;
	}
	const oldest = [...watch.open].sort(([, a], [, b]) => a - b);
	const open: Record<string, string[]> = {};
	for (const [jobId, createdAt] of oldest.slice(0, MAX_OPEN_SAVED)) {
		(open[minuteOf(createdAt).toString(36)] ??= []).push(jobId);
	}
	const from = Math.min(watch.from, oldest[MAX_OPEN_SAVED]?.[1] ?? Infinity);
	const { scope, mark, since, low } = watch;
	return { v: 1, scope, mark, since, from, low, seen, open };
}

/** Reads what n8n kept; undefined when there is nothing of this scope, or nothing that can be read. */
export function decode(saved: unknown, scope: string): Watch | Pending | undefined {
	const { v, scope: of, startedAt, mark, since, from, low, seen, open } = (saved ?? {}) as Saved;
	if (v !== 1 || of !== scope) return undefined;
	if (typeof startedAt === 'number') return { scope, startedAt };
	if (typeof since !== 'number' || typeof from !== 'number' || typeof low !== 'number') {
		return undefined;
	}
	const watch: Watch = {
		...{ scope, mark: String(mark), since, from, low },
		...{ seen: new Map(), open: new Map() },
	};
	for (const [key, hashes] of Object.entries(seen ?? {})) {
		for (let at = 0; at < hashes.length; at += HASH_LENGTH) {
			watch.seen.set(hashes.slice(at, at + HASH_LENGTH), parseInt(key, 36));
		}
	}
	for (const [key, ids] of Object.entries(open ?? {})) {
		for (const jobId of ids) watch.open.set(jobId, parseInt(key, 36) * MINUTE_MS);
	}
	return watch;
}

export const isPending = (state: Watch | Pending): state is Pending => 'startedAt' in state;

export const encodePending = ({ scope, startedAt }: Pending): Saved => ({ v: 1, scope, startedAt });
