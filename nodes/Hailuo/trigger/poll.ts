import { within } from '../jobs/abort';
import type { Clock } from '../jobs/clock';
import { backoff, retryWait } from '../jobs/retry';
import { settle } from '../jobs/settle';
import { ProviderError } from '../providers/errors';
import {
	asProviderError,
	checkJobs,
	isForAll,
	type Checked,
	type Ready,
	type RoundOptions,
} from './checkJobs';
import { discover, newestOf, type Discovery } from './discover';
import { forgetClosed, lasts, type ProcessState } from './processState';
import type { Pending, Saved, Watch } from './savedState';
import {
	copyOf,
	decode,
	encode,
	encodePending,
	isAhead,
	isPending,
	newWatch,
	repairFuture,
	takeGiven,
} from './savedState';

/** Jobs this recent at activation, in ms, are recorded as already seen, to absorb what the clocks differ by. */
const ACTIVATION_LOOKBACK_MS = 15 * 60_000;
/**
 * What the clocks may differ by when the provider did not answer at the activation, in ms. Then nothing tells the jobs
 * of before apart but their time, and one too many is better than one that is missed. The second is for a provider
 * whose answers do not tell the time.
 */
const LATE_LOOKBACK_MS = 60_000;
const UNKNOWN_CLOCK_LOOKBACK_MS = 60 * 60_000;
/** How long n8n may take to save what a poll returned, in ms. */
const SAVING_MS = 30_000;
const DAY_MS = 24 * 3_600_000;
/** The first and the longest pause of a provider that does not answer as it should, in ms. */
const PAUSE_MS = [45_000, 600_000] as const;
/** How soon a page of the history is asked for again, in ms, where the provider answered in this poll already. */
const REPEAT_MS = 1_000;
/** Polls in a row whose requests were refused before the user hears of it: a gateway refuses for a minute, too. */
const MIN_REFUSED_POLLS = 3;

/** One poll of the trigger, without n8n. */
export interface Poll<F> extends RoundOptions<F> {
	/** What is watched; a change of it begins anew. */
	scope: string;
	isWatched: Discovery['isWatched'];
	/** Whether the provider's answers tell its time, so that `providerNow` is more than our own clock. */
	isClockKnown: () => boolean;
	/** Jobs of the last days before the first poll are emitted too; 0 for none. */
	days: number;
	/** The IDs to watch of jobs that no history shows. */
	jobIds: readonly string[];
}

export interface Polled<F> {
	/** What to emit, oldest first. */
	ready: Array<Ready<F>>;
	/** The new static data; undefined when it stays as it is. */
	saved?: Saved;
	/** What only the user can put right: a refused key, an address that is none of the provider's. */
	error?: ProviderError;
	/** A sentence for each job that is watched no longer and was not emitted, without its full stop. */
	givenUp: string[];
	/** To be called when the result is used, in the same breath. */
	commit(): void;
}

/**
 * Finds out what has ended since the last poll. `saved` is the static data; the caller writes the new one, calls
 * `commit` and emits `ready` without anything in between, so that n8n saves both.
 *
 * Two polls of one node must not run at the same time: see `exclusively`.
 */
export async function runPoll<F>(
	saved: unknown,
	state: ProcessState,
	poll: Poll<F>,
): Promise<Polled<F>> {
	const { clock, scope, warn } = poll;
	const now = clock.now();
	const damaged: string[] = [];
	const stored = decode(saved, scope, (field) => damaged.push(field));
	// While the process lives it goes by what it knows itself.
	if (damaged.length > 0 && !state.watch) {
		warn(
			`The saved state is damaged (${damaged.join(', ')}): the trigger uses what can be read, and jobs of the last minutes may be emitted again`,
		);
	}
	if (!stored && isOfScope(saved, scope)) {
		warn('The saved state is damaged: the trigger starts again, with the jobs made from now on');
	}
	const generation = stored && !isPending(stored) ? stored.generation : undefined;
	const { handedOver } = state;
	// What the last poll emitted is still being saved: going on from the state before it would emit it again.
	const isSaving = handedOver && handedOver.generation !== generation;
	if ((isSaving && lasts(handedOver.saving, now)) || lasts(state.pause, now)) return nothing;

	const asked = answering(poll);
	const before = newest(stored, state, poll);
	const { watch, finished, failure } = await openJobs(before, asked.poll, !stored);
	if (!watch) {
		const pending = isPending(before) ? changed(saved, encodePending(before)) : {};
		const error = failure && whatWentWrong(failure, state, clock, !stored, asked.isAnswered());
		return { ...nothing, ...pending, error };
	}
	for (const [jobId, job] of finished) state.finished.set(jobId, job);
	const checked: Checked<F> =
		failure && isForAll(failure)
			? { ready: [], givenUp: [] }
			: await checkJobs(watch, state, asked.poll);
	const { ready, givenUp } = checked;
	if (ready.length > 0) watch.generation = newGeneration(clock);
	const wrong = checked.error ?? failure;
	if (!wrong) state.failedPolls = 0;
	return {
		ready,
		givenUp,
		...changed(saved, encode(watch)),
		error: wrong && whatWentWrong(wrong, state, clock, !stored, asked.isAnswered()),
		commit() {
			state.watch = watch;
			if (ready.length > 0) {
				const saving = { from: clock.now(), ms: SAVING_MS };
				state.handedOver = { generation: watch.generation, saving };
			}
			forgetClosed(state, watch);
		},
	};
}

