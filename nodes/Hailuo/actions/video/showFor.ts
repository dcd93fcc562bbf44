import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { modelsFor } from '../../models/catalogue';
import { allLengths, pricedModels } from '../../models/price';
import type { Lengths, Model, ProviderId, VideoOperation } from '../../providers/modelTypes';
import { providerOf, providers } from '../../providers';

/** What a model is chosen for: to make a video, or to get its price. */
export type VideoAction = VideoOperation | 'getPrice';

/** A place in the editor where a field is shown: one model under one operation. */
export interface Place<Action extends VideoAction = VideoOperation> {
	provider: ProviderId;
	operation: Action;
	model: Model;
	/** The lengths that the model makes there. */
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

/** Every model with a price query. */
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

export type Field = Omit<INodeProperties, 'displayOptions'> & {
	show?: Show;
	hide?: Show;
	/**
	 * Whether the field is also shown for a model that is not in the list. After a change of the provider or the
	 * operation, a workflow has such a model until another one is chosen, and n8n's editor drops the values of hidden
	 * fields.
	 */
	kept?: boolean;
	/** A hint that applies only to the models of this variant, not to a model that is not in the list. */
	hintForModel?: string;
};

/** Places with the same variant of a field: operations of one provider with the same models. */
interface Group<Action> {
	provider: ProviderId;
	operations: Action[];
	models: string[];
	/** The models there with another variant; set if an unknown model gets this variant. */
	others?: string[];
}

/**
 * One field for many places. `build` returns its variant for each place (undefined if it is not shown there). Places
 * with the same variant are merged, so that each variant needs as few properties as displayOptions allow.
 */
export function fieldAt<Action extends VideoAction>(
	all: ReadonlyArray<Place<Action>>,
	build: (place: Place<Action>) => Field | undefined,
): INodeProperties[] {
	const variants = new Map<string, { field: Field; at: Array<Place<Action>> }>();
	for (const place of all) {
		const field = build(place);
		if (!field) continue;
		const key = JSON.stringify(field);
		const known = variants.get(key) ?? { field, at: [] };
		known.at.push(place);
		variants.set(key, known);
	}
	const each = [...variants.values()];
	return each.flatMap(({ field: { show, hide, kept, hintForModel, ...property }, at }) => {
		// In each list of models, an unknown model gets the most frequent variant.
		const isUsual = (provider: ProviderId, operation: Action) => {
			const count = (places: ReadonlyArray<Place<Action>>) =>
				places.filter((place) => place.provider === provider && place.operation === operation)
					.length;
			const most = Math.max(...each.map((variant) => count(variant.at)));
			return each.find((variant) => count(variant.at) === most)?.at === at;
		};
		return joined(all, at, kept ? isUsual : () => false).flatMap((group) => {
			const { provider, operations: operation, models, others } = group;
			const shownFor = (
				model: { only: string[] } | { allBut: string[] },
				hint?: string,
			): INodeProperties => {
				const hidden = {
					...hide,
					...('allBut' in model && model.allBut.length ? { model: model.allBut } : {}),
				};
				return {
					...property,
					...(hint ? { hint } : {}),
					displayOptions: {
						show: {
							resource: ['video'],
							operation,
							provider: [provider],
							...('only' in model ? { model: model.only } : {}),
							...show,
						},
						...(Object.keys(hidden).length ? { hide: hidden } : {}),
					},
				};
			};
			if (!others) return [shownFor({ only: models }, hintForModel)];
			return hintForModel
				? [shownFor({ only: models }, hintForModel), shownFor({ allBut: [...models, ...others] })]
				: [shownFor({ allBut: others })];
		});
	});
}

/** Merges the operations of a provider that have the same list of models. */
function joined<Action extends VideoAction>(
	all: ReadonlyArray<Place<Action>>,
	at: ReadonlyArray<Place<Action>>,
	isUsual: (provider: ProviderId, operation: Action) => boolean,
): Array<Group<Action>> {
	const groups = new Map<string, Group<Action>>();
	for (const provider of providers) {
		for (const operation of new Set(at.map((place) => place.operation))) {
			const modelsIn = (places: ReadonlyArray<Place<Action>>) =>
				places
					.filter((place) => place.provider === provider && place.operation === operation)
					.map(({ model }) => model.id);
			const models = modelsIn(at);
			if (models.length === 0) continue;
			const others = isUsual(provider, operation)
				? modelsIn(all).filter((id) => !models.includes(id))
				: undefined;
			const key = JSON.stringify([provider, others ?? models, others !== undefined]);
			const group = groups.get(key) ?? { provider, operations: [], models, others };
			group.operations.push(operation);
			groups.set(key, group);
		}
	}
	return [...groups.values()];
}
