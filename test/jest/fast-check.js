'use strict';

const { nodeRequire } = require('./nodeRequire');
const fc = nodeRequire('fast-check');

/**
 * What tests get as 'fast-check': a property ends after a minute. One that failed by then is shrunk no further and prints
 * its seed and path, with which it fails again; one that did not has tried fewer cases than on a faster machine.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), interruptAfterTimeLimit: 60_000 });

module.exports = fc;
