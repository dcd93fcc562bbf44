'use strict';

/*
 * What each model must be sent, written by hand from the providers' documents (docs/providers.md A.7, B.6, C.2), not from
 * the catalogue, so that an error there is found here. The tests require a row for each model and operation.
 *
 * A row: model, what is sent when only prompt and pictures are given (`plain`), and what is sent when everything else
 * differs from its default (`set`, then `full`). `no` is what the model refuses: [parameters, message].
 */

const PROMPT = 'A paper boat drifts down a rainy street';
const FIRST = 'https://pictures.example.com/first.jpg';
const LAST = 'https://pictures.example.com/last.jpg';

/** Prompt and pictures as a person gives them. */
const GIVEN = {
	textToVideo: { prompt: PROMPT },
	imageToVideo: { prompt: PROMPT, firstFrameSource: 'url', firstFrameUrl: FIRST },
	firstLastFrameToVideo: {
		prompt: PROMPT,
		firstFrameSource: 'url',
		firstFrameUrl: FIRST,
		lastFrameSource: 'url',
		lastFrameUrl: LAST,
	},
	referenceToVideo: { prompt: PROMPT, referencePictures: FIRST },
};

const prompt = { prompt: PROMPT };
const wave = { ...prompt, image: FIRST };
const waveEnds = { ...wave, end_image: LAST };
const mini = { ...prompt, first_frame_image: FIRST };
const miniEnds = { ...mini, last_frame_image: LAST };

const CUSTOM = (id, given) => ({
	model: 'custom',
	id,
	always: { customModel: id },
	plain: given,
	set: { additionalFields: '{"seed": 7, "style": {"name": "noir"}, "prompt": "Another one"}' },
	full: { ...given, seed: 7, style: { name: 'noir' }, prompt: 'Another one' },
	no: [{ additionalFields: '["duration", 8]' }, /'Additional Fields' must be a JSON object/],
});

/** As an expression, because n8n itself refuses an empty field before the node runs. */
const NO_PROMPT = [{ prompt: '={{ "" }}' }, /'Prompt' is empty, but Hailuo .* needs one/];
const NO_PICTURE = [{ firstFrameUrl: '={{ "" }}' }, /'First Frame' is empty, but .* a picture/];
const NO_LAST = [{ lastFrameUrl: '={{ "" }}' }, /'Last Frame' is empty, but .* a picture/];

/* WaveSpeed: the endpoint determines the resolution; 10 s are possible where docs/providers.md A.7 says "6, 10". */
const off = { promptExpansion: false };
const on = { promptExpansion: true };
const sends = (enabled) => ({ enable_prompt_expansion: enabled });
const slow = { go_fast: false };

/* Hailuo 3 on WaveSpeed (docs/providers.md I.2): a parameter that an endpoint does not have is not sent to it. */
const CLIP = 'https://pictures.example.com/clip.mp4';
const VOICE = 'https://pictures.example.com/voice.mp3';
const wave3 = { resolution: '768p', duration: 5 };
const TOO_SHORT = [{ duration: 3 }, /'Duration' of 3 s is not available with .* Choose 4 to 15 s/];

