'use strict';

const { packPackage, startN8n } = require('../n8n/n8n');
const { freePort } = require('../n8n/ports');
const { startPostgres, startRedis } = require('./services');

/** How long a worker that is gone keeps its work, and how often n8n checks; its own values are 60 s and 30 s. */
const LOCK_MS = 10_000;

/**
 * Redis, PostgreSQL and what the processes of n8n need to use them. The main is started by the caller, before the
 * workers: it makes the tables.
 */
class Cluster {
	/** Of the package; made by setUp(), like the services. @type {string} */
	tarball;

	/** @param {{ version: string, log: (line: string) => void }} options */
	constructor({ version, log }) {
		this.version = version;
		this.log = log;
		this.workers = [];
	}

	async setUp() {
		this.tarball = (await packPackage()).tarball;
		this.redis = await startRedis(this.log);
		this.postgres = await startPostgres(this.log);
		this.port = await freePort();
		this.env = {
			// Of the main, for the workers too: they hand it to the provider as the address to call.
			WEBHOOK_URL: `http://127.0.0.1:${this.port}/`,
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(this.redis.port),
			QUEUE_WORKER_LOCK_DURATION: String(LOCK_MS),
			QUEUE_WORKER_LOCK_RENEW_TIME: String(LOCK_MS / 4),
			QUEUE_WORKER_STALLED_INTERVAL: String(LOCK_MS / 2),
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(this.postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'none',
			N8N_DEFAULT_BINARY_DATA_MODE: 'database',
			N8N_LOG_LEVEL: 'info',
		};
	}

	async startMain() {
		this.main = await this.start('start', { port: this.port });
		return this.main;
	}

	/** @param {Record<string, string>} [env] more settings of n8n */
	async startWorkers(count, env) {
		const started = Array.from({ length: count }, () => this.start('worker', {}, env));
		this.workers.push(...(await Promise.all(started)));
	}

	/** New workers for those that have ended. */
	async replace(ended, env) {
		await Promise.all(ended.map((worker) => worker.stop()));
		this.workers = this.workers.filter((worker) => !ended.includes(worker));
		await this.startWorkers(ended.length, env);
	}

	async start(command, more, env) {
		const { version, tarball, log } = this;
		const packages = [tarball];
		return await startN8n({
			version,
			command,
			packages,
			log,
			env: { ...this.env, ...env },
			...more,
		});
	}

	async tearDown() {
		await Promise.all(this.workers.map((worker) => worker.stop()));
		await this.main?.stop();
		await this.postgres?.stop();
		await this.redis?.stop();
	}
}

/** Ids of the executions that a worker has taken, by its log. */
const takenBy = (worker) =>
	[...worker.readLog().matchAll(/Worker started execution (\d+)/g)].map(([, id]) => id);

/** e.g. `5 + 3`: how many of the executions each worker has taken. */
const spread = (workers, ids) =>
	workers.map((worker) => takenBy(worker).filter((id) => ids.includes(id)).length).join(' + ');

module.exports = { Cluster, LOCK_MS, spread, takenBy };
