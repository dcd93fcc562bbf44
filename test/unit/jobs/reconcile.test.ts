import fc from 'fast-check';
import { reconcile, type ReconcileOptions } from '../../../nodes/Hailuo/jobs/reconcile';
import { Claims } from '../../../nodes/Hailuo/jobs/claims';
import { OpenSubmits } from '../../../nodes/Hailuo/jobs/openSubmits';
import { AmbiguousSubmitError, submitOnce } from '../../../nodes/Hailuo/jobs/submit';
import type { HistoryFilter, Job, Submission } from '../../../nodes/Hailuo/providers/types';
import { seededRandom, VirtualClock } from '../helpers/virtualClock';
import { FakeProvider, MODEL, errorOf, failure, job, submission } from './support';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

const PICTURE = `data:image/png;base64,${'A'.repeat(400)}`;

/** An ambiguous submit of `asked` that began a second ago, and the search for its job. */
function setUp(asked: Submission, given: Partial<ReconcileOptions> = {}) {
	const clock = new VirtualClock();
	const provider = new FakeProvider(clock);
	const claims = new Claims();
	const openSubmits = new OpenSubmits();
	const attempt = openSubmits.begin(asked, clock.now());
	attempt.state = 'ambiguous';
	const startedAt = clock.now();
	const options: ReconcileOptions = {
		list: async (filter) => await provider.list(filter),
		attempt,
		offsetMs: () => provider.offsetMs,
		claims,
		openSubmits,
		clock,
		...given,
	};
	const run = async () => await clock.run(() => reconcile(options));
	return { clock, provider, claims, openSubmits, attempt, options, run, startedAt };
}

