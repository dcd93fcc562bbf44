import { DownloadFailed } from '../../../nodes/Hailuo/media/video/downloadFailed';
import { ProviderError } from '../../../nodes/Hailuo/providers/errors';
import { NO_VIDEO, type Job } from '../../../nodes/Hailuo/providers/types';
import { newProcessState } from '../../../nodes/Hailuo/trigger/processState';
import { runPoll } from '../../../nodes/Hailuo/trigger/poll';
import { MINUTE, N8n, World } from './world';

const url = 'https://cdn.example/video.mp4';
const hanging = new DownloadFailed('the server sent nothing for 8 s', {
	reason: 'timeout',
	url,
	retryable: true,
});

async function ready(count: number, more: ConstructorParameters<typeof N8n>[2] = {}) {
	const world = new World({ staleList: true });
	const n8n = new N8n(world, 'default', more);
	await world.clock.run(async () => await n8n.start());
	for (let i = 0; i < count; i++) world.make({ lengthMs: 1_000 });
	await world.clock.advance(MINUTE);
	const poll = async () => {
		const at = world.now;
		await world.clock.run(async () => await n8n.poll());
		return world.now - at;
	};
	return { world, n8n, poll };
}

test('downloads that hang do not delay others, and are emitted with a warning after three polls', async () => {
	const { world, n8n, poll } = await ready(30);
	const bad = new Set(['job-0', 'job-1', 'job-2', 'job-3', 'job-4', 'job-5']);
	n8n.more.download = async (job) => {
		if (!bad.has(job.jobId)) return 'video';
		await world.clock.sleep(17_000);
		throw hanging;
	};
	const times: number[] = [];
	for (let i = 0; i < 7; i++) {
		times.push(await poll());
		await world.clock.advance(MINUTE);
	}
	expect(n8n.emitted.slice(0, 24).some((id) => bad.has(id))).toBe(false);
	expect(new Set(n8n.emitted).size).toBe(30);
	expect(n8n.warnings).toHaveLength(6);
	expect(n8n.warnings[0]).toBe(
		'The video could not be downloaded (tried 3 times): the server sent nothing for 8 s. Its address is in videoUrl; Job: Wait with the job ID ' +
			`${n8n.emitted[24]} tries again for free.`,
	);
	expect(Math.max(...times)).toBeLessThanOrEqual(36_000);
});

describe('a completed job whose video', () => {
	const empty: Partial<Job> = {
		...{ status: 'failed', error: NO_VIDEO, videoUrl: undefined, videos: [] },
	};

	/** @param polls the number of polls in which it is missing */
	async function missingFor(polls: number, isWanted: (job: Pick<Job, 'status'>) => boolean) {
		const warnings: string[] = [];
		const warn = (message: string) => void warnings.push(message);
		const { world, n8n, poll } = await ready(1, { isWanted, warn });
		let checks = 0;
		const { get, list } = world;
		n8n.more.get = async (id) => ({ ...(await get(id)), ...(++checks <= polls ? empty : {}) });
		n8n.more.list = async (filter) => {
			const page = await list(filter);
			return { ...page, jobs: page.jobs.map((job) => ({ ...job, ...empty })) };
		};
		for (let i = 0; i < 70; i++) {
			await poll();
			await world.clock.advance(MINUTE);
		}
		return { n8n, warnings };
	}

	test('appears after ten minutes is emitted with it', async () => {
		const { n8n } = await missingFor(10, ({ status }) => status === 'completed');
		expect(n8n.emitted).toEqual(['job-0']);
	});

	test('never appears counts as failed after an hour', async () => {
		const { n8n } = await missingFor(99, ({ status }) => status === 'failed');
		expect(n8n.emitted).toEqual(['job-0']);
	});

	test('never appears is reported in the log if failed jobs are not wanted', async () => {
		const { n8n, warnings } = await missingFor(99, ({ status }) => status === 'completed');
		expect(n8n.emitted).toEqual([]);
		expect(warnings).toEqual([
			'The job job-0 is completed but has no video yet. It will be checked again',
			'The job job-0 is completed but has no video',
		]);
	});
});

