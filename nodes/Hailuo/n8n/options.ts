import type { INodeProperties } from 'n8n-workflow';
import { fieldOf, models, VIDEO_OPERATIONS } from '../models/catalogue';
import { FIELD_LABELS } from '../models/fieldError';
import type { FieldName } from '../providers/modelTypes';
import { providerOf, providers } from '../providers';
import { MAX_LIMIT_MINUTES, MAX_PRICE } from './fieldValues';
import { OPTION_LABELS } from './optionLabels';
import { DEFAULT_LIMIT_MINUTES } from './finishOptions';
import { sortedBy } from './sorted';

/**
 * What whatever may deliver a video has in common: the video operations, Job: Get, Job: Wait, the callback operation
 * (callbackFields.ts) and the trigger (trigger/properties.ts). `finishOptions.ts` reads the values.
 *
 * @param byDefault whether the video is downloaded by default
 */
export function finishFields(byDefault: boolean): INodeProperties[] {
	const type = 'boolean';
	const download: INodeProperties = {
		displayName: OPTION_LABELS.download,
		name: 'download',
		type,
		default: byDefault,
		description:
			'Whether to put the video into the item as a file for the next nodes. If off, the item has only the address, which expires. An AI agent always gets only the address.',
	};
	return [
		download,
		{
			displayName: OPTION_LABELS.outputField,
			name: 'outputField',
			type: 'string',
			default: 'data',
			hint: 'The name of the output field to put the video in',
			displayOptions: byDefault ? { hide: { download: [false] } } : { show: { download: [true] } },
		},
	];
}

export const timeLimitOption: INodeProperties = {
	displayName: OPTION_LABELS.timeLimit,
	name: 'timeLimit',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_LIMIT_MINUTES, numberPrecision: 0 },
	default: DEFAULT_LIMIT_MINUTES,
	description:
		'How long to wait for each job. A job that takes longer continues at the provider: get its video with Job: Wait.',
};

export const concurrencyOption = (byDefault: number, description: string): INodeProperties => ({
	displayName: OPTION_LABELS.maxConcurrent,
	name: 'maxConcurrent',
	type: 'number',
	typeOptions: { minValue: 1, numberPrecision: 0 },
	default: byDefault,
	description,
});

/** Only if the provider reports a price before a job. */
const maxPriceOption: INodeProperties = {
	displayName: MAX_PRICE,
	name: 'maxPrice',
	type: 'number',
	typeOptions: { minValue: 0.01, numberPrecision: 2 },
	default: 0.5,
	description:
		'The highest price of a video. The node first asks the provider for the price. Jobs that cost more, or whose price the provider does not report, are not submitted.',
	displayOptions: {
		show: { '/provider': providers.filter((provider) => providerOf(provider).quote) },
	},
};

const submitsPerMinuteOption: INodeProperties = {
	displayName: OPTION_LABELS.submitsPerMinute,
	name: 'submitsPerMinute',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 0 },
	default: 5,
	description:
		'How many jobs to submit per minute; 0 means no limit. The default suits a small account.',
};

const batchOptions: INodeProperties[] = [
	concurrencyOption(
		3,
		'How many jobs may run in parallel when there are many items. The default suits a small account.',
	),
	submitsPerMinuteOption,
];

/** Fields of a model that few people need. */
const rareFields: Array<INodeProperties & { name: FieldName }> = [
	{
		displayName: FIELD_LABELS.callbackUrl,
		name: 'callbackUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/hook',
		description: 'A public address that the provider calls when the status of the job changes',
	},
	{
		displayName: FIELD_LABELS.fastPretreatment,
		name: 'fastPretreatment',
		type: 'boolean',
		default: false,
		description: 'Whether to spend less time rewriting the prompt. Needs Prompt Expansion.',
	},
	{
		displayName: FIELD_LABELS.watermark,
		name: 'watermark',
		type: 'boolean',
		default: false,
		description: 'Whether to add a watermark that marks the video as made by AI',
	},
];

/**
 * The options above, each shown for the models and operations that have it. Models with the same operations share an
 * entry. An edition without such a model has no entry.
 */
const modelOptions: INodeProperties[] = rareFields.flatMap((field) => {
	const groups = new Map<string, string[]>();
	for (const model of models) {
		const taken = VIDEO_OPERATIONS.filter(
			(operation) => model.operations[operation] && fieldOf(model, operation, field.name),
		);
		const limits = model.fields[field.name]?.only ? taken : [];
		const group = JSON.stringify(limits);
		if (taken.length) groups.set(group, [...(groups.get(group) ?? []), model.id]);
	}
	return [...groups].map(([limits, ids]) => {
		const operations = JSON.parse(limits) as string[];
		const show = { '/model': ids, ...(operations.length ? { '/operation': operations } : {}) };
		return { ...field, displayOptions: { show } };
	});
});

/** A collection named `options`, its entries in the order of their labels. */
export function optionsField(
	entries: readonly INodeProperties[],
	displayOptions: INodeProperties['displayOptions'],
): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: sortedBy(entries, ({ displayName }) => displayName),
		displayOptions,
	};
}

const priceOptions = providers.some((provider) => providerOf(provider).quote)
	? [maxPriceOption]
	: [];

export const videoOptions: INodeProperties[] = [
	...finishFields(true),
	timeLimitOption,
	...batchOptions,
	...priceOptions,
	...modelOptions,
];

/** For an operation that submits without waiting; it sets the callback URL itself. */
export const submitOptions: INodeProperties[] = [
	submitsPerMinuteOption,
	...priceOptions,
	...modelOptions.filter(
		({ name, displayOptions }) => name !== 'callbackUrl' && !displayOptions?.show?.['/operation'],
	),
];
