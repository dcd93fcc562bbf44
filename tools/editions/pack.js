'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { bundle } = require('../bundle');
const { npmEnv, NPM_QUIET } = require('../n8n/install');
const { packPackage } = require('../n8n/package');
const { run } = require('../n8n/processes');
const { editions } = require('./editions');
const { readme } = require('./readme');
const { ROOT, stage } = require('./stage');

/** Ignored by git. Each edition in a folder of its own, which is what its repository holds. */
const BUILD = path.join(ROOT, 'build');
const dirOf = ({ name }) => path.join(BUILD, 'editions', name);
const PACKAGES = path.join(BUILD, 'packages');

/** This repository's own lock file, cut down by npm to what the edition's package.json asks for. */
async function lockFile(dir) {
	const lock = 'package-lock.json';
	const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-lock-'));
	try {
		fs.copyFileSync(path.join(ROOT, lock), path.join(temp, lock));
		for (const file of ['package.json', '.npmrc']) {
			fs.copyFileSync(path.join(dir, file), path.join(temp, file));
		}
		const args = ['install', '--package-lock-only', '--offline', '--ignore-scripts', ...NPM_QUIET];
		await run('writing the lock file', 'npm', args, { cwd: temp, env: npmEnv() });
		fs.copyFileSync(path.join(temp, lock), path.join(dir, lock));
	} finally {
		fs.rmSync(temp, { recursive: true, force: true });
	}
}

/**
 * Stages, builds and packs an edition.
 * @param {import('./editions').Edition} edition
 * @returns {Promise<{edition: import('./editions').Edition, dir: string, tarball: string, size: number,
 *   files: Array<{path: string, size: number}>}>}
 */
async function packEdition(edition) {
	const dir = dirOf(edition);
	await stage(edition, dir);
	// The tools of this repository; a clone of the edition's own would have installed them.
	fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'));
	await lockFile(dir);
	const cli = path.join(ROOT, 'node_modules', '.bin', 'n8n-node');
	await run(`building ${edition.name}`, cli, ['build'], { cwd: dir });
	await bundle(dir);
	fs.writeFileSync(path.join(dir, 'README.md'), readme(edition, dir));
	fs.mkdirSync(PACKAGES, { recursive: true });
	const { tarball, size, files } = await packPackage({ root: dir, build: false, outDir: PACKAGES });
	return { edition, dir, tarball, size, files };
}

/**
 * All editions, one after the other: each starts the compiler.
 * @param {{ log?: (line: string) => void }} [how]
 */
async function packEditions({ log = () => {} } = {}) {
	const packed = [];
	for (const edition of editions) {
		const one = await packEdition(edition);
		packed.push(one);
		log(`${edition.name}: ${one.size} bytes`);
	}
	return packed;
}

/** The full package, as it was built. */
async function packFull() {
	fs.mkdirSync(PACKAGES, { recursive: true });
	return await packPackage({ build: false, outDir: PACKAGES });
}

module.exports = { packEditions, packFull };
