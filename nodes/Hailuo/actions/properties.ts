import type { INodeProperties } from 'n8n-workflow';
import { VIDEO_OPERATIONS } from '../models/catalogue';
import type { ProviderId } from '../providers/modelTypes';
import { providerOf, providers } from '../providers';
import { getAllFields } from './job/getAll.operation';
import { getFields } from './job/get.operation';
import { jobIdField } from '../n8n/jobIds';
import { waitFields } from './job/wait.operation';
import type { Operation, Resource } from './operation';
import { operations } from './operations';
import { optionsField, videoOptions } from '../n8n/options';
import { providerField } from '../n8n/providerField';
import { callbackFields } from './video/callbackFields';
import { joinFields } from './video/join.operation';
import { videoFields } from './video/fields';
import { CONTINUE_WHEN } from './video/fields/continueWhen';

/**
 * The lists contain only what the provider can do: an entry that not all providers can do is shown only for those that
 * can.
 */
const shownFor = (can: (provider: ProviderId) => boolean) =>
	providers.every(can) ? {} : { displayOptions: { show: { provider: providers.filter(can) } } };

const RESOURCE_NAMES: Record<Resource, string> = { video: 'Video', job: 'Job', account: 'Account' };

const offeredBy = (list: readonly Operation[]) => (provider: ProviderId) =>
	list.some((operation) => operation.offered(providerOf(provider)));

/** The most common operations come first, here and in n8n's list of actions. */
const offeredResources = (Object.keys(RESOURCE_NAMES) as Resource[]).filter((resource) =>
	providers.some(offeredBy(operations[resource])),
);

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: offeredResources.map((value) => ({
		name: RESOURCE_NAMES[value],
		value,
		...shownFor(offeredBy(operations[value])),
	})),
	default: 'video',
};

const DEFAULT_OPERATIONS: Record<Resource, string> = {
	account: 'getBalance',
	job: 'get',
	video: 'imageToVideo',
};

/** One list for each resource: n8n's panel of actions and an agent's tool description use the first one they find. */
const operationFields = offeredResources.map((resource): INodeProperties => {
	const first = DEFAULT_OPERATIONS[resource];
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: operations[resource]
			.filter((operation) => providers.some(offeredBy([operation])))
			.map((operation) => {
				const { name, value, description, action } = operation;
				return { name, value, description, action, ...shownFor(offeredBy([operation])) };
			}),
		default: first,
		displayOptions: { show: { resource: [resource] } },
	};
});

/** What the canvas shows below the name of the node, e.g. `Image to Video` or `Job: Wait`, as in messages. */
export const subtitle = `={{ (${JSON.stringify(
	Object.fromEntries(
		offeredResources.flatMap((resource) =>
			operations[resource].map(({ value, name }) => [
				value,
				resource === 'video' ? name : `${RESOURCE_NAMES[resource]}: ${name}`,
			]),
		),
	),
)})[$parameter["operation"]] }}`;

const continueField: INodeProperties = {
	displayName: 'Continue When',
	name: 'continueWhen',
	type: 'options',
	options: [...CONTINUE_WHEN],
	default: 'finished',
	description: 'When the workflow continues with the next node',
	displayOptions: { show: { resource: ['video'], operation: [...VIDEO_OPERATIONS] } },
};

export const properties: INodeProperties[] = [
	// Join calls no provider.
	{ ...providerField, displayOptions: { hide: { operation: ['join'] } } },
	resourceField,
	...operationFields,
	jobIdField,
	...videoFields,
	continueField,
	optionsField(videoOptions, {
		show: { resource: ['video'], operation: [...VIDEO_OPERATIONS] },
	}),
	...callbackFields,
	...joinFields,
	...getFields,
	...waitFields,
	...getAllFields,
];
