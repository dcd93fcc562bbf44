import { generateOperation } from './generate';

export const firstLastFrameToVideo = generateOperation('firstLastFrameToVideo', {
	description: 'Make a video that goes from one picture to another',
	action: 'Generate video from first and last frame',
});
