'use strict';

/**
 * @typedef {{
 *   port: number, cdnPort: number,
 *   time: 'scaled' | 'virtual', timeScale: number, stamps: 'wall' | 'simulated',
 *   seed: number,
 *   jobTime?: number | ((n: number, job: import('./jobs').Job) => number),
 *   outcome?: (job: import('./jobs').Job) => import('./outcome').Outcome | undefined,
 *   video?: Buffer | { path: string } | ((job: import('./jobs').Job) => any),
 *   videoBytes?: number | ((job: import('./jobs').Job) => number | undefined),
 *   render: boolean, ffmpeg: 'auto' | false,
 *   keys: Record<string, string>, miniMaxKeys: Record<string, string>,
 *   account: { concurrent?: number, submitsPerMinute?: number, balance?: number },
 *   retryAfter: boolean, refundDelay: number, listDelay: number, keepInputs: boolean,
 *   badParams: 'submit' | 'task', strictFields: boolean, foreignImages: 'accept' | 'fail',
 *   priceCall: 'price' | 'pricing' | 'both' | 'none', discount: number,
 *   webhooks?: import('./webhooks').WebhookFaults | ((job: import('./jobs').Job) => import('./webhooks').WebhookFaults),
 *   callbackDelay: number, outputLifetime: number, linkLifetime: number,
 *   listShuffled?: boolean, dateSkew?: number | 'none' | (() => number | 'none'),
 *   precharge: 'ok' | 'miss' | 'none', probe: '404' | '200' | 'message',
 *   documentedLimits: boolean, concurrencyRefused: boolean, tellsPrompts: boolean, subscriptionOnV2: boolean, deleteWords: 'english' | 'chinese',
 *   vtrixBadKey: string, vtrixNoBalance: string, miniMaxErrorStatus: number,
 * }} Options  All but the ports and keys may be changed on `sim.options` while it runs.
 */

/**
 * Limits as the providers publish them, for `documentedLimits`: WaveSpeed's Bronze (docs/providers.md A.5), MiniMax's
 * V1 and H3 (I.1). What MiniMax does with the 31st H3 job is not said: it waits as queued, like WaveSpeed's.
 */
const DOCUMENTED = {
	waveSpeed: { submitsPerMinute: 5, concurrent: 3 },
	miniMax: { submitsPerMinute: 20 },
	miniMaxV2: { submitsPerMinute: 300, concurrent: 30 },
};

/** @param {Options} options @param {string} lane see Simulator.limits */
function limitsFor(options, lane) {
	return options.documentedLimits ? { ...options.account, ...DOCUMENTED[lane] } : options.account;
}

/** @param {Partial<Options>} given @returns {Options} */
function defaults(given) {
	return {
		port: 0,
		cdnPort: 0,
		// 'virtual': time jumps from timer to timer, for a client in the same process; see virtualClock.js.
		time: 'scaled',
		// Simulated seconds in a real one.
		timeScale: 1,
		// The clock behind created_at and the Date header; see clock.js.
		stamps: 'wall',
		seed: 1,
		render: false,
		ffmpeg: 'auto',
		retryAfter: false,
		// "within 3 hours" (docs/providers.md A.4); at once, unless a test wants to see the gap.
		refundDelay: 0,
		// How long a new job is missing from the list (invented: nothing is known).
		listDelay: 0,
		keepInputs: true,
		badParams: 'submit',
		strictFields: false,
		foreignImages: 'accept',
		priceCall: 'both',
		discount: 0,
		callbackDelay: 0,
		// Retention of outputs: 7 days (A.5).
		outputLifetime: 7 * 24 * 3600 * 1000,
		// MiniMax download links: 1 hour by the newer page (C.4).
		linkLifetime: 3600 * 1000,
		precharge: 'ok',
		probe: '404',
		vtrixBadKey: 'vtrix401',
		vtrixNoBalance: 'vtrix402Nested',
		// V1 answers errors as HTTP 200 with base_resp; its HTTP codes are not documented (C.1).
		miniMaxErrorStatus: 200,
		// The limits of `account` count for all, unless a test wants those that the providers publish.
		documentedLimits: false,
		// WaveSpeed: a job above `concurrent` is refused with 429 instead of waiting; see waveSpeedSubmit.js.
		concurrencyRefused: false,
		tellsPrompts: false,
		// Whether a subscription key may call MiniMax's V2: the pages contradict one another (I.1).
		subscriptionOnV2: true,
		deleteWords: 'english',
		...given,
		...(given.time === 'virtual' && { timeScale: 1, stamps: 'simulated' }),
		keys: {
			waveSpeed: 'test-key-wavespeed',
			vtrix: 'test-key-vtrix',
			miniMax: 'test-key-minimax',
			...given.keys,
		},
		// Further keys of MiniMax that are known here, by their kind; see miniMaxKeys.js.
		miniMaxKeys: {
			payAsYouGo: 'sk-api-simulated',
			subscription: 'sk-cp-simulated',
			otherRegion: 'sk-api-other-region',
			...given.miniMaxKeys,
		},
		account: { concurrent: Infinity, submitsPerMinute: Infinity, balance: 100, ...given.account },
	};
}

module.exports = { defaults, limitsFor };
