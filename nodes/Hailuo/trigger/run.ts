import type { IBinaryData, IPollFunctions, INodeExecutionData } from 'n8n-workflow';
import { clock } from '../n8n/clock';
import { connect, type Connection } from '../n8n/http';
import { settle } from '../jobs/settle';
import type { HttpClient } from '../providers/types';
import { shouldReport, shownError, triggerError } from './report';
import { fetchVideo, itemOf } from './deliver';
import { processStateOf, type ProcessState } from './processState';
import { exclusively, runPoll, type Poll } from './poll';
import { readSettings, type Settings } from './settings';
import { testEvent } from './testEvent';

/** Where n8n tells no budget, in ms: what it gives a poll under its durable scheduler (docs/n8n.md 3). */
const BUDGET_MS = 36_000;
/** The longest poll, in ms: the next one begins after a minute, and finished videos should not wait for slow ones. */
const MAX_POLL_MS = 50_000;
/** How long after its deadline a poll may still hold its place, in ms. */
const OVERDUE_MS = 30_000;
/** ms until an answer counts as missing. */
const TIMEOUT_MS = 10_000;
/** How often an id may be unknown: one from the history was deleted, one that was typed may be too new. */
const UNKNOWN_LISTED = 3;
const UNKNOWN_GIVEN = 10;

/** One poll of the trigger node: what ended since the last one, or null. */
export async function pollNode(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') {
		return await testEvent(context).catch((error) => {
			throw shownError(context.getNode(), error);
		});
	}
	const memory = processStateOf(`${context.getWorkflow().id} ${context.getNode().id}`);
	const budget = context.getPollBudgetMs?.() ?? BUDGET_MS;
	const deadlineAt = clock.now() + Math.min(budget, MAX_POLL_MS);
	const outcome = await settle(
		async () =>
			await exclusively(
				memory,
				clock,
				deadlineAt + OVERDUE_MS,
				async (isOurs) => await pollAccount(context, memory, deadlineAt, isOurs),
			),
	);
	if (outcome.ok) return outcome.value ?? null;
	const { error } = outcome;
	if (shouldReport(memory, context, clock.now())) throw triggerError(context.getNode(), error);
	context.logger.warn(`${context.getNode().name}: ${(error as Error).message}`);
	return null;
}

async function pollAccount(
	context: IPollFunctions,
	memory: ProcessState,
	deadlineAt: number,
	isOurs: () => boolean,
): Promise<INodeExecutionData[][] | null> {
	const settings = readSettings(context);
	const connection = await connect(context, settings.provider);
	const poll = pollOf(context, settings, connection, deadlineAt);
	const data = context.getWorkflowStaticData('node');
	const polled = await runPoll(data.state, memory, poll);
	// The place was given up meanwhile: another poll may have reported the same jobs.
	if (!isOurs()) return null;
	if (polled.error && polled.ready.length === 0) throw polled.error;
	// From here to the return nothing is awaited: n8n saves the state together with what is returned.
	polled.commit();
	if (!polled.error) memory.told = undefined;
	if (polled.saved) data.state = polled.saved;
	const ids = polled.ready.map(({ job }) => job.jobId).join(', ');
	// A crash of n8n may lose what it has just been given; then this line still tells which jobs.
	if (ids) context.logger.info(`${context.getNode().name}: starts the workflow with job ${ids}`);
	return polled.ready.length > 0
		? [polled.ready.map((ready) => itemOf(ready, settings.outputField))]
		: null;
}

/** The HTTP client with answers that come in time, or not at all. */
function hurried(http: HttpClient, deadlineAt: number): HttpClient {
	return {
		...http,
		request: async (request) => {
			const left = Math.max(1_000, deadlineAt - clock.now());
			return await http.request({ ...request, timeoutMs: Math.min(TIMEOUT_MS, left) });
		},
	};
}

function pollOf(
	context: IPollFunctions,
	settings: Settings,
	{ provider, http, baseUrl }: Connection,
	deadlineAt: number,
): Poll<IBinaryData> {
	const client = hurried(http, deadlineAt);
	// Ids that are given are watched alone.
	const list = settings.jobIds.length > 0 ? undefined : provider.list;
	return {
		...settings,
		list: list && (async (filter) => await list(client, filter)),
		get: async (jobId) => await provider.get(client, jobId),
		download: settings.download
			? async (job, until) => await fetchVideo(context, job, baseUrl, until)
			: undefined,
		clock,
		deadlineAt,
		providerNow: () => clock.now() + http.clockOffsetMs(),
		downloadTries: settings.downloadAttempts,
		mostUnknown: list ? UNKNOWN_LISTED : UNKNOWN_GIVEN,
		warn: (message) => context.logger.warn(`${context.getNode().name}: ${message}`),
	};
}