describe('the job of the submit', () => {
	it('is adopted and claimed at the first look, without its inputs', async () => {
		const { run, provider, claims, clock, startedAt } = setUp(submission('a cat'));
		provider.accept(submission('a cat'));
		const { job: found, looks } = await run();
		expect(found).toMatchObject({ jobId: 'job-0', status: 'running' });
		expect(found).not.toHaveProperty('input');
		expect(looks).toBe(1);
		expect(claims.has('job-0')).toBe(true);
		expect(clock.now()).toBe(startedAt);
	});

	it('is adopted when it turns up late', async () => {
		const { run, provider, clock } = setUp(submission('a cat'));
		void clock.sleep(15_000).then(() => provider.accept(submission('a cat')));
		expect((await run()).job?.jobId).toBe('job-0');
	});

	it('is found by the clock of the provider, ahead or behind', async () => {
		for (const offsetMs of [-3_600_000, -1_500, 0, 1_500, 3_600_000]) {
			const { run, provider, clock } = setUp(submission('a cat'));
			provider.offsetMs = offsetMs;
			await clock.advance(500);
			provider.accept(submission('a cat'));
			expect((await run()).job?.jobId).toBe('job-0');
		}
	});

	it('is not taken for one that was made before', async () => {
		const { options, provider, clock, openSubmits } = setUp(submission('a cat'));
		provider.accept(submission('a cat'));
		await clock.advance(2_500);
		const attempt = openSubmits.begin(submission('a cat'), clock.now());
		openSubmits.close(options.attempt);
		const search = await clock.run(() => reconcile({ ...options, attempt }));
		// It is named: the clocks of a provider may differ by as much.
		expect(search).toEqual({ looks: 6, candidates: ['job-0'], whole: true });
	});

	it.each<[string, Record<string, unknown>, Record<string, unknown> | undefined, boolean]>([
		[
			'the same values in other types',
			{ duration: 6, on: true },
			{ duration: '6', on: 'true' },
			true,
		],
		['a prompt that was trimmed', { prompt: ' a cat\n' }, { prompt: 'a cat' }, true],
		['other line ends', { prompt: 'a\r\ncat' }, { prompt: 'a\ncat' }, true],
		['composed letters', { prompt: 'cafe\u0301' }, { prompt: 'caf\u00e9' }, true],
		['half a character', { prompt: 'a cat \ud83d' }, { prompt: 'a cat \ufffd' }, true],
		['other capitals', { prompt: 'a cat' }, { prompt: 'A cat' }, false],
		['another prompt', { prompt: 'a cat' }, { prompt: 'a dog' }, false],
		['another length', { prompt: 'a cat', duration: 6 }, { prompt: 'a cat', duration: 10 }, false],
		['no word of a field', { prompt: 'a cat', seed: 1 }, { prompt: 'a cat' }, true],
		['fields that were not sent', { prompt: 'a cat' }, { prompt: 'a cat', fps: 24 }, true],
		['an emptied field', { prompt: 'a cat', image: PICTURE }, { prompt: 'a cat', image: '' }, true],
		[
			'the same picture URL',
			{ image: 'https://x.io/a.png' },
			{ image: 'https://x.io/a.png' },
			true,
		],
		[
			'another picture URL',
			{ image: 'https://x.io/a.png' },
			{ image: 'https://x.io/b.png' },
			false,
		],
		['data as a URL', { p: 1, image: PICTURE }, { p: 1, image: 'https://x.io/b.png' }, true],
		['a URL as data', { p: 1, image: 'http://x.io/b.png' }, { p: 1, image: PICTURE }, true],
		['bare base64', { p: 1, image: 'A'.repeat(400) }, { p: 1, image: 'B'.repeat(400) }, true],
		['lists', { p: 1, images: ['a'] }, { p: 1, images: ['b'] }, true],
		['only null', { prompt: 'a cat' }, { prompt: null }, true],
	])('is recognised by its input: %s', async (_, ours, theirs, expected) => {
		const { run, provider } = setUp({ model: MODEL, input: ours });
		provider.accept({ model: MODEL, input: theirs ?? {} });
		expect((await run()).job !== undefined).toBe(expected);
	});

	it('is the oldest of several, and never one of another model or without a time', async () => {
		const { clock, options } = setUp(submission('a cat'));
		const at = (seconds: number) => new Date(clock.now() + seconds * 1_000).toISOString();
		const { input } = submission('a cat');
		const jobs = [
			job('young', { createdAt: at(2), input }),
			job('old', { createdAt: at(1), input }),
			job('other', { createdAt: at(0), input, model: 'another' }),
			job('timeless', { createdAt: '', input }),
		];
		const list = async () => ({ jobs, more: false });
		const search = await clock.run(() => reconcile({ ...options, list }));
		expect(search.job?.jobId).toBe('old');
	});

	it('comes with the others that could be it, unless twins of this process wait for them', async () => {
		for (const [twins, spare] of [
			[0, 2],
			[1, 1],
			[2, undefined],
		]) {
			const { run, provider, openSubmits, clock } = setUp(submission('a cat'));
			for (let n = 0; n < twins!; n++) {
				openSubmits.begin(submission('a cat'), clock.now()).state = 'ambiguous';
			}
			for (let n = 0; n < 3; n++) provider.accept(submission('a cat'));
			const search = await run();
			expect(search.spare?.length).toBe(spare);
			expect(search.spare ?? []).not.toContain(search.job?.jobId);
		}
	});

	it('is nobody else’s', async () => {
		const { run, provider, claims } = setUp(submission('a cat'));
		provider.accept(submission('a cat'));
		provider.accept(submission('a cat'));
		claims.claim('job-0');
		expect((await run()).job?.jobId).toBe('job-1');
	});
});

describe('a history without inputs', () => {
	it('gives the only job of the model, once it has stayed the only one', async () => {
		const { run, provider, clock, startedAt } = setUp(submission('a cat'));
		provider.tellsInput = false;
		provider.accept(submission('a cat'));
		expect((await run()).job?.jobId).toBe('job-0');
		expect(clock.now()).toBe(startedAt + 5_000);
	});

	it('gives none that another one joins', async () => {
		const { run, provider, clock } = setUp(submission('a cat'));
		provider.tellsInput = false;
		provider.accept(submission('a cat'));
		void clock.sleep(4_000).then(() => provider.accept(submission('a dog')));
		expect(await run()).not.toHaveProperty('job');
	});

	it('gives none of two', async () => {
		const { run, provider } = setUp(submission('a cat'));
		provider.tellsInput = false;
		provider.accept(submission('a cat'));
		provider.accept(submission('a dog'));
		const search = await run();
		expect(search).not.toHaveProperty('job');
		expect(search.candidates.sort()).toEqual(['job-0', 'job-1']);
	});
});

