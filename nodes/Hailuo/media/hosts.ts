/*
 * Which addresses lead to this machine or to a private network, as far as the address itself shows. What a name
 * resolves to is not known here, and may change between two lookups: n8n's own protection (N8N_SSRF_PROTECTION_ENABLED)
 * checks it when it connects.
 */

/**
 * Whether a host name (as `URL.hostname` gives it: lower case, IPv4 in dotted decimals, IPv6 in brackets)
 * belongs to this machine or a private network, so that a provider on the internet can never reach it.
 */
export function isPrivateHost(hostname: string): boolean {
	const host = hostname.replace(/\.+$/, '').toLowerCase();
	if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1));
	if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivateV4(host.split('.').map(Number));
	// A name without a dot belongs to the local network or to Docker (`minio`, `n8n`).
	if (!host.includes('.')) return true;
	return endsWithOneOf(host, PRIVATE_SUFFIXES) || spellsPrivate(host);
}

/** `.svc` and `.default` are the short names of Kubernetes: `service.namespace.svc`, and `kubernetes.default`. */
const PRIVATE_SUFFIXES = [
	'localhost',
	'local',
	'internal',
	'intranet',
	'private',
	'corp',
	'lan',
	'home.arpa',
	'localdomain',
	'svc',
	'default',
];

/** Public names that resolve to the requesting machine. */
const LOOPBACK_NAMES = ['localtest.me', 'lvh.me', 'vcap.me', 'lacolhost.com', 'localho.st'];

/** Services whose names resolve to the address that is written in them, also in hex or as an IPv6 with dashes. */
const WILDCARD_NAMES = ['nip.io', 'sslip.io', 'xip.io', 'traefik.me'];

const endsWithOneOf = (host: string, names: readonly string[]) =>
	names.some((name) => host === name || host.endsWith(`.${name}`));

/** An IPv4 with dots or dashes as a part of a name. */
const SPELLED_V4 = /(?<![\da-z])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?![\da-z])/g;

/**
 * Whether a name contains a private address (`10-0-0-1.example.com`, `127.0.0.1.nip.io`): such names usually resolve to
 * it. Only unmistakable addresses count: a version `0.1.2.3` in a name does not.
 */
function spellsPrivate(host: string): boolean {
	if (endsWithOneOf(host, LOOPBACK_NAMES)) return true;
	for (const [, ...parts] of host.matchAll(SPELLED_V4)) {
		const address = parts.map(Number);
		const isUsual = address[0] > 0 && address[0] < 224 && address.every((part) => part < 256);
		if (address.every((part) => part === 0) || (isUsual && isPrivateV4(address))) return true;
	}
	if (!endsWithOneOf(host, WILDCARD_NAMES)) return false;
	return host.split('.').some((label) => {
		const hex = /(?:^|-)([0-9a-f]{8})$/.exec(label)?.[1];
		if (hex && isPrivateV4(bytesOf(hex))) return true;
		return label.includes('--') && isPrivateV6(label.replace(/-/g, ':'));
	});
}

const bytesOf = (hex: string): number[] =>
	[0, 2, 4, 6].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** By the first two of its four numbers. */
function isPrivateV4([a, b]: number[]): boolean {
	return (
		a === 0 ||
		a === 10 ||
		a === 127 ||
		(a === 100 && b >= 64 && b <= 127) ||
		(a === 169 && b === 254) ||
		(a === 172 && b >= 16 && b <= 31) ||
		(a === 192 && b === 168) ||
		a >= 224
	);
}

/** The eight groups of an IPv6 address; undefined if it is invalid. */
function groupsOf(address: string): number[] | undefined {
	const [head, tail, ...rest] = address.split('%')[0].split('::');
	const read = (part: string | undefined) =>
		part
			? part.split(':').map((group) => (/^[0-9a-f]{1,4}$/.test(group) ? parseInt(group, 16) : NaN))
			: [];
	const [first, last] = [read(head), read(tail)];
	const missing = 8 - first.length - last.length;
	if (rest.length > 0 || (tail === undefined ? missing !== 0 : missing < 0)) return undefined;
	const groups = [...first, ...Array<number>(missing).fill(0), ...last];
	return groups.some(Number.isNaN) ? undefined : groups;
}

const v4Of = (high: number, low: number): number[] => [high >> 8, high & 255, low >> 8, low & 255];

/** An IPv6 of this machine or a private network, or one that leads to such an IPv4. */
function isPrivateV6(address: string): boolean {
	const groups = groupsOf(address);
	if (!groups) return false;
	const [a, b, c, , e, f, g, h] = groups;
	const begins = (...start: number[]) => start.every((group, at) => groups[at] === group);
	// Unique local, link local, site local, multicast.
	if ((a & 0xfe00) === 0xfc00 || (a & 0xff80) === 0xfe80 || a >= 0xff00) return true;
	// ::a.b.c.d (with :: and ::1), ::ffff:a.b.c.d, ::ffff:0:a.b.c.d, and NAT64 64:ff9b::a.b.c.d.
	const isMapped =
		begins(0, 0, 0, 0) && ((e === 0 && (f === 0 || f === 0xffff)) || (e === 0xffff && f === 0));
	if (isMapped || begins(0x64, 0xff9b, 0, 0, 0, 0)) return isPrivateV4(v4Of(g, h));
	// Local NAT64.
	if (begins(0x64, 0xff9b, 1)) return true;
	// 6to4, ISATAP, and Teredo, which inverts each bit.
	if (a === 0x2002) return isPrivateV4(v4Of(b, c));
	if ((e & 0xfdff) === 0 && f === 0x5efe) return isPrivateV4(v4Of(g, h));
	return a === 0x2001 && b === 0 && isPrivateV4(v4Of(g ^ 0xffff, h ^ 0xffff));
}

/**
 * Whether an address belongs to this machine or a private network although the provider is on the internet. Such an
 * address cannot come from the provider, and the provider cannot fetch it.
 *
 * @param providerUrl the provider's base URL
 */
export const isFromInside = ({ hostname }: URL, providerUrl: string): boolean =>
	isPrivateHost(hostname) && !isPrivateHost(new URL(providerUrl).hostname);
