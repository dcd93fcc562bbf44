'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ensureN8n, npmEnv, NPM_QUIET } = require('./install');
const { run } = require('./processes');

const ROOT = path.resolve(__dirname, '..', '..');

function tempDir() {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-pack-'));
	process.once('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
	return dir;
}

/**
 * Builds this package and packs it as `npm publish` would.
 * @param {{log?: (line: string) => void, root?: string, build?: boolean, outDir?: string}} [options]
 *   outDir: where the tarball goes; default: a temporary folder, removed when this process ends
 * @returns {Promise<{tarball: string, name: string, version: string, size: number,
 *   files: Array<{path: string, size: number}>}>} size: bytes of the tarball
 */
async function packPackage(options = {}) {
	const { log = () => {}, root = ROOT, build = true } = options;
	const outDir = options.outDir ?? tempDir();
	const env = npmEnv();
	if (build) await run('building the package', 'npm', ['run', 'build'], { cwd: root, env, log });
	// The build has run; prepack and the like would run it again, or ask for a release.
	const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', outDir];
	const output = await run('packing the package', 'npm', args, { cwd: root, env, log });
	const [packed] = JSON.parse(output.slice(output.indexOf('[')));
	const { filename, name, version, size, files } = packed;
	return { tarball: path.join(outDir, filename), name, version, size, files };
}

/** Unpacks an npm tarball into `dir`. */
async function unpack(tarball, dir) {
	fs.mkdirSync(dir, { recursive: true });
	const args = ['-xzf', tarball, '-C', dir, '--strip-components=1'];
	await run(`unpacking ${path.basename(tarball)}`, 'tar', args);
}

/**
 * Puts a package where n8n's own installer ("Settings, Community nodes") puts it, by the same
 * steps. n8n must be restarted to see it; the folder alone decides, no database row is needed.
 * @param {string} userFolder n8n's N8N_USER_FOLDER
 * @param {string} tarball
 * @param {(line: string) => void} [log]
 * @returns {Promise<string>} the package's name
 */
async function installPackage(userFolder, tarball, log = () => {}) {
	const modules = path.join(userFolder, '.n8n', 'nodes', 'node_modules');
	fs.mkdirSync(modules, { recursive: true });
	const staging = fs.mkdtempSync(path.join(userFolder, '.n8n', 'unpack-'));
	await unpack(tarball, staging);
	const manifest = path.join(staging, 'package.json');
	const json = JSON.parse(fs.readFileSync(manifest, 'utf8'));
	for (const field of ['devDependencies', 'peerDependencies', 'optionalDependencies']) {
		delete json[field];
	}
	fs.writeFileSync(manifest, JSON.stringify(json, null, '\t'));
	const target = path.join(modules, json.name);
	fs.rmSync(target, { recursive: true, force: true });
	fs.mkdirSync(path.dirname(target), { recursive: true });
	fs.renameSync(staging, target);
	const args = ['install', '--install-strategy=shallow', '--ignore-scripts', '--bin-links=false'];
	args.push('--package-lock=false', ...NPM_QUIET);
	await run(`installing ${json.name}`, 'npm', args, { cwd: target, env: npmEnv(), log });
	return json.name;
}

/**
 * Enters a package that `installPackage` put there into n8n's database, as n8n's own installer does beside: without it
 * n8n can load the package, but not uninstall it.
 * @param {{version: string, userFolder: string}} n8n a running one
 */
async function registerPackage({ version, userFolder }, name) {
	const { dir, node: nodeBinary } = await ensureN8n(version);
	const folder = path.join(userFolder, '.n8n', 'nodes', 'node_modules', name);
	const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
	/** @type {[table: string, row: Record<string, unknown>][]} */
	const rows = [['installed_packages', { packageName: name, installedVersion: manifest.version }]];
	for (const file of manifest.n8n.nodes) {
		const [node] = path.basename(file).split('.');
		const type = `${name}.${node[0].toLowerCase()}${node.slice(1)}`;
		rows.push(['installed_nodes', { name: node, type, latestVersion: 1, package: name }]);
	}
	const sqlite = path.join(dir, 'node_modules', 'sqlite3');
	const database = path.join(userFolder, '.n8n', 'database.sqlite');
	const args = [path.join(__dirname, 'insertRows.js'), sqlite, database, JSON.stringify(rows)];
	await run(`registering ${name}`, nodeBinary, args);
}

module.exports = { ROOT, installPackage, packPackage, registerPackage, unpack };
