import { isAbort, untilAborted } from '../../../nodes/Hailuo/jobs/abort';
import { errorOf } from './support';

describe('untilAborted', () => {
	const never = new Promise<never>(() => {});

	it('settles as the promise does', async () => {
		const { signal } = new AbortController();
		expect(await untilAborted(Promise.resolve(1))).toBe(1);
		expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
		expect(await errorOf(untilAborted(Promise.reject(new Error('bad')), signal))).toEqual(
			new Error('bad'),
		);
	});

	it('rejects with the reason, also of an earlier abort', async () => {
		const stop = new AbortController();
		const work = errorOf(untilAborted(never, stop.signal));
		stop.abort('stopped');
		expect(await work).toBe('stopped');
		expect(await errorOf(untilAborted(never, stop.signal))).toBe('stopped');
	});

	it('leaves no listener behind', async () => {
		const { signal } = new AbortController();
		const add = jest.spyOn(signal, 'addEventListener');
		const remove = jest.spyOn(signal, 'removeEventListener');
		await untilAborted(Promise.resolve(1), signal);
		await Promise.resolve();
		expect(remove.mock.calls[0].slice(0, 2)).toEqual(add.mock.calls[0].slice(0, 2));
	});
});

it('only the reason of an aborted signal counts as an abort', () => {
	const aborted = AbortSignal.abort('stopped');
	expect(isAbort('stopped', aborted)).toBe(true);
	expect(isAbort('other', aborted)).toBe(false);
	expect(isAbort(undefined, new AbortController().signal)).toBe(false);
	expect(isAbort(undefined, undefined)).toBe(false);
});
