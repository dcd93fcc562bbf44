import type { FieldName, Model, VideoOperation } from '../providers/modelTypes';
import { fieldOf, OPERATION_NAMES } from './catalogue';
import { requireFrame, requireReferences } from './checkFiles';
import { checkFormat } from './checkFormat';
import { checkPrompt } from './checkPrompt';
import { FIELD_LABELS, FieldError } from './fieldError';
import { shownValue } from './text';
import { FIELD_NAMES, VIDEO_FIELDS } from './videoFields';
import { framesOf, type Format, type VideoValues } from './videoValues';

/**
 * Checks everything that can be checked before a request.
 *
 * @throws FieldError that names the field, the rule and the fix
 */
export function checkValues(model: Model, operation: VideoOperation, values: VideoValues): Format {
	checkPrompt(model, operation, values);
	for (const frame of framesOf(operation)) requireFrame(model, frame, values[frame]);
	if (operation === 'referenceToVideo') requireReferences(model, values);
	checkCallbackUrl(values.callbackUrl);
	for (const field of FIELD_NAMES) {
		if (VIDEO_FIELDS[field].kind === 'choice') checkChoice(model, operation, field, values);
	}
	if (model.custom) checkAdditional(values.additionalFields);
	return checkFormat(model, operation, values);
}

function checkCallbackUrl(value?: string): void {
	if (value === undefined || value === '' || /^https?:\/\/[^\s/]\S*$/i.test(value)) return;
	throw new FieldError(
		FIELD_LABELS.callbackUrl,
		'must be a web address',
		'Enter a public address that begins with https://',
	);
}

/**
 * Checks only that it is an object; its content is up to the user and the provider.
 *
 * @throws FieldError for anything else
 */
export function checkAdditional(value: unknown): void {
	if (value === undefined) return;
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
	throw new FieldError(
		FIELD_LABELS.additionalFields,
		'must be a JSON object',
		'Enter names and values like {"duration": 6, "resolution": "768p"}',
	);
}

function checkChoice(
	model: Model,
	operation: VideoOperation,
	field: FieldName,
	{ [field]: value }: VideoValues,
): void {
	const choices = fieldOf(model, operation, field)?.choices;
	if (!choices || value === undefined || choices.includes(String(value))) return;
	throw new FieldError(
		FIELD_LABELS[field],
		`cannot be '${shownValue(value)}' with ${model.name} (${OPERATION_NAMES[operation]})`,
		`Choose ${choices.join(', ')}`,
	);
}