const waveSpeed = {
	referenceToVideo: [
		{
			model: 'minimax/h3/reference-to-video',
			plain: { ...prompt, reference_images: [FIRST], ...wave3, aspect_ratio: '16:9' },
			set: {
				...{ referenceVideos: CLIP, referenceAudios: VOICE },
				...{ resolution: '2K', duration: 15, aspectRatio: '9:16' },
			},
			full: {
				...prompt,
				reference_images: [FIRST],
				reference_videos: [CLIP],
				reference_audios: [VOICE],
				resolution: '2k',
				duration: 15,
				aspect_ratio: '9:16',
			},
			no: TOO_SHORT,
		},
	],
	textToVideo: [
		{
			model: 'minimax/h3/text-to-video',
			plain: { ...prompt, ...wave3, aspect_ratio: '16:9' },
			set: { resolution: '2K', duration: 15, aspectRatio: '9:16' },
			full: { ...prompt, resolution: '2k', duration: 15, aspect_ratio: '9:16' },
			no: TOO_SHORT,
		},
		{
			model: 'minimax/h3-lite/text-to-video',
			plain: { ...prompt, ...wave3, aspect_ratio: '16:9' },
			set: { resolution: '480P', duration: 4, aspectRatio: '1:1' },
			full: { ...prompt, resolution: '480p', duration: 4, aspect_ratio: '1:1' },
			no: NO_PROMPT,
		},
		{
			model: 'minimax/hailuo-2.3/t2v-pro',
			plain: { ...prompt, ...sends(true) },
			set: off,
			full: { ...prompt, ...sends(false) },
			no: [
				{ duration: 10 },
				/'Duration' of 10 s is not available with .* Choose 6 s\. The nearest model that makes 10 s is Hailuo 2\.3 Standard \(Text to Video\) \([\w./-]+\), at 768P\.$/,
			],
		},
		{
			model: 'minimax/hailuo-2.3/t2v-standard',
			plain: { ...prompt, duration: 6, ...sends(true) },
			set: { ...off, duration: 10 },
			full: { ...prompt, duration: 10, ...sends(false) },
			no: NO_PROMPT,
		},
		{
			model: 'minimax/hailuo-02/pro',
			plain: { ...prompt, duration: 6, ...sends(false) },
			set: on,
			full: { ...prompt, duration: 6, ...sends(true) },
			no: NO_PROMPT,
		},
		{
			model: 'minimax/hailuo-02/standard',
			plain: { ...prompt, duration: 6, ...sends(false) },
			set: { ...on, duration: 10 },
			full: { ...prompt, duration: 10, ...sends(true) },
			no: NO_PROMPT,
		},
		{
			model: 'minimax/hailuo-02/t2v-pro',
			plain: { ...prompt, ...sends(true) },
			set: off,
			full: { ...prompt, ...sends(false) },
			no: NO_PROMPT,
		},
		{
			model: 'minimax/hailuo-02/t2v-standard',
			plain: { ...prompt, duration: 6, ...sends(true) },
			set: { ...off, duration: 10 },
			full: { ...prompt, duration: 10, ...sends(false) },
			no: NO_PROMPT,
		},
		CUSTOM('minimax/video-02', prompt),
	],
	imageToVideo: [
		{
			model: 'minimax/h3/image-to-video',
			plain: { ...wave, ...wave3 },
			set: { resolution: '2K', duration: 4 },
			full: { ...wave, resolution: '2k', duration: 4 },
			no: NO_PICTURE,
		},
		{
			model: 'minimax/hailuo-2.3/i2v-pro',
			plain: { ...wave, ...sends(true) },
			set: off,
			full: { ...wave, ...sends(false) },
			no: NO_PICTURE,
		},
		{
			model: 'minimax/hailuo-2.3/i2v-standard',
			plain: { ...wave, duration: 6, ...sends(false) },
			set: { ...on, duration: 10 },
			full: { ...wave, duration: 10, ...sends(true) },
			no: NO_PICTURE,
		},
		{
			model: 'minimax/hailuo-2.3/fast-pro',
			plain: { ...wave, duration: 6, ...sends(true), go_fast: true },
			set: { ...off, goFast: false },
			full: { ...wave, duration: 6, ...sends(false), ...slow },
			no: NO_PICTURE,
		},
		{
			model: 'minimax/hailuo-2.3/fast',
			plain: { ...wave, duration: 6, ...sends(true), go_fast: true },
			set: { ...off, goFast: false, duration: 10 },
			full: { ...wave, duration: 10, ...sends(false), ...slow },
			no: NO_PICTURE,
		},
		{
			model: 'minimax/hailuo-02/pro',
			plain: { ...wave, duration: 6, ...sends(false) },
			set: on,
			full: { ...wave, duration: 6, ...sends(true) },
			no: NO_PROMPT,
		},
		{
			model: 'minimax/hailuo-02/standard',
			plain: { ...wave, duration: 6, ...sends(false) },
			set: { ...on, duration: 10 },
			full: { ...wave, duration: 10, ...sends(true) },
			no: NO_PROMPT,
		},
		{
			model: 'minimax/hailuo-02/i2v-pro',
			plain: { ...wave, ...sends(true) },
			set: off,
			full: { ...wave, ...sends(false) },
			no: NO_PICTURE,
		},
		{
			model: 'minimax/hailuo-02/i2v-standard',
			plain: { ...wave, duration: 6, ...sends(false) },
			set: { ...on, duration: 10 },
			full: { ...wave, duration: 10, ...sends(true) },
			no: NO_PICTURE,
		},
		{
			model: 'minimax/hailuo-02/fast',
			plain: { ...wave, duration: 6, ...sends(true), go_fast: true },
			set: { ...off, goFast: false, duration: 10 },
			full: { ...wave, duration: 10, ...sends(false), ...slow },
			no: NO_PICTURE,
		},
		CUSTOM('minimax/video-01', wave),
	],
	firstLastFrameToVideo: [
		{
			model: 'minimax/h3/image-to-video',
			plain: { ...wave, last_image: LAST, ...wave3 },
			set: { resolution: '2K', duration: 15 },
			full: { ...wave, last_image: LAST, resolution: '2k', duration: 15 },
			no: NO_LAST,
		},
		{
			model: 'minimax/hailuo-02/pro',
			plain: { ...waveEnds, duration: 6, ...sends(false) },
			set: on,
			full: { ...waveEnds, duration: 6, ...sends(true) },
			no: NO_LAST,
		},
		{
			model: 'minimax/hailuo-02/standard',
			plain: { ...waveEnds, duration: 6, ...sends(false) },
			set: { ...on, duration: 10 },
			full: { ...waveEnds, duration: 10, ...sends(true) },
			no: NO_LAST,
		},
		{
			model: 'minimax/hailuo-02/i2v-pro',
			plain: { ...waveEnds, ...sends(true) },
			set: off,
			full: { ...waveEnds, ...sends(false) },
			no: NO_LAST,
		},
		{
			model: 'minimax/hailuo-02/i2v-standard',
			plain: { ...waveEnds, duration: 6, ...sends(false) },
			set: { ...on, duration: 10 },
			full: { ...waveEnds, duration: 10, ...sends(true) },
			no: NO_LAST,
		},
		CUSTOM('minimax/hailuo-02/standard', waveEnds),
	],
};

