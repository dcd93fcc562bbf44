import type { FieldSpec, Lengths, Model, PictureRules, ProviderCatalogue } from '../modelTypes';
import { H3_JOB_SECONDS, H3_LENGTHS, H3_RATIOS, H3_REFERENCES, wholeSeconds } from '../hailuo3';

/*
 * MiniMax's own models, newest first (docs/providers.md C.2: parameters, and the matrix of lengths by resolution and mode).
 * Prices: the global list of 2026-07-10 (docs/providers.md E); the mainland is billed in yuan. Hailuo 3
 * is served by another API, V2 (docs/providers.md I.1): its words are those that v2.ts makes the body of.
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
	jobSeconds: [25, 240],
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

/** With frames the ratio is theirs. */
const aspectRatio: FieldSpec = {
	key: 'ratio',
	choices: H3_RATIOS,
	default: '16:9',
	only: ['textToVideo', 'referenceToVideo'],
	under: { referenceToVideo: { choices: [...H3_RATIOS, 'adaptive'], default: 'adaptive' } },
};

const h3Fields: Model['fields'] = {
	prompt: { key: 'prompt', required: true },
	firstFrame: { key: 'first_frame' },
	lastFrame: { key: 'last_frame' },
	referencePictures: { key: 'reference_image' },
	referenceVideos: { key: 'reference_video' },
	referenceAudios: { key: 'reference_audio' },
	// Never the expensive one, whatever other programs begin with.
	resolution: { key: 'resolution', default: '768P' },
	duration: { key: 'duration', default: 5 },
	aspectRatio,
	callbackUrl: { key: 'callback_url' },
};

/** The 30 MB are read as the smaller ones, not as 2^20. */
const h3Pictures: PictureRules = {
	mimeTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/heic'],
	maxBytes: 30_000_000,
	minSide: 256,
	maxSide: 5760,
	strictRatio: false,
};

const { prompt: h3Prompt, firstFrame: h3First, lastFrame: h3Last } = h3Fields;
const customH3: Model['fields'] = { prompt: h3Prompt, firstFrame: h3First, lastFrame: h3Last };

const h3 = {
	provider: 'miniMax',
	api: 'v2',
	promptLimit: 7000,
	pictures: h3Pictures,
	references: H3_REFERENCES,
	pricesAsOf: '2026-10-24',
	jobSeconds: H3_JOB_SECONDS,
} as const;

const everywhere = (lengths: Lengths): Model['operations'] => ({
	textToVideo: lengths,
	imageToVideo: lengths,
	firstLastFrameToVideo: lengths,
	referenceToVideo: lengths,
});

const models: readonly Model[] = [
	{
		...h3,
		id: 'MiniMax-H3',
		name: 'Hailuo 3 (H3)',
		family: '3',
		operations: everywhere(H3_LENGTHS),
		fields: h3Fields,
		pricePerSecond: { '768P': 0.08, '2K': 0.13 },
		referencePrices: {
			freePictures: 5,
			picture: 0.04,
			videoSecond: { '768P': 0.08, '2K': 0.13 },
		},
	},
	{
		...h3,
		id: 'MiniMax-H3-Max',
		name: 'Hailuo 3 Max (H3-Max)',
		family: '3 Max',
		operations: everywhere({ '768P': wholeSeconds(5, 15), '480P': wholeSeconds(5, 15) }),
		fields: {
			...h3Fields,
			promptExpansionMode: {
				key: 'prompt_expansion_mode',
				choices: ['disabled', 'balanced', 'quality'],
				default: 'balanced',
			},
		},
		pricePerSecond: { '480P': 0.05, '768P': 0.08 },
		referencePrices: {
			freePictures: 2,
			picture: 0.074,
			videoSecond: { '480P': 0.0553, '768P': 0.143 },
		},
		note: {
			text: 'MiniMax lists a price for references with this model, but the client @ai-sdk/minimax says that it accepts none',
			under: ['referenceToVideo'],
		},
	},
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
		custom: {
			example: 'I2V-01-Director',
			// Every model of V2, under whatever name of Hailuo 3.
			dialects: [{ begins: 'MiniMax-H3', fields: customH3, api: 'v2' }],
		},
		operations: { textToVideo: {}, imageToVideo: {}, firstLastFrameToVideo: {} },
		fields: { prompt, firstFrame, lastFrame },
		jobSeconds: [25, 240],
	},
];

export const miniMaxCatalogue: ProviderCatalogue = {
	provider: 'miniMax',
	name: 'MiniMax',
	description: 'The maker of Hailuo; Hailuo 3 with references and sound',
	defaults: {
		textToVideo: 'MiniMax-Hailuo-2.3',
		imageToVideo: 'MiniMax-Hailuo-2.3',
		firstLastFrameToVideo: 'MiniMax-Hailuo-02',
		referenceToVideo: 'MiniMax-H3',
	},
	models,
};
