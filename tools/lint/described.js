'use strict';

const path = require('node:path');
const { ROOT } = require('../n8n/package');
const { run } = require('../n8n/processes');

/**
 * Compiles a package's sources into a folder of their own, so that neither dist/ nor a build that
 * somebody else runs at the same time matters.
 * @param {string} outDir
 * @param {string} [root] the package
 */
async function compile(outDir, root = ROOT) {
	const tsc = require.resolve('typescript/bin/tsc');
	await run('compiling', process.execPath, [tsc, '-p', root, '--outDir', outDir], { cwd: root });
}

/**
 * The nodes and credentials that a package.json names, as n8n would make them.
 * @param {string} root the folder of package.json
 * @param {string} compiled the folder that stands for its dist/
 * @returns {Record<'nodes'|'credentials', Array<{file: string, name: string, instance: any}>>}
 *   file: of the source, from the root; name: of the class
 */
function loadDescribed(root, compiled) {
	const { n8n } = require(path.join(root, 'package.json'));
	const load = (shipped) => {
		const file = path.relative('dist', shipped);
		const name = path.basename(file).split('.')[0];
		const instance = new (require(path.join(compiled, file))[name])();
		return { file: file.replace(/\.js$/, '.ts'), name, instance };
	};
	return { nodes: n8n.nodes.map(load), credentials: n8n.credentials.map(load) };
}

module.exports = { compile, loadDescribed };
