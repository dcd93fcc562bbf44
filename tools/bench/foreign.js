'use strict';

const Module = require('node:module');
const path = require('node:path');

/**
 * Loads files of another package with this repository's n8n-workflow. Nothing else of it is changed.
 * @param {string} dir of the package
 * @param {readonly string[]} files below it
 * @returns {Record<string, any>} what they export, together
 */
function loadForeign(dir, files) {
	const workflow = require('n8n-workflow');
	// Node's own way in, which its types leave out.
	const loading = /** @type {any} */ (Module);
	const original = loading._load;
	loading._load = (request, parent, isMain) =>
		request === 'n8n-workflow' && parent?.filename.startsWith(dir)
			? workflow
			: Reflect.apply(original, Module, [request, parent, isMain]);
	try {
		return Object.assign({}, ...files.map((file) => require(path.join(dir, file))));
	} finally {
		loading._load = original;
	}
}

module.exports = { loadForeign };
