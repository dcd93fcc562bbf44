import type {
	IExecuteFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { isFromInside } from './hosts';
import { DownloadFailed } from './video/downloadFailed';

type Context = IExecuteFunctions | IPollFunctions | IWebhookFunctions;
type Body = import('node:stream').Readable;

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface Asked {
	/** The header of this name. */
	accept: string;
	/** The provider's base URL: what it names is fetched from the own network only where it is there itself. */
	providerUrl: string;
	/** Ends the request, and the answer's body. */
	kill: AbortSignal;
}

/**
 * Asks for a file and goes where its server sends, without any credential. Each address is looked at first, or an answer
 * could have n8n ask its own network.
 *
 * @returns an answer of any status, its body a stream
 * @throws DownloadFailed for an address that is not to be fetched; n8n's own error where there is no connection
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
			// Unpacked answers would make the Content-Length useless, and pictures and videos do not shrink.
			headers: { Accept: accept, 'Accept-Encoding': 'identity' },
			encoding: 'stream',
			returnFullResponse: true,
			// Otherwise the unread body of an exception would keep its socket.
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			// Whoever asks decides; n8n's default would end a slow but steady answer after 5 minutes.
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
 * @param link the file's own, or one that its server sends on to
 * @throws DownloadFailed for one that is not to be fetched
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
