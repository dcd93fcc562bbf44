import type { Model } from '../providers/modelTypes';
import { FIELD_LABELS, FieldError } from './fieldError';
import { REFERENCE_FIELDS } from './videoFields';
import type { Frame, VideoValues } from './videoValues';

/** @throws FieldError if the model has no such frame, or the frame is empty */
export function requireFrame(model: Model, field: Frame, value?: string): void {
	if (!model.fields[field]) {
		throw new FieldError(
			FIELD_LABELS[field],
			`cannot be sent, because this node does not know what ${model.name} calls this parameter`,
			`Use Image to Video, and enter it in '${FIELD_LABELS.additionalFields}' under the name on the page of the model`,
		);
	}
	if (value !== undefined && value.trim() !== '') return;
	throw new FieldError(
		FIELD_LABELS[field],
		`is empty, but ${model.name} needs a picture`,
		'Enter the URL of a picture, or the name of the input field that holds the file',
	);
}

/**
 * Checks only the counts: the files themselves are checked when they are loaded.
 *
 * @throws FieldError that names the field and its maximum
 */
export function requireReferences(model: Model, values: VideoValues): void {
	const { referencePictures = [], referenceVideos = [], referenceAudios = [] } = values;
	const { referencePictures: label, referenceVideos: videoLabel } = FIELD_LABELS;
	if (referencePictures.length + referenceVideos.length === 0) {
		throw new FieldError(
			label,
			referenceAudios.length
				? `is empty, and so is '${videoLabel}': ${model.name} does not accept sound alone`
				: `is empty, and so is '${videoLabel}': ${model.name} needs at least one reference`,
			'Enter the names of the input fields that hold the files, e.g. data, photo_*, or the addresses of the files',
		);
	}
	const { references } = model;
	if (!references) return;
	const { pictures, videos, audios, files } = references;
	const counts = { referencePictures: pictures, referenceVideos: videos, referenceAudios: audios };
	for (const field of REFERENCE_FIELDS) {
		const { length } = values[field] ?? [];
		if (length > counts[field].count) {
			throw new FieldError(
				FIELD_LABELS[field],
				`lists ${length} files, but ${model.name} accepts at most ${counts[field].count}`,
				'Use fewer files',
			);
		}
	}
	const all = REFERENCE_FIELDS.flatMap((field) => values[field] ?? []).length;
	if (all > files) {
		throw new FieldError(
			label,
			`and the other references are ${all} files in total, but ${model.name} accepts at most ${files}`,
			'Use fewer files',
		);
	}
}
