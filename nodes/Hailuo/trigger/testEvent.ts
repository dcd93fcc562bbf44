import type { IPollFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { clock } from '../n8n/clock';
import { aboutJob } from '../n8n/lookUpJob';
import { connect, type Connection } from '../n8n/http';
import { historyPages, PAGE_SIZE } from '../jobs/historyPages';
import { settle } from '../jobs/settle';
import { providerOf } from '../providers';
import { ProviderError } from '../providers/errors';
import type { HistoryFilter, Job } from '../providers/types';
import { fetchVideo, itemOf } from './deliver';
import { withWarning } from './checkJobs';
import { readEvent, readSettings, type EVENT_STATUSES, type Settings } from './settings';

const MAX_PAGES = 5;
/** A person is waiting; ms. */
const PATIENCE_MS = 60_000;

const EVENT_WORDS: Record<keyof typeof EVENT_STATUSES, string> = {
	completed: 'completed job',
	failed: 'failed job',
	either: 'job that has ended',
};

/**
 * "Fetch Test Event": the newest job that would start the workflow. It saves nothing, so the job starts the workflow
 * again once that is active.
 */
export async function testEvent(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	const settings = readSettings(context);
	const connection = await connect(context, settings.provider);
	const newest = await newestJob(settings, connection);
	if (!newest) throw nothingToShow(context, settings);
	const { job } = newest;
	const { finish } = settings;
	if (!finish.download || !job.videoUrl) return [[itemOf({ job })]];
	const limits = { providerUrl: connection.baseUrl, deadlineAt: clock.now() + PATIENCE_MS };
	const fetched = await settle(async () => await fetchVideo(context, job, finish, limits));
	const ready = fetched.ok
		? { job, file: fetched.value }
		: { job: withWarning(job, fetched.error, 1) };
	return [[itemOf(ready)]];
}

async function newestJob(
	settings: Settings,
	connection: Connection,
): Promise<{ job: Job } | undefined> {
	const { provider, http } = connection;
	const { isWatched, isWanted, onlyModel: model, jobIds } = settings;
	const { list } = provider;
	if (!list || jobIds.length > 0) return await newestOf(jobIds, settings, connection);
	const listed = async (filter: HistoryFilter) => await list(http, filter);
	const pages = historyPages(listed, { model }, MAX_PAGES);
	for await (const { jobs } of pages) {
		const listed = jobs.filter((job) => isWatched(job) && isWanted(job)).sort(newestFirst);
		for (const { jobId } of listed) {
			const job = await provider.get(http, jobId);
			if (isWanted(job)) return { job };
		}
	}
	return await newestOf(jobIds, settings, connection);
}

/** The newest job of the given IDs. @throws the error of the first unknown ID if no other job fits */
async function newestOf(
	jobIds: readonly string[],
	{ isWanted }: Settings,
	connection: Connection,
): Promise<{ job: Job } | undefined> {
	const found: Job[] = [];
	let unknown: unknown;
	for (const jobId of jobIds.slice(-PAGE_SIZE)) {
		const got = await settle(async () => await connection.provider.get(connection.http, jobId));
		if (got.ok) found.push(got.value);
		else if (got.error instanceof ProviderError && got.error.kind === 'notFound') {
			unknown ??= aboutJob(connection, jobId)(got.error);
		} else throw got.error;
	}
	const [job] = found.filter(isWanted).sort(newestFirst);
	if (!job && unknown) throw unknown;
	return job && { job };
}

const newestFirst = (a: Job, b: Job) =>
	(Date.parse(b.createdAt) || 0) - (Date.parse(a.createdAt) || 0);

function nothingToShow(context: IPollFunctions, settings: Settings): NodeOperationError {
	const event = readEvent(context);
	const what = EVENT_WORDS[event] ?? EVENT_WORDS.completed;
	const given = settings.jobIds.length;
	const message =
		!providerOf(settings.provider).list && given === 0
			? "No job to show: the field 'Job IDs' is empty"
			: given > 0
				? `No ${what} to show among the ${given} in 'Job IDs'`
				: `No ${what} to show: the account has none in its history of 7 days`;
	const next =
		event === 'failed'
			? "For a test, set 'Trigger On' to 'Job Completed or Failed': a completed job has the same fields, without 'error'."
			: 'Make a video first, or wait for one that is running, and fetch the test event again. Only jobs with the models and the event selected in this node count.';
	return new NodeOperationError(context.getNode(), message, {
		description: `${next} Once the workflow is active (published), it starts automatically when the next one ends.`,
	});
}
