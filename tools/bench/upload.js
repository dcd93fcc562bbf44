'use strict';

/*
 * The better way to send a picture to WaveSpeed: as a data URI in the submit, or with the upload call and as a URL in
 * the submit. Each case runs in a process of its own with the real n8n-core against a server here that takes bytes at
 * 20 Mbit/s and answers after 0.3 s (a new TLS connection at 100 ms each way and back). The submit is answered with
 * 429 once, as happens in every batch that is larger than the account, and then taken.
 *
 *   node tools/bench/upload.js
 */

const http = require('node:http');

const { compiled } = require('./compiled');
const { inOwnProcess } = require('./ownProcess');

const SIZES = [100_000, 256_000, 1_000_000, 5_000_000, 15_000_000];
const BYTES_PER_MS = 20e6 / 8 / 1000;
const ANSWER_MS = 300;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads a body at the speed of the connection. */
async function take(req) {
	const started = performance.now();
	const chunks = [];
	let bytes = 0;
	for await (const chunk of req) {
		chunks.push(chunk);
		bytes += chunk.length;
		const early = bytes / BYTES_PER_MS - (performance.now() - started);
		if (early > 5) await pause(early);
	}
	return { bytes, body: Buffer.concat(chunks), ms: performance.now() - started };
}

function serve(log) {
	let submits = 0;
	const server = http.createServer(async (req, res) => {
		const { bytes, body, ms } = await take(req);
		await pause(ANSWER_MS);
		const answer = (status, data) => {
			const text = JSON.stringify({ code: status, message: 'x', data });
			res.writeHead(status, { 'Content-Type': 'application/json' });
			res.end(text);
			return text.length;
		};
		if (req.url?.endsWith('/media/upload/binary')) {
			log.push({ call: 'upload', bytes, ms });
			answer(200, { download_url: 'https://cdn.example.com/uploads/0123456789abcdef.jpg' });
			return;
		}
		if (req.url?.endsWith('/predictions')) {
			log.push({ call: 'history', bytes: answer(200, { items: [{ input: log.input }] }), ms });
			return;
		}
		log.push({ call: 'submit', bytes, ms: ms + ANSWER_MS });
		log.input = JSON.parse(body.toString());
		submits += 1;
		answer(submits === 1 ? 429 : 200, { id: 'a'.repeat(32), status: 'created' });
	});
	return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function measured({ files, way, size, base }) {
	const { context } = require('../../test/engine/mediaContext');
	/** @type {typeof import('../../nodes/Hailuo/media/picture/dataUri')} */
	const { toDataUri } = require(files.dataUri);
	/** @type {typeof import('../../nodes/Hailuo/providers/upload')} */
	const { multipart } = require(files.upload);
	const self = context();
	const post = async (path, body) => {
		const { statusCode, body: text } = await self.helpers.httpRequestWithAuthentication.call(
			self,
			'hailuoWaveSpeedApi',
			{
				method: 'POST',
				url: `${base}${path}`,
				body,
				encoding: 'text',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
			},
		);
		return { status: statusCode, data: JSON.parse(text).data };
	};
	const data = Buffer.alloc(size, 0x5a);
	if (!global.gc) throw new Error('The measured process must be started with --expose-gc');
	global.gc();
	await pause(300);
	const idle = process.memoryUsage.rss();
	let peak = idle;
	const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
	const started = performance.now();
	const image =
		way === 'inline'
			? toDataUri(data, 'image/jpeg')
			: (
					await post(
						'/media/upload/binary',
						multipart({ data, fileName: 'a.jpg', mimeType: 'image/jpeg' }),
					)
				).data.download_url;
	while (
		(await post('/minimax/hailuo-02/fast', { image, prompt: 'x', duration: 6 })).status === 429
	);
	const ms = performance.now() - started;
	clearInterval(timer);
	await post('/predictions', { page: 1, page_size: 10, include_inputs: true });
	process.send?.({ ms, growth: peak - idle }, () => process.exit(0));
}

/** `way`: `inline` or `upload`; `size` of the picture in bytes. */
async function uploadBench({ way, size }) {
	const log = [];
	const server = await serve(log);
	const base = `http://127.0.0.1:${server.address().port}/api/v3`;
	const files = {
		dataUri: compiled('media/picture/dataUri.ts'),
		upload: compiled('providers/upload.ts'),
	};
	try {
		const result = await inOwnProcess(__filename, { files, way, size, base });
		const of = (call) => log.filter((entry) => entry.call === call);
		return {
			...result,
			way,
			size,
			paidBytes: of('submit')[0].bytes,
			paidMs: of('submit')[0].ms,
			allBytes: [...of('upload'), ...of('submit')].reduce((sum, { bytes }) => sum + bytes, 0),
			historyBytes: of('history')[0].bytes,
		};
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

async function main() {
	console.log('One picture, one 429, 20 Mbit/s up, 0.3 s to each answer; sizes in kB');
	console.log(
		'picture  way     until taken s  paid POST s  paid POST kB  sent in all kB  history kB  peak growth MB',
	);
	for (const size of SIZES) {
		for (const way of ['inline', 'upload']) {
			const r = await uploadBench({ way, size });
			const kb = (n, width) => (n / 1000).toFixed(n < 10_000 ? 1 : 0).padStart(width);
			console.log(
				`${kb(size, 7)}  ${way} ${(r.ms / 1000).toFixed(2).padStart(14)}` +
					`${(r.paidMs / 1000).toFixed(2).padStart(13)}${kb(r.paidBytes, 14)}` +
					`${kb(r.allBytes, 16)}${kb(r.historyBytes, 12)}${(r.growth / 1e6).toFixed(0).padStart(16)}`,
			);
		}
	}
}

if (process.send && require.main === module) process.once('message', measured);
else if (require.main === module) main();

module.exports = { uploadBench };
