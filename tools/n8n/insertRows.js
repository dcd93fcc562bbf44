'use strict';

/*
 * `insertRows.js MODULE DATABASE ROWS`: inserts rows into n8n's SQLite database.
 * MODULE: the folder of n8n's own sqlite3. ROWS: JSON, a list of [table, {column: value}].
 *
 * Rule: run it with the Node that runs n8n, in a process of its own. The driver was compiled against that Node's headers;
 * in another Node it can end the whole process with a segmentation fault.
 */
const [driver, file, rows] = process.argv.slice(2);
const { Database } = require(driver);

const database = new Database(file);
// n8n writes to the same file: wait for its lock, in ms.
database.configure('busyTimeout', 10_000);
database.serialize(() => {
	for (const [table, row] of JSON.parse(rows)) {
		const columns = Object.keys(row);
		const places = columns.map(() => '?');
		const sql = `INSERT INTO ${table} (${columns}) VALUES (${places})`;
		database.run(sql, Object.values(row), (error) => {
			if (!error) return;
			console.error(`${table}: ${error.message}`);
			process.exitCode = 1;
		});
	}
});
database.close();
