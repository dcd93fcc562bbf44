'use strict';

/* How the figures of the benches are added up and printed. */

const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)} %`;
const seconds = (ms, digits = 1) => `${(ms / 1000).toFixed(digits)} s`;
const sum = (values) => values.reduce((total, value) => total + value, 0);
const mean = (values) => sum(values) / values.length;

module.exports = { mean, percent, seconds, sum };
