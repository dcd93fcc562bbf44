'use strict';

// `npm run queue-mode`: n8n's own distributed mode with Redis and PostgreSQL, one main and two workers, against the
// simulator. Shows what happens to jobs when a process is killed. Prints tables; docs/queue-mode.md contains them.
// `-- 2.8.4` runs another version, `-- jobs` or `-- trigger` one part, HAILUO_FULL=1 more kills.
const { ensureModules } = require('../setup');

const VERSIONS = ['2.41.1', '2.8.4'];

async function main() {
	await ensureModules();
	const { jobs } = require('./jobs');
	const { trigger } = require('./trigger');
	const { Table } = require('./table');
	const args = process.argv.slice(2);
	const chosen = VERSIONS.filter((version) => args.includes(version));
	const parts = ['jobs', 'trigger'].filter((part) => args.includes(part));
	const wanted = (part) => parts.length === 0 || parts.includes(part);
	const log = (line) => console.log(`  ${line}`);
	const tables = [];
	for (const version of chosen.length > 0 ? chosen : VERSIONS.slice(0, 1)) {
		const table = new Table(`n8n ${version}, queue mode, 1 main + 2 workers`);
		tables.push(table);
		if (wanted('jobs')) await jobs({ version, log, table });
		// Durable cursors came after 2.8.
		/** @type {(keyof typeof import('../../test/e2e/triggerRun').MODES)[]} */
		const modes = version === '2.8.4' ? ['default'] : ['default', 'scheduler with durable cursors'];
		for (const mode of wanted('trigger') ? modes : []) await trigger({ version, mode, log, table });
	}
	for (const table of tables) table.print();
	const failed = tables.reduce((sum, table) => sum + table.failed, 0);
	const all = tables.reduce((sum, table) => sum + table.rows.length, 0);
	console.log(`${all - failed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
