'use strict';

/**
 * How a job ends, and what its answers contain.
 *
 * @typedef {{
 *   fail?: string | number | true, message?: string, cancelled?: boolean, timeout?: boolean,
 *   deleted?: boolean, status?: string, seconds?: number, emptyOutputs?: boolean,
 *   objectOutputs?: boolean, nsfw?: boolean, error?: 'object' | 'object2' | 'string' | 'zeropad',
 *   expired?: boolean, usage?: 'empty', cost?: 'string' | 'number' | 'empty', vocab?: 'alt', immediate?: boolean, blocked?: boolean,
 * }} Outcome
 *
 * In a prompt: `#sim:fail=1200`, `#sim:fail`, `#sim:cancelled`, `#sim:timeout`, `#sim:deleted`,
 * `#sim:status=weird` (reported instead of the running status until the job completes),
 * `#sim:status=weird!` (reported for ever), `#sim:empty-outputs`, `#sim:object-outputs`,
 * `#sim:nsfw`, `#sim:seconds=75`, `#sim:error=object2`, `#sim:cost=number`, `#sim:vocab=alt`,
 * `#sim:immediate`, `#sim:blocked`, `#sim:expired` and `#sim:usage=empty` (MiniMax V2). Several may stand in one prompt.
 */

const MARKER = /#sim:([a-z-]+)(?:=([^\s#,]+))?/g;

/** @param {string} prompt @returns {Outcome} */
function fromPrompt(prompt) {
	/** @type {Record<string, unknown>} */
	const out = {};
	for (const [, name, value] of String(prompt ?? '').matchAll(MARKER)) {
		const key = name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
		out[key] = key === 'seconds' ? Number(value) : (value ?? true);
	}
	return out;
}

/**
 * The state a job goes to when its time is up.
 * @param {Outcome} outcome
 * @returns {'completed' | 'failed' | 'cancelled' | 'timeout' | 'deleted' | 'expired' | 'never'}
 */
function endOf(outcome) {
	if (typeof outcome.status === 'string' && outcome.status.endsWith('!')) return 'never';
	if (outcome.fail !== undefined || outcome.blocked) return 'failed';
	if (outcome.cancelled) return 'cancelled';
	if (outcome.timeout) return 'timeout';
	if (outcome.deleted) return 'deleted';
	if (outcome.expired) return 'expired';
	return 'completed';
}

/** Task error codes of WaveSpeed (docs/providers.md A.4); the sentences are invented. */
const WAVESPEED_CODES = {
	1200: 'Content moderation: the prompt or the picture was rejected.',
	1400: 'Missing required parameter.',
	1401: 'Invalid parameter.',
	1402: 'Failed to download the image from the URL.',
	1403: 'Execution failed.',
	1405: 'Task failed.',
	1406: 'Retries exhausted.',
	1407: 'Insufficient credits.',
	5000: 'Internal error.',
	5003: 'Service unavailable.',
	5004: 'Task timed out.',
};

/** Task error codes of Vtrix (docs/providers.md S.5); declared integer, so without the leading zero. */
const VTRIX_CODES = {
	10004095: 'Internal generation error',
	10004096: 'Result parsing error',
	10004097: 'HTTP error response',
	10004098: 'Status check error',
	10004099: 'Task creation error',
};

/** base_resp codes of MiniMax (docs/providers.md C.3). */
const MINIMAX_CODES = {
	1000: 'unknown error',
	1001: 'timeout',
	1002: 'rate limit',
	1026: 'input sensitive',
	1027: 'output sensitive',
	1033: 'system error',
	1042: 'invalid text: too many invisible characters',
	2013: 'invalid params',
};

/**
 * One marker serves all providers: a code that the job's provider does not know becomes its
 * nearest own one (the mapping is invented).
 * @param {{ provider: string }} job
 * @param {Outcome} outcome
 * @returns {{ code: number, message: string }}
 */
function failureOf(job, outcome) {
	const [codes, usual, blocked] =
		job.provider === 'waveSpeed'
			? [WAVESPEED_CODES, 1403, 1200]
			: job.provider === 'vtrix'
				? [VTRIX_CODES, 10004095, 10004095]
				: [MINIMAX_CODES, 1000, 1027];
	const asked = Number(outcome.fail);
	let code = usual;
	if (outcome.blocked || asked === 1200) code = blocked;
	else if (asked > 1 && (codes[asked] || (job.provider === 'waveSpeed' && asked))) code = asked;
	return { code, message: outcome.message ?? codes[code] ?? `Failed with code ${code}` };
}

module.exports = { fromPrompt, endOf, failureOf, WAVESPEED_CODES, VTRIX_CODES, MINIMAX_CODES };
