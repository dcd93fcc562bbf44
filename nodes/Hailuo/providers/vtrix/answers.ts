import { codeOf, isJson, json, messageOf, number, text, type Json } from '../answers';
import { httpError, kindOfStatus, unreadableAnswer, type ProviderError } from '../errors';
import { parseTruncated } from '../truncatedJson';
import type { HttpClient, HttpRequest, HttpResponse } from '../types';

export const NAME = 'Vtrix';

/** What the generation API calls its jobs (docs/providers.md B.2). */
export const GENERATION_ID = /^[0-9a-v]{20}$/;

/** Two services on one gateway, with keys of their own. */
const BAD_KEY =
	'Check the API key in the credential, and that the key was created at the selected Service';

/** A 403 is not always a bad key (docs/providers.md B.2, F.12): the text tells. 40201 to 40208 are the balance family. */
function kindOf(response: HttpResponse) {
	const said = messageOf(response.body) ?? '';
	const nested = number(json(json(response.body).status).error_code) ?? 0;
	const noCredit = /balance|credit|arrears/i.test(said) || (nested >= 40201 && nested <= 40208);
	if (noCredit && [400, 402, 403, 429].includes(response.status)) return 'credit';
	return kindOfStatus(response.status);
}

function refused(response: HttpResponse): ProviderError {
	const kind = kindOf(response);
	return httpError(NAME, response, {
		kind,
		hint: kind === 'auth' ? BAD_KEY : undefined,
		// The gateway has many shapes (docs/providers.md B.2); all of them are JSON with words or a code.
		isEnvelope:
			isJson(response.body) && (messageOf(response.body) ?? codeOf(response.body)) !== undefined,
	});
}

/**
 * Sends a request to either API of the gateway and gives its JSON, unwrapped where it comes in `data`.
 *
 * @throws ProviderError for every answer that is none of success, a failure under HTTP 200 included
 */
export async function call(http: HttpClient, request: HttpRequest): Promise<Json> {
	const response = await http.request(request);
	const body = request.paid ? parseTruncated(response.body) : response.body;
	const isOk = response.status >= 200 && response.status < 300;
	// A gateway that gave up still hands on the job that was made; a refusal may bear an id of its own.
	const isMade = request.paid && kindOfStatus(response.status) === 'unavailable' && namesJob(body);
	if (!isOk && !isMade) throw refused(response);
	if (!isJson(body)) throw unreadableAnswer(NAME, response, 'without JSON');
	const code = number(json(body.status).code);
	if (code !== undefined && code >= 400) {
		throw refused({ ...response, status: code });
	}
	return unwrapped(body);
}

/** Some answers of this gateway wrap the task in `data`. */
const unwrapped = (body: Json): Json =>
	isJson(body.data) && !('id' in body) && !('task_id' in body) ? { ...body, ...body.data } : body;

/** Whether an answer names a job of the generation API. */
function namesJob(body: unknown): boolean {
	const { id, task_id } = unwrapped(json(body));
	return GENERATION_ID.test(text(id) ?? text(task_id) ?? '');
}

/** Content may be typed `video` or `video_url`, by which page one reads (docs/providers.md F.10); pictures are left out. */
export function videosOf(output: unknown): string[] {
	return (Array.isArray(output) ? output : [output])
		.flatMap((part) => {
			const { content } = json(part);
			return Array.isArray(content) ? content : [part];
		})
		.filter((item) => isJson(item) && !/^(image|audio|text)/i.test(text(item.type) ?? ''))
		.map((item) => text(item.url) ?? text(json(item.video_url).url) ?? text(item.video_url))
		.filter((url): url is string => url !== undefined && /^https?:\/\/\S+$/i.test(url));
}
