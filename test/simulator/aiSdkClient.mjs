import { createMiniMax } from '@ai-sdk/minimax';

/**
 * Runs `@ai-sdk/minimax` in a process of its own (it is an ES module, Jest runs CommonJS).
 * Input: a line of JSON {url, key, model, options}; output: the video's bytes and facts, or the error, as JSON.
 */
const { url, key, model, options } = JSON.parse(process.argv[2]);
const video = createMiniMax({ apiKey: key, videoBaseURL: url }).video(model);
const providerOptions = { minimax: { pollIntervalMs: 10, ...options.minimax } };
const file = ({ base64, mediaType }) => ({ type: 'file', mediaType, data: base64 });
try {
	const { videos, warnings, providerMetadata } = await video.doGenerate({
		n: 1,
		prompt: options.prompt,
		aspectRatio: options.aspectRatio,
		duration: options.duration,
		image: options.image && file(options.image),
		inputReferences: options.references?.map(file),
		providerOptions,
	});
	const response = await fetch(videos[0].url);
	const bytes = Buffer.from(await response.arrayBuffer()).toString('base64');
	console.log(JSON.stringify({ bytes, warnings, ...providerMetadata.minimax }));
} catch (error) {
	console.log(JSON.stringify({ name: error.name, message: error.message }));
}
