import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { jsonParse } from 'n8n-workflow';
import { loadPicture, type Picture } from '../../media/images';
import { FIELD_LABELS } from '../../models/fields';
import type { VideoOperation } from '../../models/types';
import type { VideoValues } from '../../models/request';
import type { Session } from '../session';
import { FRAME_FIELDS } from './fields';

/** Reads what a person chose for one item, under the catalogue's names. Fields that are not shown stay undefined. */
export function readValues(
	context: IExecuteFunctions,
	item: number,
	operation: VideoOperation,
): VideoValues {
	const read = (name: string) => context.getNodeParameter(name, item, null) as unknown;
	const options = context.getNodeParameter('options', item, {}) as IDataObject;
	const text = (value: unknown) =>
		value === undefined || value === null ? undefined : String(value);
	const filled = (value: unknown) =>
		value === undefined || value === null || value === '' ? undefined : value;
	const flag = (value: unknown) =>
		filled(value) === undefined ? undefined : value === true || value === 'true';
	const duration = filled(read('duration'));
	return {
		prompt: text(read('prompt')),
		cameraMovements: readCamera(read('cameraMovements')),
		firstFrame: operation === 'textToVideo' ? undefined : framePlace(context, item, 'firstFrame'),
		lastFrame:
			operation === 'firstLastFrameToVideo' ? framePlace(context, item, 'lastFrame') : undefined,
		resolution: text(filled(read('resolution'))),
		duration: duration === undefined ? undefined : Number(duration),
		promptExpansion: flag(read('promptExpansion')),
		goFast: flag(read('goFast')),
		fastPretreatment: flag(options.fastPretreatment),
		callbackUrl: text(filled(options.callbackUrl))?.trim(),
		watermark: flag(options.watermark),
		additionalFields: readJson(filled(read('additionalFields'))),
	};
}

/** Text as JSON, where it is JSON; everything else stays as it is, for the check to name. */
export function readJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return undefined;
	return jsonParse<unknown>(value, { fallbackValue: value });
}

function readCamera(value: unknown): string[][] {
	const { steps } = (value ?? {}) as { steps?: Array<{ movements?: unknown }> };
	return (Array.isArray(steps) ? steps : []).map(({ movements }) =>
		(Array.isArray(movements) ? movements : String(movements ?? '').split(','))
			.map((id) => String(id).trim())
			.filter((id) => id !== ''),
	);
}

type Frame = 'firstFrame' | 'lastFrame';

const frameSource = (context: IExecuteFunctions, item: number, frame: Frame) =>
	context.getNodeParameter(`${frame}Source`, item, 'binary') === 'url' ? 'url' : 'binary';

const frameValue = (context: IExecuteFunctions, item: number, frame: Frame): unknown =>
	frameSource(context, item, frame) === 'url'
		? context.getNodeParameter(`${frame}Url`, item, '')
		: context.getNodeParameter(`${frame}BinaryField`, item, FRAME_FIELDS[frame]);

/** Whether a picture is named at all; the picture itself is looked at by `loadFrame`. */
function framePlace(context: IExecuteFunctions, item: number, frame: Frame): string | undefined {
	const value = frameValue(context, item, frame);
	return value === undefined || value === null || value === '' ? undefined : frame;
}

/**
 * The picture of a frame, checked against the provider's limits.
 *
 * @throws ImageRefused, before any request
 */
export async function loadFrame(
	context: IExecuteFunctions,
	item: number,
	frame: Frame,
	{ provider, baseUrl }: Session,
): Promise<Picture> {
	return await loadPicture.call(context, item, {
		source: frameSource(context, item, frame),
		value: frameValue(context, item, frame),
		label: FIELD_LABELS[frame],
		rules: provider.images,
		providerUrl: baseUrl,
	});
}
