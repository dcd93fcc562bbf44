import { generateOperation } from './generate';

export const imageToVideo = generateOperation('imageToVideo', {
	description: 'Make a video that begins with a picture',
	action: 'Generate video from image',
});
