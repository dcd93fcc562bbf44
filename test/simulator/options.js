'use strict';

/**
 * @typedef {{
 *   port: number, cdnPort: number,
 *   timeScale: number, stamps: 'wall' | 'simulated',
 *   seed: number,
 *   jobTime?: number | ((n: number, job: import('./jobs').Job) => number),
 *   outcome?: (job: import('./jobs').Job) => import('./outcome').Outcome | undefined,
 *   video?: Buffer | { path: string } | ((job: import('./jobs').Job) => any),
 *   videoBytes?: number | ((job: import('./jobs').Job) => number | undefined),
 *   render: boolean, ffmpeg: 'auto' | false,
 *   keys: Record<string, string>,
 *   account: { concurrent?: number, submitsPerMinute?: number, balance?: number },
 *   retryAfter: boolean, refundDelay: number, listDelay: number, keepInputs: boolean,
 *   badParams: 'submit' | 'task', strictFields: boolean, foreignImages: 'accept' | 'fail',
 *   priceCall: 'price' | 'pricing' | 'both' | 'none', discount: number,
 *   webhooks?: import('./webhooks').WebhookFaults | ((job: import('./jobs').Job) => import('./webhooks').WebhookFaults),
 *   callbackDelay: number, outputLifetime: number, linkLifetime: number,
 *   precharge: 'ok' | 'miss' | 'none', probe: '404' | '200' | 'message',
 *   vtrixBadKey: string, vtrixNoBalance: string, miniMaxErrorStatus: number,
 * }} Options  All but the ports and keys may be changed on `sim.options` while it runs.
 */

/** @param {Partial<Options>} given @returns {Options} */
function defaults(given) {
	return {
		port: 0,
		cdnPort: 0,
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
		...given,
		keys: {
			waveSpeed: 'test-key-wavespeed',
			vtrix: 'test-key-vtrix',
			miniMax: 'test-key-minimax',
			...given.keys,
		},
		account: { concurrent: Infinity, submitsPerMinute: Infinity, balance: 100, ...given.account },
	};
}

module.exports = { defaults };
