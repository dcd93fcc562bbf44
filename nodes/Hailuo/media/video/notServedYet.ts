import { backoff } from '../../jobs/retry';
import type { Clock } from '../../jobs/clock';
import { settle } from '../../jobs/settle';
import { DownloadFailed } from './downloadFailed';

/** How long to wait for a new video in total, in ms: file stores take seconds to show a new file. */
const SERVED_WITHIN_MS = 60_000;
/** First and longest wait between attempts, in ms. */
const BACKOFF_MS = [2_000, 15_000] as const;
/** Before this attempt, the address is requested again: the provider may have returned one too early. */
const ASKS_AGAIN_AT = 3;

interface NewVideo<T> {
	/** The address in the job. */
	url: string;
	/** Loads a video from an address. @throws DownloadFailed */
	load(url: string): Promise<T>;
	/** Requests the address again; undefined if the provider does not return one. */
	askAgain(): Promise<string | undefined>;
	clock: Clock;
	signal?: AbortSignal;
}

/**
 * Loads the video of a job that has just ended. Its link cannot have expired: 403, 404 or 410 mean that the file is not
 * served yet, so the download is retried for about a minute.
 *
 * @throws DownloadFailed of the last attempt; the signal's reason if it was stopped
 */
export async function loadNewVideo<T>({
	url,
	load,
	askAgain,
	clock,
	signal,
}: NewVideo<T>): Promise<T> {
	let link = url;
	let waitedMs = 0;
	for (let attempt = 1; ; attempt++) {
		if (attempt === ASKS_AGAIN_AT) link = (await askAgain()) ?? link;
		const from = link;
		const outcome = await settle(async () => await load(from));
		if (outcome.ok) return outcome.value;
		const { error } = outcome;
		if (!(error instanceof DownloadFailed) || error.reason !== 'missing') throw error;
		const pause = backoff(attempt - 1, () => clock.random(), BACKOFF_MS);
		waitedMs += pause;
		if (waitedMs > SERVED_WITHIN_MS) throw notServed(error);
		await clock.sleep(pause, signal);
	}
}

const notServed = ({ message, url }: DownloadFailed) =>
	new DownloadFailed(`${message}, even after a minute`, {
		reason: 'missing',
		url,
		retryable: false,
	});
