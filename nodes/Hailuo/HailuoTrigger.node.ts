import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { allBut } from './providers';
import { credentialTest } from './methods/credentialTest';
import { properties } from './trigger/properties';
import { pollNode } from './trigger/run';

export class HailuoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hailuo Trigger',
		name: 'hailuoTrigger',
		icon: {
			light: 'file:../../icons/hailuoTrigger.svg',
			dark: 'file:../../icons/hailuoTrigger.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ completed: "Job Completed", failed: "Job Failed", either: "Job Completed or Failed" })[$parameter["event"]] }}',
		// For both nodes: n8n shows them as one entry in its list of nodes, with the description of the trigger.
		description: 'Make videos with MiniMax Hailuo, or start a workflow when one is finished',
		defaults: { name: 'Hailuo Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'hailuoWaveSpeedApi',
				required: true,
				testedBy: 'hailuoWaveSpeedApiTest',
				displayOptions: { hide: { provider: allBut('waveSpeed') } },
			},
			{
				name: 'hailuoVtrixApi',
				required: true,
				testedBy: 'hailuoVtrixApiTest',
				displayOptions: { hide: { provider: allBut('vtrix') } },
			},
			{
				name: 'hailuoMiniMaxApi',
				required: true,
				testedBy: 'hailuoMiniMaxApiTest',
				displayOptions: { hide: { provider: allBut('miniMax') } },
			},
		],
		// A copy: n8n adds its own fields to this list each time that it reloads the package.
		properties: [...properties],
	};

	methods = { credentialTest };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollNode(this);
	}
}
