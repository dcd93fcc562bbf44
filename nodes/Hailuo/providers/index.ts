import type { ProviderId } from '../models/types';
import { miniMax } from './miniMax';
import type { Provider } from './types';
import { vtrix } from './vtrix';
import { waveSpeed } from './waveSpeed';

const all: Partial<Record<ProviderId, Provider>> = { waveSpeed, vtrix, miniMax };

/** @throws Error for a provider that this edition of the package does not hold; the dropdown never offers one */
export function providerOf(id: ProviderId): Provider {
	const provider = all[id];
	if (!provider) throw new Error(`This package has no provider '${id}'`);
	return provider;
}
