import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { clock } from './clock';
import { sendingMs } from '../media/encode';
import { providerOf } from '../providers';
import { baseUrlOf } from '../providers/baseUrl';
import type { HttpClient, HttpRequest, HttpResponse, Provider } from '../providers/types';
import { ProviderError } from '../providers/types';
import type { ProviderId } from '../models/types';

export type RequestContext = IExecuteFunctions | IPollFunctions | IWebhookFunctions;

const DEFAULT_TIMEOUT_MS = 30_000;

/** A provider together with the way to reach it. */
export interface Connection {
	provider: Provider;
	http: HttpClient;
	/** The same, for what must be known even after Stop: which job was paid. */
	lastingHttp: HttpClient;
	/** Without a trailing slash. */
	baseUrl: string;
}

/** @throws Error when the credential is missing, or its base URL is none */
export async function connect(context: RequestContext, id: ProviderId): Promise<Connection> {
	const provider = providerOf(id);
	const credentials = await context.getCredentials(provider.credential);
	const baseUrl = baseUrlOf(id, credentials);
	const client = (from: RequestContext) =>
		httpClient(from, provider.credential, baseUrl, String(credentials.apiKey ?? ''));
	return { provider, http: client(context), lastingHttp: client(uninterrupted(context)), baseUrl };
}

/**
 * Requests to the credential's own host, with its key. Redirects are not followed, because the key would go along,
 * and the key is struck out of every answer before anybody reads it.
 */
export function httpClient(
	context: RequestContext,
	credential: string,
	baseUrl: string,
	apiKey: string,
): HttpClient {
	let offsetMs = 0;
	const forms = formsOf(apiKey);
	const hide = (text: string) => forms.reduce((rest, form) => rest.split(form).join('***'), text);

	async function request(asked: HttpRequest): Promise<HttpResponse> {
		const options: IHttpRequestOptions = {
			method: asked.method,
			url: `${baseUrl}${asked.path}`,
			qs: asked.query,
			body: asked.body as IHttpRequestOptions['body'],
			headers: { Accept: 'application/json', ...asked.headers },
			timeout: (asked.timeoutMs ?? DEFAULT_TIMEOUT_MS) + sendingMs(lengthOf(asked.body)),
			// As text: whether an answer is JSON is for the provider's file to say, and bad JSON must not pass for it.
			encoding: 'text',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		};
		const sent = clock.now();
		const answer = await send(
			asked.paid === true ? uninterrupted(context) : context,
			credential,
			options,
		).catch((error) => {
			throw noAnswer(error, hide);
		});
		const headers = Object.fromEntries(
			Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
		);
		const date = Date.parse(headers.date ?? '');
		if (Number.isFinite(date)) offsetMs = date - (sent + clock.now()) / 2;
		return { status: answer.statusCode, headers, body: parsed(answer.body, hide) };
	}

	return { request, clockOffsetMs: () => offsetMs };
}

async function send(
	context: RequestContext,
	credential: string,
	options: IHttpRequestOptions,
): Promise<IN8nHttpFullResponse> {
	return (await context.helpers.httpRequestWithAuthentication.call(
		context as IExecuteFunctions,
		credential,
		options,
	)) as IN8nHttpFullResponse;
}

/**
 * n8n's helper cuts requests off when the execution is stopped. A paid POST must get its answer all the same, because
 * otherwise nobody knows the id of the job that it may have started.
 */
function uninterrupted(context: RequestContext): RequestContext {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => undefined },
	}) as RequestContext;
}

/** About how many bytes a body has: of its texts, which is where pictures are. */
function lengthOf(body: unknown): number {
	if (typeof body === 'string') return body.length;
	if (typeof body !== 'object' || body === null) return 0;
	return Object.values(body).reduce((sum: number, part) => sum + lengthOf(part), 0);
}

/** A key as an answer may repeat it: as it is, inside JSON, inside an address. */
function formsOf(apiKey: string): string[] {
	if (apiKey === '') return [];
	const inJson = JSON.stringify(apiKey).slice(1, -1);
	return [...new Set([inJson.split('/').join('\\/'), inJson, encodeURIComponent(apiKey), apiKey])];
}

function parsed(body: unknown, hide: (text: string) => string): unknown {
	const raw = hide(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
	try {
		return JSON.parse(raw) as unknown;
	} catch {
		return raw;
	}
}

/** Codes of a connection that was never made: proof that nothing was sent. */
const NOT_CONNECTED =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|ERR_TLS_.*|ERR_INVALID_URL)$/;

function noAnswer(error: unknown, hide: (text: string) => string): ProviderError {
	const codes: string[] = [];
	for (let cause = error, depth = 0; cause && depth < 5; depth++) {
		const { code, cause: next } = cause as { code?: unknown; cause?: unknown };
		if (typeof code === 'string') codes.push(code);
		cause = next;
	}
	const never = codes.find((code) => NOT_CONNECTED.test(code));
	if (never) {
		return new ProviderError(`The connection could not be made (${never})`, {
			kind: 'notConnected',
			code: never,
			hint: 'Check the base URL in the credential, and that n8n can reach it',
		});
	}
	const timeout = codes.some((code) => code === 'ECONNABORTED' || code === 'ETIMEDOUT');
	// Where there is a code, n8n's own words for it are left out: they advise to send the request again.
	const said = codes[0] ?? hide(String((error as Error)?.message ?? ''));
	return new ProviderError(
		timeout
			? 'The provider gave no answer in time'
			: `The connection broke before an answer came${said ? `: ${said}` : ''}`,
		{ kind: 'noAnswer', code: codes[0], hint: 'The provider may be slow or down; try again later' },
	);
}
