import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { runBatch } from '../../jobs/batch';
import { historyPages, type ListJobs } from '../../jobs/historyPages';
import { modelNamed, modelsOf } from '../../models/catalogue';
import { isHailuo } from '../../models/price';
import { FieldError } from '../../models/fieldError';
import { providerOf, providers } from '../../providers';
import type { HistoryFilter, HistoryJob, JobStatus } from '../../providers/types';
import { jobJson } from '../../n8n/jobItem';
import type { Operation } from '../operation';
import { asAmount, asChoice, asSwitch, asText } from '../../n8n/fieldValues';
import { OPTION_LABELS, OPTIONS } from '../../n8n/optionLabels';
import { readCollection, readField } from '../../n8n/readField';
import { withRetry, openSession, type Session } from '../../n8n/session';
import { toIso } from '../../n8n/isoDate';
import { sortedBy } from '../../n8n/sorted';

/** Enough for a week of the largest account; only an endless history would reach it. */
const MAX_PAGES = 1_000;
const LIST_CONCURRENCY = 3;
/** Longer input texts are pictures, or not meant for people to read. */
const MAX_INPUT_LENGTH = 2_000;

const show = { resource: ['job'], operation: ['getAll'] };

const STATUSES: Array<{ name: string; value: JobStatus }> = [
	{ name: 'Cancelled', value: 'cancelled' },
	{ name: 'Completed', value: 'completed' },
	{ name: 'Failed', value: 'failed' },
	{ name: 'Queued', value: 'queued' },
	{ name: 'Running', value: 'running' },
];

const modelFilters = providers
	.filter((provider) => providerOf(provider).list)
	.map((provider): INodeProperties => {
		const all = modelsOf(provider).filter(({ custom }) => !custom);
		const options = sortedBy(all, ({ name }) => name).map(({ name, id }) => ({ name, value: id }));
		const [{ value }] = options;
		return {
			displayName: 'Model',
			name: 'model',
			type: 'options',
			options,
			default: value,
			description: 'Only jobs of this model',
			displayOptions: { show: { '/provider': [provider] } },
		};
	});

export const getAllFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		displayOptions: { show },
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { ...show, returnAll: [false] } },
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Created After',
				name: 'createdAfter',
				type: 'dateTime',
				default: '',
				description:
					'Only jobs submitted at or after this time. The history shows the last 7 days.',
			},
			{
				displayName: 'Created Before',
				name: 'createdBefore',
				type: 'dateTime',
				default: '',
				description: 'Only jobs submitted at or before this time',
			},
			{
				displayName: 'Include Other Models',
				name: 'allModels',
				type: 'boolean',
				default: false,
				description:
					'Whether to return the jobs of all models of the account, not only those of MiniMax Hailuo',
			},
			...modelFilters,
			{
				displayName: 'Status',
				name: 'status',
				type: 'options',
				options: STATUSES,
				default: 'completed',
				description: 'Only jobs with this status',
			},
		],
		displayOptions: { show },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: OPTION_LABELS.includeInput,
				name: 'includeInput',
				type: 'boolean',
				default: false,
				description:
					"Whether to add the input of each job (prompt, pictures, settings), under the provider's own names. Helps to find a job whose ID was lost.",
			},
		],
		displayOptions: { show },
	},
];

/** The provider's history, newest first: one item per job. */
export const getManyJobs: Operation = {
	value: 'getAll',
	name: 'Get Many',
	description: 'Get many jobs of the account, newest first',
	action: 'Get many jobs',
	offered: ({ list }) => list !== undefined,

	async run(context) {
		const session = await openSession(context);
		const outcomes = await runBatch(
			context.getInputData(),
			async (_input, item) => await history(context, session, item),
			{
				concurrency: LIST_CONCURRENCY,
				stopOnError: !context.continueOnFail(),
				signal: session.signal,
			},
		);
		return outcomes.map((outcome, item) => ({ ...outcome, item }));
	},
};

async function history(
	context: IExecuteFunctions,
	session: Session,
	item: number,
): Promise<INodeExecutionData[]> {
	const { filter, wanted, limit, includeInput } = readAsked(context, session, item);
	const found = new Map<string, HistoryJob>();
	const seen = new Set<string>();
	const list: ListJobs = async (page) =>
		await withRetry(session, async () => await session.provider.list!(session.http, page));
	for await (const { jobs } of historyPages(list, filter, MAX_PAGES)) {
		const before = seen.size;
		for (const job of jobs) {
			// Jobs that are submitted meanwhile move known ones to the next page.
			seen.add(job.jobId);
			if (wanted(job) && found.size < limit) found.set(job.jobId, job);
		}
		// A page with nothing new: a history that repeats its pages must not block the run. A page from which the
		// provider's filter removed all jobs does not count as such.
		if (found.size >= limit || (jobs.length > 0 && seen.size === before)) break;
	}
	return [...found.values()].map((job) => ({
		json: { ...jobJson(job), ...(includeInput ? { input: readable(job.input ?? {}) } : {}) },
	}));
}

const FILTER_LABELS = {
	createdAfter: 'Created After',
	createdBefore: 'Created Before',
	allModels: 'Include Other Models',
	model: 'Model',
	status: 'Status',
} as const;

function readAsked(context: IExecuteFunctions, { provider }: Session, item: number) {
	const filters = readCollection(context, item, {
		name: 'filters',
		label: 'Filters',
		labels: FILTER_LABELS,
	});
	const options = readCollection(context, item, OPTIONS);
	const read = (name: string, label: string, fallback: unknown) =>
		readField(context, item, name, label, { fallback });
	const returnAll = asSwitch(read('returnAll', 'Return All', false), 'Return All') === true;
	const limit = returnAll ? Infinity : asAmount(read('limit', 'Limit', 50), 0);
	if (!(limit >= 1))
		throw new FieldError('Limit', 'must be a whole number of at least 1', 'Enter a whole number');
	const zone = context.getTimezone();
	const given = asText(filters.model, FILTER_LABELS.model)?.trim() ?? '';
	const model = modelNamed(provider.id, given)?.id ?? given;
	const status = asChoice(filters.status, FILTER_LABELS.status, STATUSES);
	const allModels = asSwitch(filters.allModels, FILTER_LABELS.allModels) === true;
	const includeInput = asSwitch(options.includeInput, OPTION_LABELS.includeInput) === true;
	const filter: Omit<HistoryFilter, 'page' | 'pageSize'> = {
		...(model ? { model } : {}),
		...(status ? { status } : {}),
		createdAfter: toIso(filters.createdAfter, zone, FILTER_LABELS.createdAfter),
		createdBefore: toIso(filters.createdBefore, zone, FILTER_LABELS.createdBefore),
		withInputs: includeInput,
	};
	// Not every provider filters by time.
	const isEarly = ({ createdAt }: HistoryJob) =>
		!(Date.parse(createdAt) > Date.parse(filter.createdBefore ?? ''));
	const ours = (job: HistoryJob) =>
		isEarly(job) && (model !== '' || allModels || isHailuo(job.model));
	return {
		filter,
		limit: Math.floor(limit),
		includeInput,
		wanted: ours,
	};
}

/** Pictures as text are megabytes that nobody needs. */
const readable = (input: Record<string, unknown>): IDataObject =>
	Object.fromEntries(
		Object.entries(input).map(([name, value]) => [
			name,
			typeof value === 'string' && value.length > MAX_INPUT_LENGTH
				? `${value.slice(0, 40)}… (${value.length} characters)`
				: (value as IDataObject[string]),
		]),
	);
