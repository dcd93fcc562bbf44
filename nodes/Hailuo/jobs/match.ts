import type { HistoryJob, Submission } from '../providers/types';

type Asked = Pick<Submission, 'model' | 'input'>;

/** Inline pictures are longer than any word, and base64 has no blanks. */
const BASE64 = /^[A-Za-z0-9+/_=-]{256,}$/;

export function isUrl(text: string): boolean {
	return /^https?:\/\/\S+$/i.test(text);
}

/** Whether a text holds a picture: a URL, a data URI or base64. */
export function isPicture(text: string): boolean {
	return isUrl(text) || /^data:\S*$/i.test(text) || BASE64.test(text);
}

function isBlank(value: unknown): boolean {
	return value === undefined || value === null;
}

/**
 * A text without what a provider may change about it on the way: the form of its letters, blanks and line ends, and
 * half a character, which no UTF-8 can hold.
 */
const plain = (value: unknown): string =>
	Buffer.from(String(value)).toString().normalize('NFC').replace(/\s+/g, ' ').trim();

/**
 * Whether the two may be the same value of one field. What cannot be compared may be: nothing, lists
 * and objects, and a picture unless both sides hold it as a URL.
 */
function maybeSame(ours: unknown, theirs: unknown): boolean {
	if (isBlank(ours) || isBlank(theirs)) return true;
	if (typeof ours === 'object' || typeof theirs === 'object') return true;
	const [a, b] = [plain(ours), plain(theirs)];
	if (a === b) return true;
	return isPicture(a) && !(isUrl(a) && isUrl(b));
}

/** Whether the history tells any of the fields that were sent; if not, `matches` says little. */
export function tellsInput(asked: Asked, job: HistoryJob): boolean {
	return Object.keys(asked.input).some((key) => !isBlank(job.input?.[key]));
}

/** Whether a job of the history may come from this submission: the model and all that can be compared. */
export function matches(asked: Asked, job: HistoryJob): boolean {
	if (job.model !== asked.model) return false;
	const theirs = job.input ?? {};
	return Object.entries(asked.input).every(([key, ours]) => maybeSame(ours, theirs[key]));
}

/** How long after its POST began a job may be made, in ms: far longer than any POST lasts. */
export const MADE_WITHIN_MS = 300_000;

interface Sent {
	submission: Asked;
	/** ms since the epoch, by our clock. */
	startedAt: number;
}

/**
 * Whether a job of the history was made by the same model at the time of this submit, whatever it was asked for. One
 * that tells no model or no readable time may have been.
 *
 * @param slackMs what the provider's clock may be behind ours, in ms: `createdAt` is by its clock
 */
export function madeAtTimeOf(submit: Sent, job: HistoryJob, slackMs: number): boolean {
	const laterMs = Date.parse(job.createdAt) - (submit.startedAt - slackMs);
	const sameModel = job.model === submit.submission.model || job.model === '';
	return sameModel && !(laterMs < 0) && !(laterMs > MADE_WITHIN_MS);
}

/**
 * Whether a job of the history may come from this submit: it matches, and was made at its time. A job without a
 * readable time is never anybody's.
 *
 * @param slackMs as above
 */
export function mayBeJobOf(submit: Sent, job: HistoryJob, slackMs: number): boolean {
	const timed = !Number.isNaN(Date.parse(job.createdAt));
	return timed && madeAtTimeOf(submit, job, slackMs) && matches(submit.submission, job);
}
