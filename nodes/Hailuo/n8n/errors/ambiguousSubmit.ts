import type { AmbiguousSubmitError } from '../../jobs/submit';
import { ProviderError } from '../../providers/errors';
import { sentences, type Explained } from './explained';

/** More IDs would not help the user. */
const MAX_NAMED = 3;

export function explainAmbiguous({
	cause,
	candidates,
	hint,
	earlier,
}: AmbiguousSubmitError): Explained {
	const named = candidates.length <= MAX_NAMED ? candidates : [];
	const perhaps = named.length ? `; it may be ${named.join(' or ')}` : '';
	const why = cause instanceof Error ? ` (${cause.message})` : '';
	const what = earlier ? 'An earlier try submitted this item and got' : 'The submit got';
	// A gateway, or another server, may have answered instead of the API.
	const elsewhere =
		cause instanceof ProviderError && (cause.status ?? 500) < 500 ? cause.hint : undefined;
	return {
		message: `${what} no usable answer, so the job may exist and may be billed. It was not sent again${why}`,
		next: sentences(
			`${hint ?? 'Look for it at the provider'}${perhaps}`,
			'If you find the job, pick it up with Job: Wait. If there is none, start a new execution to submit the item again',
			elsewhere,
		),
		...(named.length ? { candidates: named } : {}),
		fromApi: false,
		retryable: false,
	};
}
