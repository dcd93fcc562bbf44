import type { Model, VideoOperation } from '../providers/modelTypes';
import { CAMERA_MOVEMENTS, MAX_COMBINED_MOVEMENTS } from './camera';
import { models, PROVIDER_NAMES } from './catalogue';
import { FIELD_LABELS, FieldError } from './fieldError';
import { fullPrompt } from './payload';
import { characters, shownValue } from './text';
import type { VideoValues } from './videoValues';

/** @throws FieldError for the prompt or the camera movements */
export function checkPrompt(model: Model, operation: VideoOperation, values: VideoValues): void {
	checkCamera(model, values.cameraMovements ?? []);
	const prompt = fullPrompt(model, values);
	const required = operation === 'textToVideo' || model.fields.prompt?.required === true;
	if (prompt === '' && required && !model.custom) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`is empty, but ${model.name} needs one`,
			'Describe what happens in the video',
		);
	}
	const length = characters(prompt);
	if (model.promptLimit !== undefined && length > model.promptLimit) {
		throw new FieldError(
			FIELD_LABELS.prompt,
			`has ${length} characters, but ${model.name} accepts at most ${model.promptLimit}`,
			'Shorten it (camera movements count too)',
		);
	}
}

/** Providers whose models support camera movements, e.g. `MiniMax`; empty if there are none. */
const cameraProviders = [
	...new Set(models.filter(({ camera }) => camera).map(({ provider }) => PROVIDER_NAMES[provider])),
].join(' or ');

function checkCamera(model: Model, steps: readonly (readonly string[])[]): void {
	if (!model.camera && steps.some((ids) => ids.length > 0)) {
		throw new FieldError(
			'Camera Movements',
			`are not available with ${model.name}: ${PROVIDER_NAMES[model.provider]} does not document them`,
			`Remove them and describe the movement in the prompt${cameraProviders ? `, or pick a model of ${cameraProviders}` : ''}`,
		);
	}
	for (const ids of steps) {
		const unknown = ids.find((id) => !CAMERA_MOVEMENTS.some((movement) => movement.id === id));
		if (unknown !== undefined) {
			throw new FieldError(
				'Camera Movements',
				`cannot be '${shownValue(unknown)}'`,
				`Use ${CAMERA_MOVEMENTS.map(({ id }) => id).join(', ')}`,
			);
		}
		if (ids.length > MAX_COMBINED_MOVEMENTS) {
			throw new FieldError(
				'Camera Movements',
				`combines ${ids.length} movements in one step`,
				`Combine at most ${MAX_COMBINED_MOVEMENTS} at the same time, and add another step for the next movements`,
			);
		}
	}
}
