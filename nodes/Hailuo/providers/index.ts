import { miniMax } from './miniMax/api';
import { miniMaxCatalogue } from './miniMax/models';
import type { ProviderCatalogue, ProviderId } from './modelTypes';
import type { Provider } from './types';
import { vtrix } from './vtrix/api';
import { vtrixCatalogue } from './vtrix/models';
import { waveSpeed } from './waveSpeed/api';
import { waveSpeedCatalogue } from './waveSpeed/models';

/**
 * The registry: the providers that this build holds, in the order of the dropdown. The full package has all of them; a
 * single-provider edition is the same source with one name left here.
 */
export const providers: readonly ProviderId[] = ['waveSpeed', 'vtrix', 'miniMax'];

const apis: Partial<Record<ProviderId, Provider>> = { waveSpeed, vtrix, miniMax };

/** The models of each provider of this build. */
export const catalogues: readonly ProviderCatalogue[] = [
	waveSpeedCatalogue,
	vtrixCatalogue,
	miniMaxCatalogue,
];

/** @throws Error for a provider that this edition of the package does not hold; the dropdown never offers one */
export function providerOf(id: ProviderId): Provider {
	const provider = apis[id];
	if (!provider) throw new Error(`This package does not contain the provider '${id}'`);
	return provider;
}

/**
 * The values of `provider` under which a credential is hidden. For `hide`, never `show`: a field all of whose values
 * stand in a credential's `show` is taken for the choice of login, and the editor does not display it.
 */
export const allBut = (provider: ProviderId): ProviderId[] =>
	providers.filter((other) => other !== provider);
