import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../edition';
import { modelsFor, OPERATION_NAMES, PROVIDER_NAMES, VIDEO_OPERATIONS } from '../models/catalogue';
import type { ProviderId, VideoOperation } from '../models/types';
import { optionsField, videoOptions } from './options';
import { videoFields } from './video/fields';

const PROVIDER_HELP: Record<ProviderId, string> = {
	waveSpeed: 'The whole Hailuo family, one price a video',
	vtrix: 'One gateway under two names',
	miniMax: 'The makers of Hailuo themselves',
};

const [firstProvider] = providers;

/** A build with one provider has no choice to show, but the fields still hang on the value. */
const providerField: INodeProperties =
	providers.length > 1
		? {
				displayName: 'Provider',
				name: 'provider',
				type: 'options',
				noDataExpression: true,
				options: providers.map((value) => ({
					name: PROVIDER_NAMES[value],
					value,
					description: PROVIDER_HELP[value],
				})),
				default: firstProvider,
				description: 'Who makes the video, and with whom you have an account',
			}
		: { displayName: 'Provider', name: 'provider', type: 'hidden', default: firstProvider };

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [{ name: 'Video', value: 'video' }],
	default: 'video',
};

const VIDEO_OPTIONS: Record<VideoOperation, { description: string; action: string }> = {
	textToVideo: {
		description: 'Make a video from a description',
		action: 'Make video from text',
	},
	imageToVideo: {
		description: 'Make a video that begins with a picture',
		action: 'Make video from image',
	},
	firstLastFrameToVideo: {
		description: 'Make a video that leads from one picture to another',
		action: 'Make video from first and last frame',
	},
};

/** One list of operations for each provider, because not every provider can do all of them. */
const videoOperationFields: INodeProperties[] = providers.map(
	(provider): INodeProperties => ({
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: VIDEO_OPERATIONS.filter((value) => modelsFor(provider, value).length > 0)
			.map((value) => ({ name: OPERATION_NAMES[value], value, ...VIDEO_OPTIONS[value] }))
			.sort((a, b) => a.name.localeCompare(b.name)),
		default: 'imageToVideo',
		displayOptions: { show: { resource: ['video'], provider: [provider] } },
	}),
);

const continueField: INodeProperties = {
	displayName: 'Continue When',
	name: 'continueWhen',
	type: 'options',
	options: [
		{
			name: 'Video Is Finished',
			value: 'finished',
			description: 'Wait for the video and put it into the item',
		},
		{
			name: 'Job Is Submitted',
			value: 'submitted',
			description:
				'Go on at once with the job ID; get the video later with Job: Wait or the Hailuo Trigger',
		},
	],
	default: 'finished',
	description: 'When the workflow goes on with the next node',
	displayOptions: { show: { resource: ['video'], operation: [...VIDEO_OPERATIONS] } },
};

export const properties: INodeProperties[] = [
	providerField,
	resourceField,
	...videoOperationFields,
	...videoFields,
	continueField,
	optionsField(videoOptions, {
		show: { resource: ['video'], operation: [...VIDEO_OPERATIONS] },
	}),
];
