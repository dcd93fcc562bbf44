import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import { isPrivateHost } from '../../media/hosts';
import { FieldError } from '../../models/fields';
import type { VideoOperation } from '../../models/types';
import type { Job } from '../../providers/types';
import { failureJson } from '../failures';
import { readFinishOptions, withVideo } from '../finish';
import { isTool } from '../isTool';
import { lookUp } from '../job/lookUp';
import type { Operation } from '../operation';
import type { Outcome } from '../outcome';
import { openSession, type Session } from '../session';
import { FROM, SEND_AND_WAIT } from './callbackFields';
import { generate } from './generate';
import { nudge } from './nudge';

const NOT_CALLED =
	'The callback of the provider had not come when the time limit was reached. Get the video with Job: Wait and the ID of the job; that costs nothing.';

export const isOpen = ({ status }: Pick<Job, 'status'>) =>
	status === 'queued' || status === 'running';

/**
 * Submits all items with n8n's resume address as the provider's callback, then puts the execution to sleep: nothing is
 * held in memory until the callbacks come (see resume.ts).
 *
 * Only providers that call when a job has ended, and not before: MiniMax asks the address a question while it answers
 * the submit, when n8n does not listen yet.
 */
export const sendAndWait: Operation = {
	value: SEND_AND_WAIT,
	name: 'Generate and Resume by Callback',
	description: 'Submit, let the execution sleep, and go on when the provider calls back',
	action: 'Generate video and resume by callback',
	offered: ({ callsBack }) => callsBack !== undefined,
	submits: true,

	async run(context) {
		if (isTool(context)) {
			throw new FieldError(
				'Operation',
				'waits for a callback, which an AI agent cannot',
				'Pick Text to Video, Image to Video or First and Last Frame to Video for the tool',
			);
		}
		const from = context.getNodeParameter(FROM, 0) as VideoOperation;
		const session = await openSession(context);
		const url = resumeUrl(context, session);
		const outcomes = await generate(context, from, url);
		const { aborted } = session.signal ?? {};
		// Without "continue on fail" the router ends the run, and names the jobs that were submitted.
		if (aborted || (!context.continueOnFail() && outcomes.some(({ ok }) => !ok))) return outcomes;
		return (
			(await endedAlready(context, session, outcomes)) ?? (await sleep(context, outcomes, url))
		);
	},
};

/** @throws FieldError when n8n cannot give one, or the provider could never reach it */
function resumeUrl(context: IExecuteFunctions, { baseUrl }: Session): string {
	if (typeof context.getSignedResumeUrl !== 'function') {
		throw new FieldError(
			'Operation',
			'needs a newer n8n, which signs the address that is called back',
			'Update n8n to 2.8 or later, or pick an operation that waits by itself',
		);
	}
	// Before 2.41 n8n checks the signature only when asked to.
	(context as { setSignatureValidationRequired?: () => void }).setSignatureValidationRequired?.();
	const url = context.getSignedResumeUrl();
	const { hostname, host } = new URL(url);
	if (isPrivateHost(hostname) && !isPrivateHost(new URL(baseUrl).hostname)) {
		throw new FieldError(
			'Operation',
			`needs an n8n that the provider can reach, and this one calls itself ${host}`,
			'Set the environment variable WEBHOOK_URL of n8n to its public address, or pick an operation that waits by itself',
		);
	}
	return url;
}

/**
 * The finished items, when all jobs ended while others were still being submitted: their callbacks came before n8n
 * listened, and none will come any more.
 */
async function endedAlready(
	context: IExecuteFunctions,
	session: Session,
	outcomes: readonly Outcome[],
): Promise<Outcome[] | undefined> {
	const ended = new Map<number, Job>();
	// The last one was submitted last, so it is the likeliest to be open: then nothing else needs to be asked.
	for (const outcome of [...outcomes].reverse()) {
		if (!outcome.ok) continue;
		const { jobId, model, createdAt } = outcome.value[0].json as unknown as Job;
		const looked = await settle(async () => await lookUp(session, jobId, session.signal));
		if (!looked.ok || isOpen(looked.value)) return undefined;
		ended.set(outcome.item, completed(looked.value, { model, createdAt }));
	}
	return await Promise.all(
		outcomes.map(async (outcome): Promise<Outcome> => {
			const job = ended.get(outcome.item);
			if (!job) return outcome;
			const options = context.getNodeParameter('options', outcome.item, {}) as IDataObject;
			const { item } = outcome;
			const load = async () => [
				await withVideo(context, session, job, readFinishOptions(options, true), session.signal),
			];
			return { ...(await settle(load)), item };
		}),
	);
}

/** What the provider leaves out about a job that has ended; none tells its end, and the callback comes right after it. */
export const completed = (job: Job, known: Pick<Job, 'model' | 'createdAt'>): Job => ({
	...job,
	model: job.model || known.model,
	createdAt: job.createdAt || known.createdAt,
	finishedAt: job.finishedAt ?? new Date().toISOString(),
});

const DEFAULT_LIMIT_MINUTES = 60;

/** n8n looks after its sleeping executions once a minute; less would only be a moment that nobody can say. */
const MIN_LIMIT_MINUTES = 0.1;

/**
 * When the limit comes, n8n passes this node's input on as its output, and none of our code runs. So the jobs are put
 * into the input items: no id is lost, and the callback finds there what it waits for. The items are this node's own
 * copies; those of the node before stay as they are. Their pictures go, or a later node would take one for the video.
 */
async function sleep(
	context: IExecuteFunctions,
	outcomes: readonly Outcome[],
	url: string,
): Promise<Outcome[]> {
	const items = context.getInputData();
	for (const outcome of outcomes) {
		const item = items[outcome.item];
		item.json = outcome.ok
			? { ...outcome.value[0].json, warnings: [NOT_CALLED] }
			: failureJson(outcome.error);
		delete item.binary;
	}
	const { timeLimit } = context.getNodeParameter('options', 0, {}) as IDataObject;
	const minutes = Math.max(Number(timeLimit) || DEFAULT_LIMIT_MINUTES, MIN_LIMIT_MINUTES);
	await context.putExecutionToWait(new Date(Date.now() + minutes * 60_000));
	void nudge(context, url);
	return [...outcomes];
}
