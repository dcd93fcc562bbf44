'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { npmEnv, NPM_QUIET } = require('./n8n/install');
const { run } = require('./n8n/processes');

const ROOT = path.resolve(__dirname, '..');

/** Written by npm when all is in place; missing after an install that was cut off. */
const MARKER = path.join(ROOT, 'node_modules', '.package-lock.json');

/**
 * Installs this repository's development packages when they are not there, so that each command of
 * the README works right after a clone. Uses nothing but what Node brings.
 * Scripts stay off: none is needed here, and isolated-vm's compiles under Node 24 only.
 * @param {(line: string) => void} [log]
 */
async function ensureModules(log = console.log) {
	if (fs.existsSync(MARKER)) return;
	log('Installing the development packages (npm ci, about two minutes, once)');
	const options = { cwd: ROOT, env: npmEnv(), log };
	const flags = ['--ignore-scripts', ...NPM_QUIET];
	try {
		await run('npm ci', 'npm', ['ci', ...flags], options);
	} catch (error) {
		log(`npm ci did not work, trying npm install. ${error.message}`);
		await run('npm install', 'npm', ['install', '--no-save', ...flags], options);
	}
}

module.exports = { ROOT, ensureModules };

if (require.main === module) {
	ensureModules().catch((error) => {
		console.error(error.message);
		process.exit(1);
	});
}
