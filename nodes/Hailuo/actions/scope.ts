import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { providers } from '../edition';
import { modelsFor } from '../models/catalogue';
import type { Model, ProviderId, VideoOperation } from '../models/types';

/** Where in the editor a field shows: for one model under one operation. */
export interface Place {
	provider: ProviderId;
	operation: VideoOperation;
	model: Model;
}

/** Every model under every operation that it can do. */
export const places = (operations: readonly VideoOperation[]): Place[] =>
	providers.flatMap((provider) =>
		operations.flatMap((operation) =>
			modelsFor(provider, operation).map((model) => ({ provider, operation, model })),
		),
	);

type Show = NonNullable<IDisplayOptions['show']>;

export type Field = Omit<INodeProperties, 'displayOptions'> & { show?: Show };

/**
 * One field for many places: `build` says what it looks like in each (nothing where it does not show), and places
 * that agree are joined, so that each look becomes as few properties as displayOptions can express.
 */
export function fieldAt(
	all: readonly Place[],
	build: (place: Place) => Field | undefined,
	scope: (operations: VideoOperation[]) => Show = (operation) => ({ operation }),
): INodeProperties[] {
	const looks = new Map<string, { field: Field; at: Place[] }>();
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
function joined(at: readonly Place[]) {
	const groups = new Map<
		string,
		{ provider: ProviderId; operations: VideoOperation[]; models: string[] }
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
