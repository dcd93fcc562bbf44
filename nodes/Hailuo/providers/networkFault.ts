/*
 * Classifies the failure of a request that got no answer, by the codes of Node and its HTTP clients.
 */

export type NetworkTrouble =
	/** Nobody listens at the address. */
	| 'refused'
	/** The host name cannot be resolved. */
	| 'unknownHost'
	/** The certificate is invalid, or there is no common cipher. */
	| 'insecure'
	| 'timeout'
	/** The connection was lost. */
	| 'broken'
	| 'other';

export interface NetworkFault {
	/** The most specific code, e.g. `ECONNREFUSED`. */
	code?: string;
	trouble: NetworkTrouble;
	/** Proof that no byte of the request left: the connection was never made. */
	neverSent: boolean;
}

/** Codes of a connection that was never made. A route lost later gives the same code: see `sent`. */
const NEVER_SENT =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|ERR_TLS_.*|ERR_INVALID_URL)$/;

/** Node's message for a connection lost during the TLS handshake: nothing was sent through it. */
const NOT_ENCRYPTED = /before secure TLS connection was established/;

const TROUBLES: ReadonlyArray<readonly [NetworkTrouble, RegExp]> = [
	['refused', /^ECONNREFUSED$/],
	['unknownHost', /^(ENOTFOUND|EAI_AGAIN)$/],
	['timeout', /^(ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT)$/],
	['insecure', /CERT|SIGNATURE|EPROTO|SSL|TLS|^UNABLE_TO_/],
	['broken', /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/],
];

/** @param code of Node or of an HTTP client */
export const troubleOf = (code = ''): NetworkTrouble =>
	TROUBLES.find(([, codes]) => codes.test(code))?.[0] ?? 'other';

/** Maximum depth of causes to follow. */
const MAX_CAUSES = 5;

/** @param error what a request threw, with what it was caused by */
export function networkFault(error: unknown): NetworkFault {
	const codes: string[] = [];
	let sent = false;
	let notEncrypted = false;
	let cause = error;
	for (let depth = 0; typeof cause === 'object' && cause !== null && depth < MAX_CAUSES; depth++) {
		const { code, syscall, message, cause: next } = cause as Record<string, unknown>;
		if (typeof code === 'string') codes.push(code);
		sent ||= syscall === 'read' || syscall === 'write';
		notEncrypted ||= typeof message === 'string' && NOT_ENCRYPTED.test(message);
		cause = next;
	}
	const proof = sent
		? undefined
		: (codes.find((code) => NEVER_SENT.test(code)) ?? (notEncrypted ? codes[0] : undefined));
	const code = proof ?? codes.find((one) => troubleOf(one) === 'timeout') ?? codes[0];
	return { code, trouble: troubleOf(code), neverSent: proof !== undefined };
}
