'use strict';

const { json } = require('./answers');
const { text, HEX } = require('./random');

/**
 * Errors of MiniMax's V2 (docs/providers.md I.1): a real HTTP status, and the code in brackets at the end of the
 * message. `http_code` is a string.
 */
const TYPES = {
	400: 'bad_request_error',
	401: 'authorized_error',
	402: 'insufficient_balance_error',
	422: 'unprocessable_entity_error',
	429: 'rate_limit_error',
	500: 'server_error',
	529: 'overloaded_error',
};

/** The usual code and text of a status. Known: 1008, 1026, 1002. The rest: invented. */
const USUAL = {
	400: [2013, 'invalid params'],
	401: [1004, 'login fail'],
	402: [1008, 'insufficient balance'],
	422: [1026, 'video description contains sensitive content'],
	429: [1002, 'rate limit, please retry later'],
	500: [1000, 'internal error'],
	529: [1000, 'the service is overloaded'],
};

const STATUS_OF = { 1002: 429, 1004: 401, 1008: 402, 1026: 422, 2049: 401, 2056: 429, 1000: 500 };

/**
 * @param {number} code MiniMax's own code
 * @param {string} message without the code
 * @param {{ status?: number, requestId?: string }} [how] status: by the code, else 400
 */
function miniMaxV2Error(code, message, how = {}) {
	const status = how.status ?? STATUS_OF[code] ?? 400;
	return json(
		{
			type: 'error',
			error: {
				type: TYPES[status] ?? 'api_error', // other statuses: invented
				message: `${message} (${code})`,
				http_code: String(status),
			},
			request_id: how.requestId ?? text(Math.random, HEX, 32),
		},
		status,
	);
}

/** The body that V2 has for a bare HTTP status. @param {number} status @param {string} known */
function miniMaxV2Status(status, known) {
	const [code, message] = USUAL[status] ?? [1000, known];
	return miniMaxV2Error(code, message, { status });
}

module.exports = { miniMaxV2Error, miniMaxV2Status };
