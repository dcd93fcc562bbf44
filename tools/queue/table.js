'use strict';

/** The results, line by line: some are judged as correct or as a fault, the others are only shown. */
class Table {
	constructor(heading) {
		this.heading = heading;
		this.rows = [];
		this.failed = 0;
	}

	tell(what, found) {
		this.rows.push([what, String(found)]);
		console.log(`${what}: ${found}`);
	}

	check(what, ok, found) {
		if (!ok) this.failed++;
		this.tell(what, ok ? found : `NOT AS EXPECTED: ${found}`);
	}

	print() {
		console.log(`\n| ${this.heading} | found |\n|---|---|`);
		for (const [what, found] of this.rows) console.log(`| ${what} | ${found} |`);
	}
}

module.exports = { Table };
