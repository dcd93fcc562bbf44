import fc from 'fast-check';
import { numberFromEnv, printLine } from '../helpers/nodeGlobals';
import { HOUR, MINUTE, N8n, pollAndKill, World, type Mode, type WorldOptions } from './world';

const pollOnce = async (n8n: N8n) => await n8n.world.clock.run(async () => await n8n.poll());
const start = async (n8n: N8n) => await n8n.world.clock.run(async () => await n8n.start());

/** Polls every minute until nothing is left to emit. */
async function catchUp(n8n: N8n, polls: number): Promise<void> {
	for (let i = 0; i < polls; i++) {
		await n8n.world.clock.advance(MINUTE);
		await pollOnce(n8n);
	}
}

/** From now on, n8n's clock is wrong by `jumpMs`, and the provider's is not. */
function setClock(world: World, jumpMs: number): void {
	const { clock } = world;
	const now = () => clock.now() + jumpMs;
	const sleep = async (ms: number) => await clock.sleep(ms);
	const poll = world.poll.bind(world);
	world.poll = (more) => ({
		...poll(more),
		clock: { now, sleep, random: clock.random },
		deadlineAt: now() + 36_000,
		providerNow: world.options.withoutDate ? now : world.providerNow,
	});
}

const DEFAULT_CASES = 20;
/** Number of cases of the property, in each mode of n8n. */
const CASES = numberFromEnv('TRIGGER_CASES', DEFAULT_CASES);
/** In ms of real time. With more cases than usual there is no limit, so that all of them run. */
const CASES_MAX_MS = CASES > DEFAULT_CASES ? CASES * 2_000 : 60_000;

type Step =
	| { kind: 'make'; count: number; lengthMs: number; end: 'completed' | 'failed'; foreign: boolean }
	| { kind: 'wait'; ms: number }
	| { kind: 'poll' }
	| { kind: 'overlap'; afterMs: number }
	| { kind: 'killDuring'; at: number }
	| { kind: 'restart' }
	| { kind: 'delete'; which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('make' as const),
			count: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constant(130)),
			lengthMs: fc.oneof(
				fc.integer({ min: 0, max: 3 * MINUTE }),
				fc.integer({ min: 0, max: 8 * HOUR }),
			),
			end: fc.constantFrom('completed' as const, 'failed' as const),
			foreign: fc.boolean(),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant('wait' as const),
			ms: fc.oneof(
				{ weight: 5, arbitrary: fc.integer({ min: 0, max: 2 * MINUTE }) },
				fc.integer({ min: 0, max: 24 * HOUR }),
			),
		}),
	},
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('poll' as const) }) },
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('overlap' as const),
			afterMs: fc.integer({ min: 0, max: 2_000 }),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant('killDuring' as const),
			at: fc.integer({ min: 0, max: 8 }),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(50) }),
	},
);

const settings = fc.record({
	seed: fc.integer({ min: 1, max: 1_000_000 }),
	skewMs: fc.constantFrom(0, 0, 90_000, -90_000, 600_000, -600_000),
	grainMs: fc.constantFrom(1, 1_000, 60_000),
	listDelayMs: fc.constantFrom(0, 0, 3_000),
	oldestFirst: fc.boolean(),
	staleList: fc.boolean(),
	withoutTotal: fc.boolean(),
	faults: fc.constantFrom(0, 0, 0.15),
	badDownloads: fc.constantFrom(0, 0.3),
	busy: fc.boolean(),
});

