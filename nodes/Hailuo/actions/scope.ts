import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { providers } from '../edition';
import { modelsFor } from '../models/catalogue';
import { allLengths, pricedModels } from '../models/price';
import type { Lengths, Model, ProviderId, VideoOperation } from '../models/types';
import { providerOf } from '../providers';

/** What a model is chosen for: to make a video, or to learn its price. */
export type VideoAction = VideoOperation | 'getPrice';

/** Where in the editor a field shows: for one model under one operation. */
export interface Place<Action extends VideoAction = VideoOperation> {
	provider: ProviderId;
	operation: Action;
	model: Model;
	/** What the model makes there. */
	lengths: Lengths;
}

/** Every model under every operation that it can do. */
export const places = (operations: readonly VideoOperation[]): Place[] =>
	providers.flatMap((provider) =>
		operations.flatMap((operation) =>
			modelsFor(provider, operation).map((model) => ({
				provider,
				operation,
				model,
				lengths: model.operations[operation]!,
			})),
		),
	);

/** Every model whose price can be asked for. */
export const pricePlaces: Array<Place<'getPrice'>> = providers
	.filter((provider) => providerOf(provider).quote)
	.flatMap((provider) =>
		pricedModels(provider).map((model) => ({
			provider,
			operation: 'getPrice',
			model,
			lengths: allLengths(model),
		})),
	);

type Show = NonNullable<IDisplayOptions['show']>;

export type Field = Omit<INodeProperties, 'displayOptions'> & { show?: Show };

/**
 * One field for many places: `build` says what it looks like in each (nothing where it does not show), and places
 * that agree are joined, so that each look becomes as few properties as displayOptions can express.
 */
export function fieldAt<Action extends VideoAction>(
	all: ReadonlyArray<Place<Action>>,
	build: (place: Place<Action>) => Field | undefined,
	scope: (operations: Action[]) => Show = (operation) => ({ operation }),
): INodeProperties[] {
	const looks = new Map<string, { field: Field; at: Array<Place<Action>> }>();
	for (const place of all) {
		const field = build(place);
		if (!field) continue;
		const look = JSON.stringify(field);
		const known = looks.get(look) ?? { field, at: [] };
		known.at.push(place);
		looks.set(look, known);
	}
	return [...looks.values()].flatMap(({ field: { show, ...property }, at }) =>
		joined(at).map(({ provider, operations, models }) => ({
			...property,
			displayOptions: {
				show: {
					resource: ['video'],
					...scope(operations),
					provider: [provider],
					model: models,
					...show,
				},
			},
		})),
	);
}

/** Operations of a provider that share the same list of models, together. */
function joined<Action extends VideoAction>(at: ReadonlyArray<Place<Action>>) {
	const groups = new Map<
		string,
		{ provider: ProviderId; operations: Action[]; models: string[] }
	>();
	for (const provider of providers) {
		for (const operation of new Set(at.map((place) => place.operation))) {
			const models = at
				.filter((place) => place.provider === provider && place.operation === operation)
				.map(({ model }) => model.id);
			if (models.length === 0) continue;
			const key = `${provider} ${models.join(' ')}`;
			const group = groups.get(key) ?? { provider, operations: [], models };
			group.operations.push(operation);
			groups.set(key, group);
		}
	}
	return [...groups.values()];
}
