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

/** Jobs up to this old at the activation, in ms, are recorded as already seen, because the clocks may differ. */
const ACTIVATION_LOOKBACK_MS = 15 * 60_000;
/**
 * Tolerance for the difference of the clocks if the provider did not answer at the activation, in ms. Then only the
 * time shows which jobs are older than the activation, and one job too many is better than a missed one. The second is
 * for a provider whose answers do not contain the time.
 */
const LATE_LOOKBACK_MS = 60_000;
const UNKNOWN_CLOCK_LOOKBACK_MS = 60 * 60_000;
/** How long n8n may take to save what a poll returned, in ms. */
const SAVING_MS = 30_000;
const DAY_MS = 24 * 3_600_000;
/** The first and the longest pause for a provider that does not answer properly, in ms. */
const PAUSE_MS = [45_000, 600_000] as const;
/** How soon a page of the history is requested again, in ms, if the provider has already answered in this poll. */
const REPEAT_MS = 1_000;
/**
 * Number of consecutive polls with rejected requests before the user is told: a gateway may also reject requests for a
 * minute.
 */
const MIN_REFUSED_POLLS = 3;

/** One poll of the trigger, without n8n. */
export interface Poll<F> extends RoundOptions<F> {
	/** What is watched. If it changes, the trigger starts over. */
	scope: string;
	isWatched: Discovery['isWatched'];
	/** Whether the provider's answers contain its time, so that `providerNow` is not just our own clock. */
	isClockKnown: () => boolean;
	/** Number of days before the first poll whose jobs are emitted too; 0 for none. */
	days: number;
	/** IDs of jobs to watch that no history shows. */
	jobIds: readonly string[];
}

export interface Polled<F> {
	/** What to emit, oldest first. */
	ready: Array<Ready<F>>;
	/** The new static data; undefined if it does not change. */
	saved?: Saved;
	/** A problem that only the user can fix: a rejected key, or an address that is not the provider's. */
	error?: ProviderError;
	/** A sentence without its full stop for each job that is no longer watched and was not emitted. */
	givenUp: string[];
	/** Must be called when the result is used, without anything awaited in between. */
	commit(): void;
}

/**
 * Finds the jobs that have ended since the last poll. `saved` is the static data. The caller writes the new data, calls
 * `commit` and emits `ready` without awaiting anything in between, so that n8n saves both together.
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
	// While the process lives, its own state is used.
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
	// What the last poll emitted is still being saved. Continuing from the older state would emit it again.
	const isSaving = handedOver && handedOver.generation !== generation;
	if ((isSaving && lasts(handedOver.saving, now)) || lasts(state.pause, now)) return nothing;

	const asked = answering(poll);
	const errorFor = (error?: ProviderError) =>
		error &&
		whatWentWrong(error, state, { clock, isFirst: !stored, isAnswered: asked.isAnswered() });
	const before = newest(stored, state, poll);
	const { watch, finished, failure } = await openJobs(before, asked.poll, !stored);
	if (!watch) {
		const pending = isPending(before) ? changed(saved, encodePending(before)) : {};
		return { ...nothing, ...pending, error: errorFor(failure) };
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
		error: errorFor(wrong),
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
 * The poll with a time limit for each request to the history. A failed request is repeated once if the provider has
 * already answered: one bad answer among good ones must not cost the whole reading.
 */
