'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/** Where installations are kept, outside the repository, so that a clean checkout keeps them. */
function cacheRoot() {
	const base =
		process.env.HAILUO_CACHE || process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
	return path.join(path.resolve(base), 'n8n-nodes-hailuo');
}

/** A folder of versions/: package.json, and .npmrc with the date up to which releases count. */
const versionDir = (name) => path.join(__dirname, 'versions', name);

/**
 * The cache key of a pinned installation: its name and what it pins, so that a changed pin is
 * installed anew, and the machine's kind, so that a shared home folder does not mix binaries.
 */
function cacheKey(name) {
	const hash = crypto.createHash('sha256');
	for (const file of fs.readdirSync(versionDir(name)).sort()) {
		hash.update(`${file}\n${fs.readFileSync(path.join(versionDir(name), file), 'utf8')}\n`);
	}
	hash.update(`${process.platform}-${process.arch}`);
	return `${name}-${hash.digest('hex').slice(0, 10)}`;
}

const BEAT_MS = 5_000;
const STALE_MS = 60_000;

function isStale(file) {
	try {
		const owner = JSON.parse(fs.readFileSync(file, 'utf8'));
		if (Date.now() - fs.statSync(file).mtimeMs > STALE_MS) return true;
		// A process id says something on its own machine only (a cache can be on a shared disk).
		if (owner.host !== os.hostname()) return false;
		process.kill(owner.pid, 0);
		return false;
	} catch (error) {
		if (error.code === 'ESRCH') return true;
		if (error.code === 'ENOENT' || error.code === 'EPERM') return false;
		// Being written at this moment, or left half written: only its age tells.
		return fs.existsSync(file) && Date.now() - fs.statSync(file).mtimeMs > STALE_MS;
	}
}

/**
 * Runs `work` while no other process runs one with the same name. A lock whose owner is dead, or
 * has not touched it for a minute, is taken over. Two runs that take it over in the same instant
 * can both go on: that wastes time and breaks nothing, since results are moved in place by one
 * rename.
 * @template T
 * @param {string} name
 * @param {(line: string) => void} log
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withLock(name, log, work) {
	const file = path.join(cacheRoot(), `.${name}.lock`);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	const mine = JSON.stringify({ pid: process.pid, host: os.hostname() });
	let told = false;
	for (;;) {
		try {
			fs.writeFileSync(file, mine, { flag: 'wx' });
			break;
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
		}
		if (isStale(file)) {
			fs.rmSync(file, { force: true });
			continue;
		}
		if (!told) log(`  another run is installing ${name}: waiting for it`);
		told = true;
		await sleep(500);
	}
	const drop = () => fs.rmSync(file, { force: true });
	const beat = setInterval(() => {
		if (fs.existsSync(file)) fs.utimesSync(file, new Date(), new Date());
	}, BEAT_MS);
	process.once('exit', drop);
	try {
		return await work();
	} finally {
		clearInterval(beat);
		process.off('exit', drop);
		drop();
	}
}

/**
 * A directory of the cache, made by `build(tempDir)` when it is not there yet. It appears complete
 * or not at all.
 * @param {string} key
 * @param {(line: string) => void} log
 * @param {(dir: string) => Promise<void>} build
 * @returns {Promise<string>} its path
 */
async function cachedDir(key, log, build) {
	const target = path.join(cacheRoot(), key);
	if (fs.existsSync(target)) return target;
	return await withLock(key, log, async () => {
		if (fs.existsSync(target)) return target;
		const prefix = `.${key}.tmp-`;
		for (const entry of fs.readdirSync(cacheRoot())) {
			// Left by a run that was killed: the lock says that none is at work.
			if (entry.startsWith(prefix)) {
				fs.rmSync(path.join(cacheRoot(), entry), { recursive: true, force: true });
			}
		}
		const temp = fs.mkdtempSync(path.join(cacheRoot(), prefix));
		const clear = () => fs.rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
		process.once('exit', clear);
		try {
			await build(temp);
			fs.renameSync(temp, target);
		} catch (error) {
			if (!fs.existsSync(target)) throw error;
		} finally {
			process.off('exit', clear);
			clear();
		}
		return target;
	});
}

module.exports = { cacheRoot, cacheKey, cachedDir, versionDir, withLock };
