import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { properties } from './actions/properties';
import { route } from './actions/router';
import * as credentialTest from './methods/credentialTest';

export class Hailuo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo',
		name: 'hailuo',
		icon: { light: 'file:../../icons/hailuo.svg', dark: 'file:../../icons/hailuo.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Make videos with MiniMax Hailuo from text or pictures',
		defaults: { name: 'Hailuo' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'hailuoWaveSpeedApi',
				required: true,
				testedBy: 'hailuoWaveSpeedApiTest',
				displayOptions: { show: { provider: ['waveSpeed'] } },
			},
			{
				name: 'hailuoVtrixApi',
				required: true,
				testedBy: 'hailuoVtrixApiTest',
				displayOptions: { show: { provider: ['vtrix'] } },
			},
			{
				name: 'hailuoMiniMaxApi',
				required: true,
				testedBy: 'hailuoMiniMaxApiTest',
				displayOptions: { show: { provider: ['miniMax'] } },
			},
		],
		properties,
	};

	methods = { credentialTest };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}
