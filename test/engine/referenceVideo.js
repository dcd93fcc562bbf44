'use strict';

/** The parameters of the node for a video from references by Hailuo 3, but for its prompt and files. */
const REFERENCE_VIDEO = {
	provider: 'miniMax',
	resource: 'video',
	operation: 'referenceToVideo',
	model: 'MiniMax-H3',
};

module.exports = { REFERENCE_VIDEO };
