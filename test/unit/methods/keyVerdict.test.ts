import { failedCheck, goodKey, unreachable } from '../../../nodes/Hailuo/methods/keyVerdict';
import { miniMax } from '../../../nodes/Hailuo/providers/miniMax/api';
import type { HttpClient, Provider } from '../../../nodes/Hailuo/providers/types';
import { vtrix } from '../../../nodes/Hailuo/providers/vtrix/api';
import { waveSpeed } from '../../../nodes/Hailuo/providers/waveSpeed/api';

const VALID = /^The API key is valid/;
const NO_CREDIT = /^The API key is valid, but .* out of credit/;
const BAD_KEY = /does not accept this API key/;
const DOWN = /could not be checked\. .*(try again later|Try again)/i;
const NOT_THE_API = /is not the .* API, so the key could not be checked/;
const BLOCKED = /^A web page came back .* firewall or proxy/;
const HTML = '<!doctype html><title>Welcome</title>';

type Row = [status: number, body: unknown, result: 'OK' | 'Error', message: RegExp];

/** A client that gets the same answer to every request. */
const answering = (status: number, body: unknown): HttpClient => ({
	request: async () => ({ status, headers: {}, body }),
	clockOffsetMs: () => 0,
	knowsTime: () => false,
});

const verdictOf = async (provider: Provider, http: HttpClient, anonymous?: HttpClient) =>
	await provider.keyTest.check(provider, http, anonymous).then(
		(balance) => goodKey(provider, balance),
		(error: unknown) => failedCheck(provider, error, 'h.example'),
	);

function check(provider: Provider, rows: Row[]) {
	it.each(rows)('%i %j is %s, %p', async (status, body, result, message) => {
		const said = await verdictOf(provider, answering(status, body));
		expect(said.status).toBe(result);
		expect(said.message).toMatch(message);
		expect(said.message).not.toMatch(/\b(error|problem|failure|mistake)\b/i);
	});
}

describe('WaveSpeed', () => {
	check(waveSpeed, [
		[
			200,
			{ code: 200, message: 'success', data: { balance: 12.3 } },
			'OK',
			/valid. Balance: \$12\.30/,
		],
		[200, { code: 200, data: { balance: '0.5' } }, 'OK', VALID],
		[200, { code: 200, data: { balance: 0 } }, 'Error', NO_CREDIT],
		[200, { code: 200, data: { balance: -2 } }, 'Error', NO_CREDIT],
		[401, { code: 401, message: 'invalid authentication' }, 'Error', BAD_KEY],
		[200, { code: 401, message: 'invalid authentication' }, 'Error', BAD_KEY],
		[403, { code: 403, message: 'insufficient role' }, 'Error', /does not let this API key read/],
		[403, HTML, 'Error', BLOCKED],
		[403, { code: 403, message: 'forbidden' }, 'Error', /created before the first top-up/],
		[402, { code: 402 }, 'Error', NO_CREDIT],
		[400, { code: 400, message: 'Insufficient credits. Please top up.' }, 'Error', NO_CREDIT],
		[200, { code: 400, message: 'Insufficient credits. Please top up.' }, 'Error', NO_CREDIT],
		[429, { code: 429, message: 'Too Many Requests' }, 'Error', DOWN],
		[500, { code: 500 }, 'Error', DOWN],
		[200, { code: 500, message: 'x' }, 'Error', DOWN],
		[502, HTML, 'Error', DOWN],
		[503, undefined, 'Error', DOWN],
		[400, { code: 400, message: 'Model not found.' }, 'Error', NOT_THE_API],
		[404, { detail: 'Not Found' }, 'Error', NOT_THE_API],
		[301, '', 'Error', NOT_THE_API],
		[200, HTML, 'Error', NOT_THE_API],
		[200, undefined, 'Error', NOT_THE_API],
		[200, [], 'Error', NOT_THE_API],
		[200, null, 'Error', NOT_THE_API],
	]);
});

