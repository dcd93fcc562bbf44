import { sortedBy } from '../n8n/sorted';
import { getBalance } from './account/getBalance.operation';
import { cancelJobs } from './job/cancel.operation';
import { deleteJobs } from './job/delete.operation';
import { getJobs } from './job/get.operation';
import { getManyJobs } from './job/getAll.operation';
import { waitForJobs } from './job/wait.operation';
import type { Operation, Resource } from './operation';
import { firstLastFrameToVideo } from './video/firstLastFrameToVideo.operation';
import { getPrice } from './video/getPrice.operation';
import { imageToVideo } from './video/imageToVideo.operation';
import { joinVideos } from './video/join.operation';
import { referenceToVideo } from './video/referenceToVideo.operation';
import { sendAndWait } from './video/sendAndWait.operation';
import { textToVideo } from './video/textToVideo.operation';

const nameOf = ({ name }: Operation) => name;

/**
 * Everything the node can do, by resource, in the order of the lists. Which operations a provider offers depends on
 * what its object implements. Both the lists of the editor and the router use this table.
 */
export const operations: Record<Resource, readonly Operation[]> = {
	account: [getBalance],
	job: sortedBy([cancelJobs, deleteJobs, getJobs, getManyJobs, waitForJobs], nameOf),
	video: sortedBy(
		[
			...[textToVideo, imageToVideo, firstLastFrameToVideo, referenceToVideo],
			...[getPrice, joinVideos, sendAndWait],
		],
		nameOf,
	),
};
