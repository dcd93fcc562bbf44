import { generateOperation } from './generate';

export const referenceToVideo = generateOperation('referenceToVideo', {
	description: 'Make a video with people, things, movements and voices from your files',
	action: 'Generate video from references',
});
