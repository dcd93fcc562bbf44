'use strict';

const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { callbackWorkflow, until } = require('../../test/e2e/callbackRun');
const { N8nClient, itemsOf } = require('../n8n/client');
const { packPackage, startN8n } = require('../n8n/n8n');
const { freePort } = require('../n8n/ports');
const { startSimulator } = require('../../test/simulator');
const { mean, seconds } = require('./figures');

/*
 * What it costs a real n8n if many executions wait for their videos: asleep until the callback, compared with waiting in
 * the process. Each way has its own n8n. Linux only: sockets are read from /proc.
 */

const VERSION = '2.41.1';
const EXECUTIONS = 50;
const SETTLE_MS = 20_000;
const WATCH_MS = 30_000;
const EVERY_MS = 100;

/** Talks to Node's inspector. Memory is compared after a full garbage collection, or the result would be random. */
async function inspector(port) {
	const WebSocket = globalThis.WebSocket ?? require('ws');
	const [{ webSocketDebuggerUrl }] = await (
		await fetch(`http://127.0.0.1:${port}/json/list`)
	).json();
	const socket = new WebSocket(webSocketDebuggerUrl);
	await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
	let calls = 0;
	const call = (method, params = {}) =>
		new Promise((resolve) => {
			const id = ++calls;
			const heard = ({ data }) => {
				const message = JSON.parse(data);
				if (message.id !== id) return;
				socket.removeEventListener('message', heard);
				resolve(message.result);
			};
			socket.addEventListener('message', heard);
			socket.send(JSON.stringify({ id, method, params }));
		});
	return {
		/** @returns {Promise<{ rss: number, heapUsed: number, external: number }>} bytes */
		async memory() {
			await call('HeapProfiler.collectGarbage');
			await call('HeapProfiler.collectGarbage');
			const expression = 'JSON.stringify(process.memoryUsage())';
			const { result } = await call('Runtime.evaluate', { expression });
			return JSON.parse(result.value);
		},
		close: () => socket.close(),
	};
}

const ESTABLISHED = '01';

/** Connections of this machine's processes to a port of 127.0.0.1, as their own end sees them. */
function connectionsTo(port) {
	const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
	return fs
		.readFileSync('/proc/net/tcp', 'utf8')
		.split('\n')
		.map((line) => line.trim().split(/\s+/))
		.filter(([, , to, state]) => to === remote && state === ESTABLISHED).length;
}

async function watch(sim) {
	const port = Number(new URL(sim.urls.waveSpeed).port);
	const before = sim.requests.length;
	const open = [];
	for (const started = Date.now(); Date.now() - started < WATCH_MS; await sleep(EVERY_MS)) {
		open.push(connectionsTo(port));
	}
	return {
		sockets: mean(open),
		mostSockets: Math.max(...open),
		requestsPerMinute: ((sim.requests.length - before) * 60_000) / WATCH_MS,
	};
}

async function measure(parameters, tarball, log) {
	const sim = await startSimulator({ jobTime: 3_600_000 });
	let n8n;
	let probe;
	try {
		const debug = await freePort();
		n8n = await startN8n({ version: VERSION, packages: [tarball], inspectPort: debug });
		const client = new N8nClient(n8n.url);
		await client.setupOwner();
		probe = await inspector(debug);
		const workflow = async (text) =>
			await callbackWorkflow({ client, sim }, [{ text }], { parameters });
		// The first runs load what n8n loads once.
		const warm = await workflow('#sim:seconds=4');
		const first = await Promise.all(Array.from({ length: 5 }, () => client.startRun(warm)));
		for (const id of first) await client.waitForEnd(id);
		const slow = await workflow('A paper boat');
		await sleep(5_000);
		const before = await probe.memory();
		const ids = [];
		for (let i = 0; i < EXECUTIONS; i++) ids.push(await client.startRun(slow));
		await until('all are submitted', () => sim.acceptedJobs() === first.length + EXECUTIONS);
		await sleep(SETTLE_MS);
		const watched = await watch(sim);
		const after = await probe.memory();
		const woken = Date.now();
		sim.skip(4_000_000);
		for (const id of ids) {
			const execution = await client.waitForEnd(id, { timeoutMs: 240_000 });
			const [item] = itemsOf(execution, 'Hailuo');
			if (item?.json.status !== 'completed' || !item.binary) throw new Error(`no video in ${id}`);
		}
		const wakeMs = Date.now() - woken;
		if (sim.paidPosts() !== first.length + EXECUTIONS) throw new Error('a job was paid twice');
		const found = {
			...watched,
			heapMB: (after.heapUsed + after.external - before.heapUsed - before.external) / 2 ** 20,
			rssMB: (after.rss - before.rss) / 2 ** 20,
			rssAllMB: after.rss / 2 ** 20,
			wakeMs,
		};
		log(`${parameters.operation ?? 'sendAndWait'}: ${JSON.stringify(found)}`);
		return found;
	} finally {
		probe?.close();
		await n8n?.stop();
		await sim.stop();
	}
}

async function run(log) {
	if (process.platform !== 'linux') throw new Error('The sockets are read from /proc: Linux only');
	const { tarball } = await packPackage();
	const asleep = await measure({}, tarball, log);
	const inProcess = await measure({ operation: 'textToVideo' }, tarball, log);
	const row = (what, text) => ({
		what,
		ours: text(asleep),
		beside: `in process: ${text(inProcess)}`,
	});
	const MB = (value) => `${value.toFixed(1)} MB`;
	return [
		row(
			`${EXECUTIONS} executions, n8n ${VERSION}: live memory they hold (heap and buffers)`,
			({ heapMB }) => MB(heapMB),
		),
		row(
			'the same, growth of resident memory',
			({ rssMB, rssAllMB }) => `${MB(rssMB)} (to ${MB(rssAllMB)})`,
		),
		{
			...row(
				'sockets to the provider, mean (most)',
				({ sockets, mostSockets }) => `${sockets.toFixed(2)} (${mostSockets})`,
			),
			goal: '0 asleep',
			met: asleep.mostSockets === 0,
		},
		row('requests to the provider in a minute', ({ requestsPerMinute }) =>
			requestsPerMinute.toFixed(0),
		),
		row('all jobs end at once: until all videos are there', ({ wakeMs }) => seconds(wakeMs)),
	];
}

module.exports = { run };
