import { parseJson } from './parseJson';

/** How many characters are parsed. The ID is near the beginning, and a text full of brackets would take minutes. */
const HEAD = 8_000;

/**
 * Parses the complete part of a truncated JSON body (everything before its last comma), so that the ID of a paid job survives
 * a cut-off answer. Any other body is returned unchanged.
 */
export function parseTruncated(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	const head = body.slice(0, HEAD);
	const open: string[] = [];
	let whole: [end: number, close: string] | undefined;
	let quoted = false;
	for (let at = 0; at < head.length; at++) {
		const sign = head[at];
		if (quoted && sign === '\\') at++;
		else if (sign === '"') quoted = !quoted;
		else if (quoted) continue;
		else if (sign === '{' || sign === '[') open.unshift(sign === '{' ? '}' : ']');
		else if (sign === '}' || sign === ']') open.shift();
		else if (sign === ',') whole = [at, open.join('')];
	}
	const part = whole && parseJson(head.slice(0, whole[0]) + whole[1]);
	return typeof part === 'object' && part !== null ? part : body;
}
