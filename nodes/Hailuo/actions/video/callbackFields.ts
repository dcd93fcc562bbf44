import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../../edition';
import { OPERATION_NAMES, VIDEO_OPERATIONS } from '../../models/catalogue';
import { providerOf } from '../../providers';
import { downloadOptions, optionsField, submitOptions } from '../options';
import { videoFields } from './fields';

/** n8n checks the signature of a resume address only where the operation has this value (N8N-FACTS section 4). */
export const SEND_AND_WAIT = 'sendAndWait';

const FROM = 'generateFrom';

const calling = providers.filter((provider) => providerOf(provider).callsBack);

/** The same field, shown when its video operation is chosen as what to generate. */
function forCallback(field: INodeProperties): INodeProperties[] {
	const show = field.displayOptions?.show ?? {};
	const operations = VIDEO_OPERATIONS.filter((operation) => show.operation?.includes(operation));
	const fieldProviders = calling.filter((provider) => show.provider?.includes(provider));
	if (operations.length === 0 || fieldProviders.length === 0) return [];
	return [
		{
			...field,
			displayOptions: {
				...field.displayOptions,
				show: {
					...show,
					operation: [SEND_AND_WAIT],
					[FROM]: operations,
					provider: fieldProviders,
				},
			},
		},
	];
}

const shown = { show: { resource: ['video'], operation: [SEND_AND_WAIT], provider: calling } };

const fromField: INodeProperties = {
	displayName: 'Generate From',
	name: FROM,
	type: 'options',
	noDataExpression: true,
	options: VIDEO_OPERATIONS.map((value) => ({ name: OPERATION_NAMES[value], value })),
	default: 'imageToVideo',
	description: 'What kind of video to make',
	displayOptions: shown,
};

const noticeField: INodeProperties = {
	displayName:
		'The execution waits without using memory, and goes on when the provider calls n8n back. n8n must be reachable from the internet for that (WEBHOOK_URL). All jobs come out, also those that did not succeed: look at their status.',
	name: 'callbackNotice',
	type: 'notice',
	default: '',
	displayOptions: shown,
};

const waitLimitOption: INodeProperties = {
	displayName: 'Time Limit (Minutes)',
	name: 'timeLimit',
	type: 'number',
	typeOptions: { minValue: 2, numberPrecision: 0 },
	default: 60,
	description:
		'When to go on without the callback. The items then hold the jobs as they were submitted: get their videos with Job: Wait.',
};

export const callbackFields: INodeProperties[] = calling.length
	? [
			fromField,
			noticeField,
			...videoFields.flatMap(forCallback),
			optionsField([...downloadOptions(true), waitLimitOption, ...submitOptions], shown),
		]
	: [];
