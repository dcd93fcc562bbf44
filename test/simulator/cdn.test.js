'use strict';

const { createHash } = require('node:crypto');
const { call, failing, useSimulator, STANDARD } = require('./testClient');
const { sampleVideo } = require('./videoSource');

// In scaled time: how fast bytes come is what these tests look at.
const { sim, ...api } = useSimulator({ time: 'scaled', timeScale: 1000, jobTime: 1000 });

beforeEach(() => {
	sim.options.video = undefined;
	sim.options.videoBytes = undefined;
});

async function video() {
	const { id } = (await api.wave(STANDARD, { body: { prompt: 'x' } })).json.data;
	await sim.finished(id);
	return id;
}
const path = (id) => `/outputs/${id}.mp4`;
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');

test('serves a playable clip with bytes of its own for each job', async () => {
	const [a, b] = [await video(), await video()];
	const first = await api.cdn(path(a));
	const second = await api.cdn(path(b));
	expect(first.status).toBe(200);
	expect(first.headers.get('content-type')).toBe('video/mp4');
	expect(Number(first.headers.get('content-length'))).toBe(first.bytes.length);
	expect(first.bytes.subarray(0, sampleVideo().length)).toEqual(sampleVideo());
	expect(first.bytes.equals(await sim.videoFor(a))).toBe(true);
	expect(first.bytes.equals(second.bytes)).toBe(false);
	expect(sim.jobs.get(a).videoSha256).toBe(sha(first.bytes));
	expect(sim.count({ kind: 'download', jobId: a })).toBe(1);
});

test('HEAD, ranges, and what is not there', async () => {
	const id = await video();
	const head = await api.cdn(path(id), { method: 'HEAD' });
	const whole = await sim.videoFor(id);
	expect(Number(head.headers.get('content-length'))).toBe(whole.length);
	const part = await api.cdn(path(id), { headers: { range: 'bytes=100-199' } });
	expect(part.status).toBe(206);
	expect(part.bytes.equals(whole.subarray(100, 200))).toBe(true);
	const rest = await api.cdn(path(id), { headers: { range: `bytes=${whole.length - 5}-` } });
	expect(rest.bytes).toHaveLength(5);
	const beyond = await api.cdn(path(id), { headers: { range: 'bytes=999999-' } });
	expect(beyond.status).toBe(416);
	expect((await api.cdn('/outputs/nothing.mp4')).status).toBe(404);
	expect((await api.cdn('/else')).status).toBe(404);
});

test('a video of ones own: bytes, function, file', async () => {
	sim.options.video = Buffer.from('mine');
	expect((await api.cdn(path(await video()))).bytes.toString()).toBe('mine');
	sim.options.video = (job) => Buffer.from(job.model);
	expect((await api.cdn(path(await video()))).bytes.toString()).toBe('minimax/hailuo-02/standard');
	sim.options.video = { path: __filename };
	expect((await api.cdn(path(await video()))).bytes.toString()).toContain("'use strict'");
});

test('big synthetic videos are streamed, deterministic, of known hash', async () => {
	sim.options.videoBytes = 5_000_000;
	const id = await video();
	const { bytes } = await api.cdn(path(id));
	expect(bytes).toHaveLength(5_000_000);
	expect(sha(bytes)).toBe(await sim.videoSha256(id));
	const tail = await api.cdn(path(id), { headers: { range: 'bytes=3000001-' } });
	expect(tail.bytes.equals(bytes.subarray(3_000_001))).toBe(true);
	const other = await video();
	expect(await sim.videoSha256(other)).not.toBe(sha(bytes));
});

test('cutAfterBytes: the length says all, the connection ends early', async () => {
	const id = await video();
	sim.fail({ kind: 'download', times: 1, fault: { cutAfterBytes: 1000 } });
	await failing(api.cdn(path(id)));
	expect((await api.cdn(path(id))).status).toBe(200);
	sim.fail({ kind: 'download', times: 1, fault: { cutAfterBytes: 0 } });
	await failing(api.cdn(path(id)));
});

test('hangAfterBytes: the download stops midway and stays open', async () => {
	const id = await video();
	sim.fail({ kind: 'download', fault: { hangAfterBytes: 1000 } });
	const abort = new AbortController();
	const response = await fetch(sim.urls.cdn + path(id), { signal: abort.signal });
	const reader = response.body?.getReader();
	if (!reader) throw new Error('The answer has no body');
	expect((await reader.read()).value).toHaveLength(1000);
	let more = false;
	const next = reader.read().finally(() => (more = true));
	await new Promise((resolve) => setTimeout(resolve, 40));
	expect(more).toBe(false);
	abort.abort();
	await expect(next).rejects.toThrow();
});

test('slowCdn: bytes in a simulated second', async () => {
	const id = await video();
	const { length } = await sim.videoFor(id);
	sim.fail({ kind: 'download', times: 1, fault: { slowCdn: length / 100 } });
	const began = Date.now();
	const slow = await api.cdn(path(id));
	expect(slow.bytes).toHaveLength(length);
	expect(Date.now() - began).toBeGreaterThanOrEqual(80);
	sim.fail({ kind: 'download', times: 1, fault: { slowCdn: 10 } });
	const gone = api.cdn(path(id), { signal: AbortSignal.timeout(30) });
	await failing(gone);
});

test('noLength, wrongType, emptyBody, expired, redirect, 5xx', async () => {
	const id = await video();
	const once = async (fault) => {
		sim.fail({ kind: 'download', times: 1, fault });
		return await api.cdn(path(id));
	};
	const open = await once({ noLength: true });
	expect(open.headers.get('content-length')).toBeNull();
	expect(open.bytes.equals(await sim.videoFor(id))).toBe(true);
	const page = await once({ wrongType: 'text/html' });
	expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
	expect(page.bytes.toString()).toContain('<!doctype html>');
	expect((await once({ emptyBody: true })).bytes).toHaveLength(0);
	const expired = await once({ expired: true });
	expect(expired.status).toBe(403);
	expect(expired.headers.get('content-type')).toBe('application/xml');
	expect(expired.bytes.toString()).toContain('<Error>');
	expect((await once({ redirect: 'http://127.0.0.1:9/' })).status).toBe(302);
	expect((await once({ status: 503 })).status).toBe(503);
	expect((await once({ status: 200, headers: { 'content-length': '0' } })).status).toBe(200);
});

test('a job that is not completed has no video', async () => {
	const { id } = (await api.wave(STANDARD, { body: { prompt: '#sim:fail' } })).json.data;
	await sim.finished(id);
	expect((await call(sim.urls.cdn + path(id))).status).toBe(404);
	await expect(sim.videoFor('nothing')).rejects.toThrow('No job');
});
