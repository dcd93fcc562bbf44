'use strict';

const http = require('node:http');
const zlib = require('node:zlib');
const { pipeline } = require('node:stream/promises');
const { PassThrough } = require('node:stream');

const { axios, cleansUp, context, readBack, storedFiles, useMode } = require('./mediaContext');
const { clock, followVirtual, VirtualClock } = require('./time');
const { downloadVideo } = require('../../nodes/Hailuo/media/video/download');
const { DownloadFailed } = require('../../nodes/Hailuo/media/video/downloadFailed');
const { listen } = require('../simulator/listen');

/** ftyp, mdat and moov with pseudo-random content, so that a test detects any cut or swap. */
function makeVideo(bytes) {
	const box = (type, length) => {
		const out = Buffer.alloc(length);
		out.writeUInt32BE(length);
		out.write(type, 4, 'latin1');
		for (let at = 8, x = length; at < length; at++) {
			x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
			out[at] = x >> 16;
		}
		return out;
	};
	return Buffer.concat([box('ftyp', 24), box('mdat', bytes - 24 - 200), box('moov', 200)]);
}

const video = makeVideo(700_000);

const time = new VirtualClock();
let back;

/** The clock for the download. It records the pauses. */
const newClock = () => ({
	slept: /** @type {number[]} */ ([]),
	now: () => time.now(),
	random: () => 0.5,
	/** @param {number} ms @param {AbortSignal} [signal] */
	async sleep(ms, signal) {
		this.slept.push(ms);
		await clock.sleep(ms, signal);
	},
});

/** A server with a list of answers, one for each request; the last one is repeated. */
let server;
let base;
let answers;
let requests;
let openSockets;

beforeAll(async () => {
	server = http.createServer((req, res) => {
		requests.push({ url: req.url, headers: req.headers });
		const answer = answers.length > 1 ? answers.shift() : answers[0];
		answer(res, req);
	});
	openSockets = new Set();
	server.on('connection', (socket) => {
		openSockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => openSockets.delete(socket));
	});
	base = `http://127.0.0.1:${await listen(server)}`;
	back = followVirtual(time);
});

afterAll(async () => {
	back();
	time.stop();
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
	requests = [];
});

const whole =
	(headers = {}) =>
	(res) => {
		res.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': video.length, ...headers });
		res.end(video);
	};
const chunked = (res) => {
	res.writeHead(200, { 'Content-Type': 'application/octet-stream' });
	for (let at = 0; at < video.length; at += 50_000) res.write(video.subarray(at, at + 50_000));
	res.end();
};
/** Ends in the middle; `how` is the way in which the client learns the length. */
const cut = (how) => (res) => {
	const half = video.subarray(0, 300_000);
	if (how === 'close') {
		// No length and no chunks: the end of the connection is the end of the body.
		res.socket.end(
			Buffer.concat([
				Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n'),
				half,
			]),
		);
		return;
	}
	res.writeHead(200, {
		'Content-Type': 'video/mp4',
		...(how === 'length' ? { 'Content-Length': video.length } : {}),
	});
	res.write(half, () => setTimeout(() => res.socket.destroy(), 20));
};
const hang = (res) => {
	res.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': video.length });
	res.write(video.subarray(0, 100_000));
};
const silent = () => {};
const status =
	(code, headers = {}, body = '{"message":"no"}') =>
	(res) => {
		res.writeHead(code, { 'Content-Type': 'application/json', ...headers });
		res.end(body);
	};
const of = (type, body) => (res) => {
	res.writeHead(200, type === undefined ? {} : { 'Content-Type': type });
	res.end(body);
};

async function download(list, options = {}, { url = `${base}/v.mp4`, self = context() } = {}) {
	answers = list;
	return await downloadVideo.call(self, url, {
		fileName: 'model-job.mp4',
		// Stands for the simulator of a provider, which is on this machine too.
		providerUrl: base,
		clock: newClock(),
		...options,
	});
}

async function failure(list, options, more) {
	const result = await download(list, options, more).catch((error) => error);
	expect(result).toBeInstanceOf(DownloadFailed);
	return result;
}

/** No failed attempt may keep its connection open: a hanging server would hold one for each attempt. */
async function noSockets() {
	// Time passes only after n8n has removed what it stored of them.
	for (let i = 0; i === 0 || (i < 100 && openSockets.size > 0); i++) await time.sleep(20);
	return openSockets.size;
}

