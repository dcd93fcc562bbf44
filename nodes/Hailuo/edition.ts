import type { ProviderId } from './models/types';

/**
 * The providers that this build holds, in the order of the dropdown: the one place that decides it. The full package
 * has all of them; a single-provider edition is the same source with one name left here.
 */
export const providers: readonly ProviderId[] = ['waveSpeed', 'vtrix', 'miniMax'];

/**
 * The values of `provider` under which a credential is hidden. For `hide`, never `show`: a field all of whose values
 * stand in a credential's `show` is taken for the choice of login, and the editor does not display it.
 */
export const allBut = (provider: ProviderId): ProviderId[] =>
	providers.filter((other) => other !== provider);
