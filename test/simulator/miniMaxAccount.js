'use strict';

const { json } = require('./answers');
const { miniMaxError } = require('./errorAnswers');
const { keyed } = require('./keys');
const { keyKind, badKey, walletOf } = require('./miniMaxKeys');

/** Money of a MiniMax account (docs/providers.md I.1, balance). */

const OK = { status_code: 0, status_msg: 'success' };

/**
 * @param {import('./simulator').Simulator} sim
 * @param {string} method
 * @param {string} path
 * @returns {import('./server').Route | undefined}
 */
function miniMaxAccountRoute(sim, method, path) {
	const answer = method === 'GET' && CALLS[path];
	if (!answer) return undefined;
	const handle = (req) => answer(sim, keyKind(sim, req.headers));
	return keyed('miniMax', 'miniMax', { kind: 'balance', handle }, (req) => {
		const bad = badKey(keyKind(sim, req.headers));
		return bad && miniMaxError(bad.code, bad.message, sim.options.miniMaxErrorStatus);
	});
}

const CALLS = {
	'/account/query_balance': balance,
	// Measured: 403. Its body: invented.
	'/v1/account/balance': () => json({ error: 'Forbidden' }, 403),
	'/v1/token_plan/remains': remains,
};

/** For pay-as-you-go keys. What a subscription key gets here: invented. */
function balance(sim, key) {
	if (key === 'subscription') {
		return miniMaxError(1004, 'login fail: this key has no pay-as-you-go account');
	}
	const amount = sim.account(walletOf(key)).balance.toFixed(2);
	return json({
		available_amount: amount,
		cash_balance: amount,
		voucher_balance: '0.00',
		credit_balance: '0.00',
		owed_amount: '0.00',
		balance_alert_switch: false,
		balance_alert_threshold: '',
		base_resp: OK,
	});
}

/** For subscription keys. The names are those of clients' fixtures; the name of the model is invented. */
function remains(sim, key) {
	if (key !== 'subscription') {
		return miniMaxError(1004, 'login fail: this key has no subscription'); // invented
	}
	const left = Math.max(0, Math.min(100, Math.round(sim.account(walletOf(key)).balance)));
	const usage = {
		model_name: 'video',
		current_weekly_total_count: 100,
		current_weekly_usage_count: 100 - left,
		current_weekly_remaining_percent: left,
		current_weekly_status: left ? 1 : 2,
	};
	return json({ model_remains: [usage], base_resp: OK });
}

module.exports = { miniMaxAccountRoute };
