import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { providerOf, providers } from '../providers';
import { baseUrlOf, isKnownBaseUrl } from '../providers/baseUrl';
import { ProviderError } from '../providers/errors';
import { networkFault } from '../providers/networkFault';
import { parseJson } from '../providers/parseJson';
import type { HttpClient, Provider } from '../providers/types';
import { failedCheck, goodKey } from './keyVerdict';

/**
 * The tests of the credentials, named by `testedBy` in the nodes. None of them costs anything, and none
 * throws: n8n answers an exception with a bare "500" in place of a sentence.
 *
 * Functions instead of n8n's declarative `test`, which cannot distinguish these cases: it sees the status or the body
 * but never both (a 403 can be a bad key or an empty account), accepts every web page that answers 200, and shows
 * `ECONNREFUSED` unexplained.
 *
 * The requests go through the one helper that n8n gives a credential test (`ICredentialTestFunctions` has
 * no `httpRequest`), and not through `fetch`: only the helper honours n8n's proxy and its guard against
 * requests into the own network.
 */

/** Timeout in ms; a person is waiting for the result. */
const TIMEOUT_MS = 15_000;

type Helpers = ICredentialTestFunctions['helpers'];

/** The name of the error, without its message, which may contain headers. */
const codeOf = (error: unknown): string =>
	networkFault(error).code ?? String((error as Partial<Error>)?.name ?? 'unknown');

/** An obvious fault of a key, or undefined. The prefix is not checked, because it depends on the provider. */
function keyFault(key: unknown): string | undefined {
	if (typeof key !== 'string' || !key) return "The field 'API Key' is empty";
	if (/^bearer\s/i.test(key)) return "Remove the word 'Bearer' from the field 'API Key'";
	if (!/^[\x21-\x7e]+$/.test(key)) {
		return "The field 'API Key' contains a space, a line break or another character that no key has. Copy the key again.";
	}
	return undefined;
}

/** Requests to the credential's own host. Redirects are not followed, because the key must not be sent elsewhere. */
function clientOf(helpers: Helpers, baseUrl: string, authorization?: string): HttpClient {
	return {
		async request({ method, path, query }) {
			const { statusCode, headers, body } = (await helpers
				.request({
					method,
					uri: `${baseUrl}${path}`,
					qs: query,
					headers: {
						Accept: 'application/json',
						...(authorization && { Authorization: authorization }),
					},
					simple: false,
					resolveWithFullResponse: true,
					followRedirect: false,
					timeout: TIMEOUT_MS,
				})
				.catch((error: unknown) => {
					throw new ProviderError('No answer came', { kind: 'noAnswer', code: codeOf(error) });
				})) as { statusCode: number; headers?: Record<string, string>; body: unknown };
			const read = typeof body === 'string' ? parseJson(body) : body;
			return { status: statusCode, headers: headers ?? {}, body: read };
		},
		clockOffsetMs: () => 0,
		knowsTime: () => false,
		host: new URL(baseUrl).host,
	};
}

/** A rejected key may be right and the typed address wrong: other services reject unknown keys too. */
function withHost(verdict: INodeCredentialTestResult, host: string): INodeCredentialTestResult {
	if (/^The API key is valid|'Base URL'/.test(verdict.message)) return verdict;
	return { ...verdict, message: `${verdict.message} The requested address was ${host}.` };
}

async function run(
	helpers: Helpers,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
	provider: Provider,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	const wrongKey = keyFault(data.apiKey);
	if (wrongKey) return { status: 'Error', message: wrongKey };
	let baseUrl: string;
	try {
		baseUrl = baseUrlOf(provider.id, data);
	} catch (error) {
		return { status: 'Error', message: (error as Error).message };
	}
	const { host } = new URL(baseUrl);
	const isTyped = !isKnownBaseUrl(provider.id, baseUrl);
	const http = clientOf(helpers, baseUrl, `${provider.authScheme} ${String(data.apiKey)}`);
	const verdict = await provider.keyTest
		.check(provider, http, isTyped ? clientOf(helpers, baseUrl) : undefined)
		.then(
			(balance) => goodKey(provider, balance),
			(error: unknown) => failedCheck(provider, error, host),
		);
	return isTyped ? withHost(verdict, host) : verdict;
}

const credentialTestOf = (provider: Provider) =>
	async function (
		this: ICredentialTestFunctions,
		credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
	): Promise<INodeCredentialTestResult> {
		return await run(this.helpers, credential, provider);
	};

/** By the name in `testedBy`: `hailuoWaveSpeedApiTest`. */
export const credentialTest = Object.fromEntries(
	providers.map((id) => {
		const provider = providerOf(id);
		return [`${provider.credential}Test`, credentialTestOf(provider)];
	}),
);
