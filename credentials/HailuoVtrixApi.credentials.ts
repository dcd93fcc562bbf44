import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * Vtrix and SeaArt Cloud are one gateway under two brands, so one credential serves both.
 *
 * `baseUrl` is computed by n8n from the choice, so that `$credentials.baseUrl` is right whoever reads it.
 * What is typed has a name of its own: stored under `baseUrl` it would outlive a change of the choice.
 * A `baseUrl` given outright (over n8n's API) wins over the choice.
 */
export class HailuoVtrixApi implements ICredentialType {
	name = 'hailuoVtrixApi';

	displayName = 'Hailuo Vtrix / SeaArt API';

	icon: Icon = { light: 'file:../icons/vtrix.svg', dark: 'file:../icons/vtrix.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-hailuo/n8n-nodes-hailuo#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Service',
			name: 'brand',
			type: 'options',
			options: [
				{ name: 'Vtrix', value: 'vtrix', description: 'Address cloud.vtrix.ai' },
				{ name: 'SeaArt Cloud', value: 'seaArt', description: 'Address cloud.seaart.ai' },
				{ name: 'Other Address', value: 'other', description: 'Type the address yourself' },
			],
			default: 'vtrix',
			description: 'Where your API key was created',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Created in the console of the service selected above',
		},
		{
			displayName: 'Base URL',
			name: 'customBaseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://cloud.seaart.ai',
			description: 'Address of the gateway, without <code>/model/v1</code> at the end',
			displayOptions: { show: { brand: ['other'] } },
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'hidden',
			default:
				'={{ $self["brand"] === "other" ? $self["customBaseUrl"] : $self["brand"] === "seaArt" ? "https://cloud.seaart.ai" : "https://cloud.vtrix.ai" }}',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};
}
