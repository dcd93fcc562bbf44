'use strict';

const { createHash } = require('node:crypto');

/**
 * Every request that reached the simulator, in order of arrival.
 * @typedef {{
 *   n: number, at: number, provider?: string, kind: string, method: string, path: string,
 *   query: Record<string, string>, headers: Record<string, string>, body?: unknown,
 *   status?: number, fault?: object, jobId?: string, ms?: number,
 * }} Entry `at` simulated ms; `status` 0 = the connection was cut or left hanging
 */

const MAX_LENGTH = 200;

/** Long strings (pictures as data URIs) are kept as length and sha256: enough to compare. */
function brief(value) {
	if (typeof value === 'string' && value.length > MAX_LENGTH) {
		return { length: value.length, sha256: createHash('sha256').update(value).digest('hex') };
	}
	if (Array.isArray(value)) return value.map(brief);
	if (value && typeof value === 'object') {
		return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, brief(v)]));
	}
	return value;
}

/** @param {Buffer} raw @param {string} type @returns {unknown} what the log keeps of a body */
function logged(raw, json, type) {
	if (!raw.length) return undefined;
	if (json !== undefined) return brief(json);
	return { type, bytes: raw.length, sha256: createHash('sha256').update(raw).digest('hex') };
}

/** @param {Entry} entry @param {Partial<Entry>} wanted every named field must be equal */
function matches(entry, wanted) {
	return Object.entries(wanted).every(([key, value]) =>
		Array.isArray(value) ? value.includes(entry[key]) : entry[key] === value,
	);
}

module.exports = { brief, logged, matches };
