'use strict';

const http = require('node:http');
const engine = require('../../test/engine/harness');
const { mean, percent } = require('./figures');
const { itemOf, jobTimes, makeVideos, numbered, withSimulator } = require('./support');

/*
 * How long a finished job waits for its item, and what that costs in status calls. The same jobs are also
 * polled in fixed intervals, at the same time: by three pollers for each job, from the moment that it is made.
 */

const JOBS = 200;
const INTERVALS_S = [2, 5, 15];
const GOAL = 0.03;
const MARK = 'x-interval';

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });

/** @returns {Promise<object>} the prediction */
function readJob(sim, jobId, interval) {
	const headers = { authorization: `Bearer ${sim.options.keys.waveSpeed}`, [MARK]: interval };
	const url = `${sim.urls.waveSpeed}/predictions/${jobId}/result`;
	return new Promise((resolve, reject) => {
		const request = http.get(url, { agent, headers }, async (answer) => {
			const parts = [];
			for await (const part of answer) parts.push(part);
			resolve(JSON.parse(Buffer.concat(parts).toString()).data);
		});
		request.once('error', reject);
	});
}

/** @typedef {import('../../test/simulator/jobs').Job & { finishedAt: number }} Ended */

/** Polls every `interval` s. @returns {Promise<{ delay: number, time: number, calls: number }>} ms, simulated */
async function poll(sim, job, interval) {
	for (let calls = 1; ; calls++) {
		const due = job.createdAt + calls * interval * 1_000;
		await sim.clock.sleep(due - sim.now());
		const { status } = await readJob(sim, job.id, interval);
		if (status === 'completed') {
			return { delay: sim.now() - job.finishedAt, time: job.ms, calls };
		}
	}
}

/** Figures of one way to wait. */
const figures = (waits, calls) => ({
	share: mean(waits.map(({ delay, time }) => delay / time)),
	delay: mean(waits.map(({ delay }) => delay)),
	calls: calls / waits.length,
});

async function measure(atATime) {
	const times = jobTimes(JOBS, 2);
	return await withSimulator({ jobTime: (_n, job) => times[itemOf(job)] }, async (sim) => {
		/** @type {ReturnType<typeof poll>[][]} */
		const pollers = INTERVALS_S.map(() => []);
		sim.on('created', (job) => {
			INTERVALS_S.forEach((interval, i) => pollers[i].push(poll(sim, job, interval)));
		});
		const { items } = await makeVideos(sim, numbered(JOBS), {
			maxConcurrent: atATime,
			submitsPerMinute: 0,
			download: false,
		});
		// WaveSpeed reports no end time, so the item's `finishedAt` is the time when the node learned of the end.
		const ours = items.map(({ json }) => {
			const { finishedAt, ms } = /** @type {Ended} */ (sim.jobs.get(json.jobId));
			return { delay: Date.parse(json.finishedAt) - finishedAt, time: ms };
		});
		const fixed = await Promise.all(pollers.map(async (waits) => await Promise.all(waits)));
		const calls = sim.requests.filter(
			({ kind, headers }) => kind === 'status' && !headers[MARK],
		).length;
		return {
			ours: figures(ours, calls),
			fixed: fixed.map((waits) =>
				figures(
					waits,
					waits.reduce((sum, each) => sum + each.calls, 0),
				),
			),
		};
	});
}

const text = ({ share, calls }) => `${percent(share)} with ${calls.toFixed(1)} calls`;

function rows(what, { ours, fixed }, judged) {
	const others = INTERVALS_S.map((interval, i) => `${interval} s: ${text(fixed[i])}`);
	const every5 = fixed[INTERVALS_S.indexOf(5)];
	return {
		what,
		ours: text(ours),
		beside: others.join('; '),
		...(judged
			? {
					goal: '<= 3 % and fewer calls than 5 s',
					met: ours.share <= GOAL && ours.calls < every5.calls,
				}
			: {}),
	};
}

async function run(log) {
	await engine.startEngine();
	await withSimulator(
		{ jobTime: 30_000 },
		async (sim) => await makeVideos(sim, numbered(3), { submitsPerMinute: 0 }),
	);
	const few = await measure(20);
	log(`20 open jobs: ${text(few.ours)}, mean delay ${(few.ours.delay / 1000).toFixed(2)} s`);
	const all = await measure(JOBS);
	log(`${JOBS} open jobs: ${text(all.ours)}, mean delay ${(all.ours.delay / 1000).toFixed(2)} s`);
	engine.stopEngine();
	return [
		rows(`${JOBS} jobs, 20 open at a time: delay / job time`, few, true),
		rows(`${JOBS} jobs, all open at once`, all, false),
	];
}

module.exports = { run };
