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
import { SEND_AND_WAIT } from './callbackFields';
import { generate } from './generate';

const NOT_CALLED =
	'The callback of the provider had not come when the time limit was reached. Get the video with Job: Wait and the ID of the job; that costs nothing.';

const isOpen = ({ status }: Partial<Job>) => status === 'queued' || status === 'running';

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
	offered: ({ callsBack }) => callsBack === true,
	submits: true,

	async run(context) {
		if (isTool(context)) {
			throw new FieldError(
				'Operation',
				'waits for a callback, which an AI agent cannot',
				'Pick Text to Video, Image to Video or First and Last Frame to Video for the tool',
			);
		}
		const from = context.getNodeParameter('generateFrom', 0) as VideoOperation;
		const session = await openSession(context);
		const outcomes = await generate(context, from, resumeUrl(context, session));
		// Without "continue on fail" the router ends the run, and names the jobs that were submitted.
		if (!context.continueOnFail() && outcomes.some(({ ok }) => !ok)) return outcomes;
		return (await endedAlready(context, session, outcomes)) ?? (await sleep(context, outcomes));
	},
};

/** @throws FieldError when the provider could never reach it */
function resumeUrl(context: IExecuteFunctions, { baseUrl }: Session): string {
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
	const finished: Outcome[] = [];
	for (const outcome of outcomes) {
		if (!outcome.ok) {
			finished.push(outcome);
			continue;
		}
		const { jobId } = outcome.value[0].json as { jobId: string };
		const looked = await settle(async () => await lookUp(session, jobId, session.signal));
		if (!looked.ok || isOpen(looked.value)) return undefined;
		const options = context.getNodeParameter('options', outcome.item, {}) as IDataObject;
		const item = await withVideo(context, session, looked.value, readFinishOptions(options, true));
		finished.push({ ...outcome, value: [item] });
	}
	return finished;
}

const DEFAULT_LIMIT_MINUTES = 60;

/**
 * When the limit comes, n8n passes this node's input on as its output, and none of our code runs. So the jobs are put
 * into the input items: no id is lost, and the callback finds there what it waits for. The items are this node's own
 * copies; those of the node before stay as they are.
 */
async function sleep(context: IExecuteFunctions, outcomes: readonly Outcome[]): Promise<Outcome[]> {
	const items = context.getInputData();
	for (const outcome of outcomes) {
		items[outcome.item].json = outcome.ok
			? { ...outcome.value[0].json, warnings: [NOT_CALLED] }
			: failureJson(outcome.error);
	}
	const { timeLimit } = context.getNodeParameter('options', 0, {}) as IDataObject;
	const minutes = Number(timeLimit) || DEFAULT_LIMIT_MINUTES;
	await context.putExecutionToWait(new Date(Date.now() + minutes * 60_000));
	return [...outcomes];
}