describe('Vtrix and SeaArt Cloud', () => {
	check(vtrix, [
		[404, { error: { message: 'task not found' } }, 'OK', VALID],
		[404, undefined, 'OK', VALID],
		[404, 'task not found', 'OK', VALID],
		[400, { message: 'Task Not Found' }, 'OK', VALID],
		[500, { error: 'task_not_found' }, 'OK', VALID],
		[200, { id: '', status: 'failed' }, 'OK', VALID],
		[401, { error: 'missing authentication token' }, 'Error', BAD_KEY],
		[403, { error: 'invalid_api_key' }, 'Error', BAD_KEY],
		[403, { error: { message: 'Invalid API key' } }, 'Error', BAD_KEY],
		[403, { error: 'insufficient balance' }, 'Error', NO_CREDIT],
		[403, { error: { code: 1, error_message: 'Insufficient Balance' } }, 'Error', NO_CREDIT],
		[403, { message: 'permission denied' }, 'Error', /\(403\) without giving a reason/],
		[403, HTML, 'Error', BLOCKED],
		[402, { message: 'pay' }, 'Error', NO_CREDIT],
		[
			402,
			{ status: { code: 402, message: 'Insufficient credits' }, data: null },
			'Error',
			NO_CREDIT,
		],
		[200, { status: { code: 402, error_code: 40201 }, data: null }, 'Error', NO_CREDIT],
		[400, { status: { code: 400, error_code: '40208' }, data: null }, 'Error', NO_CREDIT],
		[429, { message: 'rate limit' }, 'Error', DOWN],
		[500, { error: { code: 10004097 } }, 'Error', DOWN],
		[502, HTML, 'Error', DOWN],
		[404, HTML, 'Error', NOT_THE_API],
		[404, '404 page not found', 'Error', NOT_THE_API],
		[404, 'Cannot GET /model/v1', 'Error', NOT_THE_API],
		[200, HTML, 'Error', NOT_THE_API],
		[301, '', 'Error', NOT_THE_API],
		[400, { message: 'bad' }, 'Error', NOT_THE_API],
	]);

	it.each([
		[401, 'OK'],
		[403, 'OK'],
		[404, 'Error'],
		[200, 'Error'],
		[500, 'Error'],
	])('at a typed address that answers %i without the key: %s', async (status, result) => {
		const noTask = answering(404, { error: { message: 'task not found' } });
		const said = await verdictOf(vtrix, noTask, answering(status, ''));
		expect(said.status).toBe(result);
		if (result === 'Error') expect(said.message).toMatch(NOT_THE_API);
	});
});

describe('MiniMax', () => {
	const base = (code: number | string) => ({ base_resp: { status_code: code, status_msg: 'x' } });
	check(miniMax, [
		[200, { task_id: '', ...base(0) }, 'OK', VALID],
		[200, base(2013), 'OK', VALID],
		[200, base(1002), 'OK', VALID],
		[200, base(2056), 'OK', VALID],
		[429, { type: 'error', error: { message: 'usage limit exceeded (2056)' } }, 'OK', VALID],
		[200, base(2061), 'OK', VALID],
		[200, base(1041), 'OK', VALID],
		[401, { type: 'error', error: { message: 'invalid api key (2049)' } }, 'Error', BAD_KEY],
		[404, base(2013), 'OK', VALID],
		[200, base(1004), 'Error', BAD_KEY],
		[200, base('2049'), 'Error', /'Region'.*Global.*Mainland/],
		[401, { type: 'error', error: { type: 'authentication_error' } }, 'Error', BAD_KEY],
		[403, { base_resp: {} }, 'Error', BAD_KEY],
		[403, HTML, 'Error', BLOCKED],
		[200, base(1008), 'Error', NO_CREDIT],
		[200, base(1008), 'Error', /sk-api-….*sk-cp-…/],
		[402, {}, 'Error', NO_CREDIT],
		[200, base(1033), 'Error', DOWN],
		[429, '', 'Error', DOWN],
		[503, HTML, 'Error', DOWN],
		[200, HTML, 'Error', NOT_THE_API],
		[404, { detail: 'Not Found' }, 'Error', NOT_THE_API],
		[302, '', 'Error', NOT_THE_API],
	]);
});

describe('no answer', () => {
	it.each([
		['ECONNREFUSED', /^There is no answer from h\.example:1/],
		['ENOTFOUND', /^The host h\.example:1 was not found/],
		['EAI_AGAIN', /^The host h\.example:1 was not found/],
		['ETIMEDOUT', /did not answer in time/],
		['ECONNABORTED', /did not answer in time/],
		['DEPTH_ZERO_SELF_SIGNED_CERT', /^No secure connection/],
		['EPROTO', /^No secure connection/],
		['ECONNRESET', /could not be reached \(ECONNRESET\)/],
	])('%s', (code, message) => {
		const said = unreachable('WaveSpeed', 'h.example:1', code);
		expect(said.status).toBe('Error');
		expect(said.message).toMatch(message);
		expect(said.message).toContain('the key could not be checked');
	});
});
