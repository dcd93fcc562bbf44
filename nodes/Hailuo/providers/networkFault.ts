/*
 * What a request failed with that got no answer, by the codes of Node and its HTTP clients: the one place that knows them.
 */

export type NetworkTrouble =
	/** Nobody listens at the address. */
	| 'refused'
	/** The name of the host leads nowhere. */
	| 'unknownHost'
	/** The certificate, or no common way to encrypt. */
	| 'insecure'
	| 'timeout'
	/** The connection broke off. */
	| 'broken'
	| 'other';

export interface NetworkFault {
	/** The code that tells most, e.g. `ECONNREFUSED`. */
	code?: string;
	trouble: NetworkTrouble;
	/** Proof that no byte of the request left: the connection was never made. */
	neverSent: boolean;
}

/** Codes of a connection that was never made. A route that is lost later has the same code: see `sent`. */
const NEVER_SENT =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|ERR_TLS_.*|ERR_INVALID_URL)$/;

/** What Node says of a connection that broke while it was being encrypted: nothing was sent through it. */
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

/** More causes than this stand behind no error. */
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
