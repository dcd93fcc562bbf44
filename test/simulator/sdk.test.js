'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Client } = require('wavespeed');
const { startSimulator } = require('.');
const { png } = require('./pictures');

/** WaveSpeed's own SDK (npm wavespeed 0.3.2), unchanged: if it is content, the wire form is right. */

let sim;
let client;
const poll = { pollInterval: 0.01 };
const MODEL = 'minimax/hailuo-02/standard';

beforeAll(async () => {
	sim = await startSimulator({ time: 'virtual', jobTime: 20_000 });
	const baseUrl = new URL(sim.urls.waveSpeed).origin; // the SDK adds /api/v3 itself
	client = new Client('test-key-wavespeed', { baseUrl, retryInterval: 0.01 });
	jest.spyOn(console, 'log').mockImplementation(() => {});
	jest.spyOn(console, 'error').mockImplementation(() => {});
});
beforeEach(() => sim.reset());
afterAll(async () => {
	jest.restoreAllMocks();
	await sim.stop();
});

test('run()', async () => {
	const { outputs } = await client.run(MODEL, { prompt: 'a cat' }, poll);
	const response = await fetch(outputs[0]);
	const [id] = sim.jobs.keys();
	expect(Buffer.from(await response.arrayBuffer()).equals(await sim.videoFor(id))).toBe(true);
	expect(sim.requests[0].headers['x-client-name']).toBe('wavespeed-js');
	expect(sim.leaks).toEqual([]);
});

test('run() rides out bad polls', async () => {
	sim.fail({ kind: 'status', times: 1, fault: { status: 503 } });
	sim.fail({ kind: 'status', times: 1, fault: { status: 429 } });
	sim.fail({ kind: 'status', times: 1, fault: { drop: 'after' } });
	const { outputs } = await client.run(MODEL, { prompt: 'x #sim:status=queued' }, poll);
	expect(outputs).toHaveLength(1);
	expect([sim.paidPosts(), sim.acceptedJobs()]).toEqual([1, 1]);
});

test.each([
	['#sim:fail=1200', 'Content moderation'],
	['#sim:cancelled', 'Task cancelled'],
	['#sim:timeout', 'Task timeout'],
	['#sim:deleted', 'Task deleted'],
])('run() throws for %s', async (prompt, text) => {
	await expect(client.run(MODEL, { prompt }, poll)).rejects.toThrow(text);
});

test('runNoThrow() names the task', async () => {
	const { outputs, detail } = await client.runNoThrow(MODEL, { prompt: '#sim:fail=1403' }, poll);
	expect(outputs).toBeNull();
	expect(detail).toMatchObject({ taskId: [...sim.jobs.keys()][0], status: 'failed' });
});

test('a submit is sent once, whatever comes of it', async () => {
	for (const fault of [{ drop: 'after' }, { status: 500 }, { badJson: true }]) {
		sim.reset();
		sim.fail({ kind: 'submit', fault });
		await expect(client.run(MODEL, { prompt: 'x' }, poll)).rejects.toThrow();
		expect(sim.paidPosts()).toBe(1);
	}
	sim.reset();
	await expect(client.run('minimax/none', {}, poll)).rejects.toThrow('Model not found.');
});

test('401', async () => {
	const { baseUrl } = client;
	const wrong = new Client('wrong-key', { baseUrl });
	await expect(wrong.run(MODEL, { prompt: 'x' }, poll)).rejects.toThrow(
		/HTTP 401.*Invalid API key/,
	);
});

test('upload(), and a video from it', async () => {
	const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'sim-')), 'cat.png');
	fs.writeFileSync(file, png(640, 360));
	const image = await client.upload(file);
	expect(image).toContain(sim.urls.cdn);
	const { outputs } = await client.run('minimax/hailuo-02/fast', { image }, poll);
	expect(outputs).toHaveLength(1);
	expect(sim.leaks).toEqual([]);
	expect(sim.count({ kind: 'uploadPut', status: 200 })).toBe(1);
	fs.rmSync(path.dirname(file), { recursive: true });
});
