import { CAMERA_MOVEMENTS, MAX_COMBINED_MOVEMENTS } from '../../../models/camera';
import { fieldOf } from '../../../models/catalogue';
import { choiceOption } from '../../../models/choices';
import { FIELD_LABELS } from '../../../models/fieldError';
import type { FieldName, ProviderId } from '../../../providers/modelTypes';
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

export const modeFields = fieldAt(all, ({ model, operation }) => {
	const spec = fieldOf(model, operation, 'promptExpansionMode');
	return (
		spec && {
			displayName: FIELD_LABELS.promptExpansionMode,
			name: 'promptExpansionMode',
			type: 'options',
			options: spec.choices!.map((value) => choiceOption('promptExpansionMode', value)),
			default: String(spec.default),
			description: 'Whether the model may rewrite the prompt for a better result',
		}
	);
});

const SWITCH_HELP: Partial<Record<FieldName, string>> = {
	promptExpansion: 'Whether the model may rewrite the prompt for a better result',
	goFast: 'Whether to make the video faster, with some loss of quality',
};

/** Additional effects of a switch with one provider. */
const SWITCH_EXTRA: Partial<Record<ProviderId, Partial<Record<FieldName, string>>>> = {
	waveSpeed: { promptExpansion: 'It also switches the safety checker on' },
};

/** The other values that sheets, forms and agents give. */
const SWITCH_WORDS = 'As an expression, yes, no, on, off, 1 and 0 work too';

export const switchFields = (['promptExpansion', 'goFast'] as const).flatMap((name) =>
	fieldAt(all, ({ model, operation }) => {
		const spec = fieldOf(model, operation, name);
		const type = 'boolean';
		return (
			spec && {
				displayName: FIELD_LABELS[name],
				name,
				type,
				default: spec.default === true,
				kept: name === 'promptExpansion',
				description: sentences(
					SWITCH_HELP[name],
					SWITCH_EXTRA[model.provider]?.[name],
					SWITCH_WORDS,
				),
			}
		);
	}),
);
