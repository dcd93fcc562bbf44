'use strict';

/*
 * Tests run in Node's own context, not in one that jest makes for each file. So a process loads n8n's packages once, as
 * n8n does (see nodeRequire.js), and all code shares one `Error`, one `Array` and so on.
 *
 * Rules that must not regress:
 * - The sources and the tests are loaded anew for each file. What they keep in a module does not pass to the next file.
 * - What a file changes in the globals and in `process` is restored when it ends.
 */

const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

/** jest compiles every file in the context of its environment. This one stands for Node's own. */
const NODES_OWN = {};
const { compileFunction } = vm;
vm.compileFunction = (source, params, { parsingContext, ...options } = {}) =>
	compileFunction(
		source,
		params,
		parsingContext === NODES_OWN ? options : { ...options, parsingContext },
	);

/** @param {any} object @returns {() => void} restores the object's own properties */
function keep(object) {
	/** @type {any} */
	const before = Object.getOwnPropertyDescriptors(object);
	return () => {
		for (const key of Reflect.ownKeys(object)) {
			const was = before[key];
			if (!was) Reflect.deleteProperty(object, key);
			else if ('value' in was && object[key] !== was.value) Object.defineProperty(object, key, was);
		}
	};
}

/** @returns {() => void} restores what tests and jest change in `process` */
function keepProcess() {
	const { exit, getBuiltinModule } = process;
	const env = { ...process.env };
	return () => {
		Object.assign(process, { exit, getBuiltinModule });
		for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
		Object.assign(process.env, env);
	};
}

class OwnContext extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		const restore = [keep(globalThis), keepProcess()];
		this.restore = () => restore.forEach((one) => one());
		this.global = /** @type {any} */ (Object.assign(globalThis, { nodeRequire: require }));
		const Mocker = /** @type {any} */ (this.moduleMocker).constructor;
		this.moduleMocker = new Mocker(globalThis);
	}

	async teardown() {
		await super.teardown();
		this.restore();
	}

	/** Nothing, after the end: then jest says of a late `require` what is wrong. */
	getVmContext() {
		return this.context && NODES_OWN;
	}
}

module.exports = OwnContext;
