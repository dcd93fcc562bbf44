import type { IBinaryKeyData, IPollFunctions, INodeExecutionData } from 'n8n-workflow';
import { clock } from '../n8n/clock';
import { connect, type Connection } from '../n8n/http';
import { harmless } from '../n8n/logLine';
import { within } from '../jobs/abort';
import { settle } from '../jobs/settle';
import { ProviderError } from '../providers/errors';
import type { HttpClient } from '../providers/types';
import { JobsGivenUp, shouldReport, shownError, triggerError } from './report';
import { fetchVideo, itemOf } from './deliver';
import { processStateOf, type ProcessState } from './processState';
import { exclusively, runPoll, type Poll } from './poll';
import { readSettings, type Settings } from './settings';
import { testEvent } from './testEvent';

/** The budget if n8n reports none, in ms: the one of its durable scheduler (docs/n8n.md 3). */
const BUDGET_MS = 36_000;
/** The longest poll, in ms: the next one begins after a minute, and finished videos should not wait for slow ones. */
const MAX_POLL_MS = 50_000;
/** How long after its deadline a poll keeps its turn, in ms. */
const OVERDUE_MS = 30_000;
/** ms until an answer counts as missing. */
const TIMEOUT_MS = 10_000;
/** Maximum length of external text in a line of the log. */
const MAX_LOG_LENGTH = 500;

/** One poll of the trigger node: what ended since the last one, or null. */
export async function pollNode(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') {
		return await testEvent(context).catch((error) => {
			throw shownError(context.getNode(), error);
		});
	}
	const state = processStateOf(`${context.getWorkflow().id} ${context.getNode().id}`);
	const budgetMs = Math.min(context.getPollBudgetMs?.() ?? BUDGET_MS, MAX_POLL_MS);
	const outcome = await settle(
		async () =>
			await exclusively(
				state,
				clock,
				budgetMs + OVERDUE_MS,
				async (isCurrent) => await pollAccount(context, state, budgetMs, isCurrent),
			),
	);
	if (outcome.ok) return outcome.value ?? null;
	const { error } = outcome;
	if (error instanceof JobsGivenUp) throw error;
	if (shouldReport(state, context, clock.now())) throw triggerError(context.getNode(), error);
	context.logger.warn(`${context.getNode().name}: ${plain((error as Error).message)}`);
	return null;
}

/** External text for a line of the log: on one line, and of limited length. */
const plain = (text: string) => harmless(text, MAX_LOG_LENGTH);

async function pollAccount(
	context: IPollFunctions,
	state: ProcessState,
	budgetMs: number,
	isCurrent: () => boolean,
): Promise<INodeExecutionData[][] | null> {
	const deadlineAt = clock.now() + budgetMs;
	const settings = readSettings(context);
	// n8n reads the credential from its database, which may hang too.
	const connection = await within(connect(context, settings.provider), budgetMs, clock, tooLate);
	const poll = pollOf(context, settings, connection, deadlineAt);
	const data = context.getWorkflowStaticData('node');
	const polled = await runPoll(data.state, state, poll);
	// This poll has lost its turn: another poll may have reported the same jobs.
	if (!isCurrent()) return null;
	const { error, ready, givenUp, saved } = polled;
	if (error && ready.length === 0 && givenUp.length === 0) throw error;
	// Nothing is awaited from here to the return: n8n saves the state together with what is returned.
	polled.commit();
	if (!error) state.lastReport = undefined;
	if (saved) data.state = saved;
	const { name } = context.getNode();
	for (const message of givenUp) context.logger.error(`${name}: ${plain(message)}`);
	state.givenUp.push(...givenUp);
	if (ready.length === 0) {
		if (state.givenUp.length === 0) return null;
		throw new JobsGivenUp(context.getNode(), state.givenUp.splice(0));
	}
	const ids = ready.map(({ job }) => plain(job.jobId)).join(', ');
	// If n8n crashes, the returned items may be lost. This line then still shows which jobs they were.
	context.logger.info(`${name}: starts the workflow with job ${ids}`);
	return [ready.map(itemOf)];
}

const tooLate = () =>
	new ProviderError('The credential could not be read in time', { kind: 'noAnswer' });

/** The HTTP client with a strict timeout: n8n's own timeout restarts with every byte. */
function hurried(http: HttpClient, deadlineAt: number): HttpClient {
	return {
		...http,
		request: async (request) => {
			const left = Math.max(1_000, deadlineAt - clock.now());
			const timeoutMs = Math.min(TIMEOUT_MS, left);
			return await http.request({ ...request, timeoutMs });
		},
	};
}

function pollOf(
	context: IPollFunctions,
	settings: Settings,
	{ provider, http, baseUrl }: Connection,
	deadlineAt: number,
): Poll<IBinaryKeyData> {
	const client = hurried(http, deadlineAt);
	const { finish } = settings;
	// If IDs are entered, only these are watched.
	const list = settings.jobIds.length > 0 ? undefined : provider.list;
	return {
		...settings,
		isClockKnown: () => http.knowsTime(),
		list: list && (async (filter) => await list(client, filter)),
		get: async (jobId) => await provider.get(client, jobId),
		download: finish.download
			? async (job, until) =>
					await fetchVideo(context, job, finish, { providerUrl: baseUrl, deadlineAt: until })
			: undefined,
		clock,
		deadlineAt,
		providerNow: () => clock.now() + http.clockOffsetMs(),
		downloadTries: settings.downloadAttempts,
		warn: (message) => context.logger.warn(`${context.getNode().name}: ${plain(message)}`),
	};
}
