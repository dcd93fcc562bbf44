'use strict';

const { nodeRequire } = require('./nodeRequire');

nodeRequire(require.resolve('../engine/n8nFolder')).n8nFolder();
nodeRequire('reflect-metadata');
module.exports = nodeRequire('n8n-core');
