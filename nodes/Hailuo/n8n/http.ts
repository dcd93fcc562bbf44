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
import { networkFault } from '../providers/networkFault';
import { parseJson } from '../providers/parseJson';
import type { HttpClient, HttpRequest, HttpResponse, Provider } from '../providers/types';
import type { ProviderId } from '../providers/modelTypes';
import { MAX_ANSWER_BYTES, readBody, type AnswerBody } from './answerBody';
import { redactor } from './redact';

export type RequestContext = IExecuteFunctions | IPollFunctions | IWebhookFunctions;

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Hard limit for a request until its answer begins, as a multiple of the timeout. n8n enforces the timeout itself, but
 * some versions restart it with every byte. The limit ends with the answer's headers; the body has its own timeout.
 */
const HARD_TIMEOUT_FACTOR = 3;

/** A provider together with the HTTP client for it. */
export interface Connection {
	provider: Provider;
	http: HttpClient;
	/** The same, but ignoring Stop, for what must be known even after a stop: which job was paid for. */
	httpIgnoringStop: HttpClient;
	/** Without a trailing slash. */
	baseUrl: string;
}

/** @throws FieldError if no credential is chosen; Error if its base URL is invalid */
export async function connect(context: RequestContext, id: ProviderId): Promise<Connection> {
	const provider = providerOf(id);
	const credentials = await context.getCredentials(provider.credential).catch((error) => {
		// n8n's own message shows the internal type of the credential, and does not say what to do.
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
 * Requests to the credential's own host, with its key. Redirects are not followed, because the key would be sent too.
 * The key is removed from every answer before the answer is used.
 */
export function httpClient(
	context: RequestContext,
	credential: string,
	baseUrl: string,
	apiKey: string,
): HttpClient {
	let offsetMs: number | undefined;
	const hide = redactor(apiKey);

	async function request(asked: HttpRequest): Promise<HttpResponse> {
		const timeout = (asked.timeoutMs ?? DEFAULT_TIMEOUT_MS) + sendingMs(lengthOf(asked.body));
		const options: IHttpRequestOptions = {
			method: asked.method,
			url: `${baseUrl}${asked.path}`,
			qs: asked.query,
			body: asked.body as IHttpRequestOptions['body'],
			headers: { Accept: 'application/json', ...asked.headers },
			timeout,
			// Neither n8n nor its HTTP library limits the size of an answer, and a small one may unpack to gigabytes.
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		};
		const sent = clock.now();
		const late = new AbortController();
		const ends = () => {
			// Stop aborts a request, but never a paid one: the ID of the job that it may have started would be lost.
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
			Object.entries(answer.headers).map(([name, value]) => [
				name.toLowerCase(),
				hide(String(value)),
			]),
		);
		const date = Date.parse(headers.date ?? '');
		if (Number.isFinite(date)) offsetMs = date - (sent + clock.now()) / 2;
		const read = await readBody(answer.body, {
			timeoutMs: timeout,
			clock,
			signal: ends(),
			late: tooLate,
		});
		if (read.cut && !(asked.paid && read.text)) throw notWhole(read.cut, hide);
		// Removed before and after parsing: a JSON escape may hide the key in the text, and vice versa.
		return { status: answer.statusCode, headers, body: parseJson(hide(read.text), hide) };
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

/** n8n's helper aborts a request by the signal of its context. This context has another signal, or none. */
function cutOffBy(context: RequestContext, signal: () => AbortSignal | undefined): RequestContext {
	return Object.create(context, { getExecutionCancelSignal: { value: signal } }) as RequestContext;
}

/** Approximate size of a body in bytes, from its texts, which contain the pictures. */
function lengthOf(body: unknown): number {
	if (typeof body === 'string') return body.length;
	if (typeof body !== 'object' || body === null) return 0;
	return Object.values(body).reduce((sum: number, part) => sum + lengthOf(part), 0);
}

const tooLarge = () =>
	new ProviderError(
		`The provider's answer is larger than ${MAX_ANSWER_BYTES / 1e6} MB, so it was not read`,
		{
			kind: 'tooLarge',
			hint: 'No answer of its API is so large. Check the base URL in the credential, and any proxy or firewall between n8n and the provider',
		},
	);

function notWhole(cut: NonNullable<AnswerBody['cut']>, hide: (text: string) => string): unknown {
	if (cut.reason === 'size') return tooLarge();
	return cut.cause instanceof ProviderError ? cut.cause : noAnswer(cut.cause, hide);
}

const tooLate = () =>
	new ProviderError('The provider did not answer in time', {
		kind: 'noAnswer',
		hint: 'The provider may be slow or down; try again later',
	});

function noAnswer(error: unknown, hide: (text: string) => string): ProviderError {
	const { code, trouble, neverSent } = networkFault(error);
	if (neverSent) {
		return new ProviderError(`The connection could not be made (${code})`, {
			kind: 'notConnected',
			code,
			hint: 'Check the base URL in the credential, and that n8n can reach it',
		});
	}
	if (trouble === 'timeout') return tooLate();
	// If there is a code, n8n's own message is omitted: it advises to send the request again.
	const said = code ?? hide(String((error as Error)?.message ?? ''));
	return new ProviderError(
		`The connection was lost before the answer arrived${said ? `: ${said}` : ''}`,
		{
			kind: 'noAnswer',
			code,
			hint: 'The provider may be slow or down; try again later',
		},
	);
}