/*
 * Vtrix / SeaArt and MiniMax share their parameters: 1080P only with 6 s, 768P as the default, the optimizer on. For
 * Vtrix the watermark is sent as off (docs/providers.md S.5); for MiniMax it is sent only if it is set, because its
 * global pages do not have it.
 */
const plain = { duration: 6, resolution: '768P', prompt_optimizer: true };
const marked = { aigc_watermark: false };
const quick = { fast_pretreatment: false };
const HOOK = 'http://127.0.0.1:9/hook';
const turned = { ...off, resolution: '1080P' };
const isTurned = { duration: 6, resolution: '1080P', prompt_optimizer: false };
const camera = { cameraMovements: { steps: [{ movements: ['truckLeft', 'pushIn'] }] } };
/** The same movement in the words of each (docs/providers.md B.6): Vtrix's "pan left" is MiniMax's "Truck left". */
const SEA_PROMPT = `${PROMPT} [pan left, push in]`;
const MINI_PROMPT = `${PROMPT} [Truck left, Push in]`;

const vtrixOptions = { fastPretreatment: true, watermark: true };
const vtrixOptioned = { fast_pretreatment: true, aigc_watermark: true };
const tooLong = [
	{ duration: 10, resolution: '={{ "1080P" }}' },
	// This model too makes 10 s only at 768P, so no other model is suggested.
	/'Duration' of 10 s is not available with .* at 1080P Choose 6 s, or the resolution (512P or )?768P$/,
];

