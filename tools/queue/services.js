'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const { setTimeout: sleep } = require('node:timers/promises');
const { freePort } = require('../n8n/ports');
const { isGone } = require('../n8n/processes');
const { ensureProgram } = require('../n8n/system');

/* Redis and PostgreSQL on 127.0.0.1, each with its own folder, which is removed with it. */

/** Ends a process that was started here, and waits for it. */
async function end(child, signal) {
	if (isGone(child)) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill(signal);
	await ended;
}

/** Debian keeps PostgreSQL's programs out of PATH, one folder a version. */
function postgresPrograms() {
	const root = '/usr/lib/postgresql';
	const versions = fs.existsSync(root) ? fs.readdirSync(root).sort() : [];
	return versions.map((version) => path.join(root, version, 'bin')).at(-1);
}

async function startRedis(log) {
	const redis = await ensureProgram('Redis', ['redis-server'], ['redis-server'], log);
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-redis-'));
	const port = await freePort();
	const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''];
	let child;
	const start = async () => {
		child = spawn(redis, args, { stdio: 'ignore' });
		await sleep(500);
		if (child.exitCode !== null) throw new Error(`Redis ended at once (${child.exitCode})`);
	};
	await start();
	return {
		port,
		/** Starts it again, and empty, after kill(). */
		start,
		kill: async () => await end(child, 'SIGKILL'),
		async stop() {
			await end(child, 'SIGTERM');
			fs.rmSync(dir, { recursive: true, force: true });
		},
	};
}

/** @param {'-u' | '-g'} which the user's or the group's number */
const idOf = (which) => Number(spawnSync('id', [which, 'postgres'], { encoding: 'utf8' }).stdout);

async function startPostgres(log) {
	if (!postgresPrograms()) {
		await ensureProgram('PostgreSQL', ['pg_ctl-of-a-version'], ['postgresql'], log).catch(() => {});
	}
	const bin = postgresPrograms();
	if (!bin) {
		throw new Error(
			'PostgreSQL is missing. Install it first (Debian: sudo apt-get install postgresql).',
		);
	}
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-postgres-'));
	// PostgreSQL refuses to run as root, so there it runs as the user that Debian's package made.
	const root = process.getuid?.() === 0;
	const user = root ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;
	if (user) fs.chownSync(dir, user.uid, user.gid);
	const as = { cwd: os.tmpdir(), ...user };
	const made = spawnSync(
		path.join(bin, 'initdb'),
		['-D', `${dir}/data`, '-U', 'n8n', '--auth=trust', '-N'],
		{ encoding: 'utf8', ...as },
	);
	if (made.status !== 0) throw new Error(`PostgreSQL's initdb did not work: ${made.stderr}`);
	const port = await freePort();
	const args = [
		...['-D', `${dir}/data`, '-p', String(port), '-k', dir],
		...['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'max_connections=60'],
	];
	const child = spawn(path.join(bin, 'postgres'), args, { stdio: 'ignore', ...as });
	const ready = () =>
		spawnSync(path.join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).status === 0;
	for (let tries = 0; !ready(); tries++) {
		if (tries > 100 || child.exitCode !== null) throw new Error('PostgreSQL did not start');
		await sleep(200);
	}
	return {
		port,
		async stop() {
			await end(child, 'SIGINT');
			fs.rmSync(dir, { recursive: true, force: true });
		},
	};
}

module.exports = { startPostgres, startRedis };
