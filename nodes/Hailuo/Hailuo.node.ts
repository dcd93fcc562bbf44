import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { properties, subtitle } from './actions/properties';
import { route } from './actions/router';
import { resume, resumeWebhooks } from './actions/video/resume';
import { allBut } from './providers';
import { credentialTest } from './methods/credentialTest';

export class Hailuo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo',
		name: 'hailuo',
		icon: { light: 'file:../../icons/hailuo.svg', dark: 'file:../../icons/hailuo.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle,
		description: 'Make videos with MiniMax Hailuo from text or pictures',
		defaults: { name: 'Hailuo' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		webhooks: resumeWebhooks,
		// Join calls no provider. A credential is hidden if any of the entries matches.
		credentials: [
			{
				name: 'hailuoWaveSpeedApi',
				required: true,
				testedBy: 'hailuoWaveSpeedApiTest',
				displayOptions: { hide: { provider: allBut('waveSpeed'), operation: ['join'] } },
			},
			{
				name: 'hailuoVtrixApi',
				required: true,
				testedBy: 'hailuoVtrixApiTest',
				displayOptions: { hide: { provider: allBut('vtrix'), operation: ['join'] } },
			},
			{
				name: 'hailuoMiniMaxApi',
				required: true,
				testedBy: 'hailuoMiniMaxApiTest',
				displayOptions: { hide: { provider: allBut('miniMax'), operation: ['join'] } },
			},
		],
		properties,
	};

	methods = { credentialTest };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
	/** The provider's callback of 'Generate and Resume by Callback'. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resume(this);
	}
}
