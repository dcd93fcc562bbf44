import { durationsOf, formats, modelNamed, models, modelsOf, resolutionsOf } from './catalogue';
import { checkFormat } from './checkFormat';
import { checkAdditional } from './checkValues';
import { requireModel } from './requireModel';
import type { Format } from './videoValues';
import type { Lengths, Model, ProviderId, VideoOperation } from '../providers/modelTypes';

/*
 * Price queries depend only on model, resolution and duration. No provider's price depends on the operation, the
 * prompt, the pictures or the switches (docs/providers.md A.7, E).
 */

/** The models of a provider that have a price query, in the order of the list: the queue has none. */
export const pricedModels = (provider: ProviderId): Model[] =>
	modelsOf(provider).filter((model) => model.api !== 'queue');

const operationsOf = (model: Model) => Object.keys(model.operations) as VideoOperation[];

/** The resolutions and durations of a model, over all of its operations. */
export function allLengths(model: Model): Lengths {
	const all: Lengths = {};
	for (const operation of operationsOf(model)) {
		const lengths = model.operations[operation]!;
		for (const resolution of resolutionsOf(lengths)) {
			const known = { [resolution]: [...(all[resolution] ?? []), ...lengths[resolution]!] };
			all[resolution] = durationsOf(known);
		}
	}
	return all;
}

/**
 * Whether a model in a provider's history is a Hailuo model, whether or not it is in this catalogue (docs/providers.md
 * A.7).
 */
export const isHailuo = (id: string): boolean =>
	/^minimax[/_-](hailuo|h3|video-0|[ti]2v)/i.test(id) || models.some((model) => model.id === id);

/** e.g. `512P, 768P: 6 or 10 s`: the description of a model in the list of models with a price query. */
export const pricedSummary = (model: Model): string =>
	model.custom ? 'Any model of this provider, by its ID' : formats(allLengths(model));

/**
 * The model, resolution and duration, checked against all operations of the model.
 *
 * @param custom the ID and the fields that were typed in for a custom model
 * @throws FieldError that names the field, the rule and the fix
 */
export function checkPriced(
	provider: ProviderId,
	id: string,
	asked: { resolution?: string; duration?: number },
	custom: { id?: string; additionalFields?: unknown } = {},
): { model: Model; format: Format } {
	const called = modelNamed(provider, id);
	const known = called && pricedModels(provider).find((model) => model === called);
	// If the provider has no model of this name, its error names the nearest one.
	const model =
		known && !known.custom ? known : requireModel(provider, 'imageToVideo', id, custom.id);
	if (model.custom) {
		checkAdditional(custom.additionalFields);
		return { model, format: {} };
	}
	const { resolution, duration } = asked;
	const makes = (operation: VideoOperation) =>
		Object.entries(model.operations[operation]!).some(
			([name, lengths]) =>
				(resolution === undefined || resolution === name) &&
				(duration === undefined || lengths.includes(duration)),
		);
	const count = (operation: VideoOperation) =>
		Object.values(model.operations[operation]!).flat().length;
	// The operation with the most choices gives the most useful message.
	const [widest] = operationsOf(model).sort((a, b) => count(b) - count(a));
	const operation = operationsOf(model).find(makes) ?? widest;
	return { model, format: checkFormat(model, operation, asked) };
}
