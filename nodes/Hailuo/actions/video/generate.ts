import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { runBatch, type Slot } from '../../jobs/batch';
import { SubmitLimiter } from '../../jobs/limiter';
import { settle, type Settled } from '../../jobs/settle';
import { FieldError } from '../../models/fieldError';
import { modelsFor, OPERATION_NAMES } from '../../models/catalogue';
import type { JobApi, VideoOperation } from '../../providers/modelTypes';
import { ofApi, type Provider } from '../../providers/types';
import { finishJob } from '../../n8n/finishJob';
import { jobItem } from '../../n8n/jobItem';
import { paidJobsOf, type PaidJobs } from './paidJobs';
import type { Outcome } from '../../n8n/outcome';
import { asAmount } from '../../n8n/fieldValues';
import { openSession, sharedOptions, type Session } from '../../n8n/session';
import type { Operation } from '../operation';
import { filePlacer } from './pictures';
import { hintAtPictures } from './pictureHints';
import { checkPrice, priceAsker, type AskPrice } from './quote';
import { FETCH_AHEAD, fetchAhead } from './values/fetchAhead';
import { isLastPicture } from './values/frames';
import { prepare, submissionOf, type PlaceFile, type Prepared } from './prepare';
import { parkAttempt, previousJob, restoreAttempt, submit } from './submit';

/** Set if the provider calls back when a job ends. Then the job is only submitted. */
export interface Callback {
	url: string;
	/** Collects the items whose job another execution submitted: the provider calls that execution, not this one. */
	missed: Set<number>;
}

interface Run {
	context: IExecuteFunctions;
	session: Session;
	memory: PaidJobs;
	limiter: SubmitLimiter;
	askPrice: AskPrice;
	place: (provider: Provider) => PlaceFile;
	callback?: Callback;
}

/** One of the operations that make videos. @param texts its texts in the list of operations */
export const generateOperation = (
	value: VideoOperation,
	texts: Pick<Operation, 'description' | 'action'>,
): Operation => ({
	value,
	name: OPERATION_NAMES[value],
	...texts,
	offered: ({ id }) => modelsFor(id, value).length > 0,
	submits: true,
	run: async (context) => await generate(context, value),
});

/**
 * Text to Video, Image to Video, First and Last Frame to Video, Reference to Video: all items are checked first, then
 * submitted and waited for in parallel. Unless the workflow continues on errors, one bad item stops the run before
 * anything is paid.
 */
export async function generate(
	context: IExecuteFunctions,
	operation: VideoOperation,
	callback?: Callback,
): Promise<Outcome[]> {
	const memory = paidJobsOf(context);
	const outcomes = await memory.during(
		async () => await generateAll(context, operation, memory, callback),
	);
	return outcomes.map((outcome, item) => ({ ...outcome, item }));
}

async function generateAll(
	context: IExecuteFunctions,
	operation: VideoOperation,
	memory: PaidJobs,
	callback: Callback | undefined,
): Promise<Array<Settled<INodeExecutionData[]>>> {
	const session = await openSession(context);
	const askPrice = priceAsker(session);
	/** Undefined for an item that is only the end of the previous video. */
	const checks: Array<Promise<Settled<Prepared | undefined>>> = [];
	for (let item = 0; item < FETCH_AHEAD; item++) fetchAhead(context, session, operation, item);
	for (const item of context.getInputData().keys()) {
		fetchAhead(context, session, operation, item + FETCH_AHEAD);
		let priced = Promise.resolve();
		const read = await settle(async () => {
			if (isLastPicture(context, item, operation)) return undefined;
			const prepared = await prepare(context, session, operation, item);
			if (callback) requireCallback(session, prepared);
			const known = (prepared.known = memory.find(item, prepared.fingerprint));
			if (known) await restoreAttempt(context, forModel(session, prepared), prepared, known);
			// A job that an earlier try paid for is not paid for again, so its price no longer matters.
			else priced = checkPrice(session, askPrice, prepared);
			return prepared;
		});
		checks.push(
			read.ok ? settle(async () => await priced.then(() => read.value)) : Promise.resolve(read),
		);
	}
	const checked = await Promise.all(checks);
	hintAtPictures(
		context,
		checked.flatMap((outcome) => (outcome.ok && outcome.value ? [outcome.value] : [])),
	);
	try {
		return await makeAll({ context, session, memory, askPrice, callback }, checked);
	} finally {
		for (const outcome of checked) {
			if (outcome.ok && outcome.value) parkAttempt(session, outcome.value);
		}
	}
}