function answering<F>(poll: Poll<F>): { poll: Poll<F>; isAnswered: () => boolean } {
	const { list, get, clock, deadlineAt } = poll;
	let isAnswered = false;
	const noting = async <T>(work: Promise<T>): Promise<T> => {
		const value = await work;
		isAnswered = true;
		return value;
	};
	// The other half of the time is for the jobs themselves.
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

/** The state to continue from: the saved one, or the newer one of this process. */
function newest<F>(
	stored: Watch | Pending | undefined,
	{ watch, handedOver }: ProcessState,
	{ clock, scope }: Poll<F>,
): Watch | Pending {
	// Not every mode of n8n saves the state after a poll that emits nothing.
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
	/** A copy of the state, with the new jobs; undefined until the provider has answered for the first time. */
	watch?: Watch;
	finished: Awaited<ReturnType<typeof discover>>['finished'];
	/** Why the history could not be read. */
	failure?: ProviderError;
}

/** The jobs to check: those of the history and those of the given IDs; both if the history shows only some jobs. */
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
		// Our own clock may be wrong: the provider's answer shows the right time.
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
 * Handles the first answer of the provider: from now on it is known which jobs are new.
 *
 * @param isFirst whether this poll is the activation of the trigger
 * @throws the error for which the history cannot be read
 */
async function begin<F>(
	{ scope, startedAt }: Pending,
	{ clock, days, providerNow, isClockKnown }: Poll<F>,
	discovery: Discovery,
	isFirst: boolean,
): Promise<Open> {
	// The provider's time is known only from an answer. Its list shows more: future jobs will not be older than the
	// listed ones.
	const { jobs } = await discovery.list({ page: 1, pageSize: 100 });
	const started = Math.min(startedAt, clock.now()) + (providerNow() - clock.now());
	const watchSince = (since: number) => newWatch(scope, newGeneration(clock), Math.max(0, since));
	// After the activation, any job may be new: recording the existing jobs as seen would lose them.
	if (days > 0 || !isFirst) {
		const late = isClockKnown() ? LATE_LOOKBACK_MS : UNKNOWN_CLOCK_LOOKBACK_MS;
		const watch = watchSince(started - (days > 0 ? days * DAY_MS : late));
		const { finished, failure } = await discover(watch, discovery);
		return { watch, finished, ...failureOf(failure) };
	}
	// No job that exists now may be emitted, and every later one must be, whatever our clock says.
	const newest = jobs.length > 0 ? newestOf(jobs) : started - 7 * DAY_MS;
	const watch = watchSince(Math.min(started, newest) - ACTIVATION_LOOKBACK_MS);
	const stock = await discover(watch, { ...discovery, isWatched: () => false });
	return {
		watch: stock.whole ? watch : undefined,
		finished: new Map(),
		...failureOf(stock.failure),
	};
}

/** Whether only the user can fix it. Everything else passes by itself and is no reason to stop watching. */
const isForUser = ({ kind }: ProviderError) => ['auth', 'notFound', 'invalid'].includes(kind);

interface Circumstances {
	clock: Clock;
	/** Whether it is the first poll of the node. */
	isFirst: boolean;
	/** Whether the provider answered another request of this poll. */
	isAnswered: boolean;
}

/** Pauses if the next request would fail too; returns the error if the user must be told. */
function whatWentWrong(
	error: ProviderError,
	state: ProcessState,
	{ clock, isFirst, isAnswered }: Circumstances,
): ProviderError | undefined {
	// One failed request among successful ones is no reason to poll less often.
	if (isAnswered && !isForAll(error)) {
		state.failedPolls = 0;
		return undefined;
	}
	const attempt = state.failedPolls++;
	if (isForUser(error)) {
		// At the activation the user is present and can fix it.
		return error.kind === 'auth' || isFirst || attempt + 1 >= MIN_REFUSED_POLLS ? error : undefined;
	}
	const random = () => clock.random();
	// A single answer that failed may be followed by a good one; a rate limit will not.
	const pause =
		error.kind === 'rateLimited'
			? retryWait(error, attempt, random, PAUSE_MS)
			: attempt > 0
				? backoff(attempt - 1, random, PAUSE_MS)
				: 0;
	state.pause = { from: clock.now(), ms: pause };
	return undefined;
}

/**
 * Runs `work` unless another poll of the node is running; returns undefined then. A poll that has not returned after
 * `ms` loses its turn, and its result is dropped.
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
