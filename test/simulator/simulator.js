'use strict';

const { EventEmitter } = require('node:events');
const { Clock } = require('./clock');
const { VirtualClock } = require('./virtualClock');
const { named, text, HEX } = require('./random');
const { Faults } = require('./faults');
const { Account } = require('./account');
const { Jobs } = require('./jobs');
const { Uploads } = require('./uploads');
const { Videos } = require('./videos');
const { Server } = require('./server');
const { brief, matches } = require('./log');
const { defaults, limitsFor } = require('./options');
const { apiRoutes } = require('./routes');
const { cdnRoutes } = require('./cdn');
const { watch } = require('./leaks');
const { watchWebhooks } = require('./webhooks');
const { watchCallbacks } = require('./vtrixTask');
const { callbackBody } = require('./miniMax');
const { taskOf } = require('./miniMaxV2Task');
const { watchMiniMaxCallbacks } = require('./miniMaxCallback');
const { MiniMaxFiles } = require('./miniMaxFiles');

/**
 * @typedef {Record<'waveSpeed' | 'vtrix' | 'seaArt' | 'miniMax' | 'cdn' | 'control', string>} Urls base URLs
 */

/**
 * All providers in one process. Events: 'created' | 'processing' | 'finished' (job),
 * 'request' (log entry, when its answer begins).
 */
class Simulator extends EventEmitter {
	/** Set by start(), like the two servers. @type {Urls} */
	urls;
	/** @type {Server} */
	api;
	/** @type {Server} */
	cdn;
	/** One stream for each use; see random.js. @type {Record<'ids' | 'time' | 'faults', () => number>} */
	random;

	/** @param {Partial<import('./options').Options>} options */
	constructor(options) {
		super();
		this.setMaxListeners(0);
		/** @type {import('./options').Options} */
		this.options = defaults(options);
		const { time, timeScale, stamps } = this.options;
		/** @type {import('./clock').SimulatorClock} */
		this.clock = time === 'virtual' ? new VirtualClock() : new Clock(timeScale, stamps);
		this.abort = new AbortController();
		/** Ends the simulator's own requests. */
		this.stopping = this.abort.signal;
		this.stopped = false;
		/** @type {undefined | ((job: import('./jobs').Job) => import('./outcome').Outcome | undefined)} */
		this.outcome = this.options.outcome;
		/** @type {Record<string, Account>} */
		this.accounts = {};
		this.engine = new Jobs(this);
		this.uploads = new Uploads(this);
		this.miniMaxFiles = new MiniMaxFiles(this);
		this.videos = new Videos(this);
		this.seedAll();
		this.faults = new Faults(this.random.faults);
		/** @type {import('./log').Entry[]} */
		this.requests = [];
		/** @type {{ n: number, kind: string, path: string, why: string }[]} */
		this.leaks = [];
		/** @type {import('./outgoing').Delivery[]} */
		this.deliveries = [];
		watchWebhooks(this);
		watchCallbacks(this);
		watchMiniMaxCallbacks(this, {
			miniMax: (job) => callbackBody(this, job),
			miniMaxV2: (job) => ({ task: taskOf(this, job) }),
		});
	}

	/** @private */
	seedAll() {
		const { seed } = this.options;
		this.random = {
			ids: named(seed, 'ids'),
			time: named(seed, 'time'),
			faults: named(seed, 'faults'),
		};
		this.webhookSecret = `whsec_${text(named(seed, 'secret'), HEX, 32)}`;
	}

	async start() {
		this.api = new Server(this, apiRoutes(this));
		this.cdn = new Server(this, cdnRoutes(this));
		const [port, cdnPort] = await Promise.all([
			this.api.listen(this.options.port),
			this.cdn.listen(this.options.cdnPort),
		]);
		const host = `http://127.0.0.1:${port}`;
		this.urls = {
			waveSpeed: `${host}/api/v3`,
			vtrix: host,
			// A base URL may carry a path (docs/providers.md B.1).
			seaArt: `${host}/seaart`,
			miniMax: host,
			cdn: `http://127.0.0.1:${cdnPort}`,
			control: `${host}/__sim`,
		};
		return this;
	}

	get jobs() {
		return this.engine.all;
	}

	now() {
		return this.clock.now();
	}

	/** Jumps simulated time ahead; on the wire older jobs then look that much older. @param {number} ms */
	skip(ms) {
		this.clock.skip(ms);
	}

	/** @param {string} name a provider, or one of its wallets @returns {Account} */
	account(name) {
		return (this.accounts[name] ??= new Account(this.clock, (lane = name) => this.limits(lane)));
	}

	/** @param {string} lane a provider, or one of its APIs that has limits of its own */
	limits(lane) {
		return limitsFor(this.options, lane);
	}

	/** What a job keeps of its input. @param {Record<string, unknown>} input */
	keep(input) {
		return this.options.keepInputs ? input : /** @type {any} */ (brief(input));
	}

	/** @param {import('./server').Req} req */
	inspect(req) {
		watch(this, req);
	}

	/** @param {import('./faults').Rule} rule @returns {() => void} takes the rule away */
	fail(rule) {
		return this.faults.add(rule);
	}

	/** @param {Partial<import('./log').Entry>} [wanted] a list as a value means "one of" */
	count(wanted = {}) {
		return this.requests.filter((entry) => matches(entry, wanted)).length;
	}

	/** Submit POSTs that reached the provider, whatever came of them. @param {string} [provider] */
	paidPosts(provider) {
		return this.count({ kind: 'submit', ...(provider && { provider }) });
	}

	/** Jobs made = billed. @param {string} [provider] */
	acceptedJobs(provider) {
		return [...this.jobs.values()].filter((job) => !provider || job.provider === provider).length;
	}

	/** @param {string} jobId @returns {Promise<Buffer>} exactly the bytes that the CDN serves */
	async videoFor(jobId) {
		return (await this.videoSource(jobId)).buffer();
	}

	/** @param {string} jobId @returns {Promise<string>} hex, without holding a big video in memory */
	async videoSha256(jobId) {
		return (await this.videoSource(jobId)).sha256();
	}

	/** @param {string} jobId */
	async videoSource(jobId) {
		const job = this.jobs.get(jobId);
		if (!job) throw new Error(`No job ${jobId}`);
		return await this.videos.source(job);
	}

	/** @param {string} jobId @returns {Promise<import('./jobs').Job>} when the job has ended */
	async finished(jobId) {
		const job = this.jobs.get(jobId);
		if (!job) throw new Error(`No job ${jobId}`);
		if (job.finishedAt !== undefined) return job;
		return await new Promise((resolve) => {
			const seen = (ended) => {
				if (ended !== job) return;
				this.off('finished', seen);
				resolve(job);
			};
			this.on('finished', seen);
		});
	}

	/** Forgets jobs, requests, rules, money; seeds again. Options and addresses stay. */
	reset() {
		this.clock.clear();
		this.engine.clear();
		this.uploads.all.clear();
		this.miniMaxFiles.all.clear();
		this.videos.sources.clear();
		this.accounts = {};
		this.seedAll();
		this.faults.clear();
		this.faults.random = this.random.faults;
		this.outcome = this.options.outcome;
		this.requests.length = this.leaks.length = this.deliveries.length = 0;
	}

	/** Ends all sockets, timers and own requests at once. */
	async stop() {
		if (this.stopped) return;
		this.stopped = true;
		this.clock.stop();
		this.abort.abort();
		await Promise.all([this.api.close(), this.cdn.close()]);
	}
}

module.exports = { Simulator };
