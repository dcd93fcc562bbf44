'use strict';

const { refusal } = require('./images');
const { isLocal } = require('./outgoing');

/**
 * Fetches the pictures a job names, as the provider would, and checks them.
 * Only addresses on this machine are fetched: no test may reach the internet. A public address is
 * accepted unseen, or fails where `options.foreignImages` is 'fail'.
 */

/** Real ms: the other end is a real program. */
const FETCH_MS = 10_000;

/** With or without the space that WaveSpeed's documentation shows after the semicolon. */
const DATA_URI = /^data:([\w.+-]+\/[\w.+-]+)?((?:;\s*[\w=.-]+)*?)(;\s*base64)?,/i;

/**
 * @param {import('./simulator').Simulator} sim
 * @param {string} provider
 * @param {Record<string, unknown>} named field name → data URI or address
 * @param {Record<string, Buffer>} kept the pictures that were read are put here
 * @returns {Promise<{ kind: 'fetch' | 'picture', field: string, message: string } | undefined>}
 */
async function checkImages(sim, provider, named, kept = {}) {
	for (const [field, value] of Object.entries(named)) {
		if (value === undefined || value === null || value === '') continue;
		let bytes;
		try {
			bytes = await read(sim, String(value));
		} catch (error) {
			return { kind: 'fetch', field, message: `${field}: ${error.message}` };
		}
		if (!bytes) continue;
		const wrong = refusal(bytes, provider);
		if (wrong) return { kind: 'picture', field, message: `${field}: ${wrong}` };
		kept[field] = bytes;
	}
	return undefined;
}

/** @returns {Promise<Buffer | undefined>} undefined = a public address, which is not checked */
async function read(sim, value) {
	const match = DATA_URI.exec(value);
	if (match) {
		if (!match[3]) throw new Error('data URI without base64');
		return Buffer.from(value.slice(match[0].length), 'base64');
	}
	if (!/^https?:\/\//i.test(value)) throw new Error('neither a URL nor a data URI');
	if (!isLocal(value)) {
		if (sim.options.foreignImages === 'fail') throw new Error('failed to download from the URL');
		return undefined;
	}
	const own = sim.uploads.byUrl(value);
	if (own) return own.bytes;
	const signal = AbortSignal.any([sim.stopping, AbortSignal.timeout(FETCH_MS)]);
	const response = await fetch(value, { signal });
	if (!response.ok) {
		await response.body?.cancel();
		throw new Error(`failed to download from the URL (HTTP ${response.status})`);
	}
	return Buffer.from(await response.arrayBuffer());
}

module.exports = { checkImages, read };