async function act(n8n: N8n, one: Step): Promise<void> {
	const { world } = n8n;
	const { clock } = world;
	switch (one.kind) {
		case 'make': {
			const model = one.foreign ? 'someone/else' : undefined;
			for (let i = 0; i < one.count; i++) {
				world.make({ lengthMs: one.lengthMs, end: one.end, ...(model ? { model } : {}) });
			}
			return;
		}
		case 'wait':
			return await clock.advance(one.ms);
		case 'poll':
			return await pollOnce(n8n);
		case 'overlap':
			return await clock.run(async () => {
				const late = clock.sleep(one.afterMs).then(async () => await n8n.poll());
				await Promise.all([n8n.poll(), late]);
			});
		case 'killDuring':
			await pollAndKill(n8n, one.at);
			return await start(n8n);
		case 'restart':
			n8n.kill();
			return await start(n8n);
		case 'delete': {
			// Only a job that is still running, because a finished one may or may not have been emitted.
			const job = [...world.jobs.values()].at(-1 - one.which);
			if (job && job.endsAt > world.now + HOUR) job.deleted = true;
		}
	}
}

/** One life of a trigger. At its end, each finished job has been emitted exactly once. */
async function scenario(
	mode: Mode,
	{ busy, ...options }: WorldOptions & { busy: boolean },
	steps: readonly Step[],
	maxPolls = 100,
): Promise<void> {
	let made = 0;
	let shifting = false;
	const world = new World({
		...options,
		meanwhile: busy
			? (w) => {
					// Pages shift while they are read.
					if (shifting && made < 40 && w.random() < 0.2) {
						made++;
						w.make({ lengthMs: w.random() * 3 * MINUTE });
					}
					const foreign = [...w.jobs.values()].filter(({ model }) => model === 'someone/else');
					const gone = foreign[Math.floor(w.random() * foreign.length)];
					if (shifting && gone && w.random() < 0.2) gone.deleted = true;
				}
			: undefined,
	});
	for (let i = 0; i < 3; i++) world.make({ lengthMs: i * MINUTE });
	await world.clock.advance(3 * MINUTE);
	const old = new Set(world.jobs.keys());
	const n8n = new N8n(world, mode);
	await start(n8n);
	shifting = true;
	for (const one of steps) await act(n8n, one);
	shifting = false;
	await world.clock.advance(9 * HOUR);
	const wanted = [...world.jobs.values()]
		.filter(({ id, model }) => !old.has(id) && model.includes('hailuo'))
		.filter(({ end, deleted }) => end === 'completed' && !deleted)
		.map(({ id }) => id);
	// If the provider fails at random, no number of polls is certainly enough. The loop only has a maximum.
	for (let i = 0; i < maxPolls && n8n.emitted.length < wanted.length; i++) await catchUp(n8n, 1);
	await catchUp(n8n, 5);
	expect([...n8n.emitted].sort()).toEqual(wanted.sort());
	expect(n8n.errors).toEqual([]);
}

describe.each<Mode>(['default', 'scheduler', 'durable'])('n8n mode %s', (mode) => {
	test(
		'every finished job is emitted exactly once, whatever happens meanwhile',
		async () => {
			let ended = 0;
			await fc.assert(
				fc.asyncProperty(
					settings,
					fc.array(step, { minLength: 5, maxLength: 25 }),
					async (given, steps) => {
						await scenario(mode, given, steps);
						ended++;
					},
				),
				{ numRuns: CASES, endOnFailure: true, interruptAfterTimeLimit: CASES_MAX_MS },
			);
			if (CASES > DEFAULT_CASES) printLine(`${mode}: ${ended} cases, none failed`);
		},
		CASES_MAX_MS + 60_000,
	);
});

