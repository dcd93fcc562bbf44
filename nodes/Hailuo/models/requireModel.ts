import type { Model, ProviderId, VideoOperation } from '../providers/modelTypes';
import { foreignModel, modelNamed, modelsFor, OPERATION_NAMES, PROVIDER_NAMES } from './catalogue';
import { FIELD_LABELS, FieldError } from './fieldError';
import { closestEquivalent } from './suggest';
import { shownValue } from './text';

/**
 * Finds the model for an operation.
 *
 * @param id the model's id, or its name in the list, in any case
 * @param customId the ID that the user entered for a custom model
 * @throws FieldError if the provider has no such model or it cannot do the operation; names the closest model that can
 */
export function requireModel(
	provider: ProviderId,
	operation: VideoOperation,
	id: string,
	customId = '',
): Model {
	const model = modelNamed(provider, id, operation);
	if (model?.custom) return named(model, customId);
	if (model?.operations[operation]) return model;
	const wanted = OPERATION_NAMES[operation];
	const foreign = model ?? foreignModel(provider, id);
	const nearest = foreign && closestEquivalent(foreign, operation, provider);
	const offered = modelsFor(provider, operation).filter(
		(other) => other !== nearest && !other.custom,
	);
	const choice = offered.map(({ name, id: offer }) => `${name} (${offer})`).join(', ');
	throw new FieldError(
		'Model',
		model
			? `${model.name} cannot do ${wanted}`
			: foreign
				? `${foreign.name} (${foreign.id}) is a model of ${PROVIDER_NAMES[foreign.provider]}, but the provider is ${PROVIDER_NAMES[provider]}`
				: `has no entry '${shownValue(id)}' for ${PROVIDER_NAMES[provider]}`,
		nearest
			? `The nearest model that can do it here is ${nearest.name} (${nearest.id})${choice && `. Others: ${choice}`}`
			: offered.length
				? `Pick one that can: ${choice}`
				: `This provider has no model for ${wanted}; pick another provider or operation`,
	);
}

/** Trims leading and trailing slashes. No regex: `/+$` backtracks for minutes on long runs of slashes. */
function withoutSlashes(text: string): string {
	let [from, to] = [0, text.length];
	while (text[from] === '/') from++;
	while (to > from && text[to - 1] === '/') to--;
	return text.slice(from, to);
}

/** Characters; the longest ID of a provider has about 50. */
const MAX_ID = 200;

/**
 * The custom model under the typed ID, with the parameter names that models of this name use for a picture. Rejects `..`
 * and other path tricks: the ID may become part of the URL of the paid request, and may come from data.
 */
function named(model: Model, customId: string): Model {
	const id = withoutSlashes(customId.trim());
	const segment = /^(?!\.+$)[\w.:-]+$/;
	const { pattern, rule } = model.custom?.id ?? {};
	const isPath = id.length <= MAX_ID && id.split('/').every((part) => segment.test(part));
	if (isPath && pattern?.test(id) !== false) {
		const dialect = model.custom?.dialects?.find(({ begins }) =>
			id.toLowerCase().startsWith(begins.toLowerCase()),
		);
		const { fields = model.fields, api = model.api } = dialect ?? {};
		return { ...model, id, name: id, fields, api };
	}
	throw new FieldError(
		FIELD_LABELS.customModel,
		id === ''
			? 'is empty'
			: isPath && rule
				? rule
				: 'is not a model ID: it may contain only letters, digits, . _ - : and /, at most 200 characters',
		`Copy the ID from the model's page at ${PROVIDER_NAMES[model.provider]}`,
	);
}
