'use strict';

/*
 * How much memory the download of videos takes: 8 of 100 MB in parallel in filesystem mode, in a process of its own
 * with the real n8n-core. The growth of the peak RSS over the idle process is measured, and compared with a download
 * that holds whole buffers. Every stored file is compared with what was sent.
 *
 * Idle is a process that has worked before: n8n-core loaded, one small download done, and V8's young generation
 * touched, as it is in every n8n that has run a workflow. A fresh one has reserved up to 64 MB of it without using
 * it (Node 24), and any work at all would be counted as growth.
 *
 * The line has 1 Gbit/s, shared by the videos. At the speed of the loopback (some 4 Gbit/s) buffers that are written
 * already become garbage faster than V8 collects them; that row is printed too, but says more about V8.
 *
 * What grows are buffers that are written already: they stay until V8 collects them, which it begins when about 64 MB of
 * them are there (Node 24; Node 20 is sooner), while further ones come in. So the growth depends on V8 and on how busy
 * the machine is, not on the size of the videos. The profile beside it shows that: the most bytes in buffers at a time,
 * and the growth of a run in which V8 is made to collect all the time, where only what is needed stays.
 *
 *   node tools/bench/memory.js [count] [MB]
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');

const { compiled } = require('./compiled');
const { inOwnProcess } = require('./ownProcess');

const GOAL_MB = 64;

/** An MP4 of `bytes`, as a generator of pieces; other numbers give other bytes. */
function* video(number, bytes) {
	const head = Buffer.alloc(32);
	head.writeUInt32BE(24);
	head.write('ftypisom', 4, 'latin1');
	head.writeUInt32BE(bytes - 24 - 108, 24);
	head.write('mdat', 28, 'latin1');
	yield head;
	const block = Buffer.alloc(64 * 1024);
	for (let i = 0, x = number + 1; i < block.length; i++) {
		x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
		block[i] = x >> 16;
	}
	let left = bytes - 32 - 108;
	for (let index = 0; left > 0; index++) {
		const piece = Buffer.from(block.subarray(0, Math.min(left, block.length)));
		if (piece.length >= 8) piece.writeDoubleBE(index);
		left -= piece.length;
		yield piece;
	}
	const moov = Buffer.alloc(108);
	moov.writeUInt32BE(108);
	moov.write('moov', 4, 'latin1');
	yield moov;
}

function digest(number, bytes) {
	const hash = createHash('sha256');
	for (const piece of video(number, bytes)) hash.update(piece);
	return hash.digest('hex');
}

/** `bytesPerSecond` is for each answer; undefined is unlimited. */
function serve(bytesPerSecond) {
	const server = http.createServer(async (req, res) => {
		const started = performance.now();
		let sent = 0;
		const [number, bytes] = String(req.url).slice(1).split('-').map(Number);
		res.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': bytes });
		for (const piece of video(number, bytes)) {
			sent += piece.length;
			const early = bytesPerSecond
				? (sent / bytesPerSecond) * 1000 - (performance.now() - started)
				: 0;
			if (early > 4) await new Promise((resolve) => setTimeout(resolve, early));
			if (!res.write(piece)) await new Promise((resolve) => res.once('drain', resolve));
		}
		res.end();
	});
	return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The highest RSS since `reset`, in bytes: from the kernel where it tells (Linux), and from a sample every 5 ms. */
function peakMeter() {
	let seen = 0;
	let buffers = 0;
	const sample = () => {
		const { rss, arrayBuffers } = process.memoryUsage();
		seen = Math.max(seen, rss);
		buffers = Math.max(buffers, arrayBuffers);
	};
	const timer = setInterval(sample, 5);
	return {
		/** The maximum number of bytes in buffers at a time, including buffers that are no longer needed. */
		buffers: () => buffers,
		reset() {
			seen = 0;
			buffers = 0;
			try {
				fs.writeFileSync('/proc/self/clear_refs', '5');
			} catch {
				// Not Linux: only the samples count.
			}
		},
		stop() {
			sample();
			clearInterval(timer);
			try {
				const status = fs.readFileSync('/proc/self/status', 'utf8');
				return Math.max(seen, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
			} catch {
				return seen;
			}
		},
	};
}

function touchYoungGeneration() {
	let kept = [];
	for (let i = 0; i < 4_000_000; i++) {
		kept.push({ i, text: `${i}` });
		if (kept.length > 20_000) kept = [];
	}
}

async function measured({ file, how, base, count, bytes, collectEveryMs }) {
	const { context, useMode } = require('../../test/engine/mediaContext');
	/** @type {typeof import('../../nodes/Hailuo/media/video/download')} */
	const { downloadVideo } = require(file);
	const { gc } = global;
	if (!gc) throw new Error('The measured process must be started with --expose-gc');
	await useMode('filesystem-v2');
	const self = context();
	const clock = {
		now: Date.now,
		random: Math.random,
		sleep: (ms, signal) =>
			new Promise((resolve, reject) => {
				const timer = setTimeout(resolve, ms);
				signal?.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)));
			}),
	};
	const streamed = async (url, fileName) =>
		(await downloadVideo.call(self, url, { fileName, providerUrl: url, clock })).binary;
	const whole = async (url, fileName) =>
		await self.helpers.prepareBinaryData(
			await self.helpers.httpRequest({ method: 'GET', url, encoding: 'arraybuffer' }),
			fileName,
			'video/mp4',
		);
	const download = how === 'streamed' ? streamed : whole;
	await download(`${base}/99-1000000`, 'warm.mp4');
	touchYoungGeneration();
	gc();
	await new Promise((resolve) => setTimeout(resolve, 500));
	const meter = peakMeter();
	meter.reset();
	const idle = process.memoryUsage.rss();
	const collector = collectEveryMs && setInterval(() => gc(), collectEveryMs);
	const started = performance.now();
	const stored = await Promise.all(
		Array.from({ length: count }, (_, i) => download(`${base}/${i}-${bytes}`, `${i}.mp4`)),
	);
	const ms = performance.now() - started;
	const growth = meter.stop() - idle;
	clearInterval(collector);
	const hashes = [];
	for (const { id } of stored) {
		const hash = createHash('sha256');
		for await (const piece of await self.helpers.getBinaryStream(id)) hash.update(piece);
		hashes.push(hash.digest('hex'));
	}
	process.send?.({ idle, growth, buffers: meter.buffers(), ms, hashes }, () => process.exit(0));
}

