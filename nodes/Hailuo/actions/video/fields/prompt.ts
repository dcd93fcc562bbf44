import { CAMERA_MOVEMENTS, MAX_COMBINED_MOVEMENTS } from '../../../models/camera';
import { FIELD_LABELS } from '../../../models/fieldError';
import { fieldAt } from '../showFor';
import { all, sentences } from './places';

export const promptFields = fieldAt(
	all,
	({ model, operation }) =>
		model.fields.prompt && {
			displayName: FIELD_LABELS.prompt,
			name: 'prompt',
			kept: true,
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			...(!model.custom && (operation === 'textToVideo' || model.fields.prompt.required)
				? { required: true }
				: {}),
			placeholder: 'e.g. A paper boat drifts down a rainy street, camera close to the water',
			description: sentences(
				`What happens in the video${model.promptLimit ? `, at most ${model.promptLimit} characters` : ''}`,
				'An expression that gives no value, or an object, is rejected before you pay',
			),
		},
);

export const cameraFields = fieldAt(
	all,
	({ model }) =>
		model.camera && {
			displayName: 'Camera Movements',
			name: 'cameraMovements',
			kept: true,
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, sortable: true },
			placeholder: 'Add Step',
			default: {},
			description:
				'How the camera moves, step by step. Added to the end of the prompt in the form the model knows, e.g. [push in]; you can also type it into the prompt yourself.',
			options: [
				{
					displayName: 'Step',
					name: 'steps',
					values: [
						{
							displayName: 'Movements',
							name: 'movements',
							type: 'multiOptions',
							options: CAMERA_MOVEMENTS.map(({ id, name }) => ({ name, value: id })),
							default: [],
							description: `What the camera does at the same time, at most ${MAX_COMBINED_MOVEMENTS} movements`,
						},
					],
				},
			],
		},
);
