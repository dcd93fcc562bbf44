/**
 * Whether a host name (as `URL.hostname` gives it: lower case, IPv4 in dotted decimals, IPv6 in brackets)
 * belongs to this machine or a private network, so that a provider on the internet can never reach it.
 */
export function isPrivateHost(hostname: string): boolean {
	const host = hostname.replace(/\.$/, '').toLowerCase();
	if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1));
	if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivateV4(host.split('.').map(Number));
	// A name without a dot is one of the local network or of Docker (`minio`, `n8n`).
	if (!host.includes('.')) return true;
	return PRIVATE_SUFFIXES.some((suffix) => host.endsWith(suffix));
}

const PRIVATE_SUFFIXES = [
	'.localhost',
	'.local',
	'.internal',
	'.lan',
	'.home.arpa',
	'.localdomain',
];

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

function isPrivateV6(address: string): boolean {
	// URL writes an IPv4 inside IPv6 as two groups of hex: ::ffff:7f00:1
	const mapped = /^::ffff:([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(address);
	if (mapped) {
		const high = parseInt(mapped[1], 16);
		return isPrivateV4([high >> 8, high & 255]);
	}
	return address === '::' || address === '::1' || /^(f[cd]|fe[89a-f]|ff)/.test(address);
}

/**
 * Whether an address is one of this machine or a private network, while the provider is on the internet: it never comes
 * from there, and nobody there can fetch it.
 *
 * @param providerUrl the provider's base URL
 */
export const isFromInside = ({ hostname }: URL, providerUrl: string): boolean =>
	isPrivateHost(hostname) && !isPrivateHost(new URL(providerUrl).hostname);
