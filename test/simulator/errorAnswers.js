'use strict';

const { json, text } = require('./answers');
const { miniMaxV2Status } = require('./miniMaxV2Errors');

/**
 * Error bodies in each provider's own shape. Shapes come from docs/providers.md A.3, B.2, B.4, C.3; a
 * message is invented wherever the list below says so.
 */

/** Texts for a bare status. Known: 400, 401, 429 (A.3). The rest: invented. */
const TEXTS = {
	400: 'Bad request',
	401: 'Invalid API key',
	402: 'Insufficient credits. Please top up your account.',
	403: 'insufficient role',
	404: 'Not found',
	408: 'Request timeout',
	413: 'Payload too large',
	422: 'Unprocessable entity',
	425: 'Too early',
	429: 'Too Many Requests',
	500: 'Internal server error',
	502: 'Bad gateway',
	503: 'Service unavailable',
	504: 'Gateway timeout',
};

/** base_resp codes for an HTTP status; the mapping is invented, the codes are C.3. */
const MINIMAX_CODES = { 401: 1004, 402: 1008, 429: 1002, 500: 1000, 503: 1033, 504: 1001 };

/** @param {number} code @param {string} message @param {number} [status] @param {string} [errorCode] */
function waveSpeedError(code, message, status = code, errorCode) {
	return json({ code, message, ...(errorCode && { error_code: errorCode }) }, status);
}

/** @param {number} code @param {string} message @param {number} [status] MiniMax answers 200 (C.1) */
function miniMaxError(code, message, status = 200) {
	return json({ base_resp: { status_code: code, status_msg: message } }, status);
}

/** @param {string} code @param {string} message @param {number} status B.4 */
function queueError(code, message, status, requestId = 'mmreq_simulated') {
	return json({ error: { code, message }, request_id: requestId }, status);
}

/**
 * @param {{ provider?: string, api?: string }} req
 * @param {{ status: number, body?: unknown, headers?: Record<string, string> }} fault
 * @returns {import('./answers').Answer}
 */
function errorAnswer(req, fault) {
	const { status, body, headers } = fault;
	const known = TEXTS[status] ?? `HTTP ${status}`;
	/** @type {import('./answers').Answer} */
	let answer;
	if (typeof body === 'string') answer = text(body, 'text/plain', status);
	else if (body !== undefined) answer = json(body, status);
	else if (status < 300) answer = json({}, status);
	else if ([502, 504].includes(status)) {
		// A gateway in front of the provider answers with a page of its own (invented).
		answer = text(`<html><body><h1>${status} ${known}</h1></body></html>`, 'text/html', status);
	} else if (req.api === 'queue') {
		answer = queueError(status === 429 ? 'RATE_LIMIT_EXCEEDED' : 'ERROR', known, status);
	} else if (req.provider === 'vtrix') answer = json({ error: { message: known } }, status);
	else if (req.api === 'miniMaxV2') answer = miniMaxV2Status(status, known);
	else if (req.provider === 'miniMax') {
		answer = miniMaxError(MINIMAX_CODES[status] ?? 1000, known, status);
	} else if (req.provider === 'cdn') answer = text(known, 'text/plain', status);
	else answer = waveSpeedError(status, known);
	return { ...answer, headers: { ...answer.headers, ...headers } };
}

const baseResp = (code, message) => ({
	status: 200,
	body: { base_resp: { status_code: code, status_msg: message } },
});

/** The shape is captured (docs/providers.md I.3); numbers and time are invented. */
const USAGE_LIMIT =
	'usage limit exceeded, weekly usage limit reached for video (45000/45000 used), ' +
	'resets at 2026-11-30T00:00:00Z';

/**
 * Refusals in every shape seen, to be named in a rule: `sim.fail({ fault: 'vtrix403NoBalance' })`.
 * Vtrix bodies: docs/providers.md B.2, shapes of the body; 403 is not always a bad key.
 */
const namedFaults = {
	waveSpeed401: { status: 401, body: { code: 401, message: TEXTS[401] } },
	waveSpeed400NoCredit: {
		status: 400,
		body: {
			code: 400,
			message: 'Insufficient credits. Please top up your account to continue.',
		},
	},
	waveSpeed429Concurrency: {
		status: 429,
		body: { code: 429, message: 'You have reached your concurrency limit' },
	},
	waveSpeed402: { status: 402, body: { code: 402, message: TEXTS[402] } },
	waveSpeed403Role: {
		status: 403,
		body: { code: 403, message: 'insufficient role', error_code: 'FORBIDDEN_ROLE' },
	},
	waveSpeed429: { status: 429, body: { code: 429, message: TEXTS[429] } },
	vtrix401: { status: 401, body: { error: 'missing authentication token' } },
	vtrix402Nested: {
		status: 402,
		body: {
			status: { code: 402, message: 'Insufficient credits', error_code: 40201 },
			data: null,
		},
	},
	vtrix402NestedIn200: {
		status: 200,
		body: {
			status: { code: 402, message: 'Insufficient credits', error_code: 40201 },
			data: null,
		},
	},
	vtrix403BadKey: { status: 403, body: { error: 'invalid_api_key' } },
	vtrix403NoBalance: { status: 403, body: { error: 'insufficient balance' } },
	vtrix403Nested: {
		status: 403,
		body: {
			status: { code: 403, message: 'Insufficient balance', error_code: 40203 },
			data: null,
		},
	},
	vtrix403Object: {
		status: 403,
		body: { error: { code: 403, error_message: 'permission denied' } },
	},
	vtrix403Message: { status: 403, body: { message: 'permission denied' } },
	vtrix429: { status: 429, body: { message: 'rate limit exceeded' } },
	vtrix500Object: {
		status: 500,
		body: { error: { code: 10004097, error_message: 'HTTP error response' } },
	},
	miniMax1002: {
		status: 200,
		body: { base_resp: { status_code: 1002, status_msg: 'rate limit' } },
	},
	miniMax1008: {
		status: 200,
		body: { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
	},
	/** I.3: plain refusals of a subscription key, of too many connections, of too fast a growth. */
	miniMax2061: baseResp(
		2061,
		'your current token plan not support model, MiniMax-Hailuo-02-6s-768p',
	),
	miniMax1041: baseResp(1041, 'conn limit'),
	miniMax2045: baseResp(2045, 'rate growth limit'),
	miniMax1042: baseResp(1042, 'invisible character ratio limit'),
	miniMax2056: baseResp(2056, USAGE_LIMIT),
	miniMax2056Http429: {
		status: 429,
		body: {
			type: 'error',
			error: { type: 'rate_limit_error', message: `${USAGE_LIMIT} (2056)`, http_code: '429' },
			request_id: 'simulated',
		},
	},
	miniMax1008PayAsYouGo: baseResp(1008, 'insufficient balance'),
	miniMax1008Subscription: baseResp(1008, 'insufficient balance: the token plan is used up'), // text: invented
	miniMax2049: {
		status: 200,
		body: { base_resp: { status_code: 2049, status_msg: 'invalid api key' } },
	},
};

module.exports = {
	TEXTS,
	errorAnswer,
	namedFaults,
	waveSpeedError,
	miniMaxError,
	queueError,
};
