import { randomUUID } from 'crypto';
import type { INodeCredentialTestResult } from 'n8n-workflow';
import { number } from '../providers/answers';
import { isKnownBaseUrl } from '../providers/baseUrl';
import { type Check, credentialTestOf } from './credentialRun';
import type { Answer } from './credentialVerdicts';
import {
	asksForKey,
	at,
	blocked,
	inconclusive,
	noCredit,
	not,
	notTheApi,
	ok,
	wordsOf,
} from './credentialVerdicts';

const VTRIX_NO_CREDIT = /insufficient|balance|arrears|credits?\b/i;
const VTRIX_BAD_KEY = /invalid[_ -]?(api[_ -]?)?(key|token)|api[_ -]?key|unauthori[sz]ed|token/i;
const VTRIX_NO_TASK =
	/task[^a-z]{0,3}(is |was )?not[_ -]?(found|exist)|task[^a-z]{0,3}does not exist/i;
/** What web servers say of a path that they do not have, in place of a task that they do not have. */
const NO_ROUTE = /^\s*<|\b(page|route|path|endpoint|url) not found|cannot get |no route/i;

/**
 * A task that cannot exist, on `/model/v1/generation/task/`: 404 means that the key was let through
 * (docs/providers.md B.3). 403 is not always a bad key: an empty account answers it too (B.2), and codes 402xx
 * stand in the body of whatever status.
 */
export function vtrixVerdict(answer: Answer): INodeCredentialTestResult {
	const { status } = answer;
	const words = wordsOf(answer);
	const inner = number(at(answer.body, 'status', 'code'));
	const family = Math.floor((number(at(answer.body, 'status', 'error_code')) ?? 0) / 100);
	if (status === 402 || inner === 402 || family === 402)
		return noCredit('Vtrix or SeaArt', 'in its console');
	if (status === 401 || inner === 401) return vtrixBadKey();
	if (status === 403) {
		const page = blocked(answer);
		if (page) return page;
		if (VTRIX_NO_CREDIT.test(words)) return noCredit('Vtrix or SeaArt', 'in its console');
		if (VTRIX_BAD_KEY.test(words)) return vtrixBadKey();
		return not(
			'The service refuses the request (403) without saying why. Check that the key is right, that the account has credit, and that it may use the API.',
		);
	}
	if (VTRIX_NO_TASK.test(words)) return ok('The API key is valid');
	const unclear = inconclusive('The service', status);
	if (unclear) return unclear;
	const found = status === 404 || (status >= 200 && status < 300);
	if (!found || NO_ROUTE.test(words)) {
		return notTheApi('Vtrix or SeaArt Cloud', 'https://cloud.vtrix.ai');
	}
	return ok('The API key is valid');
}

const vtrixBadKey = () =>
	not(
		'The service does not accept this API key. Copy it again, and check that it was made by the service chosen here: Vtrix and SeaArt Cloud have keys of their own.',
	);

const vtrixAsksForNoKey = () => notTheApi('Vtrix or SeaArt Cloud', 'https://cloud.vtrix.ai');

/**
 * At an address that somebody typed, a 404 may as well come from any web server. So the same question is
 * asked without a key: the API refuses it. (At the services' own addresses it is left out: there a 404 is
 * known to mean a good key, while their answer to a missing one is documented less surely.)
 */
const checkVtrix: Check = async (baseUrl, ask, key) => {
	const url = `${baseUrl}/model/v1/generation/task/probe-${randomUUID()}`;
	const verdict = vtrixVerdict(await ask(url, key));
	if (verdict.status !== 'OK' || isKnownBaseUrl('vtrix', baseUrl)) return verdict;
	return asksForKey(await ask(url)) ? verdict : vtrixAsksForNoKey();
};

export const hailuoVtrixApiTest = credentialTestOf(
	{ id: 'vtrix', name: 'the service' },
	checkVtrix,
);
