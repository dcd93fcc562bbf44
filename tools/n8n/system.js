'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('./processes');

/** The full path of a program, or undefined. */
function which(program) {
	for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
		const file = path.join(dir, program);
		try {
			fs.accessSync(file, fs.constants.X_OK);
			if (fs.statSync(file).isFile()) return file;
		} catch {
			// Not here.
		}
	}
	return undefined;
}

/** The first of several programs that is there. */
const whichOf = (programs) => programs.map(which).find(Boolean);

/** True when Debian's packages can be installed without asking for a password. */
const canApt = () => process.getuid?.() === 0 && Boolean(which('apt-get'));

let updated = false;

async function aptInstall(packages, log) {
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	const options = { env, log, timeoutMs: 10 * 60_000 };
	if (!updated) await run('apt-get update', 'apt-get', ['update', '-qq'], options);
	updated = true;
	const args = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
	await run(`apt-get install ${packages.join(' ')}`, 'apt-get', args, options);
}

/**
 * Finds a program, and installs it with apt-get where that is possible.
 * @param {string} what its name for a person
 * @param {string[]} programs the names it may have; the first that is there is taken
 * @param {string[]} packages Debian's packages that hold it
 * @param {(line: string) => void} log
 * @returns {Promise<string>} the full path
 * @throws {Error} saying what is missing and how to install it
 */
async function ensureProgram(what, programs, packages, log = () => {}) {
	const found = whichOf(programs);
	if (found) return found;
	const hint = `Install it first (Debian, Ubuntu: sudo apt-get install ${packages.join(' ')})`;
	if (!canApt()) throw new Error(`${what} is missing. ${hint}.`);
	log(`${what} is missing: installing ${packages.join(', ')} with apt-get`);
	try {
		await aptInstall(packages, log);
	} catch (error) {
		throw new Error(`${what} is missing and could not be installed. ${hint}.\n${error.message}`);
	}
	const now = whichOf(programs);
	if (!now) throw new Error(`${what} is still missing after apt-get install. ${hint}.`);
	return now;
}

const ensureChromium = (log) =>
	ensureProgram('Chromium', ['chromium', 'chromium-browser', 'google-chrome'], ['chromium'], log);
const ensureFfmpeg = (log) => ensureProgram('ffmpeg', ['ffmpeg'], ['ffmpeg'], log);

/** What compiling sqlite3 needs. @returns {Promise<void>} */
async function ensureCompiler(log) {
	await ensureProgram('Python 3', ['python3'], ['python3'], log);
	await ensureProgram('make', ['make'], ['make'], log);
	await ensureProgram('A C++ compiler', ['g++', 'c++', 'clang++'], ['g++'], log);
}

module.exports = { which, ensureProgram, ensureChromium, ensureFfmpeg, ensureCompiler };

if (require.main === module) {
	// `node tools/n8n/system.js chromium ffmpeg`: installs what is missing, or says what to install.
	const programs = { chromium: ensureChromium, ffmpeg: ensureFfmpeg };
	const all = async () => {
		for (const name of process.argv.slice(2))
			console.log(`${name}: ${await programs[name](console.log)}`);
	};
	all().catch((error) => {
		console.error(error.message);
		process.exit(1);
	});
}