/**
 * @param {{ how: string, count?: number, bytes?: number, gbits?: number, collectEveryMs?: number }} options `how`:
 *   `streamed` or `whole`; `gbits`: of the line, shared by all; undefined is unlimited. Sizes in bytes.
 *   `collectEveryMs`: how often V8 is made to collect; never, unless given
 * @returns {Promise<any>} the figures of the process; `intact` counts the files with the right bytes
 */
async function memoryBench({ how, count = 8, bytes = 100_000_000, gbits, collectEveryMs }) {
	const server = await serve(gbits && (gbits * 1e9) / 8 / count);
	const base = `http://127.0.0.1:${server.address().port}`;
	const file = compiled('media/video/download.ts');
	try {
		const result = await inOwnProcess(__filename, {
			file,
			how,
			base,
			count,
			bytes,
			collectEveryMs,
		});
		const right = result.hashes.filter((hash, i) => hash === digest(i, bytes));
		return { ...result, intact: right.length, count, bytes };
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

const ROWS = [
	{ name: 'this node, 1 Gbit/s', how: 'streamed', gbits: 1, runs: 3, goal: true },
	{ name: 'collected, 1 Gbit/s', how: 'streamed', gbits: 1, runs: 1, collectEveryMs: 250 },
	{ name: 'whole buffers, 1 Gbit/s', how: 'whole', gbits: 1, runs: 1 },
	{ name: 'this node, loopback', how: 'streamed', runs: 3 },
];

/** Runs all of it and gives the rows, each with the run of the median growth and all growths in bytes, sorted. */
async function memoryTable({ count, bytes }) {
	const rows = [];
	for (const row of ROWS) {
		const results = [];
		for (let i = 0; i < row.runs; i++) results.push(await memoryBench({ ...row, count, bytes }));
		const growths = results.map((r) => r.growth).sort((a, b) => a - b);
		const middle = results.find((r) => r.growth === growths[growths.length >> 1]);
		const intact = results.reduce((sum, r) => sum + r.intact, 0);
		rows.push({ ...row, ...middle, growths, intact, files: count * results.length });
	}
	return rows;
}

async function main() {
	const count = Number(process.argv[2]) || 8;
	const bytes = (Number(process.argv[3]) || 100) * 1_000_000;
	const mb = (n) => (n / 1e6).toFixed(0);
	console.log(
		`${count} videos of ${bytes / 1e6} MB side by side, filesystem mode, Node ${process.version}`,
	);
	console.log(
		'way                      idle MB  peak growth MB (all runs)  in buffers  time s  intact',
	);
	for (const row of await memoryTable({ count, bytes })) {
		const growths = `${mb(row.growth)} (${row.growths.map(mb).join(' ')})`;
		const verdict = row.growth <= GOAL_MB * 1e6 ? 'met' : 'MISSED';
		console.log(
			[
				row.name.padEnd(24),
				mb(row.idle).padStart(7),
				` ${growths.padEnd(25)}`,
				mb(row.buffers).padStart(10),
				(row.ms / 1000).toFixed(2).padStart(6),
				` ${row.intact} of ${row.files}`,
				row.goal ? `  goal <= ${GOAL_MB}: ${verdict}` : '',
			].join(' '),
		);
	}
}

if (process.send && require.main === module) process.once('message', measured);
else if (require.main === module) main();

module.exports = { memoryBench, memoryTable };
