import { generateOperation } from './generate';

export const imageToVideo = generateOperation('imageToVideo', {
	description: 'Make a video that starts with a picture',
	action: 'Generate video from image',
});
