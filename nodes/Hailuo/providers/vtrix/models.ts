import type { FieldSpec, Model, ProviderCatalogue } from '../modelTypes';

/*
 * Models of the Vtrix / SeaArt Cloud gateway, newest first. Sources: the provider's own page of minimax_hailuo_02_i2v
 * (docs/providers.md S.5) and B.6. Everywhere 1080P is 6 s only, and a last frame rules out 512P. No price is published
 * (docs/providers.md E): ask with Get Price. Models of the queue are served by SeaArt Cloud alone; what both APIs serve is
 * asked of the older one, which has callbacks and prices.
 */

const prompt: FieldSpec = { key: 'prompt' };
const requiredPrompt: FieldSpec = { key: 'prompt', required: true };
const firstFrame: FieldSpec = { key: 'first_frame_image', required: true };
const lastFrame: FieldSpec = { key: 'last_frame_image' };

const base = {
	provider: 'vtrix',
	promptLimit: 2000,
	camera: 'vtrix',
	jobSeconds: [25, 240],
} as const;

const format: Model['fields'] = {
	resolution: { key: 'resolution', default: '768P' },
	duration: { key: 'duration', default: 6 },
	promptExpansion: { key: 'prompt_optimizer', default: true },
};
const fastPretreatment: FieldSpec = { key: 'fast_pretreatment', default: false };
const watermark: FieldSpec = { key: 'aigc_watermark', default: false };
const callbackUrl: FieldSpec = { key: 'callback_url' };

const standard = { '768P': [6, 10], '1080P': [6] } as const;

const models: readonly Model[] = [
	{
		...base,
		id: 'minimax_hailuo_23_t2v',
		name: 'Hailuo 2.3 (Text to Video, SeaArt Only)',
		family: '2.3',
		api: 'queue',
		operations: { textToVideo: standard },
		// The queue refuses callbacks (docs/providers.md B.4).
		fields: { prompt: requiredPrompt, ...format, fastPretreatment, watermark },
	},
	{
		...base,
		id: 'minimax_hailuo_23_i2v',
		name: 'Hailuo 2.3 (Image to Video)',
		family: '2.3',
		operations: { imageToVideo: standard },
		fields: { firstFrame, prompt, ...format, fastPretreatment, callbackUrl, watermark },
	},
	{
		...base,
		id: 'minimax_hailuo_23_fast_i2v',
		name: 'Hailuo 2.3 Fast (Image to Video)',
		family: '2.3 Fast',
		// One client also allows 512P; the provider's page does not (docs/providers.md F.11).
		operations: { imageToVideo: standard },
		fields: { firstFrame, prompt, ...format, fastPretreatment, callbackUrl, watermark },
	},
	{
		...base,
		id: 'minimax_hailuo_02_t2v',
		name: 'Hailuo 02 (Text to Video, SeaArt Only)',
		family: '02',
		api: 'queue',
		operations: { textToVideo: standard },
		fields: { prompt: requiredPrompt, ...format, fastPretreatment, watermark },
	},
	{
		...base,
		id: 'minimax_hailuo_02',
		name: 'Hailuo 02 (Text to Video)',
		family: '02',
		operations: { textToVideo: standard },
		fields: { prompt: requiredPrompt, ...format, fastPretreatment, callbackUrl, watermark },
	},
	{
		...base,
		id: 'minimax_hailuo_02_i2v',
		name: 'Hailuo 02 (Image to Video)',
		family: '02',
		operations: {
			imageToVideo: { '512P': [6, 10], ...standard },
			firstLastFrameToVideo: standard,
		},
		fields: { firstFrame, lastFrame, prompt, ...format, callbackUrl, watermark },
	},
	{
		provider: 'vtrix',
		id: 'custom',
		name: 'Custom Model',
		custom: { example: 'minimax_i2v_01_live' },
		operations: { textToVideo: {}, imageToVideo: {}, firstLastFrameToVideo: {} },
		fields: { prompt, firstFrame, lastFrame },
		jobSeconds: [25, 240],
	},
	{
		provider: 'vtrix',
		id: 'customQueue',
		name: 'Custom Model (SeaArt Queue)',
		custom: {
			example: 'minimax_hailuo_23_t2v',
			of: "SeaArt Cloud's queue",
			// The queue's addresses are /{model} and /{model}/requests/{id}/… (docs/providers.md B.4).
			id: {
				pattern: /^(?!(?:requests?|status|responses?|cancel)$)[\w.-]+$/i,
				rule: 'must be one word like minimax_hailuo_23_t2v, not a path of the API',
			},
		},
		api: 'queue',
		operations: { textToVideo: {}, imageToVideo: {}, firstLastFrameToVideo: {} },
		fields: { prompt, firstFrame, lastFrame },
		jobSeconds: [25, 240],
	},
];

export const vtrixCatalogue: ProviderCatalogue = {
	provider: 'vtrix',
	name: 'Vtrix / SeaArt',
	description: 'One gateway under two names; camera movements from a list',
	defaults: {
		textToVideo: 'minimax_hailuo_02',
		imageToVideo: 'minimax_hailuo_02_i2v',
		firstLastFrameToVideo: 'minimax_hailuo_02_i2v',
	},
	models,
};