test('a page of the history that fails now and then is read at the next try', async () => {
	// The case that the property once found: 15 % of the requests fail, and each failure made the polls rarer.
	const { seed, ...more } = { seed: 639_278, faults: 0.15, badDownloads: 0.3 };
	const steps: Step[] = [
		...[{ kind: 'poll' }, { kind: 'restart' }, { kind: 'restart' }],
		{ kind: 'make', count: 2, lengthMs: 18, end: 'completed', foreign: true },
		...[{ kind: 'restart' }, { kind: 'killDuring', at: 2 }, { kind: 'wait', ms: 107_092 }],
		...[{ kind: 'killDuring', at: 0 }, { kind: 'poll' }, { kind: 'killDuring', at: 7 }],
		{ kind: 'make', count: 1, lengthMs: 117_441, end: 'completed', foreign: true },
		{ kind: 'make', count: 3, lengthMs: 6, end: 'failed', foreign: true },
		{ kind: 'make', count: 130, lengthMs: 25_748_393, end: 'failed', foreign: false },
		{ kind: 'make', count: 2, lengthMs: 75_785, end: 'failed', foreign: false },
		...[
			{ kind: 'overlap', afterMs: 1_995 },
			{ kind: 'killDuring', at: 8 },
		],
	] as Step[];
	for (let i = 0; i < 5; i++) {
		const world = { seed: seed + i, skewMs: 600_000, ...more, busy: true };
		for (const mode of ['default', 'scheduler', 'durable'] as const) {
			await scenario(mode, world, steps, 12);
		}
	}
}, 120_000);

test('one bad answer among good ones ends no reading and causes no pause', async () => {
	const minutes: number[] = [];
	for (let seed = 1; seed <= 10; seed++) {
		const world = new World({ seed, latencyMs: 20 });
		const n8n = new N8n(world, 'default', { download: undefined });
		await start(n8n);
		world.options.faults = 0.15;
		for (let i = 0; i < 1_500; i++) {
			world.make({ lengthMs: 1_000 });
			await world.clock.advance(2_000);
		}
		let polls = 0;
		for (; polls < 200 && n8n.emitted.length < 1_500; polls++) await catchUp(n8n, 1);
		minutes.push(polls);
	}
	// Without the second try, and with a pause after each failed reading, there are up to 84.
	expect(Math.max(...minutes)).toBeLessThanOrEqual(8);
});

test('an idle poll costs one request', async () => {
	const world = new World();
	const n8n = new N8n(world, 'default');
	await start(n8n);
	for (let i = 0; i < 350; i++) {
		world.make();
		await world.clock.advance(100);
	}
	await catchUp(n8n, 10);
	expect(n8n.emitted).toHaveLength(350);
	const before = { ...world.calls };
	await catchUp(n8n, 10);
	expect({ ...world.calls }).toEqual({ ...before, list: before.list + 10 });
});

test.each([
	['shows how they stand', false],
	['shows all as running', true],
])(
	'1,000 open jobs, of which a history %s: no poll asks more, or takes longer',
	async (_, stale) => {
		const world = new World({ staleList: stale });
		const n8n = new N8n(world, 'default', { download: undefined });
		await start(n8n);
		for (let i = 0; i < 1_000; i++) world.make({ lengthMs: 10 * MINUTE });
		for (let i = 0; i < 20; i++) {
			await world.clock.advance(MINUTE);
			const before = { ...world.calls };
			const at = world.now;
			await pollOnce(n8n);
			expect(world.now - at).toBeLessThanOrEqual(36_000);
			expect(world.calls.list - before.list).toBeLessThanOrEqual(i === 0 ? 40 : 24);
			expect(world.calls.get - before.get).toBeLessThanOrEqual(310);
		}
		expect(n8n.emitted).toHaveLength(1_000);
		expect(new Set(n8n.emitted).size).toBe(1_000);
	},
);

test('items that are being saved are not emitted again, but items that n8n dropped are', async () => {
	const world = new World();
	const n8n = new N8n(world, 'durable');
	await start(n8n);
	world.make({ lengthMs: 1_000 });
	await world.clock.advance(MINUTE);

	n8n.savingMs = 10_000;
	await world.clock.run(async () => {
		const first = n8n.poll();
		await world.clock.sleep(5_000);
		// The first poll has returned, and its state is being saved.
		await n8n.poll();
		await first;
	});
	expect(n8n.emitted).toEqual(['job-0']);

	world.make({ lengthMs: 1_000 });
	await world.clock.advance(MINUTE);
	n8n.drop = true;
	await pollOnce(n8n);
	expect(n8n.emitted).toEqual(['job-0']);
	n8n.drop = false;
	await catchUp(n8n, 1);
	expect(n8n.emitted).toEqual(['job-0', 'job-1']);
});

