'use strict';

module.exports = require('./nodeRequire').nodeRequire('n8n-workflow');
