import { shownValue } from '../models/text';

/*
 * Suggests what an expression without a result may have meant: a name in another case, or one level deeper. (Webhook
 * puts everything under `body`, Airtable under `fields`.)
 */

/** The last name of a path into the item's JSON: `$json.a.b`, `$json['a b']`, `$json.a[0]?.b`. */
const PATH =
	/^\$json(?:\??\.[\p{L}_$][\p{L}\p{N}_$]*|(?:\?\.)?\[(?:\d+|'[^']*'|"[^"]*")\])*?(?:\??\.([\p{L}_$][\p{L}\p{N}_$]*)|(?:\?\.)?\[(?:'([^']*)'|"([^"]*)")\])$/u;

const MAX_DEPTH = 6;
const MAX_SEEN = 2_000;
const MAX_NAMED = 8;
/** Longer code does more than name one field. */
const MAX_CODE = 200;

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

const step = (key: string): string =>
	/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

/**
 * A hint for the end of a message: a sentence without a full stop; empty if there is nothing to say.
 *
 * @param code of an expression without a result
 * @param json of the item
 */
export function similarName(code: string, json: unknown): string {
	const found = code.length <= MAX_CODE ? PATH.exec(code) : null;
	if (!found || typeof json !== 'object' || json === null) return '';
	const wanted = plain(found[1] ?? found[2] ?? found[3]);
	const path = wanted === '' ? undefined : pathTo(wanted, json);
	if (path) return `The item has {{ ${path} }}`;
	const names = Object.keys(json).slice(0, MAX_NAMED + 1);
	if (names.length === 0) return 'The JSON of the item is empty';
	const shown = names.slice(0, MAX_NAMED).map(shownValue).join(', ');
	return `The item has ${shown}${names.length > MAX_NAMED ? ' …' : ''}`;
}

/** The match with a value that is nearest to the top. Of a list, only the first entry is searched. */
function pathTo(wanted: string, json: object): string | undefined {
	let level: Array<[string, unknown]> = [['$json', json]];
	let seen = 0;
	for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
		const next: Array<[string, unknown]> = [];
		for (const [path, value] of level) {
			if (Array.isArray(value)) {
				if (value.length > 0) next.push([`${path}[0]`, value[0]]);
				continue;
			}
			if (typeof value !== 'object' || value === null) continue;
			for (const [key, inner] of Object.entries(value)) {
				if (++seen > MAX_SEEN) return undefined;
				const at = `${path}${step(key)}`;
				if (plain(key) === wanted && isValue(inner)) return at;
				next.push([at, inner]);
			}
		}
		level = next;
	}
	return undefined;
}

const isValue = (value: unknown): boolean =>
	typeof value === 'string'
		? value.trim() !== ''
		: typeof value === 'number' || typeof value === 'boolean';
