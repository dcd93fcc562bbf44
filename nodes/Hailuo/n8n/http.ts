import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { within } from '../jobs/abort';
import { clock } from './clock';
import { sendingMs } from '../providers/upload';
import { PROVIDER_NAMES } from '../models/catalogue';
import { FieldError } from '../models/fieldError';
import { providerOf } from '../providers';
import { baseUrlOf } from '../providers/baseUrl';
import { ProviderError } from '../providers/errors';
import type { HttpClient, HttpRequest, HttpResponse, Provider } from '../providers/types';
import type { ProviderId } from '../providers/modelTypes';

export type RequestContext = IExecuteFunctions | IPollFunctions | IWebhookFunctions;

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * How many times its time limit a request may last in all. The limit itself is kept by n8n and begins anew with every
 * byte that comes: an answer that trickles would hold a paid job for ever.
 */
const HARD_TIMEOUT_FACTOR = 3;

/** A provider together with the way to reach it. */
export interface Connection {
	provider: Provider;
	http: HttpClient;
	/** The same, for what must be known even after Stop: which job was paid. */
	httpIgnoringStop: HttpClient;
	/** Without a trailing slash. */
	baseUrl: string;
}

/** @throws FieldError when no credential is chosen; Error when its base URL is none */
export async function connect(context: RequestContext, id: ProviderId): Promise<Connection> {
	const provider = providerOf(id);
	const credentials = await context.getCredentials(provider.credential).catch((error) => {
		// n8n names the type of a credential in its own spelling, and says nothing of what to do.
		throw context.getNode().credentials?.[provider.credential] ? error : noCredential(provider);
	});
	const baseUrl = baseUrlOf(id, credentials);
	const client = (from: RequestContext) =>
		httpClient(from, provider.credential, baseUrl, String(credentials.apiKey ?? ''));
	const lastingHttp = client(cutOffBy(context, () => undefined));
	return { provider, http: client(context), httpIgnoringStop: lastingHttp, baseUrl };
}

const noCredential = ({ id }: Provider) =>
	new FieldError(
		'Credential',
		`is not set for ${PROVIDER_NAMES[id]}`,
		'Choose one at the top of the panel of the node, or create it there with your API key',
	);

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
	let offsetMs: number | undefined;
	const forms = redactions(apiKey);
	const hide = (text: string) => forms.reduce((rest, form) => rest.split(form).join('***'), text);

	async function request(asked: HttpRequest): Promise<HttpResponse> {
		const timeout = (asked.timeoutMs ?? DEFAULT_TIMEOUT_MS) + sendingMs(lengthOf(asked.body));
		const options: IHttpRequestOptions = {
			method: asked.method,
			url: `${baseUrl}${asked.path}`,
			qs: asked.query,
			body: asked.body as IHttpRequestOptions['body'],
			headers: { Accept: 'application/json', ...asked.headers },
			timeout,
			// As text: whether an answer is JSON is for the provider's file to say, and bad JSON must not pass for it.
			encoding: 'text',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		};
		const sent = clock.now();
		const late = new AbortController();
		const ends = () => {
			// Stop cuts a request off, but never a paid one: nobody would know the id of the job that it may have started.
			const stop = asked.paid === true ? undefined : stopOf(context);
			return stop ? AbortSignal.any([late.signal, stop]) : late.signal;
		};
		const answer = await within(
			send(cutOffBy(context, ends), credential, options),
			timeout * HARD_TIMEOUT_FACTOR,
			clock,
			tooLate,
		).catch((error) => {
			late.abort();
			throw error instanceof ProviderError ? error : noAnswer(error, hide);
		});
		const headers = Object.fromEntries(
			Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
		);
		const date = Date.parse(headers.date ?? '');
		if (Number.isFinite(date)) offsetMs = date - (sent + clock.now()) / 2;
		const body = asked.asText ? hide(String(answer.body ?? '')) : parsed(answer.body, hide);
		return { status: answer.statusCode, headers, body };
	}

	return {
		request,
		clockOffsetMs: () => offsetMs ?? 0,
		knowsTime: () => offsetMs !== undefined,
		host: new URL(baseUrl).host,
	};
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

const stopOf = (context: RequestContext): AbortSignal | undefined =>
	'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;

/** n8n's helper cuts a request off by the signal of its context: here by another one, or by none. */
function cutOffBy(context: RequestContext, signal: () => AbortSignal | undefined): RequestContext {
	return Object.create(context, { getExecutionCancelSignal: { value: signal } }) as RequestContext;
}

/** About how many bytes a body has: of its texts, which is where pictures are. */
function lengthOf(body: unknown): number {
	if (typeof body === 'string') return body.length;
	if (typeof body !== 'object' || body === null) return 0;
	return Object.values(body).reduce((sum: number, part) => sum + lengthOf(part), 0);
}

/** What is shorter is no key of any provider, but stands in every answer: "id" would strike out the job's id. */
const MIN_KEY_LENGTH = 8;

/** A key as an answer may repeat it: as it is, as a header takes it, inside JSON, inside an address. */
function redactions(apiKey: string): string[] {
	const sent = apiKey.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim();
	const forms = [apiKey, apiKey.trim(), sent].flatMap((key) => {
		const inJson = JSON.stringify(key).slice(1, -1);
		return [inJson.split('/').join('\\/'), inJson, encodeURIComponent(key), key];
	});
	return [...new Set(forms)].filter(({ length }) => length >= MIN_KEY_LENGTH);
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

/** What Node says of a connection that broke while it was being encrypted: nothing was sent through it. */
const NOT_ENCRYPTED = /before secure TLS connection was established/;

const tooLate = () =>
	new ProviderError('The provider gave no answer in time', {
		kind: 'noAnswer',
		hint: 'The provider may be slow or down; try again later',
	});

function noAnswer(error: unknown, hide: (text: string) => string): ProviderError {
	const codes: string[] = [];
	let sent = false;
	let broke = false;
	for (let cause = error, depth = 0; cause && depth < 5; depth++) {
		const { code, syscall, message, cause: next } = cause as Record<string, unknown>;
		if (typeof code === 'string') codes.push(code);
		// A route that is lost later has the same code as one that was never there.
		sent ||= syscall === 'read' || syscall === 'write';
		broke ||= NOT_ENCRYPTED.test(String(message));
		cause = next;
	}
	const never = sent
		? undefined
		: (codes.find((code) => NOT_CONNECTED.test(code)) ?? (broke ? codes[0] : undefined));
	if (never) {
		return new ProviderError(`The connection could not be made (${never})`, {
			kind: 'notConnected',
			code: never,
			hint: 'Check the base URL in the credential, and that n8n can reach it',
		});
	}
	if (codes.some((code) => code === 'ECONNABORTED' || code === 'ETIMEDOUT')) return tooLate();
	// Where there is a code, n8n's own words for it are left out: they advise to send the request again.
	const said = codes[0] ?? hide(String((error as Error)?.message ?? ''));
	return new ProviderError(`The connection broke before an answer came${said ? `: ${said}` : ''}`, {
		kind: 'noAnswer',
		code: codes[0],
		hint: 'The provider may be slow or down; try again later',
	});
}
