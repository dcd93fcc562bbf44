import type { INodeCredentialTestResult } from 'n8n-workflow';
import { codeIn } from '../providers/miniMax/codes';
import { type Check, credentialTestOf } from './credentialRun';
import type { Answer } from './credentialVerdicts';
import { blocked, inconclusive, noCredit, not, notTheApi, ok } from './credentialVerdicts';

const MINIMAX_BAD_KEY = [1004, 2049];
const MINIMAX_NO_CREDIT = 1008;
/** Unknown, timeout, internal, internal, system: docs/providers.md C.3. */
const MINIMAX_DOWN = [1000, 1001, 1013, 1024, 1033];

/**
 * The query of a task that cannot exist. What counts is MiniMax's own code, which comes with HTTP 200 as a rule; a limit
 * that is reached (1002, 1039, 1041, 2045, 2056), and a plan without the model (2061), is the account's: the key is good.
 */
export function miniMaxVerdict(answer: Answer): INodeCredentialTestResult {
	const { status, body } = answer;
	const page = blocked(answer);
	if (page) return page;
	const code = codeIn(body);
	if (status === 401 || status === 403 || (code !== undefined && MINIMAX_BAD_KEY.includes(code))) {
		return not(
			"MiniMax does not accept this API key. Copy it again, and check the field 'Region': a key works only in the region it was made in, Global (minimax.io) or Mainland China (minimax.cn, minimaxi.com).",
		);
	}
	if (status === 402 || code === MINIMAX_NO_CREDIT) {
		return noCredit(
			'MiniMax',
			'on its platform: a pay-as-you-go key (sk-api-…) draws on the balance of the account, a subscription key (sk-cp-…) on its plan',
		);
	}
	if (code !== undefined && MINIMAX_DOWN.includes(code)) {
		return not(
			`MiniMax answers with its internal code ${code}, so the key could not be checked. Try again later.`,
		);
	}
	if (code !== undefined) return ok('The API key is valid');
	return inconclusive('MiniMax', status) ?? notTheApi('MiniMax', 'https://api.minimax.io');
}

const checkMiniMax: Check = async (baseUrl, ask, key) =>
	miniMaxVerdict(await ask(`${baseUrl}/v1/query/video_generation?task_id=1`, key));

export const hailuoMiniMaxApiTest = credentialTestOf(
	{ id: 'miniMax', name: 'MiniMax' },
	checkMiniMax,
);
