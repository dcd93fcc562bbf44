'use strict';

/** What tests in TypeScript need from Node, because lint allows no globals in them. */

/** Resolves when all chains of promises have run to their end. */
exports.idle = () => new Promise(setImmediate);

/** A number from the environment. */
exports.numberFromEnv = (name, otherwise) => Number(process.env[name] ?? otherwise);

/** Prints a line for the person who runs the tests. */
exports.printLine = (line) => void process.stdout.write(`${line}\n`);

/** The CPU time of this process, in ms: the load of other programs does not count. */
exports.cpuTimeMs = () => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
};
