'use strict';

// `node tools/bundle.js [folder of a built package]`: joins the code of the nodes in dist/ into one file. n8n requires
// both nodes at its start, and a hundred small files take twice as long to find and read as one. Nothing is minified:
// a reviewer can read it, and each part says which source it is from.
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const FILE = 'bundle.js';

/** The name of a node's class, which is that of its file. */
const classOf = (file) => path.basename(file).split('.')[0];

/**
 * @param {string} root of the package
 * @param {readonly string[]} sources of the nodes, from the root and without their ending
 * @param {string} outfile gets all of them and what they import, but not what is n8n's
 */
function join(root, sources, outfile) {
	const line = (file) => `export { ${classOf(file)} } from './${file}';`;
	esbuild.buildSync({
		stdin: {
			contents: sources.map(line).join('\n'),
			resolveDir: root,
			sourcefile: FILE,
			loader: 'ts',
		},
		absWorkingDir: root,
		outfile,
		bundle: true,
		format: 'cjs',
		platform: 'node',
		target: 'es2021',
		external: ['n8n-workflow'],
		logLevel: 'warning',
	});
}

/** @param {string} root of a package whose sources are compiled into dist/ */
function bundle(root) {
	const { nodes } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).n8n;
	const folder = path.join(root, path.dirname(nodes[0]));
	const sources = nodes.map((file) => file.replace(/^dist\//, '').replace(/\.js$/, ''));
	join(root, sources, path.join(folder, FILE));
	removeParts(folder);
	// n8n takes a class by the name of its file.
	for (const file of nodes) {
		const name = classOf(file);
		const text = `'use strict';\n\nexports.${name} = require('./${FILE}').${name};\n`;
		fs.writeFileSync(path.join(root, file), text);
	}
}

/** The compiled files that are in the bundle now, and the folders that are empty without them. */
function removeParts(folder) {
	for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
		const full = path.join(folder, entry.name);
		if (entry.isDirectory()) {
			removeParts(full);
			if (fs.readdirSync(full).length === 0) fs.rmdirSync(full);
		} else if (entry.name.endsWith('.js') && entry.name !== FILE) fs.rmSync(full);
	}
}

module.exports = { bundle, join };

if (require.main === module) bundle(path.resolve(process.argv[2] ?? '.'));
