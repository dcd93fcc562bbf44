'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { ensureN8n } = require('./install');
const { installPackage, packPackage } = require('./package');
const { freePort } = require('./ports');
const { endGroup, isGone, run, signalGroup, spawnGroup, tail } = require('./processes');

const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
	N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	// Newer versions switch packages that n8n has not verified off by default.
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
	N8N_SECURE_COOKIE: 'false',
	N8N_ENCRYPTION_KEY: 'test-only',
	GENERIC_TIMEZONE: 'UTC',
};

/** Modules that would call n8n's own servers; a name that a version does not know stops it. */
const NOT_WANTED = { '2.41.1': { N8N_DISABLED_MODULES: 'mcp-registry' } };

/**
 * What n8n is given: nothing of the caller's environment but what a program needs to run. N8N_*
 * settings, proxies and npm's variables of the caller would make the result depend on the machine.
 */
async function environment({ version, node, userFolder, port, env }) {
	const kept = ['HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'USER'];
	const base = Object.fromEntries(kept.map((k) => [k, process.env[k]]).filter(([, v]) => v));
	return {
		...base,
		PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
		...QUIET,
		...NOT_WANTED[version],
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		// Two n8n processes on one machine, a CLI command included, must not share this port.
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		...env,
	};
}

/**
 * Whether the server is up. Until n8n's routes exist every path answers 200 "n8n is starting up",
 * and an early POST is lost without an error, so only the settings themselves count.
 */
async function isReady(url, command) {
	try {
		const signal = AbortSignal.timeout(5_000);
		if (command === 'worker') return (await fetch(`${url}/healthz/readiness`, { signal })).ok;
		const response = await fetch(`${url}/rest/settings`, { signal });
		return (await response.text()).startsWith('{"data"');
	} catch {
		return false;
	}
}

async function waitUntilReady({ child, url, command, readyMs, readLog }) {
	const started = Date.now();
	let spawnError;
	child.once('error', (error) => (spawnError = error));
	for (;;) {
		if (await isReady(url, command)) return;
		const dead = spawnError ?? child.exitCode ?? child.signalCode;
		const late = Date.now() - started > readyMs;
		if (dead === null && !late) {
			await sleep(200);
			continue;
		}
		const how = late ? `was not up after ${readyMs / 1000} s` : `ended at once (${dead})`;
		throw new Error(`n8n ${command} ${how}. The end of its log:\n${tail(readLog(), 40)}`);
	}
}

/**
 * Starts a real n8n on 127.0.0.1 and waits until it answers.
 * @param {object} options
 * @param {string} options.version a version pinned in versions/
 * @param {'start'|'worker'} [options.command] a server (default) or a worker of queue mode; a worker
 *   answers its health check only, needs EXECUTIONS_MODE=queue and its database in `env`
 * @param {string} [options.userFolder] kept when given; otherwise a new one, removed by stop()
 * @param {number} [options.port]
 * @param {Record<string, string>} [options.env] added to, or in place of, the defaults
 * @param {string[]} [options.args] more arguments of the command
 * @param {string[]} [options.packages] tarballs of community packages to install first
 * @param {string} [options.logFile] default: n8n-<port>.log beside the user folder's database
 * @param {number} [options.inspectPort] where Node's inspector listens, on 127.0.0.1
 * @param {number} [options.readyMs] how long it may take to start
 * @param {(line: string) => void} [options.log]
 */
async function startN8n(options) {
	const { version, command = 'start', env = {}, args = [], packages = [] } = options;
	const { readyMs = 180_000, log = () => {} } = options;
	const install = await ensureN8n(version, log);
	const ownFolder = !options.userFolder;
	const userFolder = options.userFolder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-n8n-'));
	fs.mkdirSync(path.join(userFolder, '.n8n'), { recursive: true });
	const removeFolder = () => {
		process.off('exit', removeFolder);
		if (ownFolder) fs.rmSync(userFolder, { recursive: true, force: true, maxRetries: 3 });
	};
	try {
		for (const tarball of packages) await installPackage(userFolder, tarball, log);
		const port = options.port ?? (await freePort());
		const url = `http://127.0.0.1:${port}`;
		const logFile = options.logFile ?? path.join(userFolder, `n8n-${port}.log`);
		const out = fs.openSync(logFile, 'a');
		const inspect = options.inspectPort ? [`--inspect=127.0.0.1:${options.inspectPort}`] : [];
		const child = spawnGroup(install.node, [...inspect, install.bin, command, ...args], {
			cwd: userFolder,
			env: await environment({ version, node: install.node, userFolder, port, env }),
			stdio: ['ignore', out, out],
		});
		fs.closeSync(out);
		// After the hook that ends the process, so that nothing writes to it any more.
		if (ownFolder) process.once('exit', removeFolder);
		const readLog = () => fs.readFileSync(logFile, 'utf8');
		try {
			await waitUntilReady({ child, url, command, readyMs, readLog });
		} catch (error) {
			await endGroup(child);
			throw error;
		}
		return {
			version,
			url,
			port,
			pid: child.pid,
			userFolder,
			logFile,
			readLog,
			/** The process: `exitCode`, `once('exit')`. */
			child,
			/** Ends it as a service manager would, and removes the user folder made for it. */
			async stop() {
				await endGroup(child);
				removeFolder();
			},
			/** Ends it as a power cut would; the user folder stays, so that it can be started again. */
			async kill() {
				if (isGone(child)) return;
				const ended = new Promise((resolve) => child.once('exit', resolve));
				if (child.pid) signalGroup(child.pid, 'SIGKILL');
				await ended;
			},
		};
	} catch (error) {
		removeFolder();
		throw error;
	}
}

/**
 * Runs one command of n8n's own CLI (`import:workflow`, `execute`, …) on a user folder.
 * @returns {Promise<string>} its output
 */
async function n8nCli({ version, userFolder, args, env = {}, log }) {
	const { node, bin } = await ensureN8n(version, log);
	const port = await freePort();
	return await run(`n8n ${args[0]}`, node, [bin, ...args], {
		cwd: userFolder,
		env: await environment({ version, node, userFolder, port, env }),
	});
}

module.exports = { startN8n, n8nCli, installPackage, packPackage };
