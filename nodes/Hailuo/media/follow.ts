import type {
	IExecuteFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { isFromInside } from './hosts';
import { DownloadFailed } from './video/downloadFailed';

export type Context = IExecuteFunctions | IPollFunctions | IWebhookFunctions;
export type Body = import('node:stream').Readable;

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface Asked {
	/** The Accept header. */
	accept: string;
	/** The provider's base URL: addresses in the own network are allowed only if the provider is there too. */
	providerUrl: string;
	/** Aborts the request and the body of the answer. */
	kill: AbortSignal;
}

/**
 * Requests a file and follows redirects, without any credential. Each address is checked first, or an answer could make
 * n8n call its own network.
 *
 * @returns an answer of any status, its body a stream
 * @throws DownloadFailed for an address that must not be fetched; n8n's own error if there is no connection
 */
export async function follow(
	this: Context,
	url: string,
	{ accept, providerUrl, kill }: Asked,
): Promise<IN8nHttpFullResponse> {
	let link = url;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		checkLink(link, url, providerUrl);
		const response = (await this.helpers.httpRequest({
			method: 'GET',
			url: link,
			// Compressed answers would make the Content-Length useless, and pictures and videos do not compress.
			headers: { Accept: accept, 'Accept-Encoding': 'identity' },
			encoding: 'stream',
			returnFullResponse: true,
			// Otherwise the unread body of an error would keep its socket open.
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			// The caller sets the limits; n8n's default would end a slow but steady answer after 5 minutes.
			timeout: 0,
			abortSignal: kill,
		})) as IN8nHttpFullResponse;
		const { location } = response.headers;
		if (!REDIRECTS.has(response.statusCode) || typeof location !== 'string') return response;
		(response.body as Body).destroy();
		link = URL.canParse(location, link) ? new URL(location, link).href : location;
	}
	throw new DownloadFailed('the server redirects too many times', {
		reason: 'network',
		url,
		retryable: false,
	});
}

/**
 * @param link the file's own, or the target of a redirect
 * @throws DownloadFailed for an address that must not be fetched
 */
function checkLink(link: string, url: string, providerUrl: string): void {
	const isWeb = /^https?:\/\/[^/]/i.test(link) && URL.canParse(link);
	if (isWeb && !isFromInside(new URL(link), providerUrl)) return;
	const where = link === url ? 'its link' : `the server redirects to "${link.slice(0, 60)}", which`;
	const what = isWeb
		? `leads to an address in your own network${link === url ? ` (${new URL(link).host})` : ''}`
		: 'is not an http:// or https:// address';
	throw new DownloadFailed(`${where} ${what}`, { reason: 'type', url, retryable: false });
}
