'use strict';

/** What was found, line by line: some of it is as it must be or a fault, the rest is only told. */
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
