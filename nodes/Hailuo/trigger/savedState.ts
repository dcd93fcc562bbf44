import { createHash } from 'crypto';

/*
 * The saved state of the trigger. n8n saves it only together with what a poll emits (docs/n8n.md 3), so a restart may
 * bring back an older state.
 *
 * Rules that must not regress:
 * - Every saved state is complete: everything that happened after it can be read again from the provider's history and
 *   from the status of its open jobs.
 * - Nothing that was emitted before a saved state is emitted again: `horizon` never moves back.
 * - If there are more open jobs than are saved by ID, the cursor stays behind the oldest of the others.
 * - Damage is skipped or repaired, never thrown: otherwise every later poll would throw too.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * How far before the newest known job the history is read again, in ms: a job may appear in it later than a newer one.
 */
const MARGIN_MS = 5 * MINUTE_MS;
/** The margin for a busy account, for which re-reading five minutes of jobs would fill the polls. */
const BUSY_MARGIN_MS = MINUTE_MS;
const BUSY_JOBS = 2_000;
/** The longest time between two readings that counts, in ms: a changed clock must not end the margin at once. */
const MAX_QUIET_STEP_MS = 2 * MINUTE_MS;

/** Maximum number of open jobs that are saved by ID; from the next one on, the history is read again. */
const MAX_OPEN_SAVED = 1_000;

/** How far a time may be in the future, in ms, before it counts as damaged: clocks differ, but not by a day. */
const MAX_AHEAD_MS = DAY_MS;

/**
 * What the trigger watches and what it knows. Times are in ms since the epoch by the provider's clock, as its jobs show
 * it.
 */
export interface Watch {
	/** What is watched: the provider and the credential. With another scope, the trigger starts over. */
	readonly scope: string;
	/** Which emission the state belongs to: it changes with each poll that emits. */
	generation: string;
	/** Jobs made before this are ignored. */
	since: number;
	/** Every job made up to here is known. */
	cursor: number;
	/** Jobs made before this are settled unless they are open. It never goes back. */
	horizon: number;
	/** The hashes of settled jobs made since `horizon`, with the minute they were made in. */
	readonly seen: Map<string, number>;
	/** The hashes of settled jobs whose IDs are entered in the node; kept as long as they are entered. */
	readonly settledGiven: Set<string>;
	/** Jobs that have not ended, by ID, with the time when they were made (0: not known); oldest first. */
	readonly open: Map<string, number>;
	/** For how long complete readings of the history have found nothing newer than the cursor, in ms; not saved. */
	quietMs?: number;
	/** When the last complete reading of the history began, in ms by our clock; not saved. */
	readAt?: number;
	/** How much of the history is read at a time while the cursor is far behind, in ms; only a hint, and not saved. */
	span?: number;
}

/** The trigger is active, but the provider has not answered yet, so the older jobs are not known. */
export interface Pending {
	scope: string;
	/** ms since the epoch by our clock. */
	startedAt: number;
}

/** The form in n8n's static data: minutes in base 36, hashes joined, 8 characters each. */
export interface Saved {
	v: 2;
	scope: string;
	startedAt?: number;
	generation?: string;
	since?: number;
	cursor?: number;
	horizon?: number;
	seen?: Record<string, string>;
	given?: string;
	open?: Record<string, string[]>;
}

const HASH_LENGTH = 8;

/** 48 bits: with 10,000 known jobs, a new one is mistaken for a known one once in 10^10. */
export function hashOf(jobId: string): string {
	return createHash('sha256').update(jobId).digest('base64url').slice(0, HASH_LENGTH);
}

const minuteOf = (ms: number) => Math.floor(ms / MINUTE_MS);

/** @param since jobs made before this are ignored */
export function newWatch(scope: string, generation: string, since: number): Watch {
	return {
		...{ scope, generation, since, cursor: since, horizon: minuteOf(since) * MINUTE_MS },
		...{ seen: new Map(), settledGiven: new Set(), open: new Map() },
	};
}

export function copyOf(watch: Watch): Watch {
	const { seen, settledGiven, open } = watch;
	return {
		...watch,
		...{ seen: new Map(seen), settledGiven: new Set(settledGiven), open: new Map(open) },
	};
}

/** Whether a job needs no further handling. */
export function isSettled({ seen, settledGiven }: Watch, jobId: string): boolean {
	const hash = hashOf(jobId);
	return seen.has(hash) || settledGiven.has(hash);
}