describe('the search', () => {
	it('looks six times in 40 s for a job that does not exist', async () => {
		const { run, provider, clock, startedAt } = setUp(submission('a cat'));
		expect(await run()).toEqual({ looks: 6, candidates: [], whole: true });
		expect(provider.lists).toBe(6);
		expect(clock.now()).toBe(startedAt + 40_000);
	});

	it('reads on while a page is newer than the submit, and no further than it must', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		// 250 newer jobs, then ours on page 3, then the past.
		const made = Array.from({ length: 1_000 }, (_, index) =>
			job(`job-${index}`, {
				createdAt: new Date(startedAt + 251_000 - index * 1_000).toISOString(),
				input: submission(index === 250 ? 'a cat' : 'a dog').input,
			}),
		);
		const pages: number[] = [];
		const list = async ({ page, pageSize }: HistoryFilter) => {
			pages.push(page);
			return { jobs: made.slice((page - 1) * pageSize, page * pageSize), more: true };
		};
		const search = await clock.run(() => reconcile({ ...options, list }));
		expect(search.job?.jobId).toBe('job-250');
		// A minute further back, for what speaks against a second submit.
		expect(pages).toEqual([1, 2, 3, 4]);
	});

	it('names nobody’s jobs of the model and the time, whatever their input', async () => {
		const { run, provider, claims } = setUp(submission('a cat'));
		provider.accept(submission('A cinematic cat'));
		provider.accept(submission('a cat'));
		provider.accept({ ...submission('a cat'), model: 'another' });
		claims.claim('job-1');
		expect(await run()).toEqual({ looks: 6, candidates: ['job-0'], whole: true });
	});

	it('names those that tell no model or no time', async () => {
		const { options, clock } = setUp(submission('a cat'));
		const { input } = submission('a cat');
		const createdAt = new Date(clock.now()).toISOString();
		const jobs = [job('a', { createdAt: '', input }), job('b', { createdAt, input, model: '' })];
		const list = async () => ({ jobs, more: false });
		const search = await clock.run(() => reconcile({ ...options, list }));
		expect(search).toEqual({ looks: 6, candidates: ['a', 'b'], whole: true });
	});

	it('takes no job that was made long after the submit', async () => {
		const { options, clock, provider } = setUp(submission('a cat'));
		await clock.advance(302_000);
		provider.accept(submission('a cat'));
		const search = await clock.run(() => reconcile(options));
		expect(search).toEqual({ looks: 6, candidates: [], whole: true });
	});

	it('has not seen the whole history before it knows the provider’s time', async () => {
		let offsetMs = 0;
		const { options, clock, startedAt } = setUp(submission('a cat'));
		const list = async () => {
			offsetMs = -600_000;
			return { jobs: [], more: false };
		};
		const at = (deadlineAt: number) => ({ ...options, list, deadlineAt, offsetMs: () => offsetMs });
		expect(await clock.run(() => reconcile(at(startedAt)))).toMatchObject({
			looks: 1,
			whole: false,
		});
		expect(await clock.run(() => reconcile(at(Infinity)))).toMatchObject({ looks: 6, whole: true });
	});

	it('ends with a history that never ends, and says that it is not the whole', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		const list = jest.fn(async ({ page }: HistoryFilter) => ({
			jobs: [job(`page-${page}`, { createdAt: new Date(startedAt).toISOString(), model: 'x' })],
			more: true,
		}));
		const search = await clock.run(() => reconcile({ ...options, list }));
		expect(search).toEqual({ looks: 6, candidates: [], whole: false });
		expect(list).toHaveBeenCalledTimes(60);
	});

	it('asks for the model, the time since the submit, and the inputs', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		const list = jest.fn(async () => ({ jobs: [], more: false }));
		await clock.run(() =>
			reconcile({ ...options, list, deadlineAt: startedAt, offsetMs: () => 5_000 }),
		);
		expect(list.mock.calls).toEqual([
			[
				{
					model: MODEL,
					createdAfter: new Date(startedAt + 5_000 - 62_000).toISOString(),
					createdBefore: new Date(startedAt + 5_000 - 2_000 + 360_000).toISOString(),
					withInputs: true,
					page: 1,
					pageSize: 100,
				},
			],
		]);
	});

	it('goes on when the history cannot be read in passing', async () => {
		for (let seed = 0; seed < 40; seed++) {
			const random = seededRandom(seed);
			const { options, provider, clock } = setUp(submission('a cat'));
			provider.accept(submission('a cat'));
			const list = async (filter: HistoryFilter) => {
				if (random() < 0.7) throw failure(random() < 0.5 ? 'unavailable' : 'rateLimited');
				return await provider.list(filter);
			};
			const search = await clock.run(() => reconcile({ ...options, list }));
			expect(search.job?.jobId).toBe('job-0');
		}
	});

	it('finds nothing, and says that it saw nothing, when the history cannot be read at all', async () => {
		for (const error of [failure('auth'), failure('unavailable'), new TypeError('x')]) {
			const { options, clock, startedAt } = setUp(submission('a cat'));
			const list = async () => await Promise.reject(error);
			const search = await clock.run(() => reconcile({ ...options, list }));
			expect(search).toEqual({ looks: 0, candidates: [], whole: false });
			expect(clock.now() - startedAt).toBeLessThanOrEqual(60_000);
		}
	});

	it('stops at once, with the reason', async () => {
		const stop = new AbortController();
		const { options, clock } = setUp(submission('a cat'), { signal: stop.signal });
		const work = errorOf(reconcile(options));
		await clock.advance(3_000);
		stop.abort('stopped');
		expect(await work).toBe('stopped');
		expect(clock.sleeping).toBe(0);
	});
});

