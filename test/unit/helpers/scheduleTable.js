'use strict';

const fs = require('node:fs');
const path = require('node:path');

const FILE = path.join(__dirname, '../../../nodes/Hailuo/jobs/schedule.ts');

/**
 * The table in the comment of schedule.ts.
 *
 * @returns {string[][]} the header, then the rows, without the separator; cells without the blanks around them
 */
function scheduleTable() {
	const lines = fs.readFileSync(FILE, 'utf8').match(/^ \* \| .*(?=\|$)/gm) ?? [];
	return lines.map((line) =>
		line
			.split('|')
			.slice(1)
			.map((cell) => cell.trim()),
	);
}

module.exports = { scheduleTable };
