'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const esbuild = require('esbuild');

const ROOT = path.join(__dirname, '../..');

let temp;
let files = 0;

/** One for all calls of a process; it is removed when the process ends. */
function tempFolder() {
	if (!temp) {
		temp = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-bench-'));
		process.once('exit', () => fs.rmSync(temp, { recursive: true, force: true }));
	}
	return temp;
}

/**
 * Compiles one of the node's own TypeScript files with all that it imports: a benchmark measures a process of its own,
 * where a compiler in memory would be measured with it.
 * @param {string} file below nodes/Hailuo
 * @param {string} [root] of the package
 * @returns {string} the file to require; it is removed when this process ends
 */
function compiled(file, root = ROOT) {
	const outfile = path.join(tempFolder(), `${++files}.cjs`);
	esbuild.buildSync({
		entryPoints: [path.join(root, 'nodes/Hailuo', file)],
		outfile,
		bundle: true,
		platform: 'node',
		target: 'es2021',
		external: ['n8n-workflow'],
		logLevel: 'error',
	});
	return outfile;
}

/**
 * Compiles all sources of the package, file by file, so that a process can load the node and reach into its parts
 * (the clock). Inside the repository, because the files ask for `n8n-workflow`.
 *
 * @returns {string} the folder, laid out as the repository is; the caller removes it
 */
function compiledTree() {
	const build = path.join(ROOT, 'build');
	fs.mkdirSync(build, { recursive: true });
	const outdir = fs.mkdtempSync(path.join(build, 'bench-'));
	const sources = (folder) =>
		fs
			.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'))
			.map((file) => path.join(ROOT, folder, file));
	esbuild.buildSync({
		entryPoints: [...sources('nodes'), ...sources('credentials')],
		outdir,
		outbase: ROOT,
		format: 'cjs',
		platform: 'node',
		target: 'es2021',
		logLevel: 'error',
	});
	return outdir;
}

module.exports = { compiled, compiledTree };
