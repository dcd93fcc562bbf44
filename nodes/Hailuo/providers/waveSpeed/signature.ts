import { createHmac, timingSafeEqual } from 'crypto';
import type { Callback } from '../types';

/** An older call may be one that somebody recorded and sends again; in s. */
const MAX_AGE_S = 300;

/**
 * Whether a callback bears WaveSpeed's signature: `v3,<hex>`, HMAC-SHA256 over `{id}.{timestamp}.{body}` with the
 * secret behind its `whsec_`, as text (docs/providers.md A.5).
 */
export function signatureFits(secret: string, { headers, rawBody, atMs }: Callback): boolean {
	const id = headers['webhook-id'] ?? '';
	const timestamp = headers['webhook-timestamp'] ?? '';
	const ageS = Math.abs(atMs / 1000 - Number(timestamp));
	if (!(ageS <= MAX_AGE_S)) return false;
	const expected = createHmac('sha256', secret.replace(/^whsec_/, ''))
		.update(`${id}.${timestamp}.`)
		.update(rawBody)
		.digest();
	return (headers['webhook-signature'] ?? '')
		.split(' ')
		.filter((signature) => signature.startsWith('v3,'))
		.map((signature) => Buffer.from(signature.slice(3), 'hex'))
		.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
