import { modelsFor, resolutionsOf } from './catalogue';
import type { Lengths, Model, ProviderId, VideoOperation } from '../providers/modelTypes';

/* Which model to suggest if the chosen one cannot do what is requested. */

/** The model with the highest rank, compared number by number; the first one in the list on a tie. */
function highest(all: readonly Model[], rank: (model: Model) => number[]): Model | undefined {
	const [best] = all
		.map((model) => ({ model, numbers: rank(model) }))
		.sort((a, b) => {
			const at = a.numbers.findIndex((value, index) => value !== b.numbers[index]);
			return at < 0 ? 0 : b.numbers[at] - a.numbers[at];
		});
	return best?.model;
}

const generation = ({ family = '' }: Model) => family.split(' ')[0];

/** The number of resolution/duration pairs that both models have. */
function shared(one: Lengths, other: Lengths): number {
	return resolutionsOf(one)
		.map((name) => one[name]!.filter((seconds) => other[name]?.includes(seconds)).length)
		.reduce((sum, count) => sum + count, 0);
}

/**
 * Closest equivalent on another provider: same family first, then most shared resolution/duration pairs. Undefined if the
 * provider cannot do the operation.
 */
export function closestEquivalent(
	model: Model,
	operation: VideoOperation,
	provider: ProviderId,
): Model | undefined {
	const lengths = model.operations[operation] ?? {};
	const offered = modelsFor(provider, operation).filter(({ custom }) => !custom);
	return highest(offered, (other) => [
		Number(other.family === model.family),
		Number(generation(other) === generation(model)),
		shared(lengths, other.operations[operation]!),
		// A model that needs no second account or API is closer.
		Number(other.api === undefined),
	]);
}

/**
 * Suggests a model of the same provider that can make what this one cannot: a sentence to append to another one, or
 * empty text. A model with the length at another resolution is better than none. Among several, one of the same
 * generation is preferred, because cost and look are similar.
 *
 * @param wanted `duration` in s
 */
export function elsewhereIn(
	model: Model,
	operation: VideoOperation,
	{ resolution, duration }: { resolution: string; duration?: number },
): string {
	const at = (other: Model) =>
		resolutionsOf(other.operations[operation]!).filter(
			(name) => duration === undefined || other.operations[operation]![name]!.includes(duration),
		);
	const isWhole = (other: Model) => at(other).some((name) => name === resolution);
	const isAtAll = (other: Model) => duration !== undefined && at(other).length > 0;
	const found = highest(
		modelsFor(model.provider, operation).filter(
			(other) => other !== model && (isWhole(other) || isAtAll(other)),
		),
		(other) => [Number(isWhole(other)), Number(generation(other) === generation(model))],
	);
	if (!found) return '';
	const { name, id } = found;
	return isWhole(found)
		? `. The nearest model that can do it is ${name} (${id})`
		: `. The nearest model that makes ${duration} s is ${name} (${id}), at ${at(found).join(' or ')}`;
}
