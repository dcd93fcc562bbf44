import type { Model } from './types';

/*
 * Models of the Vtrix / SeaArt Cloud gateway, newest first. Source of minimax_hailuo_02_i2v: the provider's own page
 * (seed 004); its matrix says that 1080P is 6 s only, and that a last frame rules out 512P. No price is published
 * (PROVIDERS.md E): ask with Get Price.
 */

export const vtrixModels: readonly Model[] = [
	{
		provider: 'vtrix',
		id: 'minimax_hailuo_02_i2v',
		name: 'Hailuo 02 (Image to Video)',
		operations: {
			imageToVideo: { '512P': [6, 10], '768P': [6, 10], '1080P': [6] },
			firstLastFrameToVideo: { '768P': [6, 10], '1080P': [6] },
		},
		fields: {
			firstFrame: { key: 'first_frame_image', required: true },
			lastFrame: { key: 'last_frame_image' },
			prompt: { key: 'prompt' },
			resolution: { key: 'resolution', default: '768P' },
			duration: { key: 'duration', default: 6 },
			promptExpansion: { key: 'prompt_optimizer', default: true },
			callbackUrl: { key: 'callback_url' },
			watermark: { key: 'aigc_watermark', default: false },
		},
		promptLimit: 2000,
		camera: 'vtrix',
		jobSeconds: [30, 300],
	},
];
