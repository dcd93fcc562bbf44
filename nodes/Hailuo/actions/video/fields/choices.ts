import { fieldOf } from '../../../models/catalogue';
import { choiceOption } from '../../../models/choices';
import { FIELD_LABELS } from '../../../models/fieldError';
import type { FieldName, ProviderId } from '../../../providers/modelTypes';
import { fieldAt } from '../showFor';
import { all, sentences } from './places';

const REWRITES = 'Whether the model may rewrite the prompt for a better result';

const LIST_HELP = {
	aspectRatio: 'The shape of the video, width to height; 9:16 is vertical, for phones',
	promptExpansionMode: REWRITES,
};

/** The lists of values that a model gives for a field. */
export const listFields = (['aspectRatio', 'promptExpansionMode'] as const).flatMap((name) =>
	fieldAt(all, ({ model, operation }) => {
		const spec = fieldOf(model, operation, name);
		return (
			spec && {
				displayName: FIELD_LABELS[name],
				name,
				type: 'options',
				options: spec.choices!.map((value) => choiceOption(name, value)),
				default: String(spec.default),
				description: LIST_HELP[name],
			}
		);
	}),
);

const SWITCH_HELP: Partial<Record<FieldName, string>> = {
	promptExpansion: REWRITES,
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
