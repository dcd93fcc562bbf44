import type { FieldName } from '../providers/modelTypes';

/* The values of fields that are lists: their names in the editor, and other words that people write for them. */

interface Choice {
	/** The name in the editor; default: the value itself. */
	name?: string;
	description?: string;
	/** What sheets, forms and agents write for it, in lower case. */
	words?: readonly string[];
}

const CHOICES: Partial<Record<FieldName, Readonly<Record<string, Choice>>>> = {
	aspectRatio: { adaptive: { name: 'As the References', words: ['auto'] } },
	promptExpansionMode: {
		disabled: {
			...{ name: 'Off', description: 'The prompt is used as it is' },
			words: ['false', '0', 'no', 'n', 'none'],
		},
		// With other models the field of this label is a switch, so an expression may give its values.
		balanced: {
			...{ name: 'Balanced', description: 'The model may rewrite the prompt' },
			words: ['on', 'true', '1', 'yes', 'y'],
		},
		quality: { name: 'Quality', description: 'The model takes longer to rewrite the prompt' },
	},
};

/** An entry of the list in the editor. */
export function choiceOption(field: FieldName, value: string) {
	const { name = value, description } = CHOICES[field]?.[value] ?? {};
	return { name, value, ...(description ? { description } : {}) };
}

/** `16x9`, `16/9` and `16 : 9` are `16:9`. */
const folded = (text: string): string =>
	text
		.trim()
		.toLowerCase()
		.replace(/^(\d{1,4})\s*[x×/:]\s*(\d{1,4})$/, '$1:$2');

/**
 * Finds the value that a text means: the value itself, its name in the list, or another word for it, in any case. Text
 * without a match is returned unchanged, and the check reports it.
 */
export function choiceNamed(field: FieldName, values: readonly string[], text: string): string {
	const word = folded(text);
	return (
		values.find((value) => {
			const { name = value, words = [] } = CHOICES[field]?.[value] ?? {};
			return [value, name, ...words].some((one) => folded(one) === word);
		}) ?? text.trim()
	);
}
