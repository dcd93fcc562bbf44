'use strict';

/** @param {Record<string, string>} headers @returns {string | undefined} */
function bearer(headers) {
	return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

/** The queue API also takes `Authorization: Key …` (docs/providers.md B.1). */
function bearerOrKey(headers) {
	return /^(?:Bearer|Key) (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

/**
 * A call of a provider, behind the check of its key.
 * @param {string} provider
 * @param {string} api
 * @param {Pick<import('./server').Route, 'kind' | 'jobId' | 'handle'>} call
 * @param {(req: import('./server').Req) => import('./answers').Answer | undefined} refusal the answer to a key that is not good
 * @returns {import('./server').Route}
 */
function keyed(provider, api, { kind, jobId, handle }, refusal) {
	return { provider, api, kind, jobId, handle: (req) => refusal(req) ?? handle(req) };
}

module.exports = { bearer, bearerOrKey, keyed };
