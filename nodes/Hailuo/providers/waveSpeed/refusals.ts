import { messageOf } from '../answers';
import { kindOfStatus, type ProviderErrorKind } from '../errors';

/** What a refusal means, where its words tell more than its status (docs/providers.md A.3). */
interface Meaning {
	kind: ProviderErrorKind;
	/** What the person can do next, where that is more than what is said of every provider. */
	hint?: string;
}

const TOP_UP = 'Top up the account at wavespeed.ai';

/** No credit is HTTP 400 with these words; 402 is in one note only. */
const NO_CREDIT = /insufficient (?:credit|balance|fund)|top up your account/i;

const isRefused = (status: number) => status >= 400 && status < 500;

/** @param status the HTTP status, or the code of an envelope under HTTP 200 */
export function meaningOf(status: number, body: unknown): Meaning {
	const said = messageOf(body) ?? '';
	if (isRefused(status) && status !== 429 && NO_CREDIT.test(said)) {
		return { kind: 'credit', hint: TOP_UP };
	}
	const kind = kindOfStatus(status);
	if (kind === 'auth') {
		return {
			kind,
			hint: /\brole\b/i.test(said)
				? 'The role of this API key does not allow this: use another key of the account'
				: 'Check the API key in the credential, and that it is a WaveSpeed key. A key created before the first top-up does not work until you top up the account',
		};
	}
	if (kind === 'rateLimited' && /concurren/i.test(said)) {
		return {
			kind,
			hint: "The account cannot run more jobs at the same time: lower 'Jobs at the Same Time' in the options, or try again when other jobs have ended",
		};
	}
	// Any unknown path is taken for that of a model, so a wrong base URL says it too.
	if (kind === 'invalid' && /model not found/i.test(said)) {
		return { kind, hint: 'Check the ID of the model, and the base URL in the credential' };
	}
	return { kind };
}

/** What to do about a job that failed with this code, where that is not to change the request (docs/providers.md A.4). */
export const taskHint = (code: string): string | undefined =>
	code === '1407' ? `${TOP_UP}, then submit it again` : undefined;
