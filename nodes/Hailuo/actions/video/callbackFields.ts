import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { modelsFor, modelsOf, OPERATION_NAMES, VIDEO_OPERATIONS } from '../../models/catalogue';
import { providerOf, providers } from '../../providers';
import { MAX_LIMIT_MINUTES } from '../../n8n/fieldValues';
import { OPTION_LABELS } from '../../n8n/optionLabels';
import { finishFields, optionsField, submitOptions } from '../../n8n/options';
import { videoFields } from './fields';

/** n8n checks the signature of a resume address only where the operation has this value (docs/n8n.md 4). */
export const SEND_AND_WAIT = 'sendAndWait';

/** The field that says what kind of video to make. */
export const FROM = 'generateFrom';

const calling = providers.filter((provider) => providerOf(provider).callsBack);

/** The IDs of the models whose API supports callbacks. */
const callingModels = new Set(
	calling.flatMap((provider) =>
		modelsOf(provider)
			.filter(({ api }) => providerOf(provider).callsBack?.(api))
			.map(({ id }) => id),
	),
);

/**
 * The same field, shown if its video operation is chosen as the kind of video, and only for models whose API supports
 * callbacks.
 */
export function forCallback(field: INodeProperties): INodeProperties[] {
	const show = field.displayOptions?.show ?? {};
	const operations = VIDEO_OPERATIONS.filter((operation) => show.operation?.includes(operation));
	const fieldProviders = calling.filter((provider) => show.provider?.includes(provider));
	const models = show.model?.filter((id) => callingModels.has(String(id)));
	if (operations.length === 0 || fieldProviders.length === 0 || models?.length === 0) return [];
	const options =
		field.name === 'model'
			? (field.options as INodePropertyOptions[]).filter(({ value }) =>
					callingModels.has(String(value)),
				)
			: field.options;
	return [
		{
			...field,
			...(options ? { options } : {}),
			displayOptions: {
				...field.displayOptions,
				show: {
					...show,
					operation: [SEND_AND_WAIT],
					[FROM]: operations,
					provider: fieldProviders,
					...(models ? { model: models } : {}),
				},
			},
		},
	];
}

const shown = { show: { resource: ['video'], operation: [SEND_AND_WAIT], provider: calling } };

const fromField: INodeProperties = {
	displayName: 'Kind of Video',
	name: FROM,
	type: 'options',
	noDataExpression: true,
	options: VIDEO_OPERATIONS.flatMap((value) => {
		const able = calling.filter((provider) =>
			modelsFor(provider, value).some(({ id }) => callingModels.has(id)),
		);
		if (able.length === 0) return [];
		const option = { name: OPERATION_NAMES[value], value };
		const isAll = able.length === calling.length;
		return isAll ? [option] : [{ ...option, displayOptions: { show: { provider: able } } }];
	}),
	default: 'imageToVideo',
	description: 'What to make the video from',
	displayOptions: shown,
};

const noticeField: INodeProperties = {
	displayName:
		'The execution sleeps until the provider calls back, and continues when all jobs have ended. n8n must be reachable from the internet (WEBHOOK_URL). All jobs are output, including failed ones: check their status.',
	name: 'callbackNotice',
	type: 'notice',
	default: '',
	displayOptions: shown,
};

const waitLimitOption: INodeProperties = {
	displayName: OPTION_LABELS.timeLimit,
	name: 'timeLimit',
	type: 'number',
	typeOptions: { minValue: 2, maxValue: MAX_LIMIT_MINUTES, numberPrecision: 0 },
	default: 60,
	description:
		'When to continue without the callback. The items then show the jobs as submitted: get their videos with Job: Wait.',
};

/** Read once for all items when the execution continues: then the fields of an item are no longer available. */
const outputOptions = finishFields(true).map((option) => ({
	...option,
	noDataExpression: true,
}));

export const callbackFields: INodeProperties[] = calling.length
	? [
			noticeField,
			fromField,
			...videoFields.flatMap(forCallback),
			optionsField([...outputOptions, waitLimitOption, ...submitOptions], shown),
		]
	: [];