test('a job that runs for days is still watched after many others were made', async () => {
	const world = new World();
	const n8n = new N8n(world, 'default');
	await start(n8n);
	const slow = world.make({ lengthMs: 50 * HOUR });
	for (let hour = 0; hour < 52; hour++) {
		for (let i = 0; i < 20; i++) world.make({ lengthMs: MINUTE });
		await world.clock.advance(HOUR);
		await pollOnce(n8n);
		if (hour % 10 === 9) {
			n8n.kill();
			await start(n8n);
		}
	}
	expect(n8n.emitted.filter((id) => id === slow.id)).toHaveLength(1);
	expect(new Set(n8n.emitted).size).toBe(world.jobs.size);
	expect(n8n.emitted).toHaveLength(world.jobs.size);
});

describe('a job that was made before the activation', () => {
	const prepared = async (days: number, skewMs = 0) => {
		const world = new World({ skewMs });
		for (let day = 0; day < 6; day++) {
			world.make({ lengthMs: MINUTE });
			await world.clock.advance(24 * HOUR);
		}
		world.make({ lengthMs: 2 * HOUR });
		await world.clock.advance(MINUTE);
		const n8n = new N8n(world, 'default', { days });
		await start(n8n);
		return { world, n8n };
	};

	test.each([0, 10 * MINUTE, -10 * MINUTE])(
		'is left out, with a clock %d ms ahead',
		async (skew) => {
			const { world, n8n } = await prepared(0, skew);
			const fresh = world.make({ lengthMs: MINUTE });
			await world.clock.advance(3 * HOUR);
			await catchUp(n8n, 3);
			expect(n8n.emitted).toEqual([fresh.id]);
		},
	);

	test('is emitted if it is within the chosen number of days', async () => {
		const { world, n8n } = await prepared(3);
		await catchUp(n8n, 2);
		expect(n8n.emitted).toEqual(['job-4', 'job-5']);
		await world.clock.advance(3 * HOUR);
		await catchUp(n8n, 2);
		expect(n8n.emitted).toEqual(['job-4', 'job-5', 'job-6']);
	});
});

test('jobs that were made before the provider could be reached are emitted', async () => {
	const world = new World({ faults: 1 });
	world.make({ lengthMs: MINUTE });
	await world.clock.advance(10 * MINUTE);
	const n8n = new N8n(world, 'default');
	await start(n8n);
	world.make({ lengthMs: MINUTE });
	await catchUp(n8n, 5);
	expect(n8n.errors).toEqual([]);
	world.options.faults = 0;
	await catchUp(n8n, 20);
	expect(n8n.emitted).toEqual(['job-1']);
});

test('1,500 open jobs, more than are saved by their ids: a kill loses none', async () => {
	const world = new World({ latencyMs: 5 });
	const n8n = new N8n(world, 'default', { download: undefined });
	await start(n8n);
	const early = world.make({ lengthMs: 1_000 });
	for (let i = 0; i < 1_500; i++) {
		world.make({ lengthMs: 10 * HOUR });
		if (i % 100 === 0) await world.clock.advance(2 * MINUTE);
	}
	await catchUp(n8n, 2);
	expect(n8n.emitted).toEqual([early.id]);
	n8n.kill();
	await start(n8n);
	await world.clock.advance(11 * HOUR);
	await catchUp(n8n, 8);
	expect(n8n.emitted).toHaveLength(1_501);
	expect(new Set(n8n.emitted).size).toBe(1_501);
}, 60_000);

test('jobs of 24 h in which n8n was down are emitted later, oldest first', async () => {
	const world = new World();
	const n8n = new N8n(world, 'default');
	await start(n8n);
	n8n.kill();
	for (let hour = 0; hour < 24; hour++) {
		for (let i = 0; i < 60; i++) world.make({ lengthMs: MINUTE });
		await world.clock.advance(HOUR);
	}
	await start(n8n);
	await catchUp(n8n, 6);
	expect([...n8n.emitted].sort()).toEqual([...world.jobs.keys()].sort());
	const times = n8n.emitted.map((id) => world.jobs.get(id)!.createdAt);
	expect(times).toEqual([...times].sort((x, y) => x - y));
});

