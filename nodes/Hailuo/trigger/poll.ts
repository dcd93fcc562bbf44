import type { Clock } from '../jobs/clock';
import { backoff, retryWait } from '../jobs/retry';
import { settle } from '../jobs/settle';
import { ProviderError } from '../providers/errors';
import { discover, type Discovery } from './discover';
import { isForAll, look, type Look, type Looked, type Ready } from './checkJobs';
import { forgetClosed, type ProcessState } from './processState';
import type { Pending, Saved, Watch } from './savedState';
import {
	copyOf,
	decode,
	encode,
	encodePending,
	isPending,
	isSettled,
	keepOnly,
	newWatch,
} from './savedState';

/** What the clocks may differ by when the trigger is switched on, in ms: jobs of this time are taken note of. */
const STOCK_MS = 15 * 60_000;
/**
 * What they may differ by when the provider did not answer at that time, in ms. Then nothing tells the jobs of before
 * apart but their time, and one too many is better than one that is missed.
 */
const SLACK_MS = 60_000;
/** How long n8n may take to save what a poll returned, in ms. */
const SAVING_MS = 30_000;
const DAY_MS = 24 * 3_600_000;
/** The first and the longest pause of a provider that does not answer as it should, in ms. */
const PAUSE_MS = [45_000, 600_000] as const;

/** One poll of the trigger, without n8n. */
export interface Poll<F> extends Look<F> {
	/** What is watched; a change of it begins anew. */
	scope: string;
	/** Asks the history, where the provider has one. */
	list?: Discovery['list'];
	isOurs: Discovery['isOurs'];
	/** Jobs of the last days before the first poll are emitted too; 0 for none. */
	days: number;
	/** Where there is no history: the ids to watch. */
	jobIds: readonly string[];
}

export interface Polled<F> {
	/** What to emit, oldest first. */
	ready: Array<Ready<F>>;
	/** The new static data; undefined when it stays as it is. */
	saved?: Saved;
	/** What only the user can put right: a refused key, an address that is none of the provider's. */
	error?: ProviderError;
	/** To be called when the result is used, in the same breath. */
	commit(): void;
}

/** What nobody but the user can put right. Everything else passes by itself and is no reason to stop watching. */
const isForUser = ({ kind }: ProviderError) => ['auth', 'notFound', 'invalid'].includes(kind);

/**
 * Finds out what has ended since the last poll. `saved` is the static data; the caller writes the new one, calls
 * `commit` and emits `ready` without anything in between, so that n8n saves both.
 *
 * Two polls of one node must not run at the same time: see `exclusively`.
 */
export async function runPoll<F>(
	saved: unknown,
	memory: ProcessState,
	poll: Poll<F>,
): Promise<Polled<F>> {
	const { clock, scope } = poll;
	const now = clock.now();
	const stored = decode(saved, scope);
	const mark = stored && !isPending(stored) ? stored.mark : undefined;
	const { handedOver } = memory;
	// What the last poll emitted is still being saved: going on from the state before it would emit it again.
	const isSaving = handedOver && handedOver.mark !== mark && now - handedOver.at < SAVING_MS;
	if (isSaving || now < memory.pausedUntil) return nothing;

	const state = newest(stored, memory, poll);
	const { watch, finished, failure } = await openJobs(state, poll, !stored);
	if (!watch) {
		const pending = isPending(state) ? changed(saved, encodePending(state)) : {};
		const error = failure && whatWentWrong(failure, memory, clock);
		return { ...nothing, ...pending, error };
	}
	const looked: Looked<F> =
		failure && isForAll(failure) ? { ready: [] } : await look(watch, memory, finished, poll);
	const { ready } = looked;
	if (ready.length > 0) watch.mark = newMark(clock);
	const wrong = looked.error ?? failure;
	if (!wrong) memory.troubles = 0;
	return {
		ready,
		...changed(saved, encode(watch)),
		error: wrong && whatWentWrong(wrong, memory, clock),
		commit() {
			memory.watch = watch;
			if (ready.length > 0) memory.handedOver = { mark: watch.mark, at: clock.now() };
			forgetClosed(memory, watch);
		},
	};
}

const nothing = { ready: [], commit: () => undefined };

const newMark = (clock: Clock) => Math.floor(clock.random() * 2 ** 48).toString(36);