async function makeAll(
	given: Omit<Run, 'limiter' | 'place'>,
	checked: ReadonlyArray<Settled<Prepared | undefined>>,
): Promise<Array<Settled<INodeExecutionData[]>>> {
	const { context, session } = given;
	const goOn = context.continueOnFail();
	if (!goOn && checked.some(({ ok }) => !ok)) {
		return checked.map((outcome) => (outcome.ok ? { ok: true, value: [] } : outcome));
	}

	const options = await sharedOptions(context);
	const { clock, signal } = session;
	const { concurrent, submitsPerMinute } = limitsOf(session, checked);
	const run: Run = {
		...given,
		limiter: new SubmitLimiter({
			perMinute: asAmount(options.submitsPerMinute, submitsPerMinute),
			clock,
		}),
		place: filePlacer(session),
	};
	return await runBatch(
		checked,
		async (outcome, _index, slot) => {
			if (!outcome.ok) throw outcome.error;
			if (!outcome.value) return [];
			return [await makeVideo(run, outcome.value, slot)];
		},
		{ concurrency: asAmount(options.maxConcurrent, 0) || concurrent, stopOnError: !goOn, signal },
	);
}

/**
 * The limits of the account: those of the API that serves all items, if there is only one. Another API may allow more.
 */
function limitsOf(
	{ provider }: Session,
	checked: ReadonlyArray<Settled<Prepared | undefined>>,
): Provider['limits'] {
	const apis = new Set<JobApi>(
		checked.flatMap((one) => (one.ok && one.value ? [one.value.model.api ?? 'main'] : [])),
	);
	const [api] = apis;
	return (apis.size === 1 ? ofApi(provider, api) : provider).limits;
}

/** @throws FieldError for a model whose API rejects callbacks, before any request */
function requireCallback({ provider }: Session, { model }: Prepared): void {
	if (provider.callsBack?.(model.api)) return;
	throw new FieldError(
		'Model',
		`${model.name} does not support callbacks`,
		'Pick another model, or an operation that waits by itself',
	);
}

/**
 * The session with the API that serves the item's model: it may have no list, even if another API of the provider has
 * one.
 */
const forModel = (session: Session, { model }: Prepared): Session => ({
	...session,
	provider: ofApi(session.provider, model.api ?? 'main'),
});

async function makeVideo(run: Run, prepared: Prepared, slot: Slot): Promise<INodeExecutionData> {
	const { context, memory, limiter, callback } = run;
	const session = forModel(run.session, prepared);
	const place = run.place(session.provider);
	const { signal } = slot;
	const previous = await previousJob(context, session, prepared, { memory, signal });
	let job = previous?.job;
	let submittedAt: number | undefined;
	if (!job) {
		const submission = {
			...(await submissionOf(context, session, prepared, { place, signal })),
			...(callback ? { webhookUrl: callback.url } : {}),
		};
		// References may cost extra; frames do not (docs/providers.md I.1). The price is requested with the files that are
		// submitted.
		if (prepared.operation === 'referenceToVideo') {
			await checkPrice(session, run.askPrice, prepared, submission);
		}
		({ job, startedAt: submittedAt } = await submit(context, session, prepared, {
			submission,
			memory,
			limiter,
			signal,
		}));
	} else if (!previous?.sameRun) {
		callback?.missed.add(prepared.item);
	}
	const { warnings } = prepared;
	if (warnings.length) job = { ...job, warnings: [...(job.warnings ?? []), ...warnings] };
	if (prepared.submitOnly || callback) return jobItem(job);
	return await finishJob(context, session, job, { options: prepared.options, slot, submittedAt });
}
