import { createHash } from 'crypto';
import type { HistoryJob } from '../providers/types';

/** A submission in the form that is compared with the jobs of a history: see `comparable`. */
export interface Asked {
	model: string;
	input: Record<string, unknown>;
}

/** Inline pictures are longer than any word, and Base64 has no blanks. */
const BASE64 = /^[A-Za-z0-9+/_-]{256,}={0,2}$/;
const DATA_URI = /^data:[^,]*,/i;

function isUrl(text: string): boolean {
	return /^https?:\/\/\S+$/i.test(text);
}

/** The Base64 of an inline picture, bare or in a data URI; undefined for everything else. */
function inlineData(text: string): string | undefined {
	const head = DATA_URI.exec(text);
	if (head) return text.slice(head[0].length).trim();
	if (text.trim().toLowerCase() === 'data:') return '';
	return BASE64.test(text) ? text : undefined;
}

/** The hash that replaces an inline picture, which may be megabytes while a submit is kept for minutes. */
export class InlinePicture {
	/** @param chars length of its Base64; 0 for a picture about which nothing is known any more */
	constructor(
		readonly sha256: string,
		readonly chars: number,
	) {}
}

const sha256 = (text: string) =>
	createHash('sha256').update(Buffer.from(text, 'base64')).digest('hex');

/** The input with each inline picture replaced by its hash; `data:` alone stands for an unknown picture. */
export function comparable(input: Record<string, unknown>): Record<string, unknown> {
	return reduced(input) as Record<string, unknown>;
}

function reduced(value: unknown): unknown {
	if (typeof value === 'string') {
		const data = inlineData(value);
		return data === undefined ? value : new InlinePicture(sha256(data), data.length);
	}
	if (value instanceof InlinePicture || typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map(reduced);
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reduced(inner)]));
}

/** Whether Base64 contains a complete picture, not only the beginning of one. */
function isWholePicture(data: string): boolean {
	const bytes = Buffer.from(data, 'base64');
	if (bytes.length < 16) return false;
	if (bytes.subarray(0, 4).toString('latin1') === 'RIFF') {
		return bytes.readUInt32LE(4) + 8 <= bytes.length;
	}
	const end = bytes.subarray(-16).toString('latin1');
	return end.includes('IEND') || end.includes('\xff\xd9');
}

/** How two values of a field compare. A value that a history omits, or shows in another form, is `unknown`. */
type Verdict = 'same' | 'differs' | 'unknown';

const isBlank = (value: unknown) => value === undefined || value === null;

/** Text without the details that a provider may change: Unicode form, blanks, line ends, and unpaired surrogates. */
const plain = (value: unknown): string =>
	Buffer.from(String(value)).toString().normalize('NFC').replace(/\s+/g, ' ').trim();

function comparePicture(ours: InlinePicture, theirs: unknown): Verdict {
	const data = typeof theirs === 'string' ? inlineData(theirs) : undefined;
	if (!data || ours.chars === 0 || !/^[\w+/-]+={0,2}$/.test(data)) return 'unknown';
	if (sha256(data) === ours.sha256) return 'same';
	// A history may truncate a long field, so only a complete picture can count as a different one.
	return data.length >= ours.chars || isWholePicture(data) ? 'differs' : 'unknown';
}

function compareAll(verdicts: Verdict[]): Verdict {
	if (verdicts.includes('differs')) return 'differs';
	return verdicts.length > 0 && verdicts.every((one) => one === 'same') ? 'same' : 'unknown';
}

function compare(ours: unknown, theirs: unknown): Verdict {
	if (isBlank(ours) || isBlank(theirs)) return 'unknown';
	if (ours instanceof InlinePicture) return comparePicture(ours, theirs);
	if (Array.isArray(ours) && Array.isArray(theirs)) {
		if (ours.length !== theirs.length) return 'differs';
		return compareAll(ours.map((one, index) => compare(one, theirs[index])));
	}
	if (Array.isArray(ours) || Array.isArray(theirs)) return 'unknown';
	if (typeof ours === 'object' && typeof theirs === 'object') {
		const other = theirs as Record<string, unknown>;
		return compareAll(Object.entries(ours!).map(([key, inner]) => compare(inner, other[key])));
	}
	if (typeof ours === 'object' || typeof theirs === 'object') return 'unknown';
	const [a, b] = [plain(ours), plain(theirs)];
	if (a === b) return 'same';
	return isUrl(a) && !isUrl(b) ? 'unknown' : 'differs';
}

/** Whether a job of the history may come from this submission: no comparable field differs. */
export function matches(asked: Asked, job: HistoryJob): boolean {
	return job.model === asked.model && !differs(asked, job);
}

