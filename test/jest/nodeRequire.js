'use strict';

/**
 * Node's own `require`, in jest too. It loads a package once in a process, where jest's loads it anew for each file. For
 * n8n's packages and what belongs to them; see environment.js.
 * @type {NodeJS.Require}
 */
const nodeRequire = /** @type {any} */ (globalThis).nodeRequire ?? require;

/** Loads n8n-core's own copy of a package: another one would not know n8n's services. @param {string} name */
const requireOfCore = (name, core = nodeRequire.resolve('n8n-core')) =>
	nodeRequire(nodeRequire.resolve(name, { paths: [core] }));

module.exports = { nodeRequire, requireOfCore };
