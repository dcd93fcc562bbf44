import type {
	IDataObject,
	INodeExecutionData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import { PATIENCE_SEEN } from '../../jobs/unknownJob';
import { isFinished } from '../../jobs/wait';
import type { ProviderId } from '../../providers/modelTypes';
import { text, json } from '../../providers/answers';
import { ProviderError } from '../../providers/errors';
import { lacksVideo, type Job } from '../../providers/types';
import { clock } from '../../n8n/clock';
import { WithJob } from '../../n8n/errors/classes';
import { failureJson } from '../../n8n/errors/output';
import { awaitEnd, completed, withVideo } from '../../n8n/finishJob';
import { readFinishOptions, type FinishOptions } from '../../n8n/finishOptions';
import { lookUp } from '../../n8n/lookUpJob';
import { logLine } from '../../n8n/logLine';
import { sessionOf, type Session } from '../../n8n/session';
import { connect } from '../../n8n/http';
import { NOT_CALLED } from './sendAndWait.operation';

/*
 * Rules that must not regress:
 * - The content of a call is never trusted: the jobs are read from the provider.
 * - It never throws: n8n would end the execution, and nobody would fetch the paid videos.
 * - The execution continues only when all of its jobs have ended; a call that arrives meanwhile is never ignored,
 *   because it may be the last.
 * - The videos are fetched only once for all calls that arrive while n8n wakes the execution.
 */

/** Where the provider calls. Not a literal in the description: this node registers and removes nothing by itself. */
export const resumeWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		responseData: 'noData',
		path: '={{ $nodeId }}',
		restartWebhook: true,
		isFullPath: true,
	},
];

/**
 * How long a status call is retried if the provider does not answer, in ms. Long, because it is not known whether a
 * provider repeats a callback (docs/providers.md A.5). The caller may have given up meanwhile; the execution continues
 * anyway.
 */
const PATIENCE_MS = 5 * 60_000;

/** How long a job that has ended may take to show its video, in ms: longer than jobs/unknownJob.ts polls for it. */
const VIDEO_LAG_MS = 30 * 60_000;

/**
 * Minimum time between two polls for calls that are not known to come from the provider, in ms. A call without a
 * matching signature is still a reason to poll, because the documents about the signature are not reliable
 * (docs/providers.md A.5). But a stranger must not be able to make this node send endless requests.
 */
const MIN_POLL_GAP_MS = 5_000;

/** What this process knows about a sleeping execution. It is only a cache: after a restart it is rebuilt. */
interface Watch {
	/** Whether a call is being handled. */
	busy: boolean;
	/** Whether another call arrived meanwhile, perhaps about a job that was still open when polled. */
	again: boolean;
	/** Jobs that have ended, by ID: they are not requested again with each callback. */
	ended: Map<string, Ended>;
	/** When the jobs were last polled, in ms since the epoch. */
	polledAt: number;
	/** Jobs whose signed call did not have to wait: only once each, or a recorded call could be repeated. */
	hurried: Set<string>;
	/** When the items were passed to n8n, in ms since the epoch. */
	deliveredAt: number;
}

type Ended = Job | { jobId: string; gone: WithJob };

const watches = new Map<string, Watch>();

/** Maximum number of executions in the cache; the oldest are dropped first. */
const MAX_WATCHES = 1_000;

/** How long n8n may take to wake an execution, in ms: a call that arrives meanwhile must not fetch the videos again. */
const WAKING_MS = 60_000;

/**
 * Handles a call to the resume address. Its content is not trusted: the jobs are read from the provider. The execution
 * continues when all of its jobs have ended. Until then, and whenever they cannot be read, it stays asleep.
 *
 * It never throws: n8n would end the execution, and the paid jobs with it.
 */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const outcome = await settle(async () => await follow(context));
	if (outcome.ok) return outcome.value;
	const said = messageOf(outcome.error);
	context.logger.warn(
		logLine`Hailuo: a callback could not be handled, execution ${context.getExecutionId()} stays asleep: ${said}`,
	);
	return answer(context, 503, 'The jobs could not be read, the execution stays asleep');
}

