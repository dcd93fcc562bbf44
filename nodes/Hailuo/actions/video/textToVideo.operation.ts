import { generateOperation } from './generate';

export const textToVideo = generateOperation('textToVideo', {
	description: 'Make a video from a description',
	action: 'Generate video from text',
});
