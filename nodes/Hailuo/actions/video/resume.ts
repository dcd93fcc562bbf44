import type {
	IDataObject,
	INodeExecutionData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import type { ProviderId } from '../../models/types';
import { text, json } from '../../providers/answers';
import type { Job } from '../../providers/types';
import { readFinishOptions, withVideo } from '../finish';
import { lookUp } from '../job/lookUp';
import { sessionOf, type Session } from '../session';
import { connect } from '../transport';

/** Where the provider calls. Not a literal in the description: this node registers and removes nothing by itself. */
export const resumeWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		path: '={{ $nodeId }}',
		restartWebhook: true,
		isFullPath: true,
	},
];

/** Executions that are being finished in this process: a second call for one must not finish it again. */
const finishing = new Set<string>();

/**
 * A call that came to the resume address. Nothing that it says is believed: the jobs are read from the provider. The
 * execution goes on when all of its jobs have ended; until then, and whenever they cannot be read, it sleeps on.
 *
 * It never throws: n8n would end the execution, and the paid jobs with it.
 */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const execution = context.getExecutionId();
	if (finishing.has(execution)) return answer(context, 202, 'being finished');
	finishing.add(execution);
	const outcome = await settle(async () => await finishAll(context));
	finishing.delete(execution);
	if (outcome.ok) return outcome.value;
	context.logger.warn(
		`Hailuo: a callback could not be followed up, the execution sleeps on: ${(outcome.error as Error)?.message}`,
	);
	return answer(context, 503, 'try again');
}

/** Leaves the execution asleep. */
function answer(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

interface Waiting {
	item: number;
	json: IDataObject;
}

async function finishAll(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const provider = context.getNodeParameter('provider') as ProviderId;
	const session = sessionOf(await connect(context, provider));
	if ((await isGenuine(context, session)) === false)
		return answer(context, 401, 'not signed by the provider');

	const rows = context.evaluateExpression(
		'={{ $input.all().map((item) => item.json) }}',
		0,
	) as unknown as IDataObject[];
	const waiting = rows.map((row, item): Waiting => ({ item, json: row }));
	const open = waiting.filter(
		({ json: { jobId, status } }) => jobId && (status === 'queued' || status === 'running'),
	);
	const body = json(context.getBodyData());
	const named = text(body.id) ?? text(body.task_id);
	if (named !== undefined && !open.some(({ json: { jobId } }) => jobId === named)) {
		return answer(context, 200, 'not a job of this execution');
	}
	// The one that was named first: if it has not ended after all, nothing else needs to be asked.
	open.sort((a, b) => Number(b.json.jobId === named) - Number(a.json.jobId === named));
	const ended = new Map<number, Job>();
	for (const { item, json: row } of open) {
		const job = await lookUp(session, String(row.jobId));
		if (job.status === 'queued' || job.status === 'running')
			return answer(context, 200, 'not all jobs have ended');
		const { model, createdAt } = row as { model: string; createdAt: string };
		ended.set(item, { ...job, model: job.model || model, createdAt: job.createdAt || createdAt });
	}
	const options = readFinishOptions(context.getNodeParameter('options', {}) as IDataObject, true);
	const items = await Promise.all(
		waiting.map(async ({ item, json: row }): Promise<INodeExecutionData> => {
			const job = ended.get(item);
			const done = job ? await withVideo(context, session, finished(job), options) : { json: row };
			return { ...done, pairedItem: { item } };
		}),
	);
	return { workflowData: [items] };
}

/** The end of a job is not told by every provider; the callback comes right after it. */
const finished = (job: Job): Job => ({
	...job,
	finishedAt: job.finishedAt ?? new Date().toISOString(),
});

async function isGenuine(
	context: IWebhookFunctions,
	{ provider, http }: Session,
): Promise<boolean | undefined> {
	const { rawBody } = context.getRequestObject() as { rawBody?: Buffer };
	if (!provider.isGenuine || !rawBody) return undefined;
	const headers = context.getHeaderData() as Record<string, string | undefined>;
	return await provider.isGenuine(http, { headers, rawBody, atMs: Date.now() });
}