/** Leaves the execution asleep. */
function answer(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

async function follow(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const rows = sleeping(context);
	const session = sessionOf(
		await connect(context, context.getNodeParameter('provider') as ProviderId),
	);
	const watch = watchOf(context.getExecutionId(), rows);
	if (watch.busy) {
		watch.again = true;
		return answer(context, 202, 'The jobs are being checked');
	}
	if (clock.now() - watch.deliveredAt < WAKING_MS)
		return answer(context, 200, 'The execution continues');
	watch.busy = true;
	const done = await settle(async () => {
		await takeTurn(context, session, rows, watch);
		return await finishAll(context, session, rows, watch);
	});
	watch.busy = false;
	if (!done.ok) throw new Error(messageOf(done.error), { cause: done.error });
	return done.value ?? answer(context, 200, 'Not all jobs have ended');
}

/** A loop can put one execution to sleep several times, each time with other jobs. */
function watchOf(execution: string, rows: readonly Row[]): Watch {
	const key = `${execution}/${rows.find(({ job }) => job)?.job?.jobId}`;
	const known = watches.get(key);
	if (known) return known;
	const [oldest] = watches.keys();
	if (watches.size >= MAX_WATCHES) watches.delete(oldest);
	const watch: Watch = {
		busy: false,
		again: false,
		ended: new Map(),
		polledAt: 0,
		hurried: new Set(),
		deliveredAt: 0,
	};
	watches.set(key, watch);
	return watch;
}

/**
 * A call that is not known to come from the provider waits for its turn. It is never ignored, because it may be the
 * last one.
 */
async function takeTurn(
	context: IWebhookFunctions,
	session: Session,
	rows: readonly Row[],
	{ polledAt, hurried }: Watch,
): Promise<void> {
	const waitMs = Math.min(MIN_POLL_GAP_MS, polledAt + MIN_POLL_GAP_MS - clock.now());
	if (waitMs <= 0) return;
	const named = namedJob(context);
	const isNew = rows.some(({ job }) => job?.jobId === named) && !hurried.has(named!);
	if (!isNew || !(await isGenuine(context, session))) return await clock.sleep(waitMs);
	hurried.add(named!);
}

/** The job that the call says it is about. */
function namedJob(context: IWebhookFunctions): string | undefined {
	const body = json(context.getBodyData());
	return text(body.id) ?? text(body.task_id);
}

interface Row {
	item: number;
	json: IDataObject;
	/** Absent for an item that was never submitted, or whose outcome is known. */
	job?: Pick<Job, 'jobId' | 'model' | 'createdAt' | 'warnings'>;
}

/** @returns undefined while a job is open */
async function finishAll(
	context: IWebhookFunctions,
	session: Session,
	rows: readonly Row[],
	watch: Watch,
): Promise<IWebhookResponseData | undefined> {
	const named = namedJob(context);
	for (;;) {
		watch.again = false;
		const outcome = await settle(async () => await allEnded(session, rows, watch, named));
		watch.polledAt = clock.now();
		if (outcome.ok && outcome.value) return await deliverAll(context, session, rows, watch);
		if (!outcome.ok && !watch.again)
			throw new Error(messageOf(outcome.error), { cause: outcome.error });
		if (!watch.again) break;
		await clock.sleep(MIN_POLL_GAP_MS);
	}
	// In the same step as the last check of `again`: otherwise a call in between would be told that the jobs are being
	// checked, but nobody would check them.
	watch.busy = false;
	return undefined;
}

async function deliverAll(
	context: IWebhookFunctions,
	session: Session,
	rows: readonly Row[],
	watch: Watch,
): Promise<IWebhookResponseData> {
	const options = readFinishOptions(context.getNodeParameter('options', {}) as IDataObject, true);
	const items = await Promise.all(
		rows.map(async (row) => ({
			...(await deliver(context, session, row, { ended: watch.ended, options })),
			pairedItem: { item: row.item },
		})),
	);
	watch.deliveredAt = clock.now();
	watch.ended.clear();
	return { workflowData: [items] };
}

/** The node's input, where the jobs were put before the execution went to sleep. */
function sleeping(context: IWebhookFunctions): Row[] {
	const all = context.evaluateExpression(
		'{{ $input.all().map((item) => item.json) }}',
		0,
	) as unknown as IDataObject[];
	return all.map((row, item): Row => {
		const { jobId, error } = row;
		if (typeof jobId !== 'string' || error) return { item, json: row };
		const { model, createdAt, warnings = [] } = row as unknown as Job;
		const others = warnings.filter((warning) => warning !== NOT_CALLED);
		const known = { model: model ?? '', createdAt: createdAt ?? '', warnings: others };
		return { item, json: row, job: { jobId, ...known } };
	});
}

/**
 * Reads the jobs until one is still open. The job named in the call comes first, because it has probably ended; then
 * the one submitted last, because it probably has not. So a callback costs about two status calls, however many items
 * there are.
 */
async function allEnded(
	session: Session,
	rows: readonly Row[],
	{ ended }: Watch,
	named: string | undefined,
): Promise<boolean> {
	const open = rows
		.flatMap(({ job }) => (job && !ended.has(job.jobId) ? [job] : []))
		.reverse()
		.sort((a, b) => Number(b.jobId === named) - Number(a.jobId === named));
	for (const job of open) {
		const polled = await settle(async () => await pollEnd(session, job));
		if (!polled.ok) ended.set(job.jobId, goneOrThrow(polled.error, job.jobId));
		else if (polled.value) ended.set(job.jobId, polled.value);
		else return false;
	}
	return true;
}

/**
 * How a job ended; undefined while it is open. An answer that the job is unknown counts as its end only if it persists:
 * a callback during a short outage must not wake the execution without its video.
 *
 * @throws WithJob, with the id
 */
async function pollEnd(session: Session, known: NonNullable<Row['job']>): Promise<Job | undefined> {
	const { jobId, createdAt } = known;
	const polled = await lookUp(session, jobId, {
		patienceMs: PATIENCE_MS,
		patience: PATIENCE_SEEN,
		known: { createdAt },
	});
	if (!isFinished(polled)) return undefined;
	const job = completed(polled, known, clock.now());
	return lacksVideo(job) ? await awaitEnd(session, job, { timeLimitMs: VIDEO_LAG_MS }) : job;
}

/** A job that the provider no longer knows (it was deleted) will never be called back, so it has ended too. */
function goneOrThrow(error: unknown, jobId: string): Ended {
	if (
		error instanceof WithJob &&
		error.cause instanceof ProviderError &&
		error.cause.kind === 'notFound'
	) {
		return { jobId, gone: error };
	}
	throw new Error(messageOf(error), { cause: error });
}

const messageOf = (error: unknown): string => (error as Error)?.message ?? String(error);

async function deliver(
	context: IWebhookFunctions,
	session: Session,
	{ job, json: row }: Row,
	{ ended, options }: Pick<Watch, 'ended'> & { options: FinishOptions },
): Promise<INodeExecutionData> {
	const end = job && ended.get(job.jobId);
	if (!end) return { json: row };
	if ('gone' in end) {
		const json = { ...row, ...failureJson(end.gone) };
		delete json.warnings;
		return { json };
	}
	const loaded = await settle(
		async () => await withVideo(context, session, end, { options, isNew: true }),
	);
	return loaded.ok ? loaded.value : { json: failureJson(loaded.error) };
}

async function isGenuine(
	context: IWebhookFunctions,
	{ provider, http }: Session,
): Promise<boolean | undefined> {
	const { rawBody } = context.getRequestObject() as { rawBody?: Buffer };
	if (!provider.isGenuine || !rawBody) return undefined;
	const headers = context.getHeaderData() as Record<string, string | undefined>;
	return await provider.isGenuine(http, { headers, rawBody, atMs: clock.now() });
}
