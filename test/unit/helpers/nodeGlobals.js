'use strict';

/** What tests in TypeScript need of Node: the lint lets no globals into them. */

/** Resolves when all chains of promises have run to their end. */
exports.idle = () => new Promise(setImmediate);

/** A number from the environment. */
exports.numberFromEnv = (name, otherwise) => Number(process.env[name] ?? otherwise);

/** A line for whoever runs the tests. */
exports.printLine = (line) => void process.stdout.write(`${line}\n`);

/** What this process has used of the processor, in ms: what else the machine has to do does not count. */
exports.cpuTimeMs = () => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
};
