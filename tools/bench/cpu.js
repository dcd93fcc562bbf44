'use strict';

const engine = require('../../test/engine/harness');
const { requireOfCore } = require('../../test/jest/nodeRequire');
const { numbered } = require('./support');

// Through which n8n's HTTP helper sends.
const axios = requireOfCore('axios');

/*
 * CPU time on n8n's main thread for a run that submits many items without waiting for them, without sockets: the answers
 * come from this process. Both counts are measured in one process, so that a slower machine changes both.
 */

const FEW = 1_000;
const MANY = 10_000;
const GOAL_MS = 2.5;

/** Answers every submit, as WaveSpeed does. @returns {() => void} restores the network */
function answerHere() {
	const { adapter } = axios.defaults;
	let jobs = 0;
	axios.defaults.adapter = async (config) => {
		const id = String(++jobs).padStart(32, '0');
		const data = { id, status: 'created', outputs: [], created_at: new Date().toISOString() };
		return {
			status: 200,
			statusText: 'OK',
			headers: { date: new Date().toUTCString() },
			data: JSON.stringify({ code: 200, message: 'success', data }),
			config,
			request: {},
		};
	};
	return () => (axios.defaults.adapter = adapter);
}

/** What a run of this many items stores for a retry. */
function left(count) {
	const hailuoJobs = {};
	for (let item = 0; item < count; item++) {
		const run = 'earlier/0';
		const job = { jobId: String(item).padStart(32, '0'), sentAt: Date.now(), item, run };
		hailuoJobs[`${run}/${item}`] = { ...job, fingerprint: `request ${item}` };
	}
	return { 'node:Hailuo': { hailuoJobs } };
}

/** @returns {Promise<number>} ms of CPU per item */
async function cpuPerItem(count, contextData) {
	const options = { submitsPerMinute: 0, maxConcurrent: 100 };
	const before = process.cpuUsage();
	const { error, items } = await engine.runNode({
		credentials: {
			hailuoWaveSpeedApi: { apiKey: 'test-key-of-bench', baseUrl: 'http://localhost/api/v3' },
		},
		items: numbered(count),
		parameters: {
			operation: 'textToVideo',
			prompt: '={{ $json.text }}',
			continueWhen: 'submitted',
			options,
		},
		contextData,
	});
	const { user, system } = process.cpuUsage(before);
	if (error || items.length !== count) throw error ?? new Error(`${items.length} rows`);
	engine.logs.length = 0;
	return (user + system) / 1000 / count;
}

async function run(log) {
	await engine.startEngine();
	const back = answerHere();
	await cpuPerItem(FEW);
	const fewMs = await cpuPerItem(FEW);
	const manyMs = await cpuPerItem(MANY);
	const retriedMs = await cpuPerItem(MANY, left(MANY));
	back();
	engine.stopEngine();
	const shown = (ms) => `${ms.toFixed(2)} ms an item`;
	const beside = `${shown(fewMs)} at ${FEW}`;
	log(`${shown(manyMs)} at ${MANY}, ${beside}`);
	const row = (what, ms) => ({
		what,
		ours: shown(ms),
		beside,
		goal: `<= ${GOAL_MS} ms`,
		met: ms <= GOAL_MS,
	});
	return [
		row(`CPU for ${MANY} items that are submitted`, manyMs),
		row(`the same, beside ${MANY} jobs that an earlier run left`, retriedMs),
	];
}

module.exports = { run };
