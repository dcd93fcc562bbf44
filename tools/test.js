'use strict';

// `npm test`: unit and engine tests, in a fresh clone too. `--quick` runs the tests that show most in the least time.
// Other arguments are passed to jest.
const { spawnSync } = require('node:child_process');
const { ROOT, ensureModules } = require('./setup');

/** All unit tests except those that take minutes, and an engine test of the most common task. */
const QUICK = ['test/unit', 'test/engine/generate\\.test'];
/** Properties over thousands of cases, and texts of megabytes. */
const LONG = [
	'trigger/poll',
	'jobs/reconcile',
	'jobs/schedule',
	'media/picture/fromText',
	'media/picture/info',
	'models/check',
	'n8n/redact',
	'providers/poison',
].map((file) => `test/unit/${file}\\.test`);

async function main() {
	await ensureModules();
	const jest = require.resolve('jest/bin/jest');
	const given = process.argv.slice(2);
	const rest = given.filter((arg) => arg !== '--quick');
	const quick = [...QUICK, '--testPathIgnorePatterns', ...LONG, '/node_modules/'];
	const args = [jest, ...rest, ...(rest.length < given.length ? quick : [])];
	const { status, error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
	if (error) throw error;
	process.exitCode = status ?? 1;
}

main().catch((error) => {
	console.error(error.message);
	process.exit(1);
});
