import fc from 'fast-check';
import { HailuoMiniMaxApi } from '../../../credentials/HailuoMiniMaxApi.credentials';
import { HailuoVtrixApi } from '../../../credentials/HailuoVtrixApi.credentials';
import { HailuoWaveSpeedApi } from '../../../credentials/HailuoWaveSpeedApi.credentials';
import type { ProviderId } from '../../../nodes/Hailuo/providers/modelTypes';
import { baseUrlOf, isKnownBaseUrl } from '../../../nodes/Hailuo/providers/baseUrl';

const PROVIDERS: ProviderId[] = ['waveSpeed', 'vtrix', 'miniMax'];
const CREDENTIALS = {
	waveSpeed: new HailuoWaveSpeedApi(),
	vtrix: new HailuoVtrixApi(),
	miniMax: new HailuoMiniMaxApi(),
};

/** The fields of a credential in which a person changed nothing. */
const untouched = (provider: ProviderId) =>
	Object.fromEntries(CREDENTIALS[provider].properties.map((p) => [p.name, p.default]));

describe('baseUrlOf', () => {
	it.each([
		['waveSpeed', {}, 'https://api.wavespeed.ai/api/v3'],
		['waveSpeed', { baseUrl: '' }, 'https://api.wavespeed.ai/api/v3'],
		['waveSpeed', { baseUrl: 'https://api.wavespeed.ai' }, 'https://api.wavespeed.ai/api/v3'],
		[
			'waveSpeed',
			{ baseUrl: 'https://api.wavespeed.ai/api/v3/' },
			'https://api.wavespeed.ai/api/v3',
		],
		['waveSpeed', { baseUrl: 'https://gate.example.com/ws/' }, 'https://gate.example.com/ws'],
		['waveSpeed', { baseUrl: ' http://127.0.0.1:8080// ' }, 'http://127.0.0.1:8080'],
		['vtrix', {}, 'https://cloud.vtrix.ai'],
		['vtrix', { brand: 'vtrix' }, 'https://cloud.vtrix.ai'],
		['vtrix', { brand: 'seaArt' }, 'https://cloud.seaart.ai'],
		[
			'vtrix',
			{ brand: 'other', customBaseUrl: 'https://g.example.com/a/b/' },
			'https://g.example.com/a/b',
		],
		[
			'vtrix',
			{ brand: 'seaArt', baseUrl: 'http://127.0.0.1:9/seaart' },
			'http://127.0.0.1:9/seaart',
		],
		[
			'vtrix',
			{ brand: 'seaArt', customBaseUrl: 'https://stale.example.com' },
			'https://cloud.seaart.ai',
		],
		['vtrix', { baseUrl: 'https://cloud.seaart.ai/model' }, 'https://cloud.seaart.ai'],
		['vtrix', { baseUrl: 'https://cloud.vtrix.ai/model/v1/generation/' }, 'https://cloud.vtrix.ai'],
		['vtrix', { baseUrl: 'https://cloud.seaart.ai/model/v1/queue' }, 'https://cloud.seaart.ai'],
		['vtrix', { baseUrl: 'https://g.example.com/supermodel' }, 'https://g.example.com/supermodel'],
		['miniMax', {}, 'https://api.minimax.io'],
		['miniMax', { region: 'china' }, 'https://api.minimax.cn'],
		// As saved by earlier versions: the older host, which still works.
		['miniMax', { region: 'mainland' }, 'https://api.minimaxi.com'],
		[
			'miniMax',
			{ region: 'other', customBaseUrl: 'https://api.minimaxi.chat/v1/' },
			'https://api.minimaxi.chat',
		],
		['miniMax', { baseUrl: 'https://api.minimax.io/v1' }, 'https://api.minimax.io'],
	] as Array<[ProviderId, Record<string, unknown>, string]>)(
		'%s %j → %s',
		(provider, data, url) => {
			expect(baseUrlOf(provider, data)).toBe(url);
		},
	);

	it.each([
		['vtrix', { brand: 'other' }, 'is empty'],
		['vtrix', { brand: 'other', customBaseUrl: '={{ $vars.none }}' }, 'is an expression'],
		['waveSpeed', { baseUrl: 'api.wavespeed.ai/api/v3' }, 'must start with https://'],
		['waveSpeed', { baseUrl: 'https://undefined/api/v3' }, 'is incomplete'],
		['waveSpeed', { baseUrl: 'https://gateway.example.com/[object Object]' }, 'is incomplete'],
		['waveSpeed', { baseUrl: 'localhost:8080' }, 'must start with https://'],
		['waveSpeed', { baseUrl: 'ftp://api.wavespeed.ai' }, 'must start with https://'],
		['waveSpeed', { baseUrl: 'file:///etc/passwd' }, 'must start with https://'],
		[
			'miniMax',
			{ baseUrl: 'https://me:pw@api.minimax.io' },
			'must not contain a user name or password',
		],
		['miniMax', { baseUrl: 'https://me@api.minimax.io' }, 'must not contain a user name'],
		['miniMax', { baseUrl: 'https://api.minimax.io?GroupId=1' }, 'must end before'],
		['miniMax', { baseUrl: 'https://api.minimax.io/#x' }, 'must end before'],
	] as Array<[ProviderId, Record<string, unknown>, string]>)(
		'%s %j is refused: %s',
		(provider, data, rule) => {
			expect(() => baseUrlOf(provider, data)).toThrow(
				`The field 'Base URL' of the credential ${rule}`,
			);
		},
	);

	it('does not repeat what was typed in, because it may be a key', () => {
		expect(() => baseUrlOf('waveSpeed', { baseUrl: 'pasted-secret' })).not.toThrow(/pasted-secret/);
	});

	it.each(['constructor', 'toString', '__proto__'])(
		'treats the choice %j as no choice',
		(choice) => {
			expect(baseUrlOf('vtrix', { brand: choice })).toBe(baseUrlOf('vtrix', {}));
		},
	);

	it.each(PROVIDERS)('reads the untouched credential of %s, resolved by n8n or not', (provider) => {
		expect(isKnownBaseUrl(provider, baseUrlOf(provider, untouched(provider)))).toBe(true);
	});

	it('gives an http(s) address without a slash at the end, or throws, whatever comes', () => {
		const value = fc.oneof(fc.string(), fc.webUrl(), fc.anything());
		fc.assert(
			fc.property(fc.constantFrom(...PROVIDERS), value, value, (provider, baseUrl, brand) => {
				let url: string;
				try {
					url = baseUrlOf(provider, { baseUrl, brand, region: brand });
				} catch (error) {
					expect((error as Error).message).toMatch(/^The field 'Base URL' of the credential /);
					return;
				}
				expect(url).toMatch(/^https?:\/\/[^?#]*[^/?#]$/);
				expect(baseUrlOf(provider, { baseUrl: url })).toBe(url);
			}),
		);
	});
});