/** Marks a job as settled: it was emitted, or is not wanted. */
export function settleJob(
	watch: Watch,
	jobId: string,
	createdAt = watch.open.get(jobId) ?? 0,
): void {
	watch.open.delete(jobId);
	refreshSeen(watch, jobId, createdAt);
}

/**
 * Updates a settled job that is listed again: the latest time with which it was listed counts, so that it stays known.
 */
export function refreshSeen(watch: Watch, jobId: string, createdAt: number): void {
	const hash = hashOf(jobId);
	watch.seen.set(hash, Math.max(watch.seen.get(hash) ?? 0, minuteOf(createdAt)));
}

/**
 * Call after a part of the history was read to its end. Moves the cursor up to `cursor`, and forgets jobs that are so
 * far behind it that they are never listed again.
 *
 * @param readAt when the reading began, in ms by our clock
 */
export function advance(watch: Watch, cursor: number, readAt: number): void {
	const sinceLast = Math.max(0, readAt - (watch.readAt ?? readAt));
	watch.readAt = readAt;
	if (cursor > watch.cursor) Object.assign(watch, { cursor, quietMs: 0 });
	else watch.quietMs = (watch.quietMs ?? 0) + Math.min(sinceLast, MAX_QUIET_STEP_MS);
	raiseHorizon(watch, MARGIN_MS);
	if (watch.seen.size > BUSY_JOBS) raiseHorizon(watch, BUSY_MARGIN_MS);
}

function raiseHorizon(watch: Watch, marginMs: number): void {
	// Open jobs that will not be saved are found again only if the cursor stays behind the first of them.
	const unsaved = [...watch.open.values()].sort((a, b) => a - b)[MAX_OPEN_SAVED] ?? Infinity;
	const horizon = minuteOf(Math.min(watch.cursor, unsaved) - marginMs) * MINUTE_MS;
	if (horizon <= watch.horizon) return;
	watch.horizon = horizon;
	for (const [hash, minute] of watch.seen) {
		if (minute * MINUTE_MS < horizon) watch.seen.delete(hash);
	}
}

/**
 * The time from which the history is read. It overlaps with the known jobs until jobs that appear late have had time to
 * appear. After that it does not, or each idle poll would read the pages of the last busy minutes again.
 *
 * This time is counted from one complete reading to the next, not from the last move of the cursor: while nobody read
 * the history, nothing that appeared late was seen.
 */
export function readFrom({ quietMs = 0, horizon, cursor }: Watch): number {
	const margin = quietMs >= MARGIN_MS ? 0 : MARGIN_MS;
	return Math.max(horizon, cursor - margin);
}

/**
 * Takes the IDs that are entered in the node: those that are not settled become open, and IDs that are no longer
 * entered are forgotten. The time of a job that is known only by its ID is 0.
 */
export function takeGiven(watch: Watch, jobIds: readonly string[]): void {
	const { seen, settledGiven, open } = watch;
	const given = new Map(jobIds.map((jobId) => [hashOf(jobId), jobId]));
	for (const hash of settledGiven) if (!given.has(hash)) settledGiven.delete(hash);
	for (const [jobId, createdAt] of open) {
		if (createdAt === 0 && !given.has(hashOf(jobId))) open.delete(jobId);
	}
	for (const [hash, jobId] of given) {
		// A job that the history shows too will be forgotten in `seen`, and must stay known here.
		if (seen.has(hash)) settledGiven.add(hash);
		if (!settledGiven.has(hash) && !open.has(jobId)) open.set(jobId, 0);
	}
	for (const [hash, minute] of seen) if (minute === 0) seen.delete(hash);
}

/** Whether a time of the state is further in the future than clocks can differ. @param now ms since the epoch */
export const isAhead = ({ horizon, cursor, since }: Watch, now: number): boolean =>
	Math.max(horizon, cursor, since) > now + MAX_AHEAD_MS;

/**
 * Repairs times that are further in the future than clocks can differ: with them, the trigger would wait for years.
 *
 * @param now by the provider's clock
 * @returns `lost` if the state is unusable and the trigger must start over
 */