const nothing = { ready: [], givenUp: [], commit: () => undefined };

const isOfScope = (saved: unknown, scope: string) =>
	(saved as Partial<Saved> | undefined | null)?.scope === scope;

const newGeneration = (clock: Clock) => Math.floor(clock.random() * 2 ** 48).toString(36);

/**
 * The poll with requests of the history that end in time, and are repeated once where the provider has answered before:
 * one bad answer among good ones must not cost the whole reading.
 */
function answering<F>(poll: Poll<F>): { poll: Poll<F>; isAnswered: () => boolean } {
	const { list, get, clock, deadlineAt } = poll;
	let isAnswered = false;
	const noting = async <T>(work: Promise<T>): Promise<T> => {
		const value = await work;
		isAnswered = true;
		return value;
	};
	// Half of the time is for the jobs themselves.
	const lateAt = halfTime(poll);
	const inTime = async <T>(work: () => Promise<T>, until: number) =>
		await within(work(), Math.max(0, until - clock.now()), clock, tooLate);
	const once =
		list &&
		(async (filter: Parameters<typeof list>[0]) => {
			const until = clock.now() < lateAt ? lateAt : deadlineAt;
			return await inTime(async () => await noting(list(filter)), until);
		});
	return {
		isAnswered: () => isAnswered,
		poll: {
			...poll,
			get: async (jobId) => await noting(get(jobId)),
			list:
				once &&
				(async (filter) => {
					const first = await settle(async () => await once(filter));
					if (first.ok) return first.value;
					const error = asProviderError(first.error, 'invalid');
					if (!isAnswered || isForAll(error) || clock.now() + REPEAT_MS >= lateAt) throw error;
					await clock.sleep(REPEAT_MS * (0.5 + 0.5 * clock.random()));
					return await once(filter);
				}),
		},
	};
}

const halfTime = <F>({ clock, deadlineAt }: Poll<F>) =>
	clock.now() + (deadlineAt - clock.now()) / 2;

const tooLate = () =>
	new ProviderError('The history could not be read in time', { kind: 'noAnswer' });

/** The state to go on from: the saved one, or what this process knows beyond it. */
function newest<F>(
	stored: Watch | Pending | undefined,
	{ watch, handedOver }: ProcessState,
	{ clock, scope }: Poll<F>,
): Watch | Pending {
	// Polls that emit nothing are not saved in every mode of n8n.
	const goesOn =
		stored && !isPending(stored)
			? stored.generation === watch?.generation
			: watch?.generation !== handedOver?.generation;
	if (watch && watch.scope === scope && goesOn) return watch;
	return stored ?? { scope, startedAt: clock.now() };
}

function changed(before: unknown, saved: Saved): { saved?: Saved } {
	return JSON.stringify(before) === JSON.stringify(saved) ? {} : { saved };
}

interface Open {
	/** A copy of the state with the jobs that are new; undefined while the provider has not answered for a first time. */
	watch?: Watch;
	finished: Awaited<ReturnType<typeof discover>>['finished'];
	/** What the history could not be read for. */
	failure?: ProviderError;
}

/** The jobs to look at: those of the history, and of the IDs that are given. Both where a history shows only some. */
async function openJobs<F>(
	before: Watch | Pending,
	poll: Poll<F>,
	isFirst: boolean,
): Promise<Open> {
	const { list, clock, jobIds, scope } = poll;
	if (!list) {
		const watch = isPending(before) ? newWatch(scope, newGeneration(clock), 0) : copyOf(before);
		takeGiven(watch, jobIds);
		return { watch, finished: new Map() };
	}
	const lateAt = halfTime(poll);
	const { isWatched, providerNow, warn } = poll;
	const discovery: Discovery = {
		...{ list, isWatched, providerNow, warn },
		now: () => clock.now(),
		isLate: () => clock.now() >= lateAt,
	};
	let watch = isPending(before) ? undefined : copyOf(before);
	if (watch && isAhead(watch, clock.now())) {
		// It may be our own clock that is wrong: the provider's answer tells.
		const asked = await settle(async () => await list({ page: 1, pageSize: 1 }));
		if (!asked.ok) return { watch, finished: new Map(), ...failureOf(asked.error) };
		const outcome = repairFuture(watch, providerNow());
		if (outcome !== 'whole') warn(`The saved state is from the future: ${AHEAD[outcome]}`);
		if (outcome === 'lost') watch = undefined;
	}
	if (!watch) {
		const pending = isPending(before) ? before : { scope, startedAt: clock.now() };
		const begun = await settle(
			async () => await begin(pending, poll, discovery, isFirst || !isPending(before)),
		);
		if (!begun.ok) return { finished: new Map(), failure: asProviderError(begun.error, 'invalid') };
		if (begun.value.watch) takeGiven(begun.value.watch, jobIds);
		return begun.value;
	}
	takeGiven(watch, jobIds);
	const { finished, failure } = await discover(watch, discovery);
	return { watch, finished, ...failureOf(failure) };
}

