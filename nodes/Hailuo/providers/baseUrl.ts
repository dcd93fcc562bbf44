import type { ProviderId } from './modelTypes';
import { providerOf } from './index';
import type { Addresses } from './types';

const textOf = (value: unknown) => (typeof value === 'string' ? value.trim() : '');

/** n8n resolves the expression in `baseUrl`. A value that is still an expression was passed on as it is stored. */
const isExpression = (text: string) => text.startsWith('=') || text.includes('{{');

const defaultOf = ({ known }: Addresses) => Object.values(known)[0];

/** The address for the choice made in the credential. The same rule as the expression in `baseUrl`. */
function chosen(addresses: Addresses, credentials: Readonly<Record<string, unknown>>): string {
	if (!addresses.choice) return defaultOf(addresses);
	const choice = textOf(credentials[addresses.choice]);
	if (choice === 'other') return textOf(credentials.customBaseUrl);
	// Own properties only: every object inherits a 'constructor'.
	return Object.prototype.hasOwnProperty.call(addresses.known, choice)
		? addresses.known[choice]
		: defaultOf(addresses);
}

function parse(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

/**
 * What is wrong with an address; undefined if nothing is. The message does not repeat the address: somebody may have
 * pasted a key into this field, and the key would end up in the logs.
 */
function fault(text: string, url: URL | undefined): string | undefined {
	if (!text) return 'is empty';
	if (isExpression(text)) return 'is an expression that gives no value';
	if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
		return 'must start with https:// (or http://)';
	}
	if (url.username || url.password) return 'must not contain a user name or password';
	if (/\[object |%5Bobject |(?<![\w-])(undefined|null)(?![\w-])/i.test(text)) {
		return 'is incomplete, because an expression in it gave no text';
	}
	if (url.search || url.hash) return 'must end before any "?" or "#"';
	return undefined;
}

/**
 * The address to which a provider's paths are added, from the fields of its credential. It has no slash at the end, and
 * not the part that the provider's documents print but the requests add themselves (`/model/v1/generation` of Vtrix and
 * SeaArt, `/v1` of MiniMax). For WaveSpeed it ends in `/api/v3`, or in the path of a gateway.
 *
 * A `baseUrl` that was typed in takes precedence over the choice of brand or region.
 *
 * @throws Error that names the field and the rule, if there is no usable address
 */
export function baseUrlOf(
	provider: ProviderId,
	credentials: Readonly<Record<string, unknown>>,
): string {
	const { addresses } = providerOf(provider);
	const given = textOf(credentials.baseUrl);
	const text = given && !isExpression(given) ? given : chosen(addresses, credentials);
	const url = parse(text);
	const wrong = fault(text, url);
	if (wrong || !url) {
		throw new Error(
			`The field 'Base URL' of the credential ${wrong}. Example: ${defaultOf(addresses)}`,
		);
	}
	const path = url.pathname.replace(/\/+$/, '');
	const own = new URL(defaultOf(addresses));
	if (addresses.short?.test(path) && url.host === own.host) return url.origin + own.pathname;
	const bare = addresses.tail ? path.replace(addresses.tail, '') : path;
	return url.origin + bare.replace(/\/+$/, '');
}

/** Whether an address of `baseUrlOf` is one of the provider's own, not one that somebody typed in. */
export function isKnownBaseUrl(provider: ProviderId, baseUrl: string): boolean {
	return Object.values(providerOf(provider).addresses.known).includes(baseUrl);
}
