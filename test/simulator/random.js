'use strict';

/**
 * Seeded randomness. Each use has a stream of its own (ids, job times, faults), so that one more
 * draw in one place does not change what another place draws: the same seed gives the same run.
 */

/** @param {number} seed @returns {() => number} 0 <= x < 1 (mulberry32) */
function stream(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** @param {number} seed @param {string} name */
function named(seed, name) {
	let hash = 2166136261 ^ seed;
	for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
	return stream(hash);
}

/** @param {() => number} random @param {string} alphabet @param {number} length */
function text(random, alphabet, length) {
	let out = '';
	for (let i = 0; i < length; i++) out += alphabet[Math.floor(random() * alphabet.length)];
	return out;
}

const HEX = '0123456789abcdef';
const BASE32 = '0123456789abcdefghijklmnopqrstuv';
const DIGITS = '0123456789';

module.exports = { named, text, HEX, BASE32, DIGITS };
