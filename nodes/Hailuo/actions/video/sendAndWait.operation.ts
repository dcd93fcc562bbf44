import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import { isFinished } from '../../jobs/wait';
import { isFromInside } from '../../media/hosts';
import { FieldError } from '../../models/fieldError';
import type { VideoOperation } from '../../providers/modelTypes';
import { lacksVideo, type Job } from '../../providers/types';
import { failureJson } from '../../n8n/errors/output';
import { awaitEnd, completed, withVideo } from '../../n8n/finishJob';
import { readFinishOptions } from '../../n8n/finishOptions';
import { isTool } from '../../n8n/isTool';
import type { Operation } from '../operation';
import type { Outcome } from '../../n8n/outcome';
import { asLimitMs } from '../../n8n/fieldValues';
import { getJob, openSession, type Session } from '../../n8n/session';
import { FROM, SEND_AND_WAIT } from './callbackFields';
import { generate, type Callback } from './generate';
import { callResumeUrl } from './callResumeUrl';

/** Removed when the callback arrives: see resume.ts. */
export const NOT_CALLED =
	'The provider had not called back when the time limit was reached. Get the video for free with Job: Wait and the ID of the job.';

/**
 * Submits all items with n8n's resume address as the callback URL, then puts the execution to sleep: nothing is kept in
 * memory until the callbacks arrive (see resume.ts).
 *
 * Only for providers that call when a job has ended, and not before: MiniMax sends a challenge to the address during
 * the submit, when n8n does not accept calls yet.
 */
export const sendAndWait: Operation = {
	value: SEND_AND_WAIT,
	name: 'Generate and Resume by Callback',
	description: 'Submit a video, let the execution sleep, and continue when the provider calls back',
	action: 'Generate video and resume by callback',
	offered: ({ callsBack }) => callsBack !== undefined,
	submits: true,

	async run(context) {
		if (isTool(context)) {
			throw new FieldError(
				'Operation',
				'waits for a callback, which an AI agent cannot do',
				'Pick Text to Video, Image to Video or First and Last Frame to Video for the tool',
			);
		}
		const from = context.getNodeParameter(FROM, 0) as VideoOperation;
		const session = await openSession(context);
		const callback: Callback = { url: resumeUrl(context, session), missed: new Set() };
		const outcomes = await generate(context, from, callback);
		// Without "continue on fail", the router ends the run and names the submitted jobs.
		if (!context.continueOnFail() && outcomes.some(({ ok }) => !ok)) return outcomes;
		const untilMs = session.clock.now() + timeLimitMs(context);
		const ended = await waitForMissed(session, outcomes, callback.missed, untilMs);
		if (session.signal?.aborted) return outcomes;
		return (
			(await endedAlready(context, session, outcomes, ended)) ??
			(await sleep(context, outcomes, callback.url, untilMs - session.clock.now()))
		);
	},
};

/** @throws FieldError if n8n cannot create one, or the provider could never reach it */
function resumeUrl(context: IExecuteFunctions, { baseUrl }: Session): string {
	if (typeof context.getSignedResumeUrl !== 'function') {
		throw new FieldError(
			'Operation',
			'needs a newer n8n, which signs the callback address',
			'Update n8n to 2.8 or later, or pick an operation that waits in the workflow',
		);
	}
	// Before 2.41, n8n checks the signature only if this is called.
	(context as { setSignatureValidationRequired?: () => void }).setSignatureValidationRequired?.();
	const url = context.getSignedResumeUrl();
	const address = new URL(url);
	if (isFromInside(address, baseUrl)) {
		throw new FieldError(
			'Operation',
			`needs an n8n that the provider can reach, but the address of this one is ${address.host}`,
			"Set n8n's environment variable WEBHOOK_URL to its public address, or pick an operation that waits in the workflow",
		);
	}
	return url;
}

/** The job of an item as it was submitted or picked up. An item that is only the end of the previous video has none. */
const jobOf = (outcome: Outcome): Job | undefined =>
	outcome.ok ? (outcome.value[0]?.json as unknown as Job | undefined) : undefined;

