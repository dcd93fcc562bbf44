import { settle } from '../../jobs/settle';
import type { Operation } from '../operation';
import { withRetry, openSession } from '../../n8n/session';

export const getBalance: Operation = {
	value: 'getBalance',
	name: 'Get Balance',
	description: 'Get the remaining credit of the account',
	action: 'Get balance of account',
	offered: ({ balance }) => balance !== undefined,

	/** Requested once per run: it is the same for every item. */
	async run(context) {
		const session = await openSession(context);
		const { provider, http } = session;
		const outcome = await settle(async () => {
			const left = await withRetry(session, async () => await provider.balance!(http));
			return [{ json: { provider: provider.id, ...left } }];
		});
		return context.getInputData().map((_, item) => ({ ...outcome, item }));
	},
};
