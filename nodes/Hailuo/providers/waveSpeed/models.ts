import type { FieldSpec, Model, ProviderCatalogue } from '../modelTypes';
import { H3_JOB_SECONDS, H3_LENGTHS, H3_RATIOS, H3_REFERENCES, wholeSeconds } from '../hailuo3';

/*
 * WaveSpeed's MiniMax endpoints, newest first. Parameters, defaults and prices: the provider's own model list of
 * 2026-03-13 (docs/providers.md A.7) and its documentation pages; where prose and schema differ, the schema is followed
 * (docs/providers.md F). Of Hailuo 02 and 2.3 the endpoint fixes the resolution: no entry has a field for it. Hailuo 3 came
 * later: see its entries. `npm run models:check` compares all of it with the list of today.
 */

const prompt: FieldSpec = { key: 'prompt' };
const requiredPrompt: FieldSpec = { key: 'prompt', required: true };
const image: FieldSpec = { key: 'image' };
const requiredImage: FieldSpec = { key: 'image', required: true };
const endImage: FieldSpec = { key: 'end_image' };
const lastImage: FieldSpec = { key: 'last_image' };
const duration: FieldSpec = { key: 'duration', default: 6 };
const goFast: FieldSpec = { key: 'go_fast', default: true };
const expansion = (on: boolean): FieldSpec => ({ key: 'enable_prompt_expansion', default: on });

const aspectRatio: FieldSpec = { key: 'aspect_ratio', choices: H3_RATIOS, default: '16:9' };
const h3Duration: FieldSpec = { key: 'duration', default: 5 };
/** Never the expensive one. */
const h3Resolution: FieldSpec = {
	key: 'resolution',
	default: '768P',
	sentAs: { '480P': '480p', '768P': '768p', '2K': '2k' },
};

const h3TextFields = {
	prompt: requiredPrompt,
	resolution: h3Resolution,
	duration: h3Duration,
	aspectRatio,
} as const;

/**
 * Hailuo 3: parameters from clients that agree, `h3-lite` from the provider's list for language models (docs/providers.md
 * I.2). No price is published: the quote call tells it.
 */
const h3 = {
	provider: 'waveSpeed',
	family: '3',
	jobSeconds: H3_JOB_SECONDS,
	note: { text: 'parameters taken from other clients; use Get Price for the price' },
} as const;

/** Of all models that are named Fast. */
const fastFields = {
	firstFrame: requiredImage,
	prompt,
	duration,
	promptExpansion: expansion(true),
	goFast,
} as const;

/** Of the endpoints of Hailuo 02 that take a text, a first frame or both frames. */
const hailuo02Fields = {
	prompt: requiredPrompt,
	firstFrame: image,
	lastFrame: endImage,
	duration,
	promptExpansion: expansion(false),
} as const;

const base = { provider: 'waveSpeed', promptLimit: 2000, pricesAsOf: '2026-03-13' } as const;
const hailuo23 = { ...base, family: '2.3' } as const;
const hailuo23Fast = { ...base, family: '2.3 Fast', jobSeconds: [22, 240] } as const;
const hailuo02 = { ...base, family: '02', jobSeconds: [30, 90] } as const;

/**
 * `vendor/model` or `vendor/model/variant`, and no other call of the API: these are its own first segments (docs/providers.md
 * A.1), and those that an API of this kind would add.
 */
const MODEL_ID = {
	pattern:
		/^(?!(?:predictions?|models?|media|balance|billings?|webhooks?|users?|usage|accounts?|orgs?|organi[sz]ations?|api|keys?|access_?keys?|auth|admin|files?|uploads?|tasks?|jobs?|v\d+)\/)[\w.-]+(?:\/[\w.:-]+)+$/i,
	rule: 'must be vendor/model, like minimax/video-01, not another path of the API',
};