describe('a status call that does not find the job', () => {
	const passing = [
		new ProviderError('default backend - 404', { kind: 'notFound', status: 404 }),
		new ProviderError('bad request', { kind: 'invalid', status: 400 }),
		new ProviderError('gone', { kind: 'notFound', status: 410 }),
		new ProviderError('a redirect', { kind: 'invalid', status: 302 }),
	];

	test.each(passing)(
		'%s for half an hour ends no job, and a good poll ends the row',
		async (error) => {
			const { world, n8n, poll } = await ready(3);
			const { get, list } = world;
			n8n.more.list = async (filter) =>
				filter.jobIds ? await Promise.reject(error) : await list(filter);
			for (const [minutes, isBad] of [
				[30, true],
				[1, false],
				[30, true],
				[1, false],
			] as const) {
				for (const job of world.jobs.values()) job.endsAt = isBad ? world.now : Infinity;
				n8n.more.get = async (id) => (isBad ? await Promise.reject(error) : await get(id));
				for (let i = 0; i < minutes; i++) {
					await poll();
					await world.clock.advance(MINUTE);
				}
			}
			expect(n8n.emitted).toEqual([]);
			for (const job of world.jobs.values()) job.endsAt = world.now;
			await poll();
			expect([...n8n.emitted].sort()).toEqual(['job-0', 'job-1', 'job-2']);
			expect(n8n.givenUp).toEqual([]);
			expect(n8n.errors).toEqual([]);
		},
	);

	test('a job that the history shows as completed is emitted from there', async () => {
		const { world, n8n, poll } = await ready(1);
		n8n.more.get = async () => await Promise.reject(passing[0]);
		// Found while it was running, so that the history does not list it again as new.
		for (let i = 0; i < 20; i++) {
			await poll();
			await world.clock.advance(MINUTE);
		}
		expect(n8n.emitted).toEqual([]);
		world.options.staleList = false;
		await poll();
		await world.clock.advance(MINUTE);
		await poll();
		expect(n8n.emitted).toEqual(['job-0']);
	});

	test.each([
		['completed', [], 1],
		['failed', ['job-0'], 0],
	])('of a deleted job is reported if %s jobs are wanted', async (wanted, emitted, givenUp) => {
		const { world, n8n, poll } = await ready(1, { isWanted: ({ status }) => status === wanted });
		world.jobs.get('job-0')!.endsAt = Infinity;
		await poll();
		world.jobs.get('job-0')!.deleted = true;
		for (let i = 0; i < 75; i++) {
			await world.clock.advance(MINUTE);
			await poll();
		}
		expect(n8n.emitted).toEqual(emitted);
		expect(n8n.givenUp).toEqual(
			Array(givenUp).fill('The provider does not know the job job-0 any more'),
		);
	});
});

test('a job that the history shows as finished is not requested again', async () => {
	const { world, n8n, poll } = await ready(500);
	world.options.staleList = false;
	const { get } = world.calls;
	await poll();
	expect(n8n.emitted).toHaveLength(500);
	expect(world.calls.get).toBe(get);
});

test('5,001 finished jobs are emitted in one poll if only their addresses are wanted', async () => {
	const { world, n8n, poll } = await ready(5_001, { download: undefined });
	world.options.staleList = false;
	const ms = await poll();
	expect(n8n.emitted).toHaveLength(5_001);
	expect(ms).toBeLessThan(18_000);
	expect(world.calls.get).toBe(0);
});

test('a download that failed is tried again with the address that the next poll gets', async () => {
	const { world, n8n, poll } = await ready(1);
	world.options.staleList = false;
	let tries = 0;
	n8n.more.download = async () => {
		if (tries++ === 0) throw hanging;
		return 'video';
	};
	// Not listed again: the second poll requests it.
	await poll();
	n8n.more.list = async () => ({ jobs: [], more: false });
	await world.clock.advance(MINUTE);
	await poll();
	expect(n8n.emitted).toEqual(['job-0']);
	expect(world.calls.get).toBe(1);
});

test('a request and a download that never end do not make the poll longer than its time', async () => {
	const { world, n8n, poll } = await ready(3);
	const { get } = world;
	n8n.more.get = async (id) => (id === 'job-0' ? await new Promise(() => {}) : await get(id));
	n8n.more.download = async (job) =>
		job.jobId === 'job-1' ? await new Promise(() => {}) : 'video';
	expect(await poll()).toBeLessThanOrEqual(36_000);
	expect(n8n.emitted).toEqual(['job-2']);
});