describe('other submits', () => {
	it('keep their job while they are being sent, and the search waits for their answer', async () => {
		const { run, provider, clock, openSubmits, claims } = setUp(submission('a cat'));
		const twin = openSubmits.begin(submission('a cat'), clock.now());
		provider.accept(submission('a cat'));
		void clock.sleep(58_000).then(() => {
			claims.claim('job-0');
			openSubmits.close(twin);
		});
		expect(await run()).toEqual({ looks: 8, candidates: [], whole: true });
	});

	it('give it up when they were refused', async () => {
		const { run, provider, clock, openSubmits } = setUp(submission('a cat'));
		const twin = openSubmits.begin(submission('a cat'), clock.now());
		provider.accept(submission('a cat'));
		void clock.sleep(58_000).then(() => openSubmits.close(twin));
		expect((await run()).job?.jobId).toBe('job-0');
	});

	it('with another picture, that the history does not show, leave both without a job', async () => {
		const other = submission('a cat', { image: `${PICTURE}B` });
		const { run, provider, clock, openSubmits } = setUp(submission('a cat', { image: PICTURE }));
		provider.accept(submission('a cat'));
		const rival = openSubmits.begin(other, clock.now());
		openSubmits.giveUp(rival, clock.now());
		expect(await run()).toMatchObject({ candidates: ['job-0'] });
		expect(await run()).not.toHaveProperty('job');
	});

	it('that began after the job was made do not matter', async () => {
		const other = submission('a cat', { image: `${PICTURE}B` });
		const { run, provider, clock, openSubmits } = setUp(submission('a cat', { image: PICTURE }));
		provider.accept(submission('a cat'));
		openSubmits.begin(other, clock.now() + 2_500);
		expect((await run()).job?.jobId).toBe('job-0');
	});

	it('are resumed as themselves, not as a twin that began later', async () => {
		const { provider, clock, openSubmits, options } = setUp(submission('a cat'));
		const other = openSubmits.begin(submission('a cat'), clock.now(), 'print');
		const sentAt = clock.now();
		provider.accept(submission('a cat'));
		await clock.advance(10_000);
		const later = openSubmits.begin(submission('a cat'), clock.now(), 'print');
		expect(openSubmits.resume(submission('a cat'), sentAt, 'print')).not.toBe(later);
		for (const each of [other, later, options.attempt]) openSubmits.giveUp(each, clock.now());
		const resumed = openSubmits.resume(submission('a cat'), sentAt + 1, 'print');
		expect(resumed).toBe(other);
		expect(resumed.state).toBe('ambiguous');
		expect(openSubmits.resume(submission('a cat'), clock.now(), 'print')).toBe(later);
		expect(openSubmits.resume(submission('a cat'), clock.now(), 'new')).toMatchObject({
			startedAt: clock.now(),
		});
	});

	it('keep no inline picture, and the address of one', () => {
		const url = 'https://example.com/cat.png';
		const sent = submission('a cat', { image: `data:image/png;base64,AAAA`, end_image: url });
		const { submission: kept } = new OpenSubmits().begin(sent, 0);
		expect(kept).toEqual(submission('a cat', { image: 'data:', end_image: url }));
	});

	it('are forgotten in the end', () => {
		const openSubmits = new OpenSubmits();
		const old = openSubmits.begin(submission('old'), 0);
		openSubmits.giveUp(old, 0);
		for (let i = 0; i < 1_500; i++) {
			const each = openSubmits.begin(submission('new'), 700_000);
			openSubmits.giveUp(each, 700_000);
			expect(openSubmits.size).toBe(Math.min(i + 1, 1_000));
		}
	});
});

