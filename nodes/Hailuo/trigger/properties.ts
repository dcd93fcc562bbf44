import type { INodeProperties } from 'n8n-workflow';
import { OPTION_LABELS } from '../n8n/optionLabels';
import { finishFields, optionsField } from '../n8n/options';
import { providerField } from '../n8n/providerField';
import { sortedBy } from '../n8n/sorted';
import { PROVIDER_NAMES } from '../models/catalogue';
import { pricedModels } from '../models/price';
import type { ProviderId } from '../providers/modelTypes';
import { providerOf, providers } from '../providers';

const hasHistory = (id: ProviderId) => providerOf(id).list !== undefined;
const withHistory = providers.filter(hasHistory);
const withoutHistory = providers.filter((id) => !hasHistory(id));
/** Providers whose list shows only some of the jobs. */
const withPartOfHistory = withHistory.filter((id) => providerOf(id).listsJobsOf?.() === false);

/** Only an edition with such a provider has the field. */
const shownFor = (ids: readonly ProviderId[], fields: INodeProperties[]): INodeProperties[] =>
	ids.length === 0
		? []
		: fields.map((field) => ({
				...field,
				displayOptions: { show: { ...field.displayOptions?.show, provider: [...ids] } },
			}));

const eventField: INodeProperties = {
	displayName: 'Trigger On',
	name: 'event',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Job Completed',
			value: 'completed',
			description: 'A video is finished',
		},
		{
			name: 'Job Completed or Failed',
			value: 'either',
			description: 'A job has ended, with or without a video',
		},
		{
			name: 'Job Failed',
			value: 'failed',
			description: 'A job has ended without a video, or was cancelled',
		},
	],
	default: 'completed',
};

/** For providers without a list of jobs. */
const jobIdFields = withoutHistory.flatMap((id): INodeProperties[] =>
	shownFor(
		[id],
		[
			{
				displayName: `${PROVIDER_NAMES[id]} has no list of jobs, so this trigger watches only the job IDs that you enter. For a job submitted by the same workflow, let the Hailuo node wait, or use its operation Job: Wait.`,
				name: `${id}Notice`,
				type: 'notice',
				default: '',
			},
		],
	),
);

/** For providers whose list shows only some of the jobs. */
const partNotices = withPartOfHistory.flatMap((id): INodeProperties[] =>
	shownFor(
		[id],
		[
			{
				displayName: `The list of ${PROVIDER_NAMES[id]} shows only jobs of Hailuo 3: these are found automatically. To watch jobs of older models, enter their IDs.`,
				name: `${id}Notice`,
				type: 'notice',
				default: '',
			},
		],
	),
);

const jobIdsField: INodeProperties = {
	displayName: 'Job IDs',
	name: 'jobIds',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. d758n65e878c73cmdg20',
	description:
		'The jobs to watch: their IDs, separated by commas or line breaks, or an expression that gives a list. Each job is emitted once; remove the IDs that are done.',
};

const historyFields: INodeProperties[] = [
	{
		displayName: 'Jobs Made',
		name: 'made',
		type: 'options',
		options: [
			{
				name: 'From Now On',
				value: 'activation',
				description: 'Ignore all jobs made before the workflow is activated',
			},
			{
				name: 'In the Last Days Too',
				value: 'lastDays',
				description: 'Also include jobs made in the days before',
			},
		],
		default: 'activation',
		description:
			'Which jobs to start with. This applies when the workflow is first activated (published); after a pause it continues where it stopped.',
	},
	{
		displayName: 'Days',
		name: 'days',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 7, numberPrecision: 0 },
		default: 1,
		description: 'How many days to look back. The history shows the last 7 days.',
		displayOptions: { show: { made: ['lastDays'] } },
	},
	{
		displayName: 'Only Hailuo Models',
		name: 'onlyHailuo',
		type: 'boolean',
		default: true,
		description:
			'Whether to ignore jobs of other models. Jobs of the account are found no matter how they were made: with the Hailuo node, on the website, or by another program.',
	},
];

const modelFields = withHistory.flatMap((id) =>
	shownFor(
		[id],
		[
			{
				displayName: 'Models',
				name: 'models',
				type: 'multiOptions',
				options: sortedBy(pricedModels(id), ({ name }) => name).map(({ name, id: value }) => ({
					name,
					value,
				})),
				default: [],
				description: 'Only jobs of these models. Leave it empty for all models.',
				displayOptions: { show: { onlyHailuo: [true] } },
			},
		],
	),
);

const attemptsOption: INodeProperties = {
	displayName: OPTION_LABELS.downloadAttempts,
	name: 'downloadAttempts',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 20, numberPrecision: 0 },
	default: 3,
	description:
		'How many polls try to download a video. After that, the workflow starts with the address of the video and a warning.',
};

export const properties: INodeProperties[] = [
	providerField,
	...jobIdFields,
	...partNotices,
	eventField,
	...shownFor(withoutHistory, [{ ...jobIdsField, required: true }]),
	...shownFor(withPartOfHistory, [
		{
			...jobIdsField,
			description:
				'The jobs to watch: their IDs, separated by commas or line breaks, or an expression that gives a list. Only these jobs are then watched. Leave it empty to find all jobs of Hailuo 3.',
		},
	]),
	...shownFor(withHistory, historyFields),
	...modelFields,
	optionsField([...finishFields(true), attemptsOption], undefined),
];
