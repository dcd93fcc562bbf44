import { providers } from '../edition';
import type { Lengths, Model, ProviderId, Resolution, VideoOperation } from './types';
import { vtrixModels } from './vtrix';
import { waveSpeedModels } from './waveSpeed';

/** The day of the price list that `Model.prices` was taken from. */
export const PRICES_AS_OF = '2026-03-13';

export const VIDEO_OPERATIONS = ['textToVideo', 'imageToVideo', 'firstLastFrameToVideo'] as const;

export const OPERATION_NAMES: Record<VideoOperation, string> = {
	textToVideo: 'Text to Video',
	imageToVideo: 'Image to Video',
	firstLastFrameToVideo: 'First and Last Frame to Video',
};

/** Every model that this edition of the package holds, newest first for each provider. */
export const models: readonly Model[] = [...waveSpeedModels, ...vtrixModels].filter(
	({ provider }) => providers.includes(provider),
);

/**
 * What the list of models shows first. n8n does not store a value that equals its default, so an entry here never
 * changes once it is released: it would change what saved workflows do, and cost.
 */
const DEFAULT_MODELS: Record<ProviderId, Partial<Record<VideoOperation, string>>> = {
	waveSpeed: {
		textToVideo: 'minimax/hailuo-02/standard',
		imageToVideo: 'minimax/hailuo-02/fast',
		firstLastFrameToVideo: 'minimax/hailuo-02/i2v-standard',
	},
	vtrix: {
		imageToVideo: 'minimax_hailuo_02_i2v',
		firstLastFrameToVideo: 'minimax_hailuo_02_i2v',
	},
	miniMax: {},
};

export function findModel(provider: ProviderId, id: string): Model | undefined {
	return models.find((model) => model.provider === provider && model.id === id);
}

/** What the list of models shows first: see DEFAULT_MODELS. */
export function defaultModel(provider: ProviderId, operation: VideoOperation): string {
	return DEFAULT_MODELS[provider][operation] ?? modelsFor(provider, operation)[0].id;
}

/** The models of a provider that can do an operation, in the order of the list. */
export function modelsFor(provider: ProviderId, operation: VideoOperation): Model[] {
	return models.filter((model) => model.provider === provider && model.operations[operation]);
}

export function resolutionsOf(lengths: Lengths): Resolution[] {
	return Object.keys(lengths) as Resolution[];
}

/** All lengths in s of a matrix, whatever the resolution, ascending. */
export function durationsOf(lengths: Lengths): number[] {
	return [...new Set(Object.values(lengths).flat())].sort((a, b) => a - b);
}

/** List price in USD, as of PRICES_AS_OF; undefined where none is published. */
export function listPrice(
	model: Model,
	resolution: Resolution,
	seconds: number,
): number | undefined {
	return model.prices?.[resolution]?.[seconds];
}

/** e.g. `512P · 6 or 10 s · $0.10 to $0.15`: what the list of models says about one of them. */
export function modelSummary(model: Model, operation: VideoOperation): string {
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
		...(prices.length ? [`${money} (list price of ${PRICES_AS_OF})`] : []),
	].join(' · ');
}
