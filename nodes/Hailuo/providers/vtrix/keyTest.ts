import { randomUUID } from 'crypto';
import { ProviderError } from '../errors';
import type { KeyTest } from '../types';

const BAD_KEY = /invalid[_ -]?(api[_ -]?)?(key|token)|api[_ -]?key|unauthori[sz]ed|token/i;
const NO_TASK = /task[^a-z]{0,3}(is |was )?not[_ -]?(found|exist)|task[^a-z]{0,3}does not exist/i;
/** What web servers say of a path that they do not have, in place of a task that they do not have. */
const NO_ROUTE = /\b(page|route|path|endpoint|url) not found|cannot get |no route/i;

/**
 * The job of an ID that cannot exist: "not found" means that the key was let through (docs/providers.md B.3). 403 is not
 * always a bad key: an empty account answers it too (B.2).
 */
export const keyTest: KeyTest = {
	service: 'The service',
	account: 'Vtrix or SeaArt Cloud',
	badKey:
		'Copy it again, and check that it was created at the service selected here: Vtrix and SeaArt Cloud have separate keys.',
	topUp: 'in its console',
	forbidden: (said) =>
		BAD_KEY.test(said)
			? undefined
			: 'The service rejects the request (403) without giving a reason. Check that the key is right, that the account has credit, and that it may use the API.',

	/**
	 * At an address that somebody typed, a 404 may as well come from any web server. So the same question is asked
	 * without the key: the API refuses it. (At the services' own addresses it is left out: there a 404 is known to mean
	 * a good key, while their answer to a missing one is documented less surely.)
	 */
	async check(provider, http, anonymous) {
		const ask = async (client: typeof http) =>
			await provider.get(client, `probe-${randomUUID()}`).then(
				() => undefined,
				(error: ProviderError) => error,
			);
		const answer = await ask(http);
		if (answer && !isUnknownTask(answer)) throw answer;
		if (!anonymous) return undefined;
		const refusal = await ask(anonymous);
		if (refusal?.status === 401 || refusal?.status === 403) return undefined;
		throw new ProviderError('The address does not ask for a key', {
			kind: 'badAnswer',
			status: 200,
		});
	},
};

const isUnknownTask = ({ kind, message, isPage }: ProviderError) =>
	NO_TASK.test(message) || (kind === 'notFound' && !isPage && !NO_ROUTE.test(message));
