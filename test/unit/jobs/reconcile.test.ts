import fc from 'fast-check';
import {
	provesAbsence,
	reconcile,
	type ReconcileOptions,
} from '../../../nodes/Hailuo/jobs/reconcile';
import { InlinePicture } from '../../../nodes/Hailuo/jobs/match';
import { Registry, type OpenSubmit } from '../../../nodes/Hailuo/jobs/registry';
import { AmbiguousSubmitError, submitOnce } from '../../../nodes/Hailuo/jobs/submit';
import type {
	HistoryFilter,
	HistoryPage,
	Job,
	Submission,
} from '../../../nodes/Hailuo/providers/types';
import { seededRandom, VirtualClock } from '../helpers/virtualClock';
import { FakeProvider, MODEL, errorOf, failure, job, submission } from './support';

// Nothing here waits for real time; the limit only leaves room for a busy machine.
jest.setTimeout(60_000);

const cat = { prompt: 'a cat' };
const inline = (bytes: Buffer) => `data:image/jpeg;base64,${bytes.toString('base64')}`;
const jpeg = (length: number, fill: number) =>
	inline(Buffer.concat([Buffer.alloc(length, fill), Buffer.from([0xff, 0xd9])]));
const PICTURE = jpeg(600, 1);
const OTHER_PICTURE = jpeg(600, 2);
/** Shorter than ours, and complete. */
const WHOLE = jpeg(300, 1);
const CUT = PICTURE.slice(0, 400);

/** An ambiguous submit of `asked` that began a second ago, and the search for its job. */
function setUp(asked: Submission, given: Partial<ReconcileOptions> = {}) {
	const clock = new VirtualClock();
	const provider = new FakeProvider(clock);
	const registry = new Registry();
	const attempt = registry.begin(asked, { startedAt: clock.now() });
	attempt.state = 'ambiguous';
	const startedAt = clock.now();
	const options: ReconcileOptions = {
		list: async (filter) => await provider.list(filter),
		attempt,
		offsetMs: () => provider.offsetMs,
		registry,
		clock,
		...given,
	};
	const run = async () => await clock.run(() => reconcile(options));
	return { clock, provider, registry, attempt, options, run, startedAt };
}

