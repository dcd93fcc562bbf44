import type { INodeCredentialTestResult } from 'n8n-workflow';
import { number } from '../providers/answers';
import { meaningOf } from '../providers/waveSpeed/refusals';
import { type Check, credentialTestOf } from './credentialRun';
import type { Answer } from './credentialVerdicts';
import { at, blocked, inconclusive, noCredit, not, notTheApi, ok } from './credentialVerdicts';

/**
 * `GET /balance`. Only 401 and 403 speak against the key. An answer can be HTTP 200 with the real code in
 * its body (docs/providers.md A.3), and any unknown path counts as a model: 400 "Model not found.".
 */
export function waveSpeedVerdict(answer: Answer): INodeCredentialTestResult {
	const code = number(at(answer.body, 'code'));
	const ofBody = answer.status < 300 && code !== undefined && code >= 400 && code < 600;
	const status = ofBody ? code : answer.status;
	const { kind } = meaningOf(status, answer.body);
	if (status === 401) {
		return not(
			'WaveSpeed does not accept this API key. Copy it again from wavespeed.ai/accesskey. A key made before the first top-up works once the account has been topped up.',
		);
	}
	if (status === 403) {
		const page = blocked(answer);
		if (page) return page;
		return not(
			'WaveSpeed does not let this API key read the account (403). Use a key whose role may do so, from wavespeed.ai/accesskey. A key made before the first top-up works once the account has been topped up.',
		);
	}
	if (kind === 'credit') return noCredit('WaveSpeed', 'at wavespeed.ai');
	const unclear = inconclusive('WaveSpeed', status);
	if (unclear) return unclear;
	const balance = number(at(answer.body, 'data', 'balance'));
	if (status >= 300 || balance === undefined) {
		return notTheApi('WaveSpeed', 'https://api.wavespeed.ai/api/v3');
	}
	if (balance <= 0) return noCredit('WaveSpeed', 'at wavespeed.ai');
	return ok(`The API key is valid. Balance: $${balance.toFixed(2)}`);
}

const checkWaveSpeed: Check = async (baseUrl, ask, key) =>
	waveSpeedVerdict(await ask(`${baseUrl}/balance`, key));

export const hailuoWaveSpeedApiTest = credentialTestOf(
	{ id: 'waveSpeed', name: 'WaveSpeed' },
	checkWaveSpeed,
);