/** The state to go on from: the saved one, or what this process knows beyond it. */
function newest<F>(
	stored: Watch | Pending | undefined,
	{ watch, handedOver }: ProcessState,
	{ clock, scope }: Poll<F>,
): Watch | Pending {
	// Polls that emit nothing are not saved in every mode of n8n.
	const goesOn =
		stored && !isPending(stored) ? stored.mark === watch?.mark : watch?.mark !== handedOver?.mark;
	if (watch && watch.scope === scope && goesOn) return watch;
	return stored ?? { scope, startedAt: clock.now() };
}

function changed(before: unknown, saved: Saved): { saved?: Saved } {
	return JSON.stringify(before) === JSON.stringify(saved) ? {} : { saved };
}

interface Open {
	/** A copy of the state with the jobs that are new; undefined while the provider has not answered for a first time. */
	watch?: Watch;
	finished: Set<string>;
	/** What the history could not be read for. */
	failure?: ProviderError;
}

/** The jobs to look at: those of the ids that were given, or of the history. */
async function openJobs<F>(state: Watch | Pending, poll: Poll<F>, isFirst: boolean): Promise<Open> {
	const { list, clock, deadlineAt, jobIds } = poll;
	if (!list) {
		const watch = isPending(state) ? newWatch(poll.scope, newMark(clock), 0) : copyOf(state);
		watch.open.clear();
		keepOnly(watch, jobIds);
		for (const jobId of jobIds) if (!isSettled(watch, jobId)) watch.open.set(jobId, 0);
		return { watch, finished: new Set() };
	}
	// Half of the time is for the jobs themselves.
	const lateAt = clock.now() + (deadlineAt - clock.now()) / 2;
	const { isOurs, providerNow } = poll;
	const discovery = { list, isOurs, providerNow, isLate: () => clock.now() >= lateAt };
	if (isPending(state)) {
		const begun = await settle(async () => await begin(state, poll, discovery, isFirst));
		return begun.ok ? begun.value : { finished: new Set(), failure: asProviderError(begun.error) };
	}
	const watch = copyOf(state);
	const outcome = await settle(async () => await discover(watch, discovery));
	return outcome.ok
		? { watch, finished: outcome.value.finished }
		: { watch, finished: new Set(), failure: asProviderError(outcome.error) };
}

/**
 * The first answer of the provider: from now on it is known what is new.
 *
 * @param isFirst whether the trigger was switched on with this very poll
 */
async function begin<F>(
	{ scope, startedAt }: Pending,
	{ clock, days, providerNow }: Poll<F>,
	discovery: Discovery,
	isFirst: boolean,
): Promise<Open> {
	// The provider's time is known only from an answer.
	await discovery.list({ page: 1, pageSize: 1 });
	const started = startedAt + (providerNow() - clock.now());
	const since = started - (days > 0 ? days * DAY_MS : isFirst ? STOCK_MS : SLACK_MS);
	const watch = newWatch(scope, newMark(clock), since);
	// Once the trigger is switched on, jobs of any moment may be new: to take stock then would lose them.
	if (days > 0 || !isFirst) {
		const { finished } = await discover(watch, discovery);
		return { watch, finished };
	}
	// None of the jobs that exist now is to be emitted.
	const { whole } = await discover(watch, { ...discovery, isOurs: () => false });
	return { watch: whole ? watch : undefined, finished: new Set() };
}

const asProviderError = (error: unknown): ProviderError =>
	error instanceof ProviderError
		? error
		: new ProviderError(String((error as Error)?.message ?? error), { kind: 'invalid' });

/** Pauses where it would go wrong again at once; gives back what the user must hear of. */
function whatWentWrong(
	error: ProviderError,
	memory: ProcessState,
	clock: Clock,
): ProviderError | undefined {
	if (isForUser(error)) return error;
	const attempt = memory.troubles++;
	const random = () => clock.random();
	// A single answer that failed may be followed by a good one; a rate limit will not.
	const pause =
		error.kind === 'rateLimited'
			? retryWait(error, attempt, random, ...PAUSE_MS)
			: attempt > 0
				? backoff(attempt - 1, random, ...PAUSE_MS)
				: 0;
	memory.pausedUntil = clock.now() + pause;
	return undefined;
}

/**
 * Runs `work` unless another poll of the node is at work; undefined then. A poll that never comes back gives its place
 * up at `until` (ms by `clock`), and what it brings after that is dropped.
 */
export async function exclusively<T>(
	memory: ProcessState,
	clock: Clock,
	until: number,
	work: (isOurs: () => boolean) => Promise<T>,
): Promise<T | undefined> {
	if (memory.running && clock.now() < memory.running.until) return undefined;
	const running = { until };
	memory.running = running;
	try {
		return await work(() => memory.running === running);
	} finally {
		if (memory.running === running) memory.running = undefined;
	}
}