describe('the job of the submit', () => {
	it('is adopted and claimed by the first reading, without its inputs', async () => {
		const { run, provider, registry, clock, startedAt } = setUp(submission('a cat'));
		provider.accept(submission('a cat'));
		const { job: found, readings } = await run();
		expect(found).toMatchObject({ jobId: 'job-0', status: 'running' });
		expect(found).not.toHaveProperty('input');
		expect(readings).toBe(1);
		expect(registry.isClaimed('job-0')).toBe(true);
		expect(clock.now()).toBe(startedAt);
	});

	it('is adopted when it appears late', async () => {
		const { run, provider, clock } = setUp(submission('a cat'));
		void clock.sleep(15_000).then(() => provider.accept(submission('a cat')));
		expect((await run()).job?.jobId).toBe('job-0');
	});

	it('is found by the provider’s clock, ahead or behind', async () => {
		for (const offsetMs of [-3_600_000, -1_500, 0, 1_500, 3_600_000]) {
			const { run, provider, clock } = setUp(submission('a cat'));
			provider.offsetMs = offsetMs;
			await clock.advance(500);
			provider.accept(submission('a cat'));
			expect((await run()).job?.jobId).toBe('job-0');
		}
	});

	it('is not confused with an earlier one', async () => {
		const { options, provider, clock, registry } = setUp(submission('a cat'));
		provider.accept(submission('a cat'));
		await clock.advance(2_500);
		const attempt = registry.begin(submission('a cat'), { startedAt: clock.now() });
		registry.close(options.attempt);
		const search = await clock.run(() => reconcile({ ...options, attempt }));
		// It is named, because the clocks of a provider may differ by that much.
		expect(search).toEqual({ readings: 6, candidates: ['job-0'], likely: ['job-0'], whole: true });
	});

	it.each<[string, Record<string, unknown>, Record<string, unknown> | undefined, boolean]>([
		[
			'the same values in other types',
			{ prompt: 'a cat', duration: 6, on: true },
			{ prompt: 'a cat', duration: '6', on: 'true' },
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
		['no prompt, but a length', { prompt: 'a cat', duration: 6 }, { duration: 6 }, false],
		['no prompt, but the picture', { prompt: 'x', image: PICTURE }, { image: PICTURE }, false],
		['a length alone', { duration: 6 }, { duration: 6 }, false],
		['the words elsewhere', { content: [{ text: 'a cat' }] }, { prompt: 'a cat' }, true],
		['other words elsewhere', { content: [{ text: 'a cat' }] }, { prompt: 'a dog' }, false],
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
		['the same picture', { image: PICTURE }, { image: PICTURE }, true],
		['the same picture, bare', { image: PICTURE }, { image: PICTURE.split(',')[1] }, true],
		['another picture', { ...cat, image: PICTURE }, { ...cat, image: OTHER_PICTURE }, false],
		['a shorter whole picture', { ...cat, image: PICTURE }, { ...cat, image: WHOLE }, false],
		['the beginning of it', { ...cat, image: PICTURE }, { ...cat, image: CUT }, true],
		['data as a URL', { ...cat, image: PICTURE }, { ...cat, image: 'https://x.io/b.png' }, true],
		['a URL as data', { ...cat, image: 'http://x.io/b.png' }, { ...cat, image: PICTURE }, true],
		['a blanked picture', { ...cat, image: PICTURE }, { ...cat, image: '[omitted]' }, true],
		['a list', { ...cat, images: ['a'] }, { ...cat, images: ['a'] }, true],
		['another list', { ...cat, images: ['a'] }, { ...cat, images: ['b'] }, false],
		['a longer list', { ...cat, images: ['a'] }, { ...cat, images: ['a', 'b'] }, false],
		['a picture in a list', { ...cat, i: [PICTURE] }, { ...cat, i: [OTHER_PICTURE] }, false],
		['an object', { ...cat, extra: { a: 1 } }, { ...cat, extra: { a: 1, b: 2 } }, true],
		['another object', { ...cat, extra: { a: 1 } }, { ...cat, extra: { a: 2 } }, false],
		['only null', { prompt: 'a cat' }, { prompt: null }, false],
		['nothing', { prompt: 'a cat' }, undefined, false],
	])('is recognised by its input: %s', async (_, ours, theirs, expected) => {
		const { run, provider } = setUp({ model: MODEL, input: ours });
		provider.accept({ model: MODEL, input: theirs ?? {} });
		expect((await run()).job !== undefined).toBe(expected);
	});

	it('is the oldest of several, and never one of another model or one without a time', async () => {
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

	it('is returned with the others that it could be, unless identical submits of this process search for them', async () => {
		for (const [identical, spare] of [
			[0, 2],
			[1, 1],
			[2, undefined],
		]) {
			const { run, provider, registry, clock } = setUp(submission('a cat'));
			for (let n = 0; n < identical!; n++) {
				registry.begin(submission('a cat'), { startedAt: clock.now() }).state = 'ambiguous';
			}
			for (let n = 0; n < 3; n++) provider.accept(submission('a cat'));
			const search = await run();
			expect(search.spare?.length).toBe(spare);
			expect(search.spare ?? []).not.toContain(search.job?.jobId);
		}
	});

	it('belongs to nobody else', async () => {
		const { run, provider, registry } = setUp(submission('a cat'));
		provider.accept(submission('a cat'));
		provider.accept(submission('a cat'));
		registry.claim('job-0');
		expect((await run()).job?.jobId).toBe('job-1');
	});
});

describe('a history without inputs', () => {
	it('leads to no adoption, not even of the only job of the model: it may belong to somebody else', async () => {
		const { run, provider } = setUp(submission('a cat'));
		provider.tellsInput = false;
		provider.accept(submission('a cat'));
		const search = await run();
		expect(search).not.toHaveProperty('job');
		expect(search.candidates).toEqual(['job-0']);
	});
});

describe('the search', () => {
	it('reads the history six times in 40 s for a job that does not exist', async () => {
		const { run, provider, clock, startedAt } = setUp(submission('a cat'));
		expect(await run()).toEqual({ readings: 6, candidates: [], whole: true });
		expect(provider.lists).toBe(6);
		expect(clock.now()).toBe(startedAt + 40_000);
	});

	it('reads on while a page is newer than the submit, and no further than necessary', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		// 250 newer jobs, then ours on page 3, then older ones.
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
		// Until a whole page is older than a minute before the submit.
		expect(pages).toEqual([1, 2, 3, 4, 5]);
	});

	it('names unclaimed jobs of the model and the time, whatever their input', async () => {
		const { run, provider, registry } = setUp(submission('a cat'));
		provider.accept(submission('A cinematic cat'));
		provider.accept(submission('a cat'));
		provider.accept({ ...submission('a cat'), model: 'another' });
		registry.claim('job-1');
		expect(await run()).toEqual({ readings: 6, candidates: ['job-0'], whole: true });
	});

	it('names those without a model or a time', async () => {
		const { options, clock } = setUp(submission('a cat'));
		const { input } = submission('a cat');
		const createdAt = new Date(clock.now()).toISOString();
		const jobs = [job('a', { createdAt: '', input }), job('b', { createdAt, input, model: '' })];
		const list = async () => ({ jobs, more: false });
		const search = await clock.run(() => reconcile({ ...options, list }));
		expect(search).toEqual({ readings: 6, candidates: ['a', 'b'], likely: ['a'], whole: true });
	});

	it.each([
		['long after the submit', 302_000, ['job-0']],
		['hours after it', 4_000_000, []],
		['hours after it, by the whole history', 4_000_000, ['job-0']],
	])('adopts no job that was made %s, but names it', async (what, afterMs, candidates) => {
		const { options, clock, provider } = setUp(submission('a cat'));
		await clock.advance(afterMs);
		provider.accept(submission('a cat'));
		const wholeHistory = /whole/.test(what);
		const search = await clock.run(() => reconcile({ ...options, wholeHistory }));
		expect(search).toMatchObject({ readings: 6, candidates, whole: true });
		expect(search).not.toHaveProperty('job');
	});

	it.each([-600_000, -420_000, 420_000, 600_000])(
		'names the job where our clock was set by %i ms meanwhile, and adopts none that it cannot know',
		async (setMs) => {
			const { options, clock, provider } = setUp(submission('a cat'));
			provider.accept(submission('a cat'));
			const shown = {
				now: () => clock.now() + setMs,
				sleep: clock.sleep.bind(clock),
				random: () => 0.5,
			};
			const offsetMs = () => -setMs;
			const search = await clock.run(() => reconcile({ ...options, clock: shown, offsetMs }));
			expect(search.job?.jobId ?? search.candidates[0]).toBe('job-0');
		},
	);

	it('keeps the time of the submit by the provider’s clock, once it is known', async () => {
		const { options, clock, provider, attempt, startedAt } = setUp(submission('a cat'));
		let offsetMs: number | undefined;
		await clock.run(() => reconcile({ ...options, offsetMs: () => offsetMs }));
		expect(attempt.providerAt).toBeUndefined();
		provider.offsetMs = offsetMs = 7_200_000;
		await clock.run(() => reconcile({ ...options, offsetMs: () => offsetMs }));
		expect(attempt.providerAt).toBe(startedAt + 7_200_000);
		offsetMs = 0;
		await clock.run(() => reconcile({ ...options, offsetMs: () => offsetMs }));
		expect(attempt.providerAt).toBe(startedAt + 7_200_000);
	});

	it('reads an unordered history to its end, and does not report one with missing jobs as complete', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		const made = Array.from({ length: 250 }, (_, index) =>
			job(`old-${index}`, {
				createdAt: new Date(startedAt - 7_200_000 - index).toISOString(),
				input: submission('a dog').input,
			}),
		);
		const ours = { createdAt: new Date(startedAt).toISOString(), input: submission('Cat').input };
		const all = [...made, job('ours', ours)];
		const list = async ({ page, pageSize }: HistoryFilter) => ({
			jobs: all.slice((page - 1) * pageSize, page * pageSize),
			more: page * pageSize < all.length,
			total: all.length,
		});
		const wholeHistory = true;
		const search = await clock.run(() => reconcile({ ...options, list, wholeHistory }));
		expect(search).toEqual({ readings: 6, candidates: ['ours'], whole: true });
		const short = async (filter: HistoryFilter) => ({ ...(await list(filter)), total: 300 });
		const lacking = await clock.run(() => reconcile({ ...options, list: short, wholeHistory }));
		expect(lacking.whole).toBe(false);
	});

	it('does not report a history as complete if the job may have moved between two pages, even without a total', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		const createdAt = new Date(startedAt).toISOString();
		const others = Array.from({ length: 100 }, (_, index) =>
			job(`other-${index}`, { createdAt, input: submission('a dog').input }),
		);
		const ours = job('ours', { createdAt, input: submission('Cat').input });
		const search = async (deleted: number) => {
			let left = [ours];
			const list = async ({ page, pageSize }: HistoryFilter) => {
				if (page === 1) left = [...others, ours];
				const jobs = left.slice((page - 1) * pageSize, page * pageSize);
				left = left.slice(deleted);
				return { jobs, more: jobs.length === pageSize };
			};
			return await clock.run(() => reconcile({ ...options, list, wholeHistory: true }));
		};
		const still = await search(0);
		expect(still.candidates).toContain('ours');
		expect(still.whole).toBe(true);
		const moved = await search(3);
		expect(moved.candidates).not.toContain('ours');
		expect(moved.whole).toBe(false);
	});

	it('stops reading an endless history, and reports that it is not complete', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		const list = jest.fn(async ({ page }: HistoryFilter) => ({
			jobs: [job(`page-${page}`, { createdAt: new Date(startedAt).toISOString(), model: 'x' })],
			more: true,
		}));
		const search = await clock.run(() => reconcile({ ...options, list }));
		expect(search).toEqual({ readings: 6, candidates: [], whole: false });
		// 10 pages in each reading, and 50 in the last one.
		expect(list).toHaveBeenCalledTimes(100);
	});

	it('requests the model, the time around the submit, and the inputs; in the last reading an hour around it', async () => {
		const { options, clock, startedAt } = setUp(submission('a cat'));
		const list = jest.fn<Promise<HistoryPage>, [HistoryFilter]>(async () => ({
			jobs: [],
			more: false,
		}));
		await clock.run(() => reconcile({ ...options, list, offsetMs: () => 5_000 }));
		const asked = (marginMs: number) => ({
			model: MODEL,
			createdAfter: new Date(startedAt + 5_000 - marginMs).toISOString(),
			createdBefore: new Date(startedAt + 5_000 + 300_000 + marginMs).toISOString(),
			withInputs: true,
			page: 1,
			pageSize: 100,
		});
		expect(list.mock.calls.map(([filter]) => filter)).toEqual([
			...Array.from({ length: 5 }, () => asked(60_000)),
			asked(3_600_000),
		]);
		list.mockClear();
		await clock.run(() => reconcile({ ...options, list, wholeHistory: true }));
		expect(list.mock.calls[5][0]).toEqual({
			model: MODEL,
			withInputs: true,
			page: 1,
			pageSize: 100,
		});
	});

	it('continues after a transient failure of the history', async () => {
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

	it('finds nothing, and reports no readings, if the history cannot be read at all', async () => {
		for (const error of [failure('auth'), failure('unavailable'), new TypeError('x')]) {
			const { options, clock, startedAt } = setUp(submission('a cat'));
			const list = async () => await Promise.reject(error);
			const search = await clock.run(() => reconcile({ ...options, list }));
			expect(search).toEqual({ readings: 0, candidates: [], whole: false });
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

describe('a second submit', () => {
	const HOUR = 3_600_000;
	const WEEK = 7 * 24 * HOUR;
	const nothing = { readings: 6, candidates: [], whole: true };
	const sent = { sentAt: 0, providerAt: 500 };
	const later = (ms: number) => ({ ourAt: ms, providerAt: ms + 500 });

	it.each([
		['the whole history shows nothing that may be the job', nothing, sent, later(HOUR), true],
		['it could not be read', { ...nothing, readings: 0 }, sent, later(HOUR), false],
		['it was not read to its end', { ...nothing, whole: false }, sent, later(HOUR), false],
		['it has something', { ...nothing, candidates: ['x'] }, sent, later(HOUR), false],
		['it may lag behind', nothing, sent, later(60_000), false],
		['it is over', nothing, sent, later(WEEK), false],
		['the provider told no time then', nothing, { sentAt: 0 }, later(HOUR), false],
		['the provider tells no time now', nothing, sent, { ourAt: HOUR }, false],
		['our clock says it is just sent', nothing, sent, { ourAt: 5, providerAt: HOUR }, false],
		['only our clock says it is long ago', nothing, sent, { ourAt: HOUR, providerAt: 900 }, false],
	])('is sent only after a proof: %s', (_, search, first, now, expected) => {
		expect(provesAbsence(search, first, now, WEEK)).toBe(expected);
	});
});

test('the same prompt does not identify a job if the history does not show the picture', async () => {
	const { run, provider } = setUp(submission('a cat', { image: PICTURE }));
	provider.accept(submission('a cat'));
	const { job, candidates } = await run();
	expect([job, candidates]).toEqual([undefined, ['job-0']]);
});

describe('other submits', () => {
	it('keep their job while they are being sent, and the search waits for their answer', async () => {
		const { run, provider, clock, registry } = setUp(submission('a cat'));
		const duplicate = registry.begin(submission('a cat'), { startedAt: clock.now() });
		provider.accept(submission('a cat'));
		void clock.sleep(58_000).then(() => {
			registry.claim('job-0');
			registry.close(duplicate);
		});
		expect(await run()).toEqual({ readings: 8, candidates: [], whole: true });
	});

	it('release it when they were refused', async () => {
		const { run, provider, clock, registry } = setUp(submission('a cat'));
		const duplicate = registry.begin(submission('a cat'), { startedAt: clock.now() });
		provider.accept(submission('a cat'));
		void clock.sleep(58_000).then(() => registry.close(duplicate));
		expect((await run()).job?.jobId).toBe('job-0');
	});

	it('with another picture that the history does not show leave both without a job', async () => {
		const other = submission('a cat', { image: `${PICTURE}B` });
		const { run, provider, clock, registry } = setUp(submission('a cat', { image: PICTURE }));
		provider.accept(submission('a cat'));
		const competitor = registry.begin(other, { startedAt: clock.now() });
		registry.giveUp(competitor, clock.now());
		expect(await run()).toMatchObject({ candidates: ['job-0'] });
		expect(await run()).not.toHaveProperty('job');
	});

	it('that began after the job was made are ignored', async () => {
		const other = submission('a cat', { image: `${PICTURE}B` });
		const { run, provider, clock, registry } = setUp(submission('a cat', { image: PICTURE }));
		provider.accept(submission('a cat', { image: PICTURE }));
		registry.begin(other, { startedAt: clock.now() + 2_500 });
		expect((await run()).job?.jobId).toBe('job-0');
	});

	it('are resumed as themselves, not as an identical one that began later', async () => {
		const { provider, clock, registry, options } = setUp(submission('a cat'));
		const other = registry.begin(submission('a cat'), {
			startedAt: clock.now(),
			fingerprint: 'print',
		});
		const sentAt = clock.now();
		provider.accept(submission('a cat'));
		await clock.advance(10_000);
		const later = registry.begin(submission('a cat'), {
			startedAt: clock.now(),
			fingerprint: 'print',
		});
		expect(
			registry.resume(submission('a cat'), { startedAt: sentAt, fingerprint: 'print' }),
		).not.toBe(later);
		for (const each of [other, later, options.attempt]) registry.giveUp(each, clock.now());
		const resumed = registry.resume(submission('a cat'), {
			startedAt: sentAt + 1,
			fingerprint: 'print',
		});
		expect(resumed).toBe(other);
		expect(resumed.state).toBe('ambiguous');
		expect(
			registry.resume(submission('a cat'), {
				startedAt: clock.now(),
				fingerprint: 'print',
			}),
		).toBe(later);
		expect(
			registry.resume(submission('a cat'), { startedAt: clock.now(), fingerprint: 'new' }),
		).toMatchObject({
			startedAt: clock.now(),
		});
	});

	it('keep the hash of an inline picture, not its bytes, and the address of a linked one', () => {
		const url = 'https://example.com/cat.png';
		const sent = submission('a cat', { image: PICTURE, end_image: url });
		const { submission: kept } = new Registry().begin(sent, { startedAt: 0 });
		expect(JSON.stringify(kept).length).toBeLessThan(400);
		expect(kept.input).toMatchObject({ prompt: 'a cat', end_image: url });
		expect(kept.input.image).toBeInstanceOf(InlinePicture);
	});

	it('are dropped in the end', () => {
		const registry = new Registry();
		const old = registry.begin(submission('old'), { startedAt: 0 });
		registry.giveUp(old, 0);
		for (let i = 0; i < 1_500; i++) {
			const each = registry.begin(submission('new'), { startedAt: 700_000 });
			registry.giveUp(each, 700_000);
			expect(registry.all().length).toBe(Math.min(i + 1, 1_000));
		}
	});
});

describe('a whole batch under failures', () => {
	/** What the network does to one POST. */
	const fault = fc.constantFrom('none', 'lost', 'cut', 'late', 'refused');

	it('gives every item its own job, and pays for none twice', async () => {
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
				const registry = new Registry();
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
						registry,
						patienceMs: Infinity,
						search: async (attempt) => {
							const { list } = provider;
							return await reconcile({
								list: list.bind(provider),
								attempt,
								offsetMs: () => 0,
								registry,
								clock,
							});
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
					// The job of another item is acceptable only if both sent exactly the same request.
					const owner = owners.get(jobId) ?? -1;
					expect(ended[owner].asked).toEqual(asked);
				});
				expect(provider.jobs.length).toBeLessThanOrEqual(items.length);
			}),
			{ numRuns: 200 },
		);
	});
});

describe('two tries of an item with wrong clocks', () => {
	const MINUTE = 60_000;
	const skew = fc.integer({ min: -15, max: 15 }).map((minutes) => minutes * MINUTE);

	it('never pay twice, never lose a job silently, and never take a job with another input', async () => {
		const given = fc.record({
			/** How the first POST ends, and whether the provider accepted it. */
			taken: fc.boolean(),
			/** Our clock against the true time: at the POST, at the search, in the retry. */
			atPost: skew,
			atSearch: skew,
			atRetry: skew,
			/** The Date header against the true time, then and later, and whether there is one. */
			dateThen: skew,
			dateLater: skew,
			dated: fc.constantFrom('always', 'never', 'only later'),
			/** Only if the provider has a history. */
			listed: fc.boolean(),
			/** What the history leaves out or does wrong. */
			lies: fc.constantFrom(
				'none',
				'no inputs',
				'no prompt',
				'rewritten',
				'shuffled',
				'unreadable',
			),
			lagMs: fc.constantFrom(0, 30_000, 100_000),
			strangers: fc.array(
				fc.record({
					prompt: fc.constantFrom('a cat', 'a dog'),
					at: fc.integer({ min: -20, max: 20 }),
				}),
				{ maxLength: 4 },
			),
			retryAfterMs: fc.integer({ min: 1, max: 300 }).map((minutes) => minutes * MINUTE),
		});
		let resent = 0;
		let adopted = 0;
		await fc.assert(
			fc.asyncProperty(given, async (world) => {
				const clock = new VirtualClock();
				const bornAt = clock.now();
				let ourSkew = world.atPost;
				let date: number | undefined = world.dated === 'always' ? world.dateThen : undefined;
				const shown = {
					now: () => clock.now() + ourSkew,
					sleep: clock.sleep.bind(clock),
					random: () => 0.5,
				};
				const asked = submission('a cat');
				const jobs: Array<ReturnType<typeof job> & { visibleAt: number }> = [];
				const make = (jobId: string, prompt: string, atMs: number) =>
					jobs.push({
						...job(jobId, {
							createdAt: new Date(atMs).toISOString(),
							input: submission(prompt).input,
						}),
						visibleAt: atMs + world.lagMs,
					});
				world.strangers.forEach(({ prompt, at }, index) =>
					make(`stranger-${index}-${prompt}`, prompt, bornAt + at * MINUTE),
				);
				const list = async (filter: HistoryFilter): Promise<HistoryPage> => {
					if (world.lies === 'unreadable') throw failure('auth');
					const within = ({ createdAt, visibleAt }: (typeof jobs)[number]) =>
						visibleAt <= clock.now() &&
						Date.parse(createdAt) <= clock.now() &&
						!(Date.parse(createdAt) < Date.parse(filter.createdAfter ?? '')) &&
						!(Date.parse(createdAt) > Date.parse(filter.createdBefore ?? ''));
					const found = jobs.filter(within).map(({ input, ...one }) => {
						if (world.lies === 'no inputs') return one;
						if (world.lies === 'no prompt') return { ...one, input: { duration: 6 } };
						if (world.lies !== 'rewritten') return { ...one, input };
						return { ...one, input: { ...input, prompt: `Cinematic: ${String(input?.prompt)}` } };
					});
					if (world.lies !== 'shuffled') found.reverse();
					return { jobs: found, more: false, total: found.length };
				};
				const offsetMs = () => (date === undefined ? undefined : date - ourSkew);
				const providerNow = () => (date === undefined ? undefined : clock.now() + date);
				let posts = 0;
				const post = async () => {
					posts++;
					if (world.taken || posts > 1) make('ours', 'a cat', clock.now());
					await clock.sleep(2_000);
					if (posts > 1) return job('ours');
					ourSkew = world.atSearch;
					throw failure('badAnswer');
				};
				const search = async (registry: Registry, attempt: OpenSubmit, wholeHistory: boolean) =>
					await reconcile({ list, attempt, offsetMs, registry, clock: shown, wholeHistory });
				const first = new Registry();
				let sent = { sentAt: shown.now(), providerAt: undefined as number | undefined };
				const ended = await clock.run(async () =>
					submitOnce({
						submission: asked,
						send: post,
						clock: shown,
						registry: first,
						providerNow,
						patienceMs: 0,
						search: world.listed
							? async (attempt) => {
									const found = await search(first, attempt, false);
									sent = { ...sent, providerAt: attempt.providerAt };
									return found;
								}
							: undefined,
					}).catch((error: unknown) => error),
				);
				const checkPair = (jobId?: string) => expect(jobId ?? '').not.toMatch(/a dog/);
				if (!(ended instanceof AmbiguousSubmitError)) {
					checkPair((ended as Awaited<ReturnType<typeof submitOnce>>).job.jobId);
					adopted++;
					return;
				}
				// The retry, in another process: only what was stored is left.
				await clock.advance(world.retryAfterMs);
				ourSkew = world.atRetry;
				if (world.dated !== 'never') date = world.dateLater;
				const second = new Registry();
				if (!world.listed) return;
				const attempt = second.resume(asked, {
					startedAt: sent.sentAt,
					providerAt: sent.providerAt,
					fingerprint: 'print',
				});
				const again = await clock.run(async () => await search(second, attempt, true));
				checkPair(again.job?.jobId);
				if (again.job) return;
				const now = { ourAt: shown.now(), providerAt: providerNow() };
				if (!provesAbsence(again, sent, now, 7 * 24 * 60 * MINUTE)) return;
				// It was sent a second time. This is allowed only if the first was never accepted.
				resent++;
				expect(world.taken).toBe(false);
			}),
			{ numRuns: 500 },
		);
		// Without this, the property would also hold for a node that never finds a job and never sends again.
		expect(adopted).toBeGreaterThan(0);
		expect(resent).toBeGreaterThan(0);
	});
});