const vtrix = {
	textToVideo: [
		{
			model: 'minimax_hailuo_23_t2v',
			api: 'queue',
			plain: { ...prompt, ...plain, ...quick, ...marked },
			set: { ...turned, ...camera, options: vtrixOptions },
			full: { ...isTurned, prompt: SEA_PROMPT, ...vtrixOptioned },
			no: tooLong,
		},
		{
			model: 'minimax_hailuo_02_t2v',
			api: 'queue',
			plain: { ...prompt, ...plain, ...quick, ...marked },
			set: { ...turned, ...camera, options: vtrixOptions },
			full: { ...isTurned, prompt: SEA_PROMPT, ...vtrixOptioned },
			no: NO_PROMPT,
		},
		{
			model: 'minimax_hailuo_02',
			plain: { ...prompt, ...plain, ...quick, ...marked },
			set: { ...turned, ...camera, options: { ...vtrixOptions, callbackUrl: HOOK } },
			full: { ...isTurned, prompt: SEA_PROMPT, ...vtrixOptioned, callback_url: HOOK },
			no: tooLong,
		},
		CUSTOM('minimax_t2v_01', prompt),
		{ ...CUSTOM('minimax_hailuo_23_t2v', prompt), model: 'customQueue', api: 'queue' },
	],
	imageToVideo: [
		{
			model: 'minimax_hailuo_23_i2v',
			plain: { ...mini, ...plain, ...quick, ...marked },
			set: { ...turned, ...camera, options: { ...vtrixOptions, callbackUrl: HOOK } },
			full: { ...mini, ...isTurned, prompt: SEA_PROMPT, ...vtrixOptioned, callback_url: HOOK },
			no: [{ resolution: '={{ "512P" }}' }, /512P is not available .*/],
		},
		{
			model: 'minimax_hailuo_23_fast_i2v',
			plain: { ...mini, ...plain, ...quick, ...marked },
			set: { ...turned, ...camera, options: { ...vtrixOptions, callbackUrl: HOOK } },
			full: { ...mini, ...isTurned, prompt: SEA_PROMPT, ...vtrixOptioned, callback_url: HOOK },
			no: tooLong,
		},
		{
			model: 'minimax_hailuo_02_i2v',
			plain: { ...mini, ...plain, ...marked },
			set: { ...off, resolution: '512P', duration: 10, options: { watermark: true } },
			full: {
				...mini,
				duration: 10,
				resolution: '512P',
				prompt_optimizer: false,
				aigc_watermark: true,
			},
			no: NO_PICTURE,
		},
		CUSTOM('minimax_i2v_01', mini),
		{ ...CUSTOM('minimax_hailuo_02_i2v', mini), model: 'customQueue', api: 'queue' },
	],
	firstLastFrameToVideo: [
		{
			model: 'minimax_hailuo_02_i2v',
			plain: { ...miniEnds, ...plain, ...marked },
			set: { ...off, duration: 10, ...camera, options: { watermark: true, callbackUrl: HOOK } },
			full: {
				...miniEnds,
				prompt: SEA_PROMPT,
				duration: 10,
				resolution: '768P',
				prompt_optimizer: false,
				aigc_watermark: true,
				callback_url: HOOK,
			},
			no: [{ resolution: '={{ "512P" }}' }, /512P is not available .*First and Last/],
		},
		CUSTOM('minimax_hailuo_02_i2v', miniEnds),
		{ ...CUSTOM('minimax_hailuo_02_i2v', miniEnds), model: 'customQueue', api: 'queue' },
	],
};

const miniOptions = { fastPretreatment: true, watermark: true };
const miniOptioned = { fast_pretreatment: true, aigc_watermark: true };

/* MiniMax's V2: prompt and files are in one list (docs/providers.md I.1). */
const words = { type: 'text', text: PROMPT };
const file = (kind, url, role) => ({ type: `${kind}_url`, [`${kind}_url`]: { url }, role });
const H3_CONTENT = {
	textToVideo: [words],
	imageToVideo: [words, file('image', FIRST, 'first_frame')],
	firstLastFrameToVideo: [
		words,
		file('image', FIRST, 'first_frame'),
		file('image', LAST, 'last_frame'),
	],
	referenceToVideo: [words, file('image', FIRST, 'reference_image')],
};

