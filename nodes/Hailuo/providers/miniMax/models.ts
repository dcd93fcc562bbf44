import type { FieldSpec, Model, ProviderCatalogue } from '../modelTypes';

/*
 * MiniMax's own models, newest first (docs/providers.md C.2: parameters, and the matrix of lengths by resolution and mode).
 * Prices: the global list of 2026-07-10 (docs/providers.md E); the mainland is billed in yuan. MiniMax-H3 is served by
 * another API (V2) and is not here.
 */

const prompt: FieldSpec = { key: 'prompt' };
const firstFrame: FieldSpec = { key: 'first_frame_image' };
const requiredFirstFrame: FieldSpec = { key: 'first_frame_image', required: true };
const lastFrame: FieldSpec = { key: 'last_frame_image' };

const base = {
	provider: 'miniMax',
	promptLimit: 2000,
	camera: 'miniMax',
	pricesAsOf: '2026-07-10',
	jobSeconds: [60, 300],
} as const;

/** What every model takes. The watermark is documented on the mainland's pages only, so it is sent when asked for, not by default. */
const common: Model['fields'] = {
	resolution: { key: 'resolution', default: '768P' },
	duration: { key: 'duration', default: 6 },
	promptExpansion: { key: 'prompt_optimizer', default: true },
	fastPretreatment: {
		key: 'fast_pretreatment',
		default: false,
		only: ['textToVideo', 'imageToVideo'],
	},
	callbackUrl: { key: 'callback_url' },
	watermark: { key: 'aigc_watermark' },
};

const standard = { '768P': [6, 10], '1080P': [6] } as const;
const standardPrices = { '768P': { 6: 0.28, 10: 0.56 }, '1080P': { 6: 0.49 } } as const;

const models: readonly Model[] = [
	{
		...base,
		id: 'MiniMax-Hailuo-2.3',
		name: 'Hailuo 2.3',
		family: '2.3',
		operations: { textToVideo: standard, imageToVideo: standard },
		fields: { prompt, firstFrame, ...common },
		prices: standardPrices,
	},
	{
		...base,
		id: 'MiniMax-Hailuo-2.3-Fast',
		name: 'Hailuo 2.3 Fast',
		family: '2.3 Fast',
		operations: { imageToVideo: standard },
		fields: { prompt, firstFrame: requiredFirstFrame, ...common },
		prices: { '768P': { 6: 0.19, 10: 0.32 }, '1080P': { 6: 0.33 } },
	},
	{
		...base,
		id: 'MiniMax-Hailuo-02',
		name: 'Hailuo 02',
		family: '02',
		operations: {
			textToVideo: standard,
			imageToVideo: { '512P': [6, 10], ...standard },
			firstLastFrameToVideo: standard,
		},
		fields: { prompt, firstFrame, lastFrame, ...common },
		prices: { '512P': { 6: 0.1, 10: 0.15 }, ...standardPrices },
	},
	{
		provider: 'miniMax',
		id: 'custom',
		name: 'Custom Model',
		custom: { example: 'I2V-01-Director' },
		operations: { textToVideo: {}, imageToVideo: {}, firstLastFrameToVideo: {} },
		fields: { prompt, firstFrame, lastFrame },
		jobSeconds: [60, 300],
	},
];

export const miniMaxCatalogue: ProviderCatalogue = {
	provider: 'miniMax',
	name: 'MiniMax',
	description: 'The makers of Hailuo; camera movements from a list',
	defaults: {
		textToVideo: 'MiniMax-Hailuo-2.3',
		imageToVideo: 'MiniMax-Hailuo-2.3',
		firstLastFrameToVideo: 'MiniMax-Hailuo-02',
	},
	models,
};
