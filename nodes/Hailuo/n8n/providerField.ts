import type { INodeProperties } from 'n8n-workflow';
import { catalogueOf } from '../models/catalogue';
import { providers } from '../providers';

const [firstProvider] = providers;

/** With only one provider there is nothing to choose, but the display rules of the fields still need the value. */
export const providerField: INodeProperties =
	providers.length > 1
		? {
				displayName: 'Provider',
				name: 'provider',
				type: 'options',
				noDataExpression: true,
				options: providers.map((value) => ({
					name: catalogueOf(value).name,
					value,
					description: catalogueOf(value).description,
				})),
				default: firstProvider,
				description: 'The service that makes the video, where you have an account',
			}
		: { displayName: 'Provider', name: 'provider', type: 'hidden', default: firstProvider };
