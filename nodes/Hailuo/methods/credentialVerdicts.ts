import type { INodeCredentialTestResult } from 'n8n-workflow';
import { json } from '../providers/answers';

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

export const ok = (message: string): INodeCredentialTestResult => ({ status: 'OK', message });
export const not = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });

export const at = (value: unknown, ...path: string[]): unknown =>
	path.reduce<unknown>((inner, key) => json(inner)[key], value);

/** All that the answer says, for looking for words in it; never shown. */
export const wordsOf = ({ body }: Answer) =>
	(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, 2_000);

export const noCredit = (provider: string, where: string) =>
	not(`The API key is valid, but the ${provider} account is out of credit. Top it up ${where}.`);

export const notTheApi = (provider: string, example: string) =>
	not(
		`This address is not the ${provider} API, so the key could not be checked. Check the field 'Base URL', e.g. ${example}`,
	);

/** Only a firewall or a proxy in front of an API refuses with a web page. */
export function blocked({ status, body }: Answer): INodeCredentialTestResult | undefined {
	if (status !== 403 || typeof body !== 'string' || !/^\s*</.test(body)) return undefined;
	return not(
		'A web page came back in place of an answer of the API (403), so the key could not be checked. A firewall or proxy refuses the request: ask who runs the network of this n8n.',
	);
}

/** The answers that say nothing about the key, whatever the provider. */
export function inconclusive(
	provider: string,
	status: number,
): INodeCredentialTestResult | undefined {
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

/** Whether an answer to a request without a key shows that the address asks for one at all. */
export const asksForKey = ({ status }: Answer) => status === 401 || status === 403;
