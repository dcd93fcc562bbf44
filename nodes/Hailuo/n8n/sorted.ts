/**
 * A copy of a list, sorted by letters regardless of case. Without `localeCompare`: its first use loads the language
 * rules, which would delay n8n's start by 10 ms.
 */
export function sortedBy<T>(list: readonly T[], textOf: (entry: T) => string): T[] {
	const keyed = list.map((entry) => ({ entry, key: textOf(entry).toLowerCase() }));
	keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
	return keyed.map(({ entry }) => entry);
}
