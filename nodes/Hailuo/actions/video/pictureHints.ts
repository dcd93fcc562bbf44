import type { IExecuteFunctions } from 'n8n-workflow';
import type { Prepared } from './prepare';

/** More of them are no help to a person. */
const MAX_NAMED = 5;

/**
 * A yellow line above the output for each thing that a provider may show otherwise in a picture than the person sees it,
 * where n8n has such (docs/n8n.md 7.2).
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
