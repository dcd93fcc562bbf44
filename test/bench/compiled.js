'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const esbuild = require('esbuild');

/**
 * Compiles one of the node's own TypeScript files and gives its exports: a benchmark measures a process of its own,
 * where a compiler that stays in memory would be measured along.
 */
function compiled(file) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-bench-'));
	const outfile = path.join(folder, 'out.cjs');
	esbuild.buildSync({
		entryPoints: [path.join(__dirname, '../../nodes/Hailuo', file)],
		outfile,
		bundle: true,
		platform: 'node',
		target: 'es2021',
		external: ['n8n-workflow'],
		logLevel: 'error',
	});
	return outfile;
}

module.exports = { compiled };
