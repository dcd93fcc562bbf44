'use strict';

const fc = require('fast-check');

/** The first of the 2,048 surrogates, which are no characters by themselves. */
const SURROGATES = 0xd800;
const COUNT = 0x800;
const LAST = 0x10ffff;

/**
 * Any character of Unicode. The same as fast-check's own unit `binary`, with the same draws for a seed; but that one first
 * lists all its 1.1 million characters in a map, which takes more than a second in each process.
 */
const character = fc.nat(LAST - COUNT).map(
	(index) => String.fromCodePoint(index < SURROGATES ? index : index + COUNT),
	(value) => {
		const code = typeof value === 'string' ? (value.codePointAt(0) ?? NaN) : NaN;
		const isSurrogate = code >= SURROGATES && code < SURROGATES + COUNT;
		if (Number.isNaN(code) || isSurrogate || value !== String.fromCodePoint(code)) {
			throw new Error('must be one character');
		}
		return code < SURROGATES ? code : code - COUNT;
	},
);

/** @param {number} maxLength in characters @returns {import('fast-check').Arbitrary<string>} */
const anyText = (maxLength) => fc.string({ unit: character, maxLength });

module.exports = { anyText };
