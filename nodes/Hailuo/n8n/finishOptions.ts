import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { downloadVideo, type DownloadOptions } from '../media/video/download';
import { videoFileName } from '../media/video/fileName';
import type { Job } from '../providers/types';
import { asLimitMs, asName, asSwitch } from './fieldValues';
import type { RequestContext } from './http';
import { OPTION_LABELS } from './optionLabels';

/** Hailuo 3 takes up to 7 minutes for 2K (docs/providers.md I.1): a limit of 15 minutes would lose the slowest jobs. */
export const DEFAULT_LIMIT_MINUTES = 30;

/** The values of `finishFields()` and of the time limit, in both nodes. */
export interface FinishOptions {
	/** Whether to put the video into the item as a file. */
	download: boolean;
	/** Name of the item's field for it. */
	outputField: string;
	/** In ms, from the start of waiting. */
	timeLimitMs: number;
}

/**
 * @param downloads whether the video is downloaded by default
 * @throws FieldError for an invalid switch or field name. Both are read before any request
 */
export function readFinishOptions(options: IDataObject, downloads: boolean): FinishOptions {
	return {
		download: asSwitch(options.download, OPTION_LABELS.download) ?? downloads,
		outputField: asName(options.outputField, OPTION_LABELS.outputField) ?? 'data',
		timeLimitMs: asLimitMs(options.timeLimit, DEFAULT_LIMIT_MINUTES),
	};
}

/**
 * Downloads the video of a completed job, for both nodes.
 *
 * @returns the binary data of its item
 * @throws DownloadFailed, or the signal's reason
 */
export async function loadVideo(
	context: RequestContext,
	{ model, jobId, videoUrl = '' }: Pick<Job, 'model' | 'jobId' | 'videoUrl'>,
	{ outputField }: FinishOptions,
	limits: Omit<DownloadOptions, 'fileName'>,
): Promise<IBinaryKeyData> {
	const fileName = videoFileName(model, jobId);
	const { binary } = await downloadVideo.call(context, videoUrl, { ...limits, fileName });
	return { [outputField]: binary };
}
