import { sleep } from 'n8n-workflow';
import type { Clock } from '../jobs/clock';

/** The real time. Tests replace its methods to run the same code faster. */
export const clock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	/** n8n's own sleep takes no signal before 2.41, so the signal is raced against it: Stop never waits for a poll. */
	async sleep(ms, signal) {
		if (!signal) return await sleep(ms);
		signal.throwIfAborted();
		let stop: () => void = () => undefined;
		const stopped = new Promise<never>((_, reject) => {
			stop = () => reject(signal.reason);
			signal.addEventListener('abort', stop, { once: true });
		});
		try {
			await Promise.race([sleep(ms), stopped]);
		} finally {
			signal.removeEventListener('abort', stop);
		}
	},
};
