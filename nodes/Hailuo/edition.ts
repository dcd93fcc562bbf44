import type { ProviderId } from './models/types';

/**
 * The providers that this build holds, in the order of the dropdown: the one place that decides it. The full package
 * has all of them; a single-provider edition is the same source with one name left here.
 */
export const providers: readonly ProviderId[] = ['waveSpeed', 'vtrix', 'miniMax'];
