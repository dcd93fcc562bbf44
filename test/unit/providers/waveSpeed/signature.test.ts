import { createHmac } from 'crypto';
import { signatureFits } from '../../../../nodes/Hailuo/providers/waveSpeed/signature';

const KEY = 'not a real one, and no base64 either';
const NOW_S = 1_790_000_000;
const BODY = Buffer.from('{"id":"a","status":"completed"}');

const sign = (key = KEY, body: Buffer | string = BODY, at = NOW_S, id = 'a') =>
	createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('hex');

const fits = (signature: string | undefined, more: Record<string, string | undefined> = {}) =>
	signatureFits(`whsec_${KEY}`, {
		headers: {
			'webhook-id': 'a',
			'webhook-timestamp': String(NOW_S),
			'webhook-signature': signature,
			...more,
		},
		rawBody: BODY,
		atMs: NOW_S * 1000,
	});

test('the documented form: the secret without its prefix, as text', () => {
	expect(fits(`v3,${sign()}`)).toBe(true);
	expect(fits(`v3,${sign(`whsec_${KEY}`)}`)).toBe(false);
});

test('the form of the Standard Webhooks specification: the secret is Base64, and so is the signature', () => {
	const key = Buffer.from('not a real one').toString('base64');
	const signature = createHmac('sha256', Buffer.from(key, 'base64'))
		.update(`a.${NOW_S}.`)
		.update(BODY)
		.digest('base64');
	const headers = {
		'webhook-id': 'a',
		'webhook-timestamp': String(NOW_S),
		'webhook-signature': `v1a,x v1,${signature}`,
	};
	const call = { headers, rawBody: BODY, atMs: NOW_S * 1000 };
	expect(signatureFits(`whsec_${key}`, call)).toBe(true);
	expect(signatureFits(key, call)).toBe(true);
	expect(signatureFits(`whsec_${KEY}`, call)).toBe(false);
	expect(signatureFits(`whsec_${key}`, { ...call, rawBody: Buffer.from('{}') })).toBe(false);
});

test('one of several is enough, as while a secret is being replaced', () => {
	expect(fits(`v3,${sign('the old one')} v3,${sign()}`)).toBe(true);
	expect(fits(`v2,${sign()} v3,${sign('the old one')}`)).toBe(false);
});

test.each<[string, string | undefined]>([
	['none', undefined],
	['empty', ''],
	['no version', sign()],
	['another version', `v2,${sign()}`],
	['another form', `v1,${sign()}`],
	['no hex', 'v3,zzzz'],
	['cut off', `v3,${sign().slice(0, 32)}`],
	['too long', `v3,${sign()}00`],
	['of another secret', `v3,${sign('another')}`],
	['of another body', `v3,${sign(KEY, '{"id":"b"}')}`],
	['of another moment', `v3,${sign(KEY, BODY, NOW_S - 1)}`],
	['of another id', `v3,${sign(KEY, BODY, NOW_S, 'b')}`],
])('refused: %s', (_, signature) => {
	expect(fits(signature)).toBe(false);
});

test.each([
	[-300, true],
	[300, true],
	[-301, false],
	[301, false],
])('%s s away from our clock: %s', (seconds, expected) => {
	const at = NOW_S + seconds;
	const stamp = { 'webhook-timestamp': String(at) };
	expect(fits(`v3,${sign(KEY, BODY, at)}`, stamp)).toBe(expected);
});

test.each(['', 'soon', 'NaN', undefined])('no time: %s', (stamp) => {
	const signature = createHmac('sha256', KEY)
		.update(`a.${stamp ?? ''}.`)
		.update(BODY)
		.digest('hex');
	expect(fits(`v3,${signature}`, { 'webhook-timestamp': stamp })).toBe(false);
});
