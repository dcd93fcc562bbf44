'use strict';

// `npm test`: unit and engine tests, in a fresh clone too. Arguments go to jest.
const { spawnSync } = require('node:child_process');
const { ROOT, ensureModules } = require('./setup');

async function main() {
	await ensureModules();
	const jest = require.resolve('jest/bin/jest');
	const args = [jest, ...process.argv.slice(2)];
	const { status, error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
	if (error) throw error;
	process.exitCode = status ?? 1;
}

main().catch((error) => {
	console.error(error.message);
	process.exit(1);
});