export function repairFuture(watch: Watch, now: number): 'whole' | 'repaired' | 'lost' {
	if (!isAhead(watch, now)) return 'whole';
	const latest = now + MAX_AHEAD_MS;
	if (watch.horizon > latest) return 'lost';
	// All that was settled since the horizon is known, so nothing is emitted twice.
	if (watch.cursor > latest) watch.cursor = watch.horizon;
	if (watch.since > latest) watch.since = watch.horizon;
	return 'repaired';
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
	const cursor = Math.min(watch.cursor, oldest[MAX_OPEN_SAVED]?.[1] ?? Infinity);
	const { scope, generation, since, horizon } = watch;
	const given = [...watch.settledGiven].join('');
	return {
		...{ v: 2, scope, generation, since, cursor, horizon, seen, open },
		...(given ? { given } : {}),
	};
}

/** Whether a value can be a time: ms since the epoch, within the range of Date. */
const isTime = (value: unknown): value is number =>
	typeof value === 'number' && value >= 0 && value < 8.64e15;

/** Whether a value can be an ID: it must neither break a line of the log nor fill the saved state. */
export const isPlausibleId = (value: unknown): value is string =>
	typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);

/** The start of the minute that a key stands for, in ms; undefined for an invalid key. */
function minuteAt(key: string): number | undefined {
	const ms = /^[0-9a-z]{1,8}$/.test(key) ? parseInt(key, 36) * MINUTE_MS : NaN;
	return isTime(ms) ? ms : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const entriesOf = (value: unknown): Array<[string, unknown]> =>
	isRecord(value) ? Object.entries(value) : [];

const areHashes = (value: unknown): boolean =>
	typeof value === 'string' && /^([\w-]{8})*$/.test(value);

/** The complete hashes in a text; the rest is damaged. */
const hashesIn = (value: unknown): string[] =>
	typeof value === 'string' ? (value.match(/[\w-]{8}/g) ?? []) : [];

/**
 * Reads the saved state; undefined if there is none of this scope, or if it is unusable. Damaged parts are skipped, or
 * repaired from the rest. It never throws, or every later poll would throw too.
 *
 * @param onDamage called once for each damaged field, with its name
 */
export function decode(
	saved: unknown,
	scope: string,
	onDamage: (field: keyof Saved) => void = () => undefined,
): Watch | Pending | undefined {
	const { v, scope: of, startedAt, ...rest } = (saved ?? {}) as Record<string, unknown>;
	if (v !== 2 || of !== scope) return undefined;
	if (isTime(startedAt)) return { scope, startedAt };
	const { generation, since, cursor, horizon, seen, given, open } = rest;
	// The horizon shows which jobs are settled. Without it, the cursor minus its margin is used.
	const [known] = [horizon, isTime(cursor) ? cursor - MARGIN_MS : undefined].filter(isTime);
	if (known === undefined) return undefined;
	const from = minuteOf(known) * MINUTE_MS;
	const watch: Watch = {
		...newWatch(
			scope,
			typeof generation === 'string' ? generation : '',
			isTime(since) ? since : from,
		),
		...{ cursor: isTime(cursor) ? Math.max(cursor, from) : from, horizon: from },
	};
	const times = { since, cursor, horizon };
	const damaged = new Set<keyof Saved>(
		(Object.keys(times) as Array<keyof typeof times>).filter((name) => !isTime(times[name])),
	);
	if (typeof generation !== 'string') damaged.add('generation');
	if (startedAt !== undefined) damaged.add('startedAt');
	if (!isRecord(seen)) damaged.add('seen');
	for (const [key, hashes] of entriesOf(seen)) {
		const madeAt = minuteAt(key);
		if (madeAt === undefined || !areHashes(hashes)) damaged.add('seen');
		if (madeAt === undefined) continue;
		for (const hash of hashesIn(hashes)) watch.seen.set(hash, minuteOf(madeAt));
	}
	if (given !== undefined && !areHashes(given)) damaged.add('given');
	for (const hash of hashesIn(given)) watch.settledGiven.add(hash);
	if (!isRecord(open)) damaged.add('open');
	for (const [key, jobIds] of entriesOf(open)) {
		const madeAt = minuteAt(key);
		if (madeAt === undefined || !Array.isArray(jobIds)) damaged.add('open');
		for (const jobId of Array.isArray(jobIds) ? jobIds : []) {
			if (isPlausibleId(jobId)) watch.open.set(jobId, madeAt ?? from);
			else damaged.add('open');
		}
	}
	damaged.forEach((field) => onDamage(field));
	return watch;
}

export const isPending = (state: Watch | Pending): state is Pending => 'startedAt' in state;

export const encodePending = ({ scope, startedAt }: Pending): Saved => ({ v: 2, scope, startedAt });
