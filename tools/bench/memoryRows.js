'use strict';

const { memoryTable } = require('./memory');

const GOAL_MB = 64;
const COUNT = 8;
const BYTES = 100_000_000;

/** The figures of memory.js as rows of the one table: MB are 1,000,000 bytes. */
async function run(log) {
	const rows = await memoryTable({ count: COUNT, bytes: BYTES });
	const mb = (bytes) => Math.round(bytes / 1e6);
	const all = (row) => row.growths.map(mb).join(', ');
	for (const row of rows) log(`${row.name}: ${all(row)} MB, ${row.intact} of ${row.files} intact`);
	const whole = rows.find(({ how }) => how === 'whole');
	const collected = rows.find(({ collectEveryMs }) => collectEveryMs);
	return rows
		.filter((row) => row !== whole && row !== collected)
		.map((row) => ({
			what: `${COUNT} videos of ${BYTES / 1e6} MB side by side, ${row.name.split(', ')[1]}: growth of the peak memory`,
			ours: `${mb(row.growth)} MB (runs: ${all(row)}), ${mb(row.buffers)} MB in buffers`,
			beside: `${mb(whole.growth)} MB with whole buffers; ${mb(collected.growth)} MB where V8 collects all the time`,
			goal: `<= ${GOAL_MB} MB`,
			met: row.growth <= GOAL_MB * 1e6 && row.intact === row.files,
		}));
}

module.exports = { run };
