import { modelsFor, OPERATION_NAMES, VIDEO_OPERATIONS } from '../models/catalogue';
import type { VideoOperation } from '../models/types';
import { getBalance } from './account/getBalance';
import { cancelJobs } from './job/cancel';
import { deleteJobs } from './job/delete';
import { getJobs } from './job/get';
import { getManyJobs } from './job/getAll';
import { waitForJobs } from './job/wait';
import type { Operation, Resource } from './operation';
import { generate } from './video/generate';
import { getPrice } from './video/getPrice';
import { sendAndWait } from './video/sendAndWait';

const VIDEO_TEXTS: Record<VideoOperation, { description: string; action: string }> = {
	textToVideo: {
		description: 'Make a video from a description',
		action: 'Generate video from text',
	},
	imageToVideo: {
		description: 'Make a video that begins with a picture',
		action: 'Generate video from image',
	},
	firstLastFrameToVideo: {
		description: 'Make a video that leads from one picture to another',
		action: 'Generate video from first and last frame',
	},
};

const generating = VIDEO_OPERATIONS.map(
	(value): Operation => ({
		value,
		name: OPERATION_NAMES[value],
		...VIDEO_TEXTS[value],
		offered: ({ id }) => modelsFor(id, value).length > 0,
		submits: true,
		run: async (context) => await generate(context, value),
	}),
);

/**
 * Everything the node can do, by resource, in the order of the lists. What a provider offers follows from what its
 * object implements: the lists of the editor and the router both ask here.
 */
export const operations: Record<Resource, readonly Operation[]> = {
	account: [getBalance],
	job: byName([cancelJobs, deleteJobs, getJobs, getManyJobs, waitForJobs]),
	video: byName([...generating, getPrice, sendAndWait]),
};

function byName(list: readonly Operation[]): readonly Operation[] {
	return [...list].sort((a, b) => a.name.localeCompare(b.name));
}