test('a file that is not a video is not tried again', async () => {
	const { n8n, poll } = await ready(1);
	n8n.more.download = async () => {
		throw new DownloadFailed('the downloaded file is not an MP4', {
			reason: 'type',
			url,
			retryable: false,
		});
	};
	await poll();
	expect(n8n.emitted).toEqual(['job-0']);
	expect(n8n.warnings[0]).toMatch(/tried once/);
});

test('a job that cannot be read does not delay others, and the trigger gives up on a deleted one', async () => {
	const { world, n8n, poll } = await ready(4);
	const { get } = world;
	n8n.more.get = async (id) => {
		if (id === 'job-1') throw new ProviderError('trouble', { kind: 'unavailable', status: 500 });
		return await get(id);
	};
	world.jobs.get('job-2')!.deleted = true;
	await poll();
	expect(n8n.emitted).toEqual(['job-0', 'job-3']);
	delete n8n.more.get;
	await world.clock.advance(MINUTE);
	await poll();
	expect(n8n.emitted).toEqual(['job-0', 'job-3', 'job-1']);
});

test('many jobs that never get a good answer do not delay others in any poll', async () => {
	const { world, n8n, poll } = await ready(20);
	const { get } = world;
	const bad = new Set(Array.from({ length: 12 }, (_, i) => `job-${i}`));
	n8n.more.get = async (id) => {
		if (bad.has(id)) throw new ProviderError('trouble', { kind: 'unavailable', status: 500 });
		return await get(id);
	};
	for (let i = 0; i < 5; i++) {
		world.make({ lengthMs: 1_000 });
		await poll();
		await world.clock.advance(MINUTE);
	}
	// The newest was in progress in the last poll.
	expect(n8n.emitted).toHaveLength(8 + 4);
	expect(n8n.errors).toEqual([]);
	// Nor do five of them delay the jobs that get an answer again.
	for (const id of [...bad].slice(5)) bad.delete(id);
	for (let i = 0; i < 4; i++) {
		await poll();
		await world.clock.advance(MINUTE);
	}
	expect(n8n.emitted).toHaveLength(20);
});

test('a rate limit ends the poll, and the pause after it becomes longer each time', async () => {
	const world = new World();
	const memory = newProcessState();
	let limited = true;
	let calls = 0;
	const list = async () => {
		calls++;
		if (limited) throw new ProviderError('slow down', { kind: 'rateLimited', status: 429 });
		return { jobs: [], more: false, total: 0 };
	};
	let saved: unknown;
	const poll = async () => {
		const polled = await runPoll(saved, memory, world.poll({ list }));
		expect(polled.error).toBeUndefined();
		saved = polled.saved ?? saved;
		await world.clock.advance(MINUTE);
	};
	for (let i = 0; i < 30; i++) await poll();
	expect(calls).toBeGreaterThan(4);
	expect(calls).toBeLessThan(10);
	limited = false;
	for (let i = 0; i < 12; i++) await poll();
	const settled = calls;
	for (let i = 0; i < 5; i++) await poll();
	expect(calls).toBe(settled + 5);
	// After a good answer, the pauses start again with less than a minute, and grow again.
	limited = true;
	await poll();
	await poll();
	expect(calls).toBe(settled + 7);
	for (let i = 0; i < 28; i++) await poll();
	expect(calls).toBeLessThan(settled + 15);
});

test('a refused key is reported after the finished jobs are emitted', async () => {
	const { n8n, poll } = await ready(5);
	const refused = new ProviderError('wrong key', { kind: 'auth', status: 401 });
	let left = 2;
	const { get } = n8n.world;
	n8n.more.get = async (id) => {
		if (left-- <= 0) throw refused;
		return await get(id);
	};
	await poll();
	expect(n8n.emitted).toHaveLength(2);
	expect(n8n.errors).toEqual([]);
	await n8n.world.clock.advance(MINUTE);
	await poll();
	expect(n8n.errors).toEqual([refused]);
});
