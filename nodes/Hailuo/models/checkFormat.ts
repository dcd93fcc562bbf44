import type { Model, Resolution, VideoOperation } from '../providers/modelTypes';
import { fieldOf, OPERATION_NAMES, resolutionsOf, spoken } from './catalogue';
import { FIELD_LABELS, FieldError } from './fieldError';
import { elsewhereIn } from './suggest';
import { shownValue } from './text';
import type { Format, VideoValues } from './videoValues';

/**
 * Resolves resolution and duration with the model's matrix. A missing value gets the model's default, so that a
 * default never makes a request that the model rejects.
 *
 * @throws FieldError that names the values the model has, and the nearest model that fits
 */
export function checkFormat(model: Model, operation: VideoOperation, values: VideoValues): Format {
	if (model.custom) return {};
	const lengths = model.operations[operation]!;
	const resolutions = resolutionsOf(lengths);
	const choice = fieldOf(model, operation, 'resolution');
	// If the endpoint fixes it, the value is ignored: n8n shows the field for every model if the model is an expression.
	const resolution = ((choice && values.resolution) ??
		choice?.default ??
		resolutions[0]) as Resolution;
	// Not by the key alone: every object has a 'constructor'.
	const durations = resolutions.includes(resolution) ? lengths[resolution] : undefined;
	if (!durations) {
		throw new FieldError(
			FIELD_LABELS.resolution,
			`${shownValue(resolution)} is not available with ${model.name} (${OPERATION_NAMES[operation]})`,
			`Choose ${resolutions.join(' or ')}${elsewhereIn(model, operation, { resolution })}`,
		);
	}
	const duration = Number(values.duration ?? model.fields.duration?.default ?? durations[0]);
	if (!durations.includes(duration)) {
		const elsewhere = resolutions.filter((other) => lengths[other]!.includes(duration));
		throw new FieldError(
			FIELD_LABELS.duration,
			`of ${values.duration} s is not available with ${model.name} at ${resolution}`,
			`Choose ${spoken(durations)} s` +
				// Another model is suggested only if this one has the length at no resolution.
				(elsewhere.length
					? `, or the resolution ${elsewhere.join(' or ')}`
					: elsewhereIn(model, operation, { resolution, duration })),
		);
	}
	return { resolution, duration };
}
