import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Keys are bound to the region. For `baseUrl` and `customBaseUrl` see HailuoVtrixApi. */
export class HailuoMiniMaxApi implements ICredentialType {
	name = 'hailuoMiniMaxApi';

	displayName = 'Hailuo MiniMax API';

	icon: Icon = { light: 'file:../icons/miniMax.svg', dark: 'file:../icons/miniMax.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-hailuo/n8n-nodes-hailuo#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'Global', value: 'global', description: 'Address api.minimax.io' },
				{ name: 'Mainland China', value: 'china', description: 'Address api.minimax.cn' },
				{
					name: 'Mainland China (Older Address)',
					value: 'mainland',
					description: 'Address api.minimaxi.com',
				},
				{ name: 'Other Address', value: 'other', description: 'Type the address yourself' },
			],
			default: 'global',
			description: 'Where your API key was created. A key works only in its own region.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Created on the MiniMax platform of the region selected above',
		},
		{
			displayName: 'Base URL',
			name: 'customBaseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://api.minimax.io',
			description: 'Address of the API, without <code>/v1</code> at the end',
			displayOptions: { show: { region: ['other'] } },
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'hidden',
			default:
				'={{ $self["region"] === "other" ? $self["customBaseUrl"] : $self["region"] === "china" ? "https://api.minimax.cn" : $self["region"] === "mainland" ? "https://api.minimaxi.com" : "https://api.minimax.io" }}',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};
}
