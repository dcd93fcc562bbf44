'use strict';

// The file behind the name, which jest maps to this one.
const fc = require('../node_modules/fast-check/lib/cjs/fast-check');

/**
 * What tests get as 'fast-check': a property ends after a minute. One that failed by then is shrunk no further and prints
 * its seed and path, with which it fails again; one that did not has tried fewer cases than on a faster machine.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), interruptAfterTimeLimit: 60_000 });

module.exports = fc;
