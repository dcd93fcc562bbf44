import { ProviderError } from '../errors';
import type { KeyTest } from '../types';

/** Limits of a plan, and a model that it does not include: whose key was let through. */
const OF_THE_PLAN = ['2056', '2061'];

/**
 * The query of a job that cannot exist. What counts is `base_resp.status_code`, which comes with HTTP 200 (docs/providers.md
 * C.3); a limit that is reached is the account's, so the key is good.
 */
export const keyTest: KeyTest = {
	service: 'MiniMax',
	account: 'MiniMax',
	badKey:
		"Copy it again, and check the field 'Region': a key works only in the region where it was created: Global (minimax.io) or Mainland China (minimax.cn, minimaxi.com).",
	topUp:
		'on its platform: a pay-as-you-go key (sk-api-…) is billed to the balance of the account, a subscription key (sk-cp-…) to its plan',

	async check(provider, http) {
		// V1: a key of any kind may ask it.
		const v1 = provider.forApi?.('main') ?? provider;
		await v1.get(http, '1').catch((error: ProviderError) => {
			if (!letThrough(error)) throw error;
		});
		return undefined;
	},
};

function letThrough({ kind, status, code, provesRefusal }: ProviderError): boolean {
	if (OF_THE_PLAN.includes(code ?? '')) return true;
	return provesRefusal && status !== 429 && ['invalid', 'notFound', 'rateLimited'].includes(kind);
}