/**
 * Waits in parallel for the jobs that another execution submitted: n8n's Retry in the list of executions picks them up,
 * but the provider calls the first execution. If a wait fails, the time limit applies.
 *
 * @returns the jobs that have ended, by item
 */
async function waitForMissed(
	session: Session,
	outcomes: readonly Outcome[],
	missed: ReadonlySet<number>,
	untilMs: number,
): Promise<Map<number, Job>> {
	const ended = new Map<number, Job>();
	const { clock, signal } = session;
	const wait = async (outcome: Outcome) => {
		const timeLimitMs = untilMs - clock.now();
		const job = await awaitEnd(session, jobOf(outcome)!, { timeLimitMs, signal });
		ended.set(outcome.item, job);
	};
	const waits = outcomes.filter(({ ok, item }) => ok && missed.has(item));
	await Promise.all(waits.map(async (outcome) => await settle(async () => await wait(outcome))));
	return ended;
}

/**
 * The finished items, if all jobs ended while others were still being submitted: their callbacks came before n8n
 * accepted calls, and no more will come.
 *
 * @param ended the jobs that are known to have ended, by item; more are added when found
 */
async function endedAlready(
	context: IExecuteFunctions,
	session: Session,
	outcomes: readonly Outcome[],
	ended: Map<number, Job>,
): Promise<Outcome[] | undefined> {
	// The last one was submitted last, so it is the most likely to be open. Then no other job needs to be polled.
	for (const outcome of [...outcomes].reverse()) {
		const known = jobOf(outcome);
		if (!known || ended.has(outcome.item)) continue;
		const polled = await settle(async () => await getJob(session, known.jobId));
		// Anything unclear is resolved when the first call arrives: see callResumeUrl.ts.
		if (!polled.ok || !isFinished(polled.value) || lacksVideo(polled.value)) return undefined;
		ended.set(outcome.item, completed(polled.value, known, session.clock.now()));
	}
	return await Promise.all(
		outcomes.map(async (outcome): Promise<Outcome> => {
			const job = ended.get(outcome.item);
			if (!job) return outcome;
			const options = context.getNodeParameter('options', outcome.item, {}) as IDataObject;
			const { item } = outcome;
			const finish = {
				options: readFinishOptions(options, true),
				signal: session.signal,
				isNew: true,
			};
			const load = async () => [await withVideo(context, session, job, finish)];
			return { ...(await settle(load)), item };
		}),
	);
}

const DEFAULT_LIMIT_MINUTES = 60;

/** The minimum time to sleep, in ms. */
const MIN_SLEEP_MS = 6_000;

function timeLimitMs(context: IExecuteFunctions): number {
	const { timeLimit } = context.getNodeParameter('options', 0, {}) as IDataObject;
	return asLimitMs(timeLimit, DEFAULT_LIMIT_MINUTES);
}

/**
 * At the time limit, n8n outputs this node's input, and none of our code runs. So the jobs are written into the input
 * items: no job ID is lost, and the callback finds the jobs there. The items are this node's own copies; those of the
 * previous node do not change. Their pictures are removed, or a later node could mistake one for the video.
 *
 * @param leftMs how long, at most
 */
async function sleep(
	context: IExecuteFunctions,
	outcomes: readonly Outcome[],
	url: string,
	leftMs: number,
): Promise<Outcome[]> {
	const items = context.getInputData();
	for (const outcome of outcomes) {
		const item = items[outcome.item];
		const { warnings = [], ...job } = jobOf(outcome) ?? {};
		item.json = outcome.ok
			? { ...(job as IDataObject), warnings: [...warnings, NOT_CALLED] }
			: failureJson(outcome.error);
		delete item.binary;
	}
	// The last picture of a storyboard becomes no item, as in the operations that wait themselves.
	const last = outcomes.at(-1);
	if (last?.ok && last.value.length === 0) items.splice(last.item, 1);
	// The real time, because n8n checks the clock.
	const until = Date.now() + Math.max(leftMs, MIN_SLEEP_MS);
	await context.putExecutionToWait(new Date(until));
	void callResumeUrl(context, url);
	return [...outcomes];
}
