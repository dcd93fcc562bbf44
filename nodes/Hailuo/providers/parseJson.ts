/** More levels than any answer of a provider has. Deeper JSON could overflow the stack of code that recurses over it. */
const MAX_DEPTH = 100;

/** An integer of 16 digits or more, outside a string: a JavaScript number may not hold it exactly. */
const LONG_INTEGER = /(?<![\w.+-])-?\d{16,}(?![\w.])/g;

/** The position after a JSON string. @param at the position of its opening quote */
function endOfText(json: string, at: number): number {
	for (let end = json.indexOf('"', at + 1); end >= 0; end = json.indexOf('"', end + 1)) {
		let backslashes = 0;
		while (json[end - 1 - backslashes] === '\\') backslashes++;
		if (backslashes % 2 === 0) return end + 1;
	}
	return json.length;
}

const quoteLong = (part: string) =>
	part.replace(LONG_INTEGER, (digits) =>
		Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`,
	);

/** The JSON with every integer above 2^53 in quotes. No regular expression runs over the whole: it may have many MB. */
function withLongIntegersQuoted(json: string): string {
	if (!/\d{16}/.test(json)) return json;
	const parts: string[] = [];
	for (let at = 0; at < json.length; ) {
		const quote = json.indexOf('"', at);
		const open = quote < 0 ? json.length : quote;
		parts.push(quoteLong(json.slice(at, open)));
		at = quote < 0 ? json.length : endOfText(json, quote);
		parts.push(json.slice(open, at));
	}
	return parts.join('');
}

/**
 * Parses JSON without losing digits: an integer above 2^53 becomes a string of its digits. Job IDs can be that long.
 *
 * @param each called with every string in it, property names included; returns the string to use instead
 * @returns the input itself if it is not JSON, or if it is nested deeper than `MAX_DEPTH`
 */
export function parseJson(json: string, each: (text: string) => string = (text) => text): unknown {
	let parsed: unknown;
	try {
		parsed = JSON.parse(withLongIntegersQuoted(json));
	} catch {
		return json;
	}
	return isDeep(parsed) ? json : mapped(parsed, each);
}

const partsOf = (value: unknown): unknown[] =>
	typeof value === 'object' && value !== null ? Object.values(value) : [];

/** Goes level by level without recursion, so that no depth overflows the stack. */
function isDeep(value: unknown): boolean {
	let level = [value];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > MAX_DEPTH) return true;
		level = level.flatMap(partsOf);
	}
	return false;
}

function mapped(value: unknown, each: (text: string) => string): unknown {
	if (typeof value === 'string') return each(value);
	if (Array.isArray(value)) return value.map((part) => mapped(part, each));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, part]) => [each(name), mapped(part, each)]),
	);
}
