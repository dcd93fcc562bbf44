import type { INodeCredentialTestResult } from 'n8n-workflow';
import { json, number } from '../providers/answers';

/**
 * What an answer to a credential test says about the key. Pure: an answer goes in, a sentence comes out.
 * n8n shows the sentence only beside status 'Error', so a key that is good but useless for now (no credit)
 * is an 'Error' too; its sentence begins with saying that the key is valid.
 */

export interface Answer {
	/** HTTP status. */
	status: number;
	/** Parsed JSON, or the text as it came where that is no JSON. */
	body: unknown;
}

const ok = (message: string): INodeCredentialTestResult => ({ status: 'OK', message });
const not = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });

const at = (value: unknown, ...path: string[]): unknown =>
	path.reduce<unknown>((inner, key) => json(inner)[key], value);

/** All that the answer says, for looking for words in it; never shown. */
const wordsOf = ({ body }: Answer) =>
	(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, 2_000);

const noCredit = (provider: string, where: string) =>
	not(`The API key is valid, but the ${provider} account is out of credit. Top it up ${where}.`);

const notTheApi = (provider: string, example: string) =>
	not(
		`This address is not the ${provider} API, so the key could not be checked. Check the field 'Base URL', e.g. ${example}`,
	);

/** Only a firewall or a proxy in front of an API refuses with a web page. */
function blocked({ status, body }: Answer): INodeCredentialTestResult | undefined {
	if (status !== 403 || typeof body !== 'string' || !/^\s*</.test(body)) return undefined;
	return not(
		'A web page came back in place of an answer of the API (403), so the key could not be checked. A firewall or proxy refuses the request: ask who runs the network of this n8n.',
	);
}

/** The answers that say nothing about the key, whatever the provider. */
function inconclusive(provider: string, status: number): INodeCredentialTestResult | undefined {
	if (status === 429) {
		return not(
			`${provider} gets too many requests right now (429), so the key could not be checked. Try again in a minute.`,
		);
	}
	if (status >= 500 || status === 408) {
		return not(
			`${provider} answers ${status}, so the key could not be checked. The service is down or busy: try again later.`,
		);
	}
	return undefined;
}

/**
 * `GET /balance`. Only 401 and 403 speak against the key. An answer can be HTTP 200 with the real code in
 * its body (PROVIDERS.md A.3), and any unknown path counts as a model: 400 "Model not found.".
 */
export function waveSpeedVerdict(answer: Answer): INodeCredentialTestResult {
	const code = number(at(answer.body, 'code'));
	const ofBody = answer.status < 300 && code !== undefined && code >= 400 && code < 600;
	const status = ofBody ? code : answer.status;
	if (status === 401) {
		return not(
			'WaveSpeed does not accept this API key. Copy it again from wavespeed.ai/accesskey. A key made before the first top-up works once the account has been topped up.',
		);
	}
	if (status === 403) {
		const page = blocked(answer);
		if (page) return page;
		return not(
			'WaveSpeed does not let this API key read the account (403). Use a key whose role may do so, from wavespeed.ai/accesskey.',
		);
	}
	if (status === 402) return noCredit('WaveSpeed', 'at wavespeed.ai');
	const unclear = inconclusive('WaveSpeed', status);
	if (unclear) return unclear;
	const balance = number(at(answer.body, 'data', 'balance'));
	if (status >= 300 || balance === undefined) {
		return notTheApi('WaveSpeed', 'https://api.wavespeed.ai/api/v3');
	}
	if (balance <= 0) return noCredit('WaveSpeed', 'at wavespeed.ai');
	return ok(`The API key is valid. Balance: $${balance.toFixed(2)}`);
}

const VTRIX_NO_CREDIT = /insufficient|balance|arrears|credits?\b/i;
const VTRIX_BAD_KEY = /invalid[_ -]?(api[_ -]?)?(key|token)|api[_ -]?key|unauthori[sz]ed|token/i;
const VTRIX_NO_TASK =
	/task[^a-z]{0,3}(is |was )?not[_ -]?(found|exist)|task[^a-z]{0,3}does not exist/i;
/** What web servers say of a path that they do not have, in place of a task that they do not have. */
const NO_ROUTE = /^\s*<|\b(page|route|path|endpoint|url) not found|cannot get |no route/i;

/**
 * A task that cannot exist, on `/model/v1/generation/task/`: 404 means that the key was let through
 * (PROVIDERS.md B.3). 403 is not always a bad key: an empty account answers it too (B.2), and codes 402xx
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

/** Whether an answer to a request without a key shows that the address asks for one at all. */
export const asksForKey = ({ status }: Answer) => status === 401 || status === 403;

export const vtrixAsksForNoKey = () => notTheApi('Vtrix or SeaArt Cloud', 'https://cloud.vtrix.ai');

const MINIMAX_BAD_KEY = [1004, 2049];
const MINIMAX_NO_CREDIT = [1008];
/** Unknown, timeout, internal, internal, system: PROVIDERS.md C.3. */
const MINIMAX_DOWN = [1000, 1001, 1013, 1024, 1033];

/**
 * The query of a task that cannot exist. What counts is `base_resp.status_code`, which comes with HTTP 200;
 * a limit that is reached (1002, 1039, 2056) is the account's, so the key is good.
 */
export function miniMaxVerdict(answer: Answer): INodeCredentialTestResult {
	const { status, body } = answer;
	const page = blocked(answer);
	if (page) return page;
	const code = number(at(body, 'base_resp', 'status_code'));
	if (status === 401 || status === 403 || (code !== undefined && MINIMAX_BAD_KEY.includes(code))) {
		return not(
			"MiniMax does not accept this API key. Copy it again, and check the field 'Region': a key works only in the region it was made in, Global (minimax.io) or Mainland China (minimaxi.com).",
		);
	}
	if (status === 402 || (code !== undefined && MINIMAX_NO_CREDIT.includes(code))) {
		return noCredit('MiniMax', 'on its platform');
	}
	if (code !== undefined && MINIMAX_DOWN.includes(code)) {
		return not(
			`MiniMax answers with its internal code ${code}, so the key could not be checked. Try again later.`,
		);
	}
	if (code !== undefined) return ok('The API key is valid');
	return inconclusive('MiniMax', status) ?? notTheApi('MiniMax', 'https://api.minimax.io');
}

/** The one sentence for a request that got no answer, by the code of Node's error. */
export function unreachable(
	provider: string,
	host: string,
	code: string,
): INodeCredentialTestResult {
	if (code === 'ECONNREFUSED') {
		return not(
			`Nothing answers at ${host}, so the key could not be checked. Check the field 'Base URL'; if it is right, ${provider} is down.`,
		);
	}
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
		return not(
			`The host ${host} was not found, so the key could not be checked. Check the field 'Base URL' and the internet connection of this n8n.`,
		);
	}
	if (['ETIMEDOUT', 'ECONNABORTED', 'ESOCKETTIMEDOUT'].includes(code)) {
		return not(
			`${host} did not answer in time, so the key could not be checked. ${provider} may be down, or a firewall is in between: try again later.`,
		);
	}
	if (/CERT|SIGNATURE|EPROTO|SSL|TLS/.test(code)) {
		return not(
			`No secure connection to ${host} (${code}), so the key could not be checked. Check whether the field 'Base URL' should start with http:// or https://, and the certificate of a gateway.`,
		);
	}
	return not(
		`${host} could not be reached (${code}), so the key could not be checked. Check the field 'Base URL' and whether this n8n may connect to that host.`,
	);
}
