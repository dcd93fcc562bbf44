import { providers } from '../edition';
import { miniMaxCatalogue } from './miniMax';
import type {
	FieldName,
	FieldSpec,
	Lengths,
	Model,
	ProviderCatalogue,
	ProviderId,
	Resolution,
	VideoOperation,
} from './types';
import { vtrixCatalogue } from './vtrix';
import { waveSpeedCatalogue } from './waveSpeed';

export const VIDEO_OPERATIONS = ['textToVideo', 'imageToVideo', 'firstLastFrameToVideo'] as const;

export const OPERATION_NAMES: Record<VideoOperation, string> = {
	textToVideo: 'Text to Video',
	imageToVideo: 'Image to Video',
	firstLastFrameToVideo: 'First and Last Frame to Video',
};

const catalogues = [waveSpeedCatalogue, vtrixCatalogue, miniMaxCatalogue];

/** @throws Error for a provider that nobody has described */
export function catalogueOf(id: ProviderId): ProviderCatalogue {
	const found = catalogues.find(({ provider }) => provider === id);
	if (!found) throw new Error(`The catalogue has no provider '${id}'`);
	return found;
}

/** As the dropdown and the messages call them. */
export const PROVIDER_NAMES = Object.fromEntries(
	catalogues.map(({ provider, name }) => [provider, name]),
) as Record<ProviderId, string>;

/** Every model that this edition of the package holds, newest first for each provider. */
export const models: readonly Model[] = catalogues
	.filter(({ provider }) => providers.includes(provider))
	.flatMap((catalogue) => catalogue.models);

export function findModel(provider: ProviderId, id: string): Model | undefined {
	return models.find((model) => model.provider === provider && model.id === id);
}

/** What the list of models shows first. */
export function defaultModel(provider: ProviderId, operation: VideoOperation): string {
	return catalogueOf(provider).defaults[operation] ?? modelsFor(provider, operation)[0].id;
}

/** The models of a provider, custom ones included, in the order of the list. */
export const modelsOf = (provider: ProviderId): Model[] =>
	models.filter((model) => model.provider === provider);

/** The models of a provider that can do an operation, in the order of the list. */
export const modelsFor = (provider: ProviderId, operation: VideoOperation): Model[] =>
	modelsOf(provider).filter((model) => model.operations[operation]);

/** What a model has of a field under an operation; undefined where it does not take it. */
export function fieldOf(
	model: Model,
	operation: VideoOperation,
	field: FieldName,
): FieldSpec | undefined {
	const spec = model.fields[field];
	return spec?.only && !spec.only.includes(operation) ? undefined : spec;
}

/** How many of the combinations of resolution and length that one makes the other makes too. */
function shared(one: Lengths, other: Lengths): number {
	return resolutionsOf(one)
		.map((name) => one[name]!.filter((seconds) => other[name]?.includes(seconds)).length)
		.reduce((sum, count) => sum + count, 0);
}

/**
 * The model of another provider that does most nearly what a model does: of the same line where there is one, then the
 * one that makes most of the same resolutions and lengths. Undefined where the provider cannot do the operation.
 */
export function counterpart(
	model: Model,
	operation: VideoOperation,
	provider: ProviderId,
): Model | undefined {
	const [generation] = (model.line ?? '').split(' ');
	const lengths = model.operations[operation] ?? {};
	const nearness = (other: Model) => [
		Number(other.line === model.line),
		Number(other.line?.split(' ')[0] === generation),
		shared(lengths, other.operations[operation]!),
		// What needs no second account or API is nearer.
		Number(other.api === undefined),
	];
	const [nearest] = modelsFor(provider, operation)
		.filter(({ custom }) => !custom)
		.map((other) => ({ other, rank: nearness(other) }))
		.sort((a, b) => {
			const at = a.rank.findIndex((value, index) => value !== b.rank[index]);
			return at < 0 ? 0 : b.rank[at] - a.rank[at];
		});
	return nearest?.other;
}

export function resolutionsOf(lengths: Lengths): Resolution[] {
	return Object.keys(lengths) as Resolution[];
}

/** All lengths in s of a matrix, whatever the resolution, ascending. */
export function durationsOf(lengths: Lengths): number[] {
	return [...new Set(Object.values(lengths).flat())].sort((a, b) => a - b);
}

/** List price in USD, as of `model.pricesAsOf`; undefined where none is published. */
export function listPrice(
	model: Model,
	resolution: Resolution,
	seconds: number,
): number | undefined {
	return model.prices?.[resolution]?.[seconds];
}

/** e.g. `512P · 6 or 10 s · $0.10 to $0.15`: what the list of models says about one of them. */
export function modelSummary(model: Model, operation: VideoOperation): string {
	if (model.custom) return 'Any model of this provider, by its ID. Nothing about it is checked.';
	const lengths = model.operations[operation] ?? {};
	const resolutions = resolutionsOf(lengths);
	const prices = resolutions
		.flatMap((resolution) => lengths[resolution]!.map((s) => listPrice(model, resolution, s)))
		.filter((price): price is number => price !== undefined);
	const money = [...new Set([Math.min(...prices), Math.max(...prices)])]
		.map((price) => `$${price.toFixed(2)}`)
		.join(' to ');
	return [
		resolutions.join(', '),
		`${durationsOf(lengths).join(' or ')} s`,
		prices.length ? `${money} (list price of ${model.pricesAsOf})` : 'price not published',
	].join(' · ');
}
