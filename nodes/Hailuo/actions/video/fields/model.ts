import type { INodeProperties } from 'n8n-workflow';
import {
	defaultModel,
	modelsFor,
	modelSummary,
	pricesAsOf,
	VIDEO_OPERATIONS,
} from '../../../models/catalogue';
import { FIELD_LABELS } from '../../../models/fieldError';
import { providers } from '../../../providers';
import { pricedModels, pricedSummary } from '../../../models/price';
import type { ProviderId } from '../../../providers/modelTypes';
import { fieldAt, pricePlaces } from '../showFor';
import { withPrice } from './places';

/** Explains the prices in the list of models. */
function modelHelp(provider: ProviderId): string {
	const asOf = pricesAsOf(provider);
	return asOf ? `Newest first. Prices are list prices of ${asOf}, for one video.` : 'Newest first';
}

/** The list of models of each provider under each operation. */
export const modelFields: INodeProperties[] = providers.flatMap((provider) =>
	VIDEO_OPERATIONS.filter((operation) => modelsFor(provider, operation).length > 0).map(
		(operation): INodeProperties => ({
			displayName: 'Model',
			name: 'model',
			type: 'options',
			options: modelsFor(provider, operation).map((model) => ({
				name: model.name,
				value: model.id,
				description: modelSummary(model, operation),
			})),
			default: defaultModel(provider, operation),
			description: modelHelp(provider),
			displayOptions: {
				show: { resource: ['video'], operation: [operation], provider: [provider] },
			},
		}),
	),
);

/** For each provider, the list of models with a price query. */
export const pricedModelFields: INodeProperties[] = providers
	.filter((provider) => pricePlaces.some((place) => place.provider === provider))
	.map((provider) => ({
		displayName: 'Model',
		name: 'model',
		type: 'options',
		options: pricedModels(provider).map((model) => ({
			name: model.name,
			value: model.id,
			description: pricedSummary(model),
		})),
		default: defaultModel(provider, 'imageToVideo'),
		displayOptions: {
			show: { resource: ['video'], operation: ['getPrice'], provider: [provider] },
		},
	}));

/** Fields that only a custom model has: its ID comes first, its other parameters come last. */
export const customModelFields = fieldAt(
	withPrice,
	({ model: { custom } }) =>
		custom && {
			displayName: FIELD_LABELS.customModel,
			name: 'customModel',
			type: 'string',
			default: '',
			// Not `required`: if the model is an expression, n8n shows every field and would demand this one.
			placeholder: `e.g. ${custom.example}`,
			description: "The provider's own ID of the model, as in its API documentation",
		},
);

export const additionalFields = fieldAt(
	withPrice,
	({ model }) =>
		model.custom && {
			displayName: FIELD_LABELS.additionalFields,
			name: 'additionalFields',
			type: 'json',
			typeOptions: { rows: 5 },
			default: '{}',
			description:
				'All other parameters of the model as a JSON object, e.g. {"duration": 6, "resolution": "768p"}. They override the fields above.',
			hint: 'Sent unchanged. The node does not check them and does not know the price: read the page of the model first.',
		},
);