describe('a job that is listed later than newer ones', () => {
	/** Two jobs, of which the history hides the first for a while. */
	async function late(n8n: N8n, hiddenMs: number): Promise<string> {
		const { world } = n8n;
		const hidden = world.make({ lengthMs: 1_000 });
		await world.clock.advance(2_000);
		world.make({ lengthMs: 1_000 });
		const { list } = world;
		const until = world.now + hiddenMs;
		n8n.more.list = async (filter) => {
			const page = await list(filter);
			const jobs = page.jobs.filter(({ jobId }) => jobId !== hidden.id || world.now >= until);
			return { ...page, jobs };
		};
		await world.clock.advance(1_000);
		return hidden.id;
	}

	test.each([1, 5, 10, 60, 24 * 60])('is found with a poll each %d minutes', async (minutes) => {
		const n8n = new N8n(new World(), 'default');
		await start(n8n);
		await late(n8n, 5_000);
		await pollOnce(n8n);
		expect(n8n.emitted).toEqual(['job-1']);
		for (let i = 0; i < 10; i++) {
			await n8n.world.clock.advance(minutes * MINUTE);
			await pollOnce(n8n);
		}
		expect(n8n.emitted).toEqual(['job-1', 'job-0']);
	});

	test.each([4, 10, 90])(
		'is found after %d minutes in which nobody could read it',
		async (minutes) => {
			const n8n = new N8n(new World(), 'default');
			const { world } = n8n;
			await start(n8n);
			await late(n8n, 5_000);
			await pollOnce(n8n);
			world.options.faults = 1;
			await catchUp(n8n, minutes);
			world.options.faults = 0;
			await catchUp(n8n, 20);
			expect(n8n.emitted).toEqual(['job-1', 'job-0']);
		},
	);

	test('is found although our clock was set forward and back', async () => {
		for (const jump of [HOUR, 20 * MINUTE, 7 * MINUTE, -HOUR]) {
			const n8n = new N8n(new World(), 'default');
			const { world } = n8n;
			await start(n8n);
			await late(n8n, 3 * MINUTE);
			await pollOnce(n8n);
			setClock(world, jump);
			await catchUp(n8n, 10);
			expect(n8n.emitted).toEqual(['job-1', 'job-0']);
		}
	});
});

describe('a provider whose answers contain no time', () => {
	test.each([20, -20, 60, 0])(
		'n8n %d minutes ahead: nothing made after the activation is lost',
		async (ahead) => {
			for (const withOld of [true, false]) {
				const world = new World({ withoutDate: true, skewMs: -ahead * MINUTE });
				if (withOld) world.make({ lengthMs: 2 * HOUR });
				await world.clock.advance(MINUTE);
				const n8n = new N8n(world, 'default');
				await start(n8n);
				const fresh = world.make({ lengthMs: MINUTE });
				await catchUp(n8n, 5);
				const next = world.make({ lengthMs: MINUTE });
				await world.clock.advance(3 * HOUR);
				await catchUp(n8n, 5);
				expect(n8n.emitted).toEqual([fresh.id, next.id]);
			}
		},
	);

	test('nor what was made while it did not answer', async () => {
		const world = new World({ withoutDate: true, skewMs: -20 * MINUTE, faults: 1 });
		const n8n = new N8n(world, 'default');
		await start(n8n);
		const fresh = world.make({ lengthMs: MINUTE });
		await catchUp(n8n, 3);
		world.options.faults = 0;
		await catchUp(n8n, 20);
		expect(n8n.emitted).toEqual([fresh.id]);
	});
});

