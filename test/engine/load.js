'use strict';

const path = require('node:path');

/** In jest, the sources (jest compiles TypeScript); in plain Node, a compiled copy of them. */
const root = process.env.HAILUO_COMPILED ?? path.join(__dirname, '..', '..');

/** @param {string} file from the root of the repository, without its ending */
const load = (file) => require(path.join(root, file));

module.exports = { load };
