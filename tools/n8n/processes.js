'use strict';

const { spawn } = require('node:child_process');

/**
 * Rule: whatever is started here is ended here. Each child leads its own process group, so that
 * ending the group also ends what it started (n8n's task runner, npm's scripts, a compiler), and
 * nothing else on the machine is touched.
 */
const live = new Set();
let hooked = false;

/** Signals a whole group. True when there was one. @param {number} pid the group's leader */
function signalGroup(pid, signal) {
	try {
		process.kill(-pid, signal);
		return true;
	} catch (error) {
		if (error.code === 'ESRCH' || error.code === 'EPERM') return false;
		throw error;
	}
}

function hookParent() {
	if (hooked) return;
	hooked = true;
	process.on('exit', () => {
		for (const pid of live) signalGroup(pid, 'SIGKILL');
	});
	for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 })) {
		process.on(signal, () => {
			// A script with its own handler (the demo's Ctrl-C) decides itself when to leave.
			if (process.listenerCount(signal) === 1) process.exit(128 + number);
		});
	}
}

/**
 * Starts a child as the leader of a new process group. Its group is killed when the leader ends
 * (nothing is left behind) and when this process ends.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
function spawnGroup(command, args, options) {
	hookParent();
	const child = spawn(command, args, { ...options, detached: true });
	if (child.pid) {
		const { pid } = child;
		live.add(pid);
		child.once('exit', () => {
			signalGroup(pid, 'SIGKILL');
			live.delete(pid);
		});
	}
	return child;
}

/** Whether a child process has ended. */
const isGone = ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null;

/** The last lines of a text, for an error message. */
const tail = (text, lines = 25) => text.trimEnd().split('\n').slice(-lines).join('\n');

/** Keeps the end of a long output only: npm and compilers can print megabytes. */
const KEEP_CHARS = 200_000;

/**
 * Runs a command to its end.
 * @param {string} label what the step does, used in the error
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, log?: (line: string) => void,
 *   inherit?: boolean}} [options] log: told every 20 s that the step is still at work;
 *   inherit: show the output as it comes rather than keep it
 * @returns {Promise<string>} stdout and stderr, mixed as they came
 * @throws {Error} naming the step, how it ended, and the last lines it printed
 */
function run(label, command, args, options = {}) {
	const { cwd, env = process.env, timeoutMs = 30 * 60_000, log, inherit = false } = options;
	return new Promise((resolve, reject) => {
		const started = Date.now();
		let output = '';
		let timedOut = false;
		const out = inherit ? 'inherit' : 'pipe';
		const child = spawnGroup(command, args, { cwd, env, stdio: ['ignore', out, out] });
		const keep = (chunk) => (output = (output + chunk).slice(-KEEP_CHARS));
		child.stdout?.setEncoding('utf8').on('data', keep);
		child.stderr?.setEncoding('utf8').on('data', keep);
		const seconds = () => Math.round((Date.now() - started) / 1000);
		const heartbeat = setInterval(() => log?.(`  … ${label}: ${seconds()} s`), 20_000);
		const timer = setTimeout(() => {
			timedOut = true;
			if (child.pid) signalGroup(child.pid, 'SIGKILL');
		}, timeoutMs);
		const fail = (how) => {
			const shown = output.trim() ? `\nIts last lines:\n${tail(output)}` : '';
			reject(new Error(`${label}: ${how} (${[command, ...args].join(' ')})${shown}`));
		};
		const done = (then) => {
			clearInterval(heartbeat);
			clearTimeout(timer);
			then();
		};
		child.once('error', (error) => done(() => fail(`could not be started, ${error.message}`)));
		child.once('close', (code, signal) =>
			done(() => {
				if (timedOut) fail(`gave up after ${seconds()} s`);
				else if (code === 0) resolve(output);
				else fail(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
			}),
		);
	});
}

/** Ends a group: SIGTERM, then SIGKILL when it is still there after `graceMs`. */
async function endGroup(child, graceMs = 15_000) {
	if (!child.pid || isGone(child)) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	signalGroup(child.pid, 'SIGTERM');
	const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
	await ended;
	clearTimeout(timer);
}

module.exports = { spawnGroup, signalGroup, endGroup, isGone, run, tail };