describe('damaged static data', () => {
	const whole = async () => {
		const n8n = new N8n(new World(), 'durable');
		await start(n8n);
		n8n.world.make({ lengthMs: 1_000 });
		n8n.world.make({ lengthMs: 10 * MINUTE });
		await catchUp(n8n, 2);
		return n8n;
	};

	test.each([
		['open: a number', { open: { k: 5 } }],
		['open: null', { open: null }],
		['seen: null', { seen: { k: null } }],
		['seen: a list', { seen: [1, 2] }],
		['cursor: far beyond any date', { cursor: 1e300 }],
		['cursor: in the future', { cursor: Date.UTC(2126, 0, 1) }],
		['cursor: text', { cursor: 'yesterday' }],
		['horizon: gone', { horizon: undefined }],
		['horizon: in the future', { horizon: Date.UTC(2126, 0, 1) }],
		['since: in the future', { since: Date.UTC(2126, 0, 1) }],
		['since: NaN', { since: NaN }],
		['all times in the future', { since: 4e12, cursor: 4e12, horizon: 4e12 }],
		['no times', { since: null, cursor: null, horizon: null }],
		['startedAt: text', { startedAt: 'now' }],
		['startedAt: in the future', { startedAt: 4e12 }],
		['generation: a number', { generation: 7 }],
		['given: a number', { given: 7 }],
	])('%s: the trigger goes on, and emits what is made from then on, once', async (what, damage) => {
		const n8n = await whole();
		n8n.saved = { ...(n8n.saved as object), ...damage };
		const warnings: string[] = [];
		n8n.more.warn = (message) => void warnings.push(message);
		n8n.kill();
		await start(n8n);
		if (what !== 'startedAt: in the future') {
			expect(warnings).toEqual([
				expect.stringMatching(/^The saved state (is damaged|is from the future)/),
			]);
		}
		const before = [...n8n.emitted];
		const fresh = n8n.world.make({ lengthMs: 1_000 });
		await catchUp(n8n, 15);
		expect(n8n.emitted.filter((id) => id === fresh.id)).toHaveLength(1);
		expect(n8n.emitted.slice(0, before.length)).toEqual(before);
		expect(n8n.errors).toEqual([]);
	});

	test('a poll does not throw, whatever the data', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.object({ maxDepth: 2 }),
				fc.dictionary(fc.string(), fc.anything()),
				async (some, more) => {
					const n8n = new N8n(new World(), 'durable');
					await start(n8n);
					const keys = ['since', 'cursor', 'horizon', 'seen', 'open', 'given', 'generation'];
					const values = [...Object.values(some), ...Object.values(more), more];
					keys.forEach((key, i) =>
						Object.assign(n8n.saved as object, { [key]: values[i % values.length] }),
					);
					n8n.saved = JSON.parse(JSON.stringify(n8n.saved));
					n8n.kill();
					await start(n8n);
					const fresh = n8n.world.make({ lengthMs: 1_000 });
					await catchUp(n8n, 3);
					expect(n8n.emitted.filter((id) => id === fresh.id)).toHaveLength(1);
				},
			),
			{ numRuns: 200 },
		);
	}, 60_000);
});

test('a very slow history delays neither the end of the poll nor the known jobs', async () => {
	const n8n = new N8n(new World(), 'default');
	const { world } = n8n;
	await start(n8n);
	world.make({ lengthMs: 1_000 });
	world.make({ lengthMs: 3 * MINUTE });
	await catchUp(n8n, 1);
	const { list } = world;
	n8n.more.list = async (filter) => {
		await world.clock.sleep(40_000);
		return await list(filter);
	};
	await world.clock.advance(4 * MINUTE);
	const at = world.now;
	await pollOnce(n8n);
	expect(world.now - at).toBeLessThanOrEqual(36_000);
	expect(n8n.emitted).toEqual(['job-0', 'job-1']);
});

