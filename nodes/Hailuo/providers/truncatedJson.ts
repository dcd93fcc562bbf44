/** How much of a text is looked at: the id stands near its beginning, and more brackets would take minutes. */
const HEAD = 8_000;

/**
 * What is left of a JSON text that was cut off: all that had come before its last comma. Near the beginning stands the id
 * of the job, which is paid. Anything else is given back as it is.
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
	try {
		return whole ? JSON.parse(head.slice(0, whole[0]) + whole[1]) : body;
	} catch {
		return body;
	}
}
