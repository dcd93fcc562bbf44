'use strict';

/** @param {Record<string, string>} headers @returns {string | undefined} */
function bearer(headers) {
	return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

/** The queue API also takes `Authorization: Key …` (docs/providers.md B.1). */
function bearerOrKey(headers) {
	return /^(?:Bearer|Key) (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

module.exports = { bearer, bearerOrKey };