describe('a whole batch under failures', () => {
	/** What the line between us and the provider does to one POST. */
	const fault = fc.constantFrom('none', 'lost', 'cut', 'late', 'refused');

	it('gives every item its own job, and pays none twice', async () => {
		const item = fc.record({
			prompt: fc.constantFrom('a cat', 'a dog'),
			image: fc.constantFrom(undefined, 'https://x.io/a.png', `${PICTURE}A`, `${PICTURE}B`),
			fault,
			at: fc.integer({ min: 0, max: 30_000 }),
			takes: fc.integer({ min: 50, max: 5_000 }),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(item, { maxLength: 10 }), fc.boolean(), async (items, tells) => {
				const clock = new VirtualClock();
				const provider = new FakeProvider(clock);
				provider.tellsInput = tells;
				const claims = new Claims();
				const openSubmits = new OpenSubmits();
				/** The index of the item that each job was made for. */
				const owners = new Map<string, number>();
				const submit = async (each: (typeof items)[number], index: number) => {
					await clock.sleep(each.at);
					const asked = submission(each.prompt, each.image ? { image: each.image } : {});
					let posts = 0;
					const accept = (): Job => {
						const made = provider.accept(asked);
						owners.set(made.jobId, index);
						return made;
					};
					const send = async () => {
						if (++posts === 1 && each.fault === 'refused') throw failure('rateLimited');
						if (each.fault === 'late') {
							void clock.sleep(each.takes + 3_000).then(accept);
						}
						const made = ['none', 'cut', 'refused'].includes(each.fault) ? accept() : undefined;
						await clock.sleep(each.takes);
						if (!made || each.fault === 'cut') throw failure('noAnswer');
						return made;
					};
					const work = submitOnce({
						submission: asked,
						send,
						clock,
						claims,
						openSubmits,
						patienceUntil: Infinity,
						resolveAmbiguity: async (_, attempt) => {
							const { list } = provider;
							const search = await reconcile({
								list: list.bind(provider),
								attempt,
								offsetMs: () => 0,
								claims,
								openSubmits,
								clock,
							});
							return search.job;
						},
					});
					const got = await work.catch((error: unknown) => {
						expect(error).toBeInstanceOf(AmbiguousSubmitError);
					});
					return { asked, jobId: got?.job.jobId };
				};
				const ended = await clock.run(() => Promise.all(items.map(submit)));
				const ids = ended.map(({ jobId }) => jobId).filter((id) => id !== undefined);
				expect(new Set(ids).size).toBe(ids.length);
				ended.forEach(({ asked, jobId }, index) => {
					const certain = ['none', 'refused'].includes(items[index].fault);
					if (certain) expect(jobId).toBeDefined();
					if (jobId === undefined) return;
					// Another item's job will do only if that item asked for exactly the same.
					const owner = owners.get(jobId) ?? -1;
					expect(ended[owner].asked).toEqual(asked);
				});
				expect(provider.jobs.length).toBeLessThanOrEqual(items.length);
			}),
			{ numRuns: 200 },
		);
	});
});
