'use strict';

/**
 * The packages that are made from this source for n8n's verification, which allows one service per package
 * (docs/publishing.md). Each contains one provider of nodes/Hailuo/providers/index.ts.
 *
 * @typedef {object} Edition
 * @property {string} provider as nodes/Hailuo/providers/index.ts names it
 * @property {string} service its name for a person
 * @property {string} name of the package, and of the repository it is published from
 * @property {string} displayName of the node; the trigger's is this and "Trigger". All editions can stand in
 *   one list of nodes, so that it says which one it is
 * @property {string} about what the service is, for the README
 * @property {string} account how to get a key, for the README
 * @property {string[]} words by which people search for the service
 * @property {RegExp} names what only this edition may say. MiniMax made the models, so its name alone says
 *   nothing; the addresses of its API do
 */

/** @type {Edition[]} */
const editions = [
	{
		provider: 'waveSpeed',
		service: 'WaveSpeed',
		name: 'n8n-nodes-hailuo-wavespeed',
		displayName: 'Hailuo WaveSpeed',
		about: '[WaveSpeed](https://wavespeed.ai) runs the whole Hailuo family behind one API key.',
		account:
			'Make an account at [wavespeed.ai](https://wavespeed.ai), top it up, and create a key at [wavespeed.ai/accesskey](https://wavespeed.ai/accesskey). A key created before the first top-up does not work until you top up the account.',
		words: ['wavespeed'],
		names: /wavespeed/i,
	},
	{
		provider: 'vtrix',
		service: 'Vtrix / SeaArt',
		name: 'n8n-nodes-hailuo-vtrix',
		displayName: 'Hailuo Vtrix',
		about:
			'Vtrix and SeaArt Cloud are one gateway under two names: an account of either works, with the key it gave you.',
		account:
			'Make an account at [Vtrix](https://cloud.vtrix.ai) or [SeaArt Cloud](https://cloud.seaart.ai), add credit, and create a key in its console. In the credential, choose the service that the key is from.',
		words: ['vtrix', 'seaart'],
		names: /vtrix|seaart/i,
	},
	{
		provider: 'miniMax',
		service: 'MiniMax',
		name: 'n8n-nodes-hailuo-minimax',
		displayName: 'Hailuo MiniMax',
		about:
			'[MiniMax](https://www.minimax.io) makes the Hailuo models, and sells them through its own platform.',
		account:
			'Make an account on the MiniMax platform ([global](https://platform.minimax.io) or [mainland China](https://platform.minimaxi.com)), add credit, and create a key. In the credential, choose the region that the key is from.',
		words: [],
		names: /minimaxi?\.(io|com|cn)|hailuoMiniMaxApi/i,
	},
];

/** The ids of all providers. */
const ids = editions.map(({ provider }) => provider);

/** The versions of n8n that `npm run e2e -- edition` runs them in, as their READMEs say. */
const testedWith = ['2.41.1', '2.8.4'];

module.exports = { editions, ids, testedWith };
