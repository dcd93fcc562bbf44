'use strict';

const path = require('node:path');

/** The sources where jest runs (it compiles TypeScript), a compiled copy of them where plain Node does. */
const root = process.env.HAILUO_COMPILED ?? path.join(__dirname, '..', '..');

/** @param {string} file from the root of the repository, without its ending */
const load = (file) => require(path.join(root, file));

module.exports = { load };
