/** How nodes hand on files as JSON: Airtable, Notion, Cloudinary, Google Drive. The first one that is there counts. */
const KEYS = ['url', 'file', 'external', 'secure_url', 'webContentLink'] as const;

/** Longer texts are pictures, no lists of addresses. */
const MAX_JSON = 100_000;

/**
 * What stands in a field for files: one text for each. A list, an object with a `url` in it and either of them as JSON text
 * are taken apart; what names no file stays as it is, for whoever reads it to refuse.
 */
export function entriesOf(value: unknown): unknown[] {
	const parsed = typeof value === 'string' ? parseJson(value) : value;
	if (Array.isArray(parsed)) return parsed.flatMap(entriesOf);
	return [addressIn(parsed) ?? parsed];
}

function parseJson(text: string): unknown {
	if (text.length > MAX_JSON || !/^\s*[[{]/.test(text)) return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function addressIn(value: unknown): string | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	for (const key of KEYS) {
		const inner = (value as Record<string, unknown>)[key];
		if (typeof inner === 'string' && inner !== '') return inner;
		if (key === 'file' || key === 'external') {
			const url = (inner as { url?: unknown } | null | undefined)?.url;
			if (typeof url === 'string') return url;
		}
	}
	return undefined;
}

/** An address as text programs wrap it: `<…>`, `"…"`, `[name](…)`, `name (…)`, `=IMAGE("…")`. */
const WRAPPED =
	/^(?:[^\s<>()"'`]{0,200} ?[([<"'`]{1,2}|!?\[[^\]]{0,200}\]\(|=IMAGE\(")(https?:\/\/)/i;
const LEADING = 250;

/** Where another address begins. Never at a comma alone: Cloudinary and Amazon have commas inside of addresses. */
const NEXT = /[\s,;|"'`<>()[\]{}]+https?:\/\//gi;

/** @returns the text without what is wrapped around the one address in it; the text itself where nothing is */
export function unwrap(text: string): string {
	const head = WRAPPED.exec(text.slice(0, LEADING));
	const from = head ? head[0].length - head[1].length : 0;
	if (from === 0 && !/^https?:\/\//i.test(text)) return text;
	let address = text.slice(from);
	// A full stop or a comma behind it ends a sentence, and a bracket that was not opened is not its own.
	for (;;) {
		const last = address.at(-1)!;
		const pair = { ')': '(', ']': '[', '}': '{', '>': '<' }[last];
		const isStray = pair ? !address.includes(pair) : /[.,;"'`\s]/.test(last);
		if (!isStray) return address;
		address = address.slice(0, -1);
	}
}

/** How many addresses a text names. */
export const countAddresses = (text: string): number =>
	(text.match(NEXT)?.length ?? 0) + (/^https?:\/\//i.test(text) ? 1 : 0);
