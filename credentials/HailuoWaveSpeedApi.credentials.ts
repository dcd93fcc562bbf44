import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * The test is the node's (`testedBy`), not a `test` here: n8n's declarative test knows only exact status
 * codes and exact values, says `ECONNREFUSED` when nothing answers, and takes any web page for a success.
 */
export class HailuoWaveSpeedApi implements ICredentialType {
	name = 'hailuoWaveSpeedApi';

	displayName = 'Hailuo WaveSpeed API';

	icon: Icon = { light: 'file:../icons/waveSpeed.svg', dark: 'file:../icons/waveSpeed.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-hailuo/n8n-nodes-hailuo#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Created at <a href="https://wavespeed.ai/accesskey" target="_blank">wavespeed.ai/accesskey</a>. A key created before the first top-up does not work until you top up the account.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.wavespeed.ai/api/v3',
			placeholder: 'e.g. https://api.wavespeed.ai/api/v3',
			description: 'Address of the API. Change it only if your requests go through a gateway.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};
}
