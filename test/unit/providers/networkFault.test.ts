import { networkFault, troubleOf } from '../../../nodes/Hailuo/providers/networkFault';

const failed = (facts: object, cause?: unknown) => Object.assign(new Error('no'), facts, { cause });

test.each([
	['nobody listens', failed({ code: 'ECONNREFUSED', syscall: 'connect' }), 'refused', true],
	['no such host', failed({ code: 'ENOTFOUND' }), 'unknownHost', true],
	['a certificate', failed({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), 'insecure', true],
	[
		'behind an error without a code',
		failed({}, failed({ code: 'CERT_HAS_EXPIRED' })),
		'insecure',
		true,
	],
	[
		'behind a wider one',
		failed({ code: 'ERR_NETWORK' }, failed({ code: 'EAI_AGAIN' })),
		'unknownHost',
		true,
	],
	['no route', failed({ code: 'EHOSTUNREACH', syscall: 'connect' }), 'other', true],
	['a route that is lost later', failed({ code: 'EHOSTUNREACH', syscall: 'read' }), 'other', false],
	['no answer in time', failed({ code: 'ECONNABORTED' }), 'timeout', false],
	['a connection that broke', failed({ code: 'ECONNRESET', syscall: 'read' }), 'broken', false],
	[
		'no common way to encrypt, perhaps later',
		failed({ code: 'EPROTO', syscall: 'write' }),
		'insecure',
		false,
	],
])('%s', (_what, error, trouble, neverSent) => {
	expect(networkFault(error)).toMatchObject({ trouble, neverSent });
});

test('a connection that broke while it was being encrypted sent nothing', () => {
	const message = 'Client network socket disconnected before secure TLS connection was established';
	const error = Object.assign(new Error(message), { code: 'ECONNRESET' });
	expect(networkFault(error)).toEqual({ code: 'ECONNRESET', trouble: 'broken', neverSent: true });
});

test.each([undefined, null, 'ECONNREFUSED', {}, { code: 7 }, { message: { toString: null } }])(
	'what tells nothing proves nothing: %p',
	(error) => {
		expect(networkFault(error)).toEqual({ code: undefined, trouble: 'other', neverSent: false });
	},
);

test('circular causes do not loop forever', () => {
	const error = failed({ code: 'EPIPE' });
	error.cause = error;
	expect(networkFault(error).code).toBe('EPIPE');
});

test.each([
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
])('%s is about the encryption', (code) => {
	expect(troubleOf(code)).toBe('insecure');
});
