import { fingerprint } from '../../jobs/fingerprint';
import { Semaphore } from '../../jobs/semaphore';
import { FieldError } from '../../models/fieldError';
import { toPayload } from '../../models/payload';
import type { Format } from '../../models/videoValues';
import type { Model, VideoOperation } from '../../providers/modelTypes';
import type { Quote, Submission } from '../../providers/types';
import { PriceUnknown } from '../../n8n/errors/classes';
import { MAX_PRICE } from '../../n8n/fieldValues';
import { withRetry, type Session } from '../../n8n/session';
import type { Prepared } from './prepare';

/** @throws ProviderError if the provider reports no price for this job */
export type AskPrice = (submission: Submission) => Promise<Quote>;

/** A submission for a price query, without prompt and files: no price depends on the prompt or on frames. */
export function priceQuestion(
	model: Model,
	operation: VideoOperation,
	format: Format,
	additionalFields?: unknown,
): Submission {
	const input = toPayload(model, operation, { additionalFields }, format);
	return { model: model.id, api: model.api, input };
}

/** Maximum parallel price calls: every item may need a different one. */
export const QUOTE_CONCURRENCY = 5;

/** Asks the provider what a job will cost, once per run for the same query. */
export function priceAsker(session: Session): AskPrice {
	const asked = new Map<string, Promise<Quote>>();
	const semaphore = new Semaphore(QUOTE_CONCURRENCY);
	return async (submission) => {
		const question = fingerprint(submission);
		const known = asked.get(question);
		if (known) return await known;
		const call = async () => await session.provider.quote!(session.http, submission);
		const answer = semaphore.run(async () => await withRetry(session, call), session.signal);
		asked.set(question, answer);
		return await answer;
	};
}

/**
 * Checks that a job costs no more than the item allows, before it is submitted.
 *
 * @param submission what is submitted, with its files, if the price may depend on them; absent if they are not loaded
 * yet
 * @throws FieldError with the quote if it costs more; PriceUnknown if the provider reports no price
 */
export async function checkPrice(
	{ provider }: Session,
	askPrice: AskPrice,
	{ model, operation, format, values, maxPrice }: Prepared,
	submission = priceQuestion(model, operation, format, values.additionalFields),
): Promise<void> {
	if (maxPrice === undefined) return;
	const nowhere = 'Nothing was submitted';
	if (!provider.quote) {
		throw new FieldError(
			MAX_PRICE,
			`does not work with ${provider.name}, which does not report prices before a job`,
			`${nowhere}. Remove the option, or choose another provider`,
		);
	}
	const quote = await askPrice(submission).catch((error) => {
		throw new PriceUnknown(error);
	});
	const { price, currency } = quote;
	if (currency === 'USD' && price <= maxPrice) return;
	const what = [model.name, format.resolution, format.duration && `${format.duration} s`]
		.filter(Boolean)
		.join(', ');
	throw new FieldError(
		MAX_PRICE,
		currency === 'USD'
			? `is ${dollars(maxPrice)}, but this job would cost ${dollars(price)} (${what})`
			: `is in USD, but the price of this job is in ${currency} (${price}, ${what})`,
		`${nowhere}. Raise the option, or choose a cheaper model, resolution or duration`,
	);
}

/** With at least two decimals, and no more than the amount has. */
const dollars = (amount: number) =>
	`$${Number.isInteger(Math.round(amount * 1e6) / 1e4) ? amount.toFixed(2) : String(Math.round(amount * 1e6) / 1e6)}`;
