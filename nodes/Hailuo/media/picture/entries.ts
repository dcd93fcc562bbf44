/**
 * Keys under which nodes pass files in JSON: Airtable, Notion, Cloudinary, Google Drive. The first existing one counts.
 */
const KEYS = ['url', 'file', 'external', 'secure_url', 'webContentLink'] as const;

/** Longer texts are pictures, not lists of addresses. */
const MAX_JSON = 100_000;

/**
 * The entries of a field for files, one for each file. Lists and objects with a `url` are unpacked, also if they are
 * JSON text. Anything else is returned unchanged, and the caller rejects it.
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

/** An address in the wrappings of text programs: `<…>`, `"…"`, `[name](…)`, `name (…)`, `=IMAGE("…")`. */
const WRAPPED =
	/^(?:[^\s<>()"'`]{0,200} ?[([<"'`]{1,2}|!?\[[^\]]{0,200}\]\(|=IMAGE\(")(https?:\/\/)/i;
const LEADING = 250;

/** Where another address begins. Not at every comma: Cloudinary and Amazon have commas inside addresses. */
const NEXT = /[\s,;|"'`<>()[\]{}]+https?:\/\//gi;

/** @returns the address in the text without its wrapping; the text itself if there is none */
export function unwrap(text: string): string {
	const head = WRAPPED.exec(text.slice(0, LEADING));
	const from = head ? head[0].length - head[1].length : 0;
	if (from === 0 && !/^https?:\/\//i.test(text)) return text;
	let address = text.slice(from);
	// A final full stop or comma belongs to the sentence around the address, and so does a bracket that was not opened.
	for (;;) {
		const last = address.at(-1)!;
		const pair = { ')': '(', ']': '[', '}': '{', '>': '<' }[last];
		const isStray = pair ? !address.includes(pair) : /[.,;"'`\s]/.test(last);
		if (!isStray) return address;
		address = address.slice(0, -1);
	}
}

/** How many addresses a text contains. */
export const countAddresses = (text: string): number =>
	(text.match(NEXT)?.length ?? 0) + (/^https?:\/\//i.test(text) ? 1 : 0);
