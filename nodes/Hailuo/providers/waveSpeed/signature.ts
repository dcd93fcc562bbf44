import { createHmac, timingSafeEqual } from 'crypto';
import type { Callback } from '../types';

/** An older call may be one that somebody recorded and sends again; in s. */
const MAX_AGE_S = 300;

/**
 * Whether a callback bears WaveSpeed's signature over `{id}.{timestamp}.{body}`, HMAC-SHA256, in one of the two forms
 * that it names (docs/providers.md A.5): `v3,<hex>` with the secret behind its `whsec_` as text, or `v1,<Base64>` by the
 * Standard Webhooks specification, where the secret is Base64. That none fits proves nothing.
 */
export function signatureFits(secret: string, { headers, rawBody, atMs }: Callback): boolean {
	const id = headers['webhook-id'] ?? '';
	const timestamp = headers['webhook-timestamp'] ?? '';
	const ageS = Math.abs(atMs / 1000 - Number(timestamp));
	if (!(ageS <= MAX_AGE_S)) return false;
	const bare = secret.replace(/^whsec_/, '');
	const signedWith = (key: string | Buffer) =>
		createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest();
	const own = signedWith(bare);
	const standard = signedWith(Buffer.from(bare, 'base64'));
	return (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
		if (signature.startsWith('v3,')) return isSame(Buffer.from(signature.slice(3), 'hex'), own);
		if (signature.startsWith('v1,')) {
			return isSame(Buffer.from(signature.slice(3), 'base64'), standard);
		}
		return false;
	});
}

const isSame = (given: Buffer, expected: Buffer): boolean =>
	given.length === expected.length && timingSafeEqual(given, expected);