describe.each(['filesystem-v2', 'default'])('binary data mode %s', (mode) => {
	beforeAll(() => useMode(mode));
	afterAll(() => useMode('filesystem-v2'));

	const arrived = async (result) => {
		expect(result).toMatchObject({ bytes: video.length, mimeType: 'video/mp4' });
		expect(result.binary).toMatchObject({
			mimeType: 'video/mp4',
			fileName: 'model-job.mp4',
			fileExtension: 'mp4',
			fileType: 'video',
		});
		expect((await readBack(result.binary)).equals(video)).toBe(true);
	};

	it('delivers every byte, and sends no key', async () => {
		await arrived(await download([whole()]));
		expect(requests).toHaveLength(1);
		expect(JSON.stringify(requests)).not.toMatch(/authorization|the-key/i);
	});

	it('counts the bytes of an answer without a length', async () => {
		await arrived(await download([chunked]));
	});

	it('follows redirects, to another host too', async () => {
		const other = base.replace('127.0.0.1', 'localhost');
		await arrived(
			await download([
				status(302, { Location: `${other}/b` }),
				status(307, { Location: '/c' }),
				whole(),
			]),
		);
		expect(requests.map((request) => request.url)).toEqual(['/v.mp4', '/b', '/c']);
		expect(JSON.stringify(requests)).not.toMatch(/authorization|the-key/i);
	});

	it('accepts an answer that is compressed without being requested so', async () => {
		const packed = zlib.gzipSync(video);
		expect(packed.length).not.toBe(video.length);
		await arrived(
			await download([
				(res) => {
					res.writeHead(200, {
						'Content-Type': 'video/mp4',
						'Content-Encoding': 'gzip',
						'Content-Length': packed.length,
					});
					res.end(packed);
				},
			]),
		);
		expect(requests[0].headers['accept-encoding']).toBe('identity');
	});

	it.each(['length', 'chunks', 'close'])(
		'fetches a video again that was cut off (%s)',
		async (how) => {
			await arrived(await download([cut(how), cut(how), whole()]));
			expect(requests).toHaveLength(3);
		},
	);

	it.each([
		['in mdat', (bytes) => bytes.subarray(0, 300_000)],
		['between mdat and moov', (bytes) => bytes.subarray(0, bytes.length - 200)],
		['in moov', (bytes) => bytes.subarray(0, bytes.length - 1)],
	])('tries again if the server has only a part of the file (%s)', async (_where, part) => {
		const body = part(video);
		const partly = (res) => {
			res.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': body.length });
			res.end(body);
		};
		await arrived(await download([partly, partly, whole()]));
		const error = await failure([partly], { attempts: 2 });
		expect(error).toMatchObject({ reason: 'cut', retryable: true });
		expect(error.message).toBe(`the server has only part of it (${body.length} bytes)`);
	});

	it('gives up a video that is always cut off', async () => {
		const before = storedFiles().length;
		const error = await failure([cut('length')], { attempts: 3 });
		expect(error).toMatchObject({ reason: 'cut', retryable: true, url: `${base}/v.mp4` });
		expect(requests).toHaveLength(3);
		expect(await noSockets()).toBe(0);
		if (cleansUp) expect(storedFiles()).toHaveLength(before);
	});

	it.each([
		['in the middle', hang],
		['before the answer', silent],
	])('ends an attempt that hangs %s, and tries again', async (_where, answer) => {
		await arrived(await download([answer, whole()]));
		expect(requests).toHaveLength(2);
		const error = await failure([answer], { attempts: 2, idleMs: 20_000 });
		expect(error).toMatchObject({ reason: 'timeout', retryable: true });
		expect(error.message).toContain('for 20 s');
		expect(await noSockets()).toBe(0);
	});

	it('does not end one that is slow but makes progress', async () => {
		const slow = (res) => {
			res.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': video.length });
			let at = 0;
			const timer = setInterval(() => {
				res.write(video.subarray(at, at + 100_000));
				at += 100_000;
				if (at < video.length) return;
				clearInterval(timer);
				res.end();
			}, 10_000);
		};
		await arrived(await download([slow], { idleMs: 30_000 }));
		expect(requests).toHaveLength(1);
	});

	it.each([
		['while the video comes', hang],
		['before the answer', silent],
	])('stops at once %s', async (_when, answer) => {
		const stop = new AbortController();
		const reason = new Error('stopped by the user');
		const before = storedFiles().length;
		setTimeout(() => stop.abort(reason), 100);
		const started = time.now();
		await expect(download([answer], { signal: stop.signal, clock: newClock() })).rejects.toBe(
			reason,
		);
		expect(time.now() - started).toBe(100);
		expect(await noSockets()).toBe(0);
		expect(requests).toHaveLength(1);
		if (cleansUp) expect(storedFiles()).toHaveLength(before);
	});

	it('refuses a video that is larger than allowed, by its length or while it comes', async () => {
		// The last one never sends that much, but it declares its length.
		for (const answer of [whole(), chunked, hang]) {
			const error = await failure([answer], { maxBytes: video.length - 1 });
			expect(error).toMatchObject({ reason: 'size', retryable: false });
		}
		expect(requests).toHaveLength(3);
		await arrived(await download([chunked], { maxBytes: video.length }));
	});

	it('refuses what is declared as a video but is not one', async () => {
		const page = `<!doctype html>${'x'.repeat(200_000)}`;
		const error = await failure([of('video/mp4', page)]);
		expect(error).toMatchObject({ reason: 'type', retryable: false });
		expect(error.message).toContain('is not an MP4');
		expect((await failure([of('video/mp4', 'short')])).reason).toBe('type');
		expect((await failure([of('video/mp4', '')], { attempts: 1 })).reason).toBe('cut');
	});
});

