import type { FieldName } from '../providers/modelTypes';
import { FIELD_NAMES, VIDEO_FIELDS } from './videoFields';

/** The label of each field in the editor; errors name a field by it. */
export const FIELD_LABELS = {
	...(Object.fromEntries(FIELD_NAMES.map((name) => [name, VIDEO_FIELDS[name].label])) as Record<
		FieldName,
		string
	>),
	customModel: 'Model ID',
	additionalFields: 'Additional Fields',
};

/** A value that the model would reject: what was wrong, where, and what to do. Thrown before any request. */
export class FieldError extends Error {
	constructor(
		/** The label of the field, as the editor shows it. */
		readonly field: string,
		/** What is wrong with it; begins the message after the field's name. */
		readonly rule: string,
		/** What the user can do: without a full stop at the end. */
		readonly fix: string,
	) {
		super(`'${field}' ${rule}`);
		this.name = 'FieldError';
	}
}
