'use strict';

const fs = require('node:fs');
const { renderVideo } = require('./video');
const { small, synthetic, fromBuffer } = require('./videoSource');

/** Which bytes each job's video has, and its addresses on the CDN. */
class Videos {
	/** @param {import('./simulator').Simulator} sim */
	constructor(sim) {
		this.sim = sim;
		/** @type {Map<string, Promise<import('./videoSource').Source>>} */
		this.sources = new Map();
	}

	/**
	 * The same source every time: what the CDN serves is what a test compares with.
	 * @param {import('./jobs').Job} job
	 * @returns {Promise<import('./videoSource').Source>}
	 */
	source(job) {
		let source = this.sources.get(job.id);
		if (!source) this.sources.set(job.id, (source = this.make(job)));
		return source;
	}

	/** @private */
	async make(job) {
		const { video, videoBytes, render } = this.sim.options;
		const bytes = typeof videoBytes === 'function' ? videoBytes(job) : videoBytes;
		if (bytes) return synthetic(job.id, bytes);
		const given = typeof video === 'function' ? await video(job) : video;
		if (Buffer.isBuffer(given)) return fromBuffer(given);
		if (given?.path) return fromBuffer(await fs.promises.readFile(given.path));
		if (render) {
			const { ffmpeg } = this.sim.options;
			const made = await renderVideo(job, { ffmpeg, signal: this.sim.stopping });
			if (made) return fromBuffer(made);
		}
		return small(job.id);
	}

	/** Called when a job completes: its hash goes on the job where that costs little. */
	note(job) {
		void this.source(job).then((source) => {
			if (source.length < 1e6) job.videoSha256 = source.sha256();
		});
	}

	/** @param {import('./jobs').Job} job @param {string} [query] */
	url(job, query = '') {
		return `${this.sim.urls.cdn}/outputs/${job.id}.mp4${query}`;
	}
}

module.exports = { Videos };