const AHEAD = {
	repaired: 'the history is read again from the last known point',
	lost: 'the trigger starts again, with the jobs made from now on',
};

const failureOf = (failure: unknown) =>
	failure === undefined ? {} : { failure: asProviderError(failure, 'invalid') };

/**
 * The first answer of the provider: from now on it is known what is new.
 *
 * @param isFirst whether the trigger was switched on with this very poll
 * @throws what the history cannot be read for
 */
async function begin<F>(
	{ scope, startedAt }: Pending,
	{ clock, days, providerNow, isClockKnown }: Poll<F>,
	discovery: Discovery,
	isFirst: boolean,
): Promise<Open> {
	// The provider's time is known only from an answer. What it lists tells more: jobs to come are not older than that.
	const { jobs } = await discovery.list({ page: 1, pageSize: 100 });
	const started = Math.min(startedAt, clock.now()) + (providerNow() - clock.now());
	const watchSince = (since: number) => newWatch(scope, newGeneration(clock), Math.max(0, since));
	// Once the trigger is switched on, jobs of any moment may be new: to take stock then would lose them.
	if (days > 0 || !isFirst) {
		const late = isClockKnown() ? LATE_LOOKBACK_MS : UNKNOWN_CLOCK_LOOKBACK_MS;
		const watch = watchSince(started - (days > 0 ? days * DAY_MS : late));
		const { finished, failure } = await discover(watch, discovery);
		return { watch, finished, ...failureOf(failure) };
	}
	// None of the jobs that exist now is to be emitted, and every later one, whatever our clock says.
	const newest = jobs.length > 0 ? newestOf(jobs) : started - 7 * DAY_MS;
	const watch = watchSince(Math.min(started, newest) - ACTIVATION_LOOKBACK_MS);
	const stock = await discover(watch, { ...discovery, isWatched: () => false });
	return {
		watch: stock.whole ? watch : undefined,
		finished: new Map(),
		...failureOf(stock.failure),
	};
}

/** What nobody but the user can put right. Everything else passes by itself and is no reason to stop watching. */
const isForUser = ({ kind }: ProviderError) => ['auth', 'notFound', 'invalid'].includes(kind);

/** Pauses where it would go wrong again at once; gives back what the user must hear of. */
function whatWentWrong(
	error: ProviderError,
	state: ProcessState,
	clock: Clock,
	isFirst: boolean,
	isAnswered: boolean,
): ProviderError | undefined {
	// One request that fails among others that do not is no reason to ask more seldom.
	if (isAnswered && !isForAll(error)) {
		state.failedPolls = 0;
		return undefined;
	}
	const attempt = state.failedPolls++;
	if (isForUser(error)) {
		// At the activation the user is there, and can put it right.
		return error.kind === 'auth' || isFirst || attempt + 1 >= MIN_REFUSED_POLLS ? error : undefined;
	}
	const random = () => clock.random();
	// A single answer that failed may be followed by a good one; a rate limit will not.
	const pause =
		error.kind === 'rateLimited'
			? retryWait(error, attempt, random, ...PAUSE_MS)
			: attempt > 0
				? backoff(attempt - 1, random, ...PAUSE_MS)
				: 0;
	state.pause = { from: clock.now(), ms: pause };
	return undefined;
}

/**
 * Runs `work` unless another poll of the node is at work; undefined then. A poll that never comes back gives its place
 * up after `ms`, and what it brings after that is dropped.
 */
export async function exclusively<T>(
	state: ProcessState,
	clock: Clock,
	ms: number,
	work: (isCurrent: () => boolean) => Promise<T>,
): Promise<T | undefined> {
	if (lasts(state.running, clock.now())) return undefined;
	const running = { from: clock.now(), ms };
	state.running = running;
	try {
		return await work(() => state.running === running);
	} finally {
		if (state.running === running) state.running = undefined;
	}
}
