import fc from 'fast-check';
import { HOUR, MINUTE, N8n, pollAndKill, World, type Mode } from './world';

const pollOnce = async (n8n: N8n) => await n8n.world.clock.run(async () => await n8n.poll());
const start = async (n8n: N8n) => await n8n.world.clock.run(async () => await n8n.start());

/** Polls each minute until nothing is left to emit. */
async function catchUp(n8n: N8n, polls: number): Promise<void> {
	for (let i = 0; i < polls; i++) {
		await n8n.world.clock.advance(MINUTE);
		await pollOnce(n8n);
	}
}

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
			// Only a job that is still running: a finished one may have been emitted or not.
			const job = [...world.jobs.values()].at(-1 - one.which);
			if (job && job.endsAt > world.now + HOUR) job.deleted = true;
		}
	}
}

describe.each<Mode>(['default', 'scheduler', 'durable'])('n8n mode %s', (mode) => {
	test('every finished job is emitted exactly once, whatever happens meanwhile', async () => {
		await fc.assert(
			fc.asyncProperty(
				settings,
				fc.array(step, { minLength: 5, maxLength: 25 }),
				async ({ busy, ...options }, steps) => {
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
									const foreign = [...w.jobs.values()].filter(
										({ model }) => model === 'someone/else',
									);
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
					await catchUp(n8n, 25);

					const wanted = [...world.jobs.values()]
						.filter(({ id, model }) => !old.has(id) && model.includes('hailuo'))
						.filter(({ end, deleted }) => end === 'completed' && !deleted)
						.map(({ id }) => id);
					expect([...n8n.emitted].sort()).toEqual(wanted.sort());
					expect(n8n.errors).toEqual([]);
				},
			),
			{ numRuns: 20 },
		);
	}, 120_000);
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

test('what is being saved is not emitted again, and what n8n dropped is', async () => {
	const world = new World();
	const n8n = new N8n(world, 'durable');
	await start(n8n);
	world.make({ lengthMs: 1_000 });
	await world.clock.advance(MINUTE);

	n8n.savingMs = 10_000;
	await world.clock.run(async () => {
		const first = n8n.poll();
		await world.clock.sleep(5_000);
		// The first one has returned, and its state is on the way to the database.
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

test('a job that runs for days is followed after many others were made', async () => {
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

describe('what was made before the activation', () => {
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

	test('is emitted as far as the days that were chosen reach', async () => {
		const { world, n8n } = await prepared(3);
		await catchUp(n8n, 2);
		expect(n8n.emitted).toEqual(['job-4', 'job-5']);
		await world.clock.advance(3 * HOUR);
		await catchUp(n8n, 2);
		expect(n8n.emitted).toEqual(['job-4', 'job-5', 'job-6']);
	});
});

test('jobs that were made while the provider could not be asked yet are emitted', async () => {
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

test('24 h of n8n being down: caught up, oldest first', async () => {
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

describe('watching given ids', () => {
	const watching = (world: World, jobIds: string[]) => {
		const more = { list: undefined, jobIds, mostUnknown: 10 };
		return new N8n(world, 'default', more);
	};

	test('each is emitted once, also after a restart; unknown ones are given up', async () => {
		const world = new World();
		const ids = ['job-0', 'job-1', 'nowhere'];
		world.make({ lengthMs: 2 * MINUTE });
		world.make({ lengthMs: 5 * MINUTE });
		const n8n = watching(world, ids);
		const warnings: string[] = [];
		n8n.more.warn = (message) => void warnings.push(message);
		await start(n8n);
		await catchUp(n8n, 12);
		expect(n8n.emitted).toEqual(['job-0', 'job-1']);
		expect(warnings).toHaveLength(1);
		const { get } = world.calls;
		await catchUp(n8n, 5);
		expect(world.calls.get).toBe(get);
		n8n.kill();
		await start(n8n);
		await catchUp(n8n, 3);
		expect(n8n.emitted).toEqual(['job-0', 'job-1']);
	});

	test('a job whose id leaves the list while it runs is watched no longer', async () => {
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

	test('an id that leaves the list is forgotten', async () => {
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