function differs({ input }: Asked, job: HistoryJob): boolean {
	const theirs = job.input ?? {};
	if (Object.entries(input).some(([key, ours]) => compare(ours, theirs[key]) === 'differs')) {
		return true;
	}
	const [ours, theirText] = [wordsOf(input), wordsOf(theirs)];
	return ours !== '' && theirText !== '' && ours !== theirText;
}

/** The names of the APIs' text fields, at any depth. */
const WORDS = new Set(['prompt', 'text']);

/** All texts of a request in one string; empty if there are none. */
function wordsOf(value: unknown, key = ''): string {
	if (typeof value === 'string') return WORDS.has(key) ? plain(value) : '';
	if (typeof value !== 'object' || value === null || value instanceof InlinePicture) return '';
	return Object.entries(value)
		.map(([name, inner]) => wordsOf(inner, name))
		.filter((words) => words !== '')
		.join('\n');
}

/**
 * Whether it is a picture, a clip or a sound: inline, by its address, or by the ID of an uploaded file (`mm_file://…`).
 */
const isFileOfOurs = (value: unknown): boolean =>
	value instanceof InlinePicture || (typeof value === 'string' && /^[a-z_]+:\/\/\S+$/i.test(value));

/**
 * Whether the input of a job in the history identifies it: its words, if the request has words, otherwise a picture. A
 * length or a switch does not identify a job, because thousands of requests share it. The same words with another
 * picture are another job, so a history that shows no files (docs/providers.md I.1) cannot identify a job made from
 * files.
 */
export function identifies(asked: Asked, job: HistoryJob): boolean {
	if (!matches(asked, job)) return false;
	const files = Object.entries(asked.input).filter(([, ours]) => [ours].flat().some(isFileOfOurs));
	if (files.some(([key]) => isBlank(job.input?.[key]))) return false;
	const words = wordsOf(asked.input);
	if (words !== '') return words === wordsOf(job.input);
	return files.some(([key, ours]) => compare(ours, job.input?.[key]) === 'same');
}

/** Whether a job may have been made with the submission's model. A job without a model may have been made with any. */
const isOfModel = (asked: Asked, { model }: HistoryJob): boolean =>
	model === asked.model || model === '';

/** How long after the start of its POST a job may be created, in ms: far longer than any POST takes. */
export const MADE_WITHIN_MS = 300_000;
/** How much earlier than its POST a job may appear to be created, in ms: Date headers have whole seconds. */
export const TOLERANCE_MS = 2_000;

/** A submit in the form that is compared with the jobs of a history. Times in ms since the epoch. */
export interface Sent {
	submission: Asked;
	/** When the POST began, by our clock. */
	startedAt: number;
	/**
	 * The same by the provider's clock, if it was known then. Valid even if our clock is changed, and on other workers.
	 */
	providerAt?: number;
}

/** When a submit was sent by the provider's clock. @param offsetMs how far that is ahead of ours, in ms */
export const sentByProvider = ({ providerAt, startedAt }: Sent, offsetMs: number): number =>
	providerAt ?? startedAt + offsetMs;

/**
 * Whether a job of the history was made with the same model at the time of this submit, whatever its input. A job
 * without a model or a readable time may have been.
 *
 * @param offsetMs how far the provider's clock is ahead of ours, in ms
 * @param marginMs by how much more the two times may differ, in ms
 */
export function madeAtTimeOf(
	submit: Sent,
	job: HistoryJob,
	offsetMs: number,
	marginMs = 0,
): boolean {
	const laterMs = Date.parse(job.createdAt) - sentByProvider(submit, offsetMs) + TOLERANCE_MS;
	const tooEarly = laterMs < -marginMs;
	const tooLate = laterMs > MADE_WITHIN_MS + marginMs;
	return isOfModel(submit.submission, job) && !tooEarly && !tooLate;
}

/**
 * Whether a job of the history may come from this submit: it matches, and was made at its time. A job without a
 * readable time never matches.
 *
 * @param offsetMs as above
 */
export function mayBeJobOf(submit: Sent, job: HistoryJob, offsetMs: number): boolean {
	const timed = !Number.isNaN(Date.parse(job.createdAt));
	return timed && madeAtTimeOf(submit, job, offsetMs) && matches(submit.submission, job);
}

/** Whether a job of the history has the same input as this submission, as far as it is shown, whenever it was created. */
export const asksForTheSame = (asked: Asked, job: HistoryJob): boolean =>
	isOfModel(asked, job) && !differs(asked, job);