const models: readonly Model[] = [
	{
		...h3,
		id: 'minimax/h3/text-to-video',
		name: 'Hailuo 3 (Text to Video)',
		operations: { textToVideo: H3_LENGTHS },
		fields: h3TextFields,
	},
	{
		...h3,
		id: 'minimax/h3/image-to-video',
		name: 'Hailuo 3 (Image to Video)',
		operations: { imageToVideo: H3_LENGTHS, firstLastFrameToVideo: H3_LENGTHS },
		fields: {
			firstFrame: requiredImage,
			prompt,
			lastFrame: lastImage,
			resolution: h3Resolution,
			duration: h3Duration,
		},
	},
	{
		...h3,
		id: 'minimax/h3/reference-to-video',
		name: 'Hailuo 3 (Reference to Video)',
		operations: { referenceToVideo: H3_LENGTHS },
		fields: {
			prompt: requiredPrompt,
			referencePictures: { key: 'reference_images' },
			referenceVideos: { key: 'reference_videos' },
			referenceAudios: { key: 'reference_audios' },
			resolution: h3Resolution,
			duration: h3Duration,
			aspectRatio,
		},
		references: H3_REFERENCES,
	},
	{
		...h3,
		family: '3 Lite',
		id: 'minimax/h3-lite/text-to-video',
		name: 'Hailuo 3 Lite (Text to Video)',
		operations: { textToVideo: { '768P': wholeSeconds(4, 15), '480P': wholeSeconds(4, 15) } },
		fields: h3TextFields,
	},
	{
		...hailuo23,
		id: 'minimax/hailuo-2.3/t2v-pro',
		name: 'Hailuo 2.3 Pro (Text to Video)',
		operations: { textToVideo: { '1080P': [6] } },
		fields: { prompt: requiredPrompt, promptExpansion: expansion(true) },
		prices: { '1080P': { 6: 0.49 } },
		jobSeconds: [30, 90],
	},
	{
		...hailuo23,
		id: 'minimax/hailuo-2.3/t2v-standard',
		name: 'Hailuo 2.3 Standard (Text to Video)',
		operations: { textToVideo: { '768P': [6, 10] } },
		fields: { prompt: requiredPrompt, duration, promptExpansion: expansion(true) },
		prices: { '768P': { 6: 0.28, 10: 0.56 } },
		jobSeconds: [30, 90],
	},
	{
		...hailuo23,
		id: 'minimax/hailuo-2.3/i2v-pro',
		name: 'Hailuo 2.3 Pro (Image to Video)',
		operations: { imageToVideo: { '1080P': [6] } },
		fields: { firstFrame: requiredImage, prompt, promptExpansion: expansion(true) },
		prices: { '1080P': { 6: 0.49 } },
		jobSeconds: [30, 90],
	},
	{
		...hailuo23,
		id: 'minimax/hailuo-2.3/i2v-standard',
		name: 'Hailuo 2.3 Standard (Image to Video)',
		operations: { imageToVideo: { '768P': [6, 10] } },
		fields: { firstFrame: requiredImage, prompt, duration, promptExpansion: expansion(false) },
		prices: { '768P': { 6: 0.28, 10: 0.56 } },
		jobSeconds: [30, 90],
	},
	{
		...hailuo23Fast,
		id: 'minimax/hailuo-2.3/fast-pro',
		name: 'Hailuo 2.3 Fast Pro',
		operations: { imageToVideo: { '1080P': [6] } },
		fields: fastFields,
		prices: { '1080P': { 6: 0.33 } },
	},
	{
		...hailuo23Fast,
		id: 'minimax/hailuo-2.3/fast',
		name: 'Hailuo 2.3 Fast',
		operations: { imageToVideo: { '768P': [6, 10] } },
		fields: fastFields,
		prices: { '768P': { 6: 0.19, 10: 0.32 } },
	},
	{
		...hailuo02,
		id: 'minimax/hailuo-02/pro',
		name: 'Hailuo 02 Pro',
		operations: {
			textToVideo: { '1080P': [6] },
			imageToVideo: { '1080P': [6] },
			firstLastFrameToVideo: { '1080P': [6] },
		},
		fields: hailuo02Fields,
		prices: { '1080P': { 6: 0.48 } },
	},
	{
		...hailuo02,
		id: 'minimax/hailuo-02/standard',
		name: 'Hailuo 02 Standard',
		operations: {
			textToVideo: { '768P': [6, 10] },
			imageToVideo: { '768P': [6, 10] },
			firstLastFrameToVideo: { '768P': [6, 10] },
		},
		fields: hailuo02Fields,
		prices: { '768P': { 6: 0.23, 10: 0.56 } },
	},
	{
		...hailuo02,
		id: 'minimax/hailuo-02/t2v-pro',
		name: 'Hailuo 02 Pro (Text to Video)',
		operations: { textToVideo: { '1080P': [6] } },
		fields: { prompt: requiredPrompt, promptExpansion: expansion(true) },
		prices: { '1080P': { 6: 0.48 } },
	},
	{
		...hailuo02,
		id: 'minimax/hailuo-02/t2v-standard',
		name: 'Hailuo 02 Standard (Text to Video)',
		operations: { textToVideo: { '768P': [6, 10] } },
		fields: { prompt: requiredPrompt, duration, promptExpansion: expansion(true) },
		prices: { '768P': { 6: 0.23, 10: 0.56 } },
	},
	{
		...hailuo02,
		id: 'minimax/hailuo-02/i2v-pro',
		name: 'Hailuo 02 Pro (Image to Video)',
		operations: {
			imageToVideo: { '1080P': [6] },
			firstLastFrameToVideo: { '1080P': [6] },
		},
		fields: {
			firstFrame: requiredImage,
			prompt,
			lastFrame: endImage,
			promptExpansion: expansion(true),
		},
		prices: { '1080P': { 6: 0.49 } },
	},
	{
		...hailuo02,
		id: 'minimax/hailuo-02/i2v-standard',
		name: 'Hailuo 02 Standard (Image to Video)',
		operations: {
			imageToVideo: { '768P': [6, 10] },
			firstLastFrameToVideo: { '768P': [6, 10] },
		},
		fields: {
			firstFrame: requiredImage,
			prompt,
			lastFrame: endImage,
			duration,
			promptExpansion: expansion(false),
		},
		prices: { '768P': { 6: 0.23, 10: 0.56 } },
	},
	{
		...hailuo02,
		id: 'minimax/hailuo-02/fast',
		name: 'Hailuo 02 Fast',
		operations: { imageToVideo: { '512P': [6, 10] } },
		fields: fastFields,
		prices: { '512P': { 6: 0.1, 10: 0.15 } },
		jobSeconds: [22, 240],
	},
	{
		provider: 'waveSpeed',
		id: 'custom',
		name: 'Custom Model',
		custom: {
			example: 'minimax/video-01',
			id: MODEL_ID,
			dialects: [
				// Hailuo 3 names the last frame differently (docs/providers.md I.2). With the usual name it would make, and charge, a
				// video without this frame.
				{ begins: 'minimax/h3', fields: { prompt, firstFrame: image, lastFrame: lastImage } },
				// The open weights have no last frame here, because its name is not documented.
				{ begins: 'wavespeed-ai/minimax-h3', fields: { prompt, firstFrame: image } },
			],
		},
		operations: { textToVideo: {}, imageToVideo: {}, firstLastFrameToVideo: {} },
		fields: { prompt, firstFrame: image, lastFrame: endImage },
		jobSeconds: [25, 240],
	},
];

export const waveSpeedCatalogue: ProviderCatalogue = {
	provider: 'waveSpeed',
	name: 'WaveSpeed',
	description: 'Every Hailuo 02, 2.3 and 3 model, and a history of your jobs',
	defaults: {
		textToVideo: 'minimax/hailuo-02/standard',
		imageToVideo: 'minimax/hailuo-02/fast',
		firstLastFrameToVideo: 'minimax/hailuo-02/i2v-standard',
		referenceToVideo: 'minimax/h3/reference-to-video',
	},
	models,
};