test('a clock that is set back by a day stops neither the polls nor the reports', async () => {
	const n8n = new N8n(new World(), 'default');
	const { world } = n8n;
	await start(n8n);
	world.options.faults = 1;
	await catchUp(n8n, 15);
	world.options.faults = 0;
	world.make({ lengthMs: 1_000 });
	setClock(world, -24 * HOUR);
	await catchUp(n8n, 3);
	expect(n8n.emitted).toEqual(['job-0']);
});

describe('a provider whose history shows only some jobs', () => {
	test('jobs of the history are found, and jobs of the given IDs are watched, each once', async () => {
		const world = new World();
		const given = world.make({ lengthMs: 3 * MINUTE });
		const { list } = world;
		const jobIds = [given.id];
		const n8n = new N8n(world, 'durable', {
			jobIds,
			list: async (filter) => {
				const page = await list(filter);
				return { ...page, jobs: page.jobs.filter(({ jobId }) => jobId !== given.id) };
			},
		});
		await start(n8n);
		world.make({ lengthMs: MINUTE });
		await catchUp(n8n, 5);
		expect([...n8n.emitted].sort()).toEqual(['job-0', 'job-1']);
		for (let hour = 0; hour < 5; hour++) {
			world.make({ lengthMs: MINUTE });
			await world.clock.advance(HOUR);
			n8n.kill();
			await start(n8n);
			await catchUp(n8n, 3);
		}
		expect(n8n.emitted.filter((id) => id === given.id)).toHaveLength(1);
		expect(n8n.emitted).toHaveLength(7);
	});

	test('a given ID that the history shows as well is emitted once', async () => {
		const world = new World();
		const n8n = new N8n(world, 'durable', { jobIds: ['job-0'] });
		await start(n8n);
		for (let hour = 0; hour < 5; hour++) {
			world.make({ lengthMs: MINUTE });
			await world.clock.advance(HOUR);
			await catchUp(n8n, 3);
		}
		expect(n8n.emitted).toEqual(['job-0', 'job-1', 'job-2', 'job-3', 'job-4']);
	});
});

describe('watching given ids', () => {
	const watching = (world: World, jobIds: string[]) => {
		const more = { list: undefined, jobIds };
		return new N8n(world, 'default', more);
	};

	test('each is emitted once, also after a restart; the trigger gives up on unknown ones', async () => {
		const world = new World();
		const ids = ['job-0', 'job-1', 'nowhere'];
		world.make({ lengthMs: 2 * MINUTE });
		world.make({ lengthMs: 5 * MINUTE });
		const n8n = watching(world, ids);
		const warnings: string[] = [];
		n8n.more.warn = (message) => void warnings.push(message);
		await start(n8n);
		await catchUp(n8n, 65);
		expect(n8n.emitted).toEqual(['job-0', 'job-1']);
		expect(warnings).toHaveLength(1);
		expect(n8n.givenUp).toEqual(['The provider does not know the job nowhere any more']);
		const { get } = world.calls;
		await catchUp(n8n, 5);
		expect(world.calls.get).toBe(get);
		n8n.kill();
		await start(n8n);
		await catchUp(n8n, 3);
		expect(n8n.emitted).toEqual(['job-0', 'job-1']);
	});

	test('a job whose id is removed from the list while it is running is no longer watched', async () => {
		const world = new World();
		world.make({ lengthMs: 3 * MINUTE });
		const ids = ['job-0'];
		const n8n = watching(world, ids);
		await start(n8n);
		ids.length = 0;
		const { get } = world.calls;
		await catchUp(n8n, 5);
		expect(world.calls.get).toBe(get);
		expect(n8n.emitted).toEqual([]);
	});

	test('an id that is removed from the list is dropped', async () => {
		const world = new World();
		world.make({ lengthMs: 0 });
		const ids = ['job-0'];
		const n8n = watching(world, ids);
		await start(n8n);
		await catchUp(n8n, 1);
		ids.length = 0;
		await catchUp(n8n, 1);
		expect(n8n.bytes).toBeLessThan(200);
		ids.push('job-0');
		await catchUp(n8n, 1);
		expect(n8n.emitted).toEqual(['job-0', 'job-0']);
	});
});