describe('other answers', () => {
	it.each([403, 404, 410])(
		'says that it is not there (%d) and does not ask again',
		async (code) => {
			const error = await failure([status(code)]);
			expect(error).toMatchObject({ reason: 'missing', retryable: false });
			expect(error.message).toContain(`does not deliver it (HTTP ${code})`);
			expect(requests).toHaveLength(1);
			expect(await noSockets()).toBe(0);
		},
	);

	it.each([408, 425, 429, 500, 502, 503, 504])('tries again after %d', async (code) => {
		expect((await download([status(code), whole()])).bytes).toBe(video.length);
		expect(requests).toHaveLength(2);
	});

	it.each([400, 401, 451])('does not after %d', async (code) => {
		expect(await failure([status(code)])).toMatchObject({ reason: 'status', retryable: false });
		expect(requests).toHaveLength(1);
	});

	it('waits longer each time, and as long as Retry-After says', async () => {
		const clock = newClock();
		await failure([status(500)], { clock, attempts: 4 });
		const pauses = clock.slept.filter((ms) => ms < 1000 || ms > 1001);
		expect(pauses).toEqual(expect.arrayContaining([750, 1500, 3000]));
		expect(requests).toHaveLength(4);
		const patient = newClock();
		await download([status(429, { 'Retry-After': '17' }), whole()], { clock: patient });
		expect(patient.slept).toContain(17_000);
	});

	it('keeps the deadline: during an attempt that hangs, and before another attempt', async () => {
		const clock = newClock();
		const hanging = await failure([hang], { clock, deadlineAt: clock.now() + 10_000 });
		expect(hanging).toMatchObject({ reason: 'timeout', retryable: false });
		expect(hanging.message).toContain('time limit');
		const refused = await failure([status(503, { 'Retry-After': '60' })], {
			clock,
			deadlineAt: clock.now() + 50_000,
		});
		expect(refused.reason).toBe('status');
		expect(requests).toHaveLength(2);
	});

	it('stops while it waits for the next attempt', async () => {
		const stop = new AbortController();
		const reason = new Error('stopped by the user');
		setTimeout(() => stop.abort(reason), 100);
		await expect(download([status(503)], { signal: stop.signal, clock: newClock() })).rejects.toBe(
			reason,
		);
		expect(requests).toHaveLength(1);
	});

	it('does not start if it was stopped before', async () => {
		const reason = new Error('stopped by the user');
		await expect(download([whole()], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		expect(requests).toHaveLength(0);
	});

	it.each([
		'text/html; charset=utf-8',
		'application/xml',
		'text/xml',
		'application/json',
		'image/png',
		'text/plain',
	])('refuses the type %s without reading it', async (type) => {
		const error = await failure([of(type, 'x'.repeat(1_000_000))]);
		expect(error).toMatchObject({ reason: 'type', retryable: false });
		expect(error.message).toContain(type.split(';')[0]);
		expect(requests).toHaveLength(1);
		expect(await noSockets()).toBe(0);
	});

	it.each([
		undefined,
		'binary/octet-stream',
		'application/octet-stream',
		'application/mp4',
		'Video/MP4; codecs="avc1"',
	])('checks the bytes for the type %s', async (type) => {
		const result = await download([of(type, video)]);
		expect(result).toMatchObject({ bytes: video.length, mimeType: 'video/mp4' });
	});

	it('keeps a video type that is not MP4', async () => {
		expect((await download([of('video/quicktime', video)])).mimeType).toBe('video/quicktime');
	});

	it.each([
		'file:///etc/passwd',
		'ftp://127.0.0.1/v.mp4',
		'data:video/mp4;base64,AAAA',
		'javascript:1',
		'/v.mp4',
		'',
		'http://',
		'https:///x',
	])('refuses the link %j without a request', async (url) => {
		expect(await failure([whole()], {}, { url })).toMatchObject({ reason: 'type', url });
		expect(requests).toHaveLength(0);
	});

	it('does not follow a redirect to a file, and no endless redirects', async () => {
		const error = await failure([status(302, { Location: 'file:///etc/passwd' })]);
		expect(error).toMatchObject({ message: expect.stringContaining('file:'), retryable: false });
		requests = [];
		const loop = await failure([status(302, { Location: '/again' })]);
		expect(loop).toMatchObject({ retryable: false, reason: 'network' });
		expect(requests).toHaveLength(6);
	});

	describe('with a provider on the internet', () => {
		const provider = { providerUrl: 'https://api.wavespeed.ai/api/v3' };
		const CDN = 'http://cdn.example.com';
		let moved;

		// Nothing here leaves the machine: the CDN's name leads to the server above.
		beforeAll(() => {
			moved = axios.interceptors.request.use((config) => {
				if (config.url?.startsWith(CDN)) config.url = base + config.url.slice(CDN.length);
				return config;
			});
		});
		afterAll(() => axios.interceptors.request.eject(moved));

		it('requests no address of the private network', async () => {
			for (const url of [`${base}/v.mp4`, 'http://169.254.169.254/latest', 'http://[::1]/v']) {
				const error = await failure([whole()], provider, { url });
				expect(error).toMatchObject({ reason: 'type', retryable: false });
				expect(error.message).toMatch(/^its link leads to an address in your own network \(/);
			}
			expect(requests).toHaveLength(0);
		});

		it('follows no redirect to one either', async () => {
			const list = [status(302, { Location: `${CDN}/b` }), status(302, { Location: `${base}/c` })];
			const error = await failure(list, provider, { url: `${CDN}/a` });
			expect(error).toMatchObject({ reason: 'type', retryable: false });
			expect(error.message).toMatch(/^the server redirects to ".+\/c", which leads to an address/);
			expect(requests.map((request) => request.url)).toEqual(['/a', '/b']);
			expect(await noSockets()).toBe(0);
		});

		it('downloads the video from a CDN', async () => {
			const list = [status(301, { Location: '/b' }), whole()];
			const result = await download(list, provider, { url: `${CDN}/a` });
			expect(result).toMatchObject({ bytes: video.length });
			expect(requests.map((request) => request.url)).toEqual(['/a', '/b']);
		});
	});

	it('tries again if there is no connection, and reports it', async () => {
		const dead = http.createServer();
		const url = `http://127.0.0.1:${await listen(dead)}/v.mp4`;
		await new Promise((resolve) => dead.close(resolve));
		const error = await failure([whole()], { attempts: 2 }, { url });
		expect(error).toMatchObject({ reason: 'network', retryable: true });
		expect(error.message).toContain('ECONNREFUSED');
	});

	it('does not fetch again what n8n cannot store', async () => {
		const self = context();
		self.helpers.prepareBinaryData = async (body) => {
			for await (const chunk of body) {
				if (chunk.length > 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
			}
		};
		const error = await failure([whole()], {}, { self });
		expect(error).toMatchObject({ reason: 'storage', retryable: false });
		expect(error.message).toContain('ENOSPC');
		expect(requests).toHaveLength(1);
		expect(await noSockets()).toBe(0);
	});

	it('checks the bytes also if the storage pipes them (S3, Azure)', async () => {
		const self = context();
		const chunks = [];
		self.helpers.prepareBinaryData = async (body) => {
			await new Promise((resolve) => setTimeout(resolve, 50));
			const into = new PassThrough();
			into.on('data', (chunk) => chunks.push(chunk));
			await pipeline(body, into);
			return { data: '', mimeType: 'video/mp4' };
		};
		for (const list of [[whole()], [cut('length'), whole()], [chunked]]) {
			chunks.length = 0;
			const { bytes } = await download(list, {}, { self });
			expect(bytes).toBe(video.length);
		}
		expect(Buffer.concat(chunks).equals(video)).toBe(true);
	});
});

it('keeps twelve parallel downloads apart', async () => {
	const videos = Array.from({ length: 12 }, (_, i) => makeVideo(200_000 + i * 1000));
	answers = [
		(res, req) => {
			const body = videos[Number(req.url.slice(1))];
			res.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': body.length });
			res.end(body);
		},
	];
	const self = context();
	const results = await Promise.all(
		videos.map((_, i) =>
			downloadVideo.call(self, `${base}/${i}`, {
				fileName: `${i}.mp4`,
				providerUrl: base,
				clock: newClock(),
			}),
		),
	);
	for (const [i, { binary }] of results.entries()) {
		expect(binary.fileName).toBe(`${i}.mp4`);
		expect((await readBack(binary)).equals(videos[i])).toBe(true);
	}
});
