import type { IDataObject } from 'n8n-workflow';
import { fieldOf } from '../../../models/catalogue';
import { choiceNamed } from '../../../models/choices';
import { FIELD_LABELS } from '../../../models/fieldError';
import {
	FIELD_NAMES,
	VIDEO_FIELDS,
	type FieldValues,
	type ReferenceField,
} from '../../../models/videoFields';
import { framesOf, type Frame, type VideoValues } from '../../../models/videoValues';
import type { FieldName, Model, VideoOperation } from '../../../providers/modelTypes';
import {
	asResolution,
	asSeconds,
	asSwitch,
	asText,
	isBlank,
	unwrapped,
} from '../../../n8n/fieldValues';
import { OPTIONS } from '../../../n8n/optionLabels';
import { isExpression, readCollection, readField } from '../../../n8n/readField';
import type { Asked } from './asked';
import { readJson } from './readJson';
import { framePlace } from './frames';
import { referencePlaces } from './references';

/**
 * How a field of each kind is read, whatever an expression gives. Files and pictures are references to places: see
 * below.
 */
const READERS = {
	text: (value: unknown, label: string) => asText(value, label),
	switch: asSwitch,
	resolution: asResolution,
	seconds: asSeconds,
};

/** The replacement that a message suggests for a missing value of each kind. */
const INSTEAD = { text: "''", choice: "''", switch: 'false', resolution: "''", seconds: "''" };

/** The options of an item that count for its model. @throws FieldError or UnreadableField, see `readCollection` */
export function readOptions({ context, item, operation, model }: Asked): IDataObject {
	const isUsed = (name: string) =>
		!FIELD_NAMES.includes(name as FieldName) ||
		fieldOf(model, operation, name as FieldName) !== undefined;
	return readCollection(context, item, { ...OPTIONS, isUsed });
}

/**
 * Reads the user's values for one item, under the catalogue's names. Fields that are not shown stay undefined.
 *
 * @throws FieldError or UnreadableField for an expression without a usable value
 */
export function readValues(asked: Asked, options: IDataObject): VideoValues {
	const { context, item, operation, model } = asked;
	const frames: readonly FieldName[] = framesOf(operation);
	const values: Partial<Record<FieldName, unknown>> = {};
	for (const name of FIELD_NAMES) {
		const { kind, label, where } = VIDEO_FIELDS[name];
		if (kind === 'picture') {
			if (frames.includes(name)) values[name] = framePlace(context, item, name as Frame);
		} else if (kind === 'files') {
			if (operation === 'referenceToVideo') {
				values[name] = referencePlaces(context, item, name as ReferenceField);
			}
		} else if (isTaken(model, operation, name)) {
			const value =
				where === 'option'
					? options[name]
					: readField(context, item, name, label, { instead: INSTEAD[kind] });
			values[name] =
				kind === 'choice' ? asChoiceOf(model, operation, name, value) : READERS[kind](value, label);
		}
	}
	const additional = FIELD_LABELS.additionalFields;
	return {
		...(values as FieldValues),
		callbackUrl: (values.callbackUrl as string | undefined)?.trim() || undefined,
		cameraMovements: readCamera(readField(context, item, 'cameraMovements', CAMERA)),
		additionalFields: model.custom
			? readJson(readField(context, item, 'additionalFields', additional))
			: undefined,
	};
}

/**
 * Whether a field applies to the model: n8n shows all fields if the model is an expression, and keeps values that were
 * entered for another model. The duration always applies: a model without a choice has one length.
 */
const isTaken = (model: Model, operation: VideoOperation, name: FieldName): boolean =>
	name === 'duration' || fieldOf(model, operation, name) !== undefined;

/** @throws FieldError if the value is not text. A value that the model does not have is reported by `checkValues` */
function asChoiceOf(
	model: Model,
	operation: VideoOperation,
	name: FieldName,
	given: unknown,
): string | undefined {
	const value = unwrapped(given);
	const text = asText(typeof value === 'boolean' ? String(value) : value, FIELD_LABELS[name]);
	if (isBlank(text) || text.trim() === '') return undefined;
	return choiceNamed(name, fieldOf(model, operation, name)?.choices ?? [], text);
}

/**
 * For these fields, an empty value means the model's default, which affects the price, or a video without a
 * description.
 */
const BLANK_WARNINGS = {
	prompt: 'the video was made without a description',
	resolution: "the model's default was used",
	duration: "the model's default was used",
} as const;

/** Warnings about a paid job: an expression gave empty text, e.g. from an empty cell of a sheet. */
export function blankWarnings(asked: Asked, values: VideoValues): string[] {
	const { context, item, operation, model } = asked;
	const names = Object.keys(BLANK_WARNINGS) as Array<keyof typeof BLANK_WARNINGS>;
	return names.flatMap((name) => {
		const raw = context.getNodeParameter(name, item, null, { rawExpressions: true }) as unknown;
		const value = values[name];
		const isBlankHere = value === undefined || (typeof value === 'string' && value.trim() === '');
		if (!isBlankHere || !isExpression(raw) || !fieldOf(model, operation, name)) return [];
		return [
			`'${FIELD_LABELS[name]}' was an expression that gave empty text: ${BLANK_WARNINGS[name]}.`,
		];
	});
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
