import type { FieldName, FieldSpec, Model, VideoOperation } from '../providers/modelTypes';
import { withCamera } from './camera';
import { fieldOf } from './catalogue';
import { VIDEO_FIELDS } from './videoFields';
import { framesOf, type Format, type VideoValues } from './videoValues';

/** The prompt as it is sent: with the camera movements in the provider's own words, where it has any. */
export function fullPrompt(
	model: Model,
	{ prompt = '', cameraMovements = [] }: VideoValues,
): string {
	return model.camera ? withCamera(prompt, cameraMovements, model.camera) : prompt.trim();
}

/**
 * The parameters under the provider's own names: only those that the model has, with all defaults explicit.
 * Values of fields that the model lacks (left over from another model) are not sent.
 */
export function toPayload(
	model: Model,
	operation: VideoOperation,
	values: VideoValues,
	format: Format,
): Record<string, unknown> {
	const meant: Partial<Record<FieldName, unknown>> = {
		...values,
		...format,
		prompt: fullPrompt(model, values) || undefined,
		callbackUrl: values.callbackUrl || undefined,
	};
	const frames: readonly FieldName[] = framesOf(operation);
	const takes = (field: FieldName) => {
		const { kind } = VIDEO_FIELDS[field];
		if (kind === 'picture') return frames.includes(field);
		return kind !== 'files' || operation === 'referenceToVideo';
	};
	const parameters = (Object.keys(model.fields) as FieldName[]).flatMap((field) => {
		const spec = fieldOf(model, operation, field);
		const value = spec && takes(field) ? (meant[field] ?? spec.default) : undefined;
		return spec && isGiven(value) ? [[spec.key, sent(spec, value)] as const] : [];
	});
	return {
		...Object.fromEntries(parameters),
		...(model.custom ? (values.additionalFields as object) : {}),
	};
}

/** An empty list is not sent. */
const isGiven = (value: unknown): boolean =>
	value !== undefined && !(Array.isArray(value) && value.length === 0);

/** A value in the provider's form. */
function sent({ sentAs }: FieldSpec, value: unknown): unknown {
	if (sentAs === undefined) return value;
	if (sentAs === 'text') return String(value);
	const word = String(value);
	return Object.prototype.hasOwnProperty.call(sentAs, word) ? sentAs[word] : value;
}
