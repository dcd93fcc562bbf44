import type { IExecuteFunctions } from 'n8n-workflow';
import type { Prepared } from './prepare';

/** More numbers would not help the user. */
const MAX_NAMED = 5;

/**
 * Shows a yellow line above the output for each property of a picture that may look different in the video, if n8n
 * supports it (docs/n8n.md 7.2).
 */
export function hintAtPictures(
	context: Pick<IExecuteFunctions, 'addExecutionHints'>,
	prepared: ReadonlyArray<Pick<Prepared, 'item' | 'notes'>>,
): void {
	if (!context.addExecutionHints) return;
	const items = new Map<string, Set<number>>();
	for (const { item, notes } of prepared) {
		for (const { text } of notes) items.set(text, (items.get(text) ?? new Set()).add(item));
	}
	for (const [text, found] of items) {
		const named = [...found].slice(0, MAX_NAMED).join(', ');
		const more = found.size > MAX_NAMED ? ` and ${found.size - MAX_NAMED} more` : '';
		context.addExecutionHints({
			message: `${text} (${found.size === 1 ? 'Item' : 'Items'} ${named}${more})`,
			type: 'warning',
			location: 'outputPane',
		});
	}
}
