'use strict';

const { bearer } = require('./keys');

/**
 * MiniMax's keys. Two kinds draw on two wallets: pay as you go (`sk-api-…`) and subscription (`sk-cp-…`); see
 * docs/providers.md I.1 and I.3. A key of any other form counts as pay as you go (invented).
 *
 * The simulator knows `options.keys.miniMax` and, beside it, the keys of `options.miniMaxKeys`.
 *
 * @typedef {'none' | 'wrong' | 'otherRegion' | 'payAsYouGo' | 'subscription'} KeyKind
 */

/**
 * @param {import('./simulator').Simulator} sim
 * @param {Record<string, string>} headers
 * @returns {KeyKind}
 */
function keyKind(sim, headers) {
	const key = bearer(headers);
	if (!key) return 'none';
	const { keys, miniMaxKeys } = sim.options;
	if (key === miniMaxKeys.otherRegion) return 'otherRegion';
	if (![keys.miniMax, miniMaxKeys.payAsYouGo, miniMaxKeys.subscription].includes(key))
		return 'wrong';
	return key.startsWith('sk-cp-') ? 'subscription' : 'payAsYouGo';
}

/**
 * The refusal of a key that is not good: 1004, and 2049 for a key of the other region (measured, I.3.9).
 * @param {KeyKind} kind
 * @returns {{ code: number, message: string } | undefined} texts: the first known, the second invented
 */
function badKey(kind) {
	if (kind === 'otherRegion') return { code: 2049, message: 'invalid api key' };
	if (kind !== 'none' && kind !== 'wrong') return undefined;
	const message =
		kind === 'none'
			? "login fail: Please carry the API secret key in the 'Authorization' field of the request header"
			: 'login fail: the API secret key is not valid';
	return { code: 1004, message };
}

/** The wallet that a key draws on: a name for `sim.account()`. @param {KeyKind} kind */
const walletOf = (kind) => (kind === 'subscription' ? 'miniMaxSubscription' : 'miniMax');

module.exports = { keyKind, badKey, walletOf };
