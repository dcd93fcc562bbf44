import { ProviderError } from '../errors';
import type { KeyTest } from '../types';

/**
 * `GET /balance`. Only 401 and 403 speak against the key. An answer can be HTTP 200 with the real code in
 * its body (docs/providers.md A.3), and any unknown path counts as a model: 400 "Model not found.".
 */
export const keyTest: KeyTest = {
	service: 'WaveSpeed',
	account: 'WaveSpeed',
	badKey:
		'Copy it again from wavespeed.ai/accesskey. A key created before the first top-up does not work until you top up the account.',
	topUp: 'at wavespeed.ai',
	forbidden: () =>
		'WaveSpeed does not let this API key read the account (403). Use a key whose role allows this, from wavespeed.ai/accesskey. A key created before the first top-up does not work until you top up the account.',

	async check({ balance }, http) {
		if (!balance) throw new ProviderError('No balance', { kind: 'badAnswer' });
		return await balance(http);
	},
};