/** @param {'MiniMax-H3' | 'MiniMax-H3-Max'} model */
function h3Case(model, operation) {
	const isMax = model === 'MiniMax-H3-Max';
	const content = H3_CONTENT[operation];
	const shaped = { textToVideo: '16:9', referenceToVideo: 'adaptive' }[operation];
	const large = isMax ? '480P' : '2K';
	const extra = (mode) => (isMax ? { extra: { prompt_expansion_mode: mode } } : {});
	const sent = (resolution, duration, ratio, mode, more = []) => ({
		...{ model, content: [...content, ...more], resolution, duration },
		...(shaped && { ratio }),
		...extra(mode),
	});
	const others =
		operation === 'referenceToVideo' ? { referenceVideos: CLIP, referenceAudios: VOICE } : {};
	const files =
		operation === 'referenceToVideo'
			? [file('video', CLIP, 'reference_video'), file('audio', VOICE, 'reference_audio')]
			: [];
	return {
		model,
		api: 'v2',
		plain: sent('768P', 5, shaped, 'balanced'),
		set: {
			...{ resolution: large, duration: 15, ...others },
			...(shaped && { aspectRatio: '9:16' }),
			...(isMax && { promptExpansionMode: 'disabled' }),
		},
		full: sent(large, 15, '9:16', 'disabled', files),
		no: isMax
			? [{ duration: 4 }, /'Duration' of 4 s is not available with .* Choose 5 to 15 s/]
			: NO_PROMPT,
	};
}

const H3_MODELS = /** @type {const} */ (['MiniMax-H3', 'MiniMax-H3-Max']);
const h3Cases = (operation) => H3_MODELS.map((model) => h3Case(model, operation));

const miniMax = {
	referenceToVideo: h3Cases('referenceToVideo'),
	textToVideo: [
		...['MiniMax-Hailuo-2.3', 'MiniMax-Hailuo-02'].map((model) => ({
			model,
			plain: { model, ...prompt, ...plain, ...quick },
			set: { ...turned, ...camera, options: miniOptions },
			full: { model, ...isTurned, prompt: MINI_PROMPT, ...miniOptioned },
			no: tooLong,
		})),
		...h3Cases('textToVideo'),
		CUSTOM('MiniMax-Hailuo-2.3', { ...prompt, model: 'MiniMax-Hailuo-2.3' }),
	],
	imageToVideo: [
		...h3Cases('imageToVideo'),
		...['MiniMax-Hailuo-2.3', 'MiniMax-Hailuo-2.3-Fast'].map((model) => ({
			model,
			plain: { model, ...mini, ...plain, ...quick },
			set: { ...turned, ...camera, options: miniOptions },
			full: { model, ...mini, ...isTurned, prompt: MINI_PROMPT, ...miniOptioned },
			no: [{ resolution: '={{ "512P" }}' }, /512P is not available .*/],
		})),
		{
			model: 'MiniMax-Hailuo-02',
			plain: { model: 'MiniMax-Hailuo-02', ...mini, ...plain, ...quick },
			set: { ...off, resolution: '512P', duration: 10 },
			full: {
				model: 'MiniMax-Hailuo-02',
				...mini,
				...quick,
				duration: 10,
				resolution: '512P',
				prompt_optimizer: false,
			},
			no: NO_PICTURE,
		},
		CUSTOM('MiniMax-Hailuo-2.3-Fast', { ...mini, model: 'MiniMax-Hailuo-2.3-Fast' }),
	],
	firstLastFrameToVideo: [
		...h3Cases('firstLastFrameToVideo'),
		{
			// Never fast_pretreatment here (docs/providers.md C.2).
			model: 'MiniMax-Hailuo-02',
			plain: { model: 'MiniMax-Hailuo-02', ...miniEnds, ...plain },
			set: { ...turned, options: { watermark: true } },
			full: { model: 'MiniMax-Hailuo-02', ...miniEnds, ...isTurned, aigc_watermark: true },
			no: NO_LAST,
		},
		CUSTOM('MiniMax-Hailuo-02', { ...miniEnds, model: 'MiniMax-Hailuo-02' }),
	],
};

/**
 * @typedef {{ provider: string, operation: string, model: string, api?: string, id?: string,
 *   always?: object, plain: object, set: object, full: object, no: [object, RegExp] }} ModelCase
 *
 * @returns {ModelCase[]}
 */
function modelCases() {
	return Object.entries({ waveSpeed, vtrix, miniMax }).flatMap(([provider, operations]) =>
		Object.entries(operations).flatMap(([operation, rows]) =>
			rows.map((row) => ({ provider, operation, ...row })),
		),
	);
}

module.exports = { GIVEN, PROMPT, modelCases };
