import type { INodeCredentialTestResult } from 'n8n-workflow';
import { ProviderError } from '../providers/errors';
import { troubleOf } from '../providers/networkFault';
import type { Balance, Provider } from '../providers/types';

/**
 * The message of a credential test. Pure: it converts the result or the error of the provider's check into a sentence.
 * n8n shows the sentence only beside status 'Error', so a valid key without credit is an 'Error' too; its sentence
 * begins by saying that the key is valid.
 */

const ok = (message: string): INodeCredentialTestResult => ({ status: 'OK', message });
const not = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });

const VALID = 'The API key is valid';
const UNCHECKED = 'so the key could not be checked';

/** @param balance if the provider reports one */
export function goodKey({ keyTest }: Provider, balance?: Balance): INodeCredentialTestResult {
	if (!balance) return ok(VALID);
	if (balance.balance <= 0) return noCredit(keyTest);
	return ok(`${VALID}. Balance: $${balance.balance.toFixed(2)}`);
}

const noCredit = ({ account, topUp }: Provider['keyTest']) =>
	not(`The API key is valid, but the ${account} account is out of credit. Top it up ${topUp}.`);

/** The sentence for an error of the check. @param host that was asked */
export function failedCheck(
	{ keyTest, addresses }: Provider,
	error: unknown,
	host: string,
): INodeCredentialTestResult {
	const { service } = keyTest;
	if (!(error instanceof ProviderError)) return unreachable(service, host, 'unknown');
	const { kind, status, code } = error;
	if (status === undefined) return unreachable(service, host, code ?? 'unknown');
	if (error.isPage && status === 403) {
		return not(
			`A web page came back instead of an answer from the API (403), ${UNCHECKED}. A firewall or proxy blocks the request: ask the administrator of this n8n's network.`,
		);
	}
	switch (kind) {
		case 'auth': {
			const why = status === 403 ? keyTest.forbidden?.(error.message) : undefined;
			return not(why ?? `${service} does not accept this API key. ${keyTest.badKey}`);
		}
		case 'credit':
			return noCredit(keyTest);
		case 'rateLimited':
			return not(
				`${service} is receiving too many requests (429), ${UNCHECKED}. Try again in a minute.`,
			);
		case 'unavailable': {
			const http = status >= 400 ? status : undefined;
			const what = http ?? (Number(code) < 600 ? code : `with its internal code ${code}`);
			return not(
				`${service} answers ${what}, ${UNCHECKED}. The service is down or busy: try again later.`,
			);
		}
		default:
			return not(
				`This address is not the ${keyTest.account} API, ${UNCHECKED}. Check the field 'Base URL', e.g. ${Object.values(addresses.known)[0]}`,
			);
	}
}

/** The sentence for a request that got no answer. @param code of Node's error */
export function unreachable(
	service: string,
	host: string,
	code: string,
): INodeCredentialTestResult {
	const trouble = troubleOf(code);
	if (trouble === 'refused') {
		return not(
			`There is no answer from ${host}, ${UNCHECKED}. Check the field 'Base URL'; if it is right, ${lowerThe(service)} is down.`,
		);
	}
	if (trouble === 'unknownHost') {
		return not(
			`The host ${host} was not found, ${UNCHECKED}. Check the field 'Base URL' and the internet connection of this n8n.`,
		);
	}
	if (trouble === 'timeout') {
		return not(
			`${host} did not answer in time, ${UNCHECKED}. ${service} may be down, or a firewall may block the connection: try again later.`,
		);
	}
	if (trouble === 'insecure') {
		return not(
			`No secure connection to ${host} (${code}), ${UNCHECKED}. Check whether the field 'Base URL' should start with http:// or https://, and the certificate of a gateway.`,
		);
	}
	return not(
		`${host} could not be reached (${code}), ${UNCHECKED}. Check the field 'Base URL' and whether this n8n may connect to that host.`,
	);
}

/** `The service` in the middle of a sentence. */
const lowerThe = (service: string) => service.replace(/^The /, 'the ');
