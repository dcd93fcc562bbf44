import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { jsonParse } from 'n8n-workflow';
import { loadPicture, type Picture } from '../../media/picture/load';
import { FIELD_LABELS } from '../../models/fieldError';
import type { FieldName, VideoOperation } from '../../providers/modelTypes';
import type { VideoValues } from '../../models/request';
import { asResolution, asSeconds, asSwitch, asText, isBlank } from '../../n8n/fieldValues';
import type { Session } from '../../n8n/session';
import { FRAME_FIELDS } from './fields';

/** Reads what a person chose for one item, under the catalogue's names. Fields that are not shown stay undefined. */
export function readValues(
	context: IExecuteFunctions,
	item: number,
	operation: VideoOperation,
): VideoValues {
	const read = (name: string) => context.getNodeParameter(name, item, null) as unknown;
	const options = context.getNodeParameter('options', item, {}) as IDataObject;
	const text = (value: unknown, field: FieldName) => asText(value, FIELD_LABELS[field]);
	const flag = (value: unknown, field: FieldName) => asSwitch(value, FIELD_LABELS[field]);
	return {
		prompt: text(read('prompt'), 'prompt'),
		cameraMovements: readCamera(read('cameraMovements')),
		firstFrame: operation === 'textToVideo' ? undefined : framePlace(context, item, 'firstFrame'),
		lastFrame:
			operation === 'firstLastFrameToVideo' ? framePlace(context, item, 'lastFrame') : undefined,
		resolution: asResolution(read('resolution')),
		duration: asSeconds(read('duration')),
		promptExpansion: flag(read('promptExpansion'), 'promptExpansion'),
		goFast: flag(read('goFast'), 'goFast'),
		fastPretreatment: flag(options.fastPretreatment, 'fastPretreatment'),
		callbackUrl: text(options.callbackUrl, 'callbackUrl')?.trim() || undefined,
		watermark: flag(options.watermark, 'watermark'),
		additionalFields: readJson(read('additionalFields')),
	};
}

/** Text as JSON, where it is JSON; everything else stays as it is, for the check to name. */
export function readJson(value: unknown): unknown {
	if (isBlank(value)) return undefined;
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return undefined;
	return jsonParse<unknown>(value, { fallbackValue: value });
}

const CAMERA = 'Camera Movements';

function readCamera(value: unknown): string[][] {
	const { steps } = (value ?? {}) as { steps?: Array<{ movements?: unknown }> };
	return (Array.isArray(steps) ? steps : []).map(({ movements }) =>
		(Array.isArray(movements) ? movements : (asText(movements, CAMERA) ?? '').split(','))
			.map((id) => (asText(id, CAMERA) ?? '').trim())
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
	return isBlank(value) ? undefined : frame;
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
		taken: frame === 'lastFrame' ? frameValue(context, item, 'firstFrame') : undefined,
		label: FIELD_LABELS[frame],
		rules: provider.images,
		providerUrl: baseUrl,
	});
}
