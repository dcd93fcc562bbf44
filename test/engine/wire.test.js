'use strict';

const http = require('node:http');
const net = require('node:net');
const engine = require('./harness');

/* What the simulator cannot play: connections that break before a request, and keys that an answer repeats. */

const realSleep = engine.clock.sleep;

beforeAll(async () => {
	await engine.startEngine();
	engine.clock.sleep = async (ms, signal) => await realSleep.call(engine.clock, ms / 50, signal);
});
afterAll(() => {
	engine.clock.sleep = realSleep;
	engine.stopEngine();
});

/** @param {net.Server} server @param {(port: number) => Promise<void>} work */
async function listening(server, work) {
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		await work(server.address().port);
	} finally {
		server.closeAllConnections?.();
		await new Promise((resolve) => server.close(resolve));
	}
}

/** A Vtrix gateway with one answer. */
const gateway = (answer) =>
	http.createServer((request, response) => {
		request.resume();
		const [, key] = /^Bearer (.*)$/.exec(request.headers.authorization ?? '') ?? [];
		const { status = 200, body } = answer(key);
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(body));
	});

async function submit(baseUrl, apiKey = 'test-key-of-nobody') {
	const { items } = await engine.runNode({
		credentials: { hailuoVtrixApi: { apiKey, baseUrl } },
		parameters: {
			provider: 'vtrix',
			operation: 'textToVideo',
			prompt: 'a boat',
			continueWhen: 'submitted',
		},
		node: { onError: 'continueRegularOutput' },
	});
	return items[0].json;
}

test('a connection that breaks before it is encrypted carried nothing: no job is in doubt', async () => {
	let calls = 0;
	const server = net.createServer((socket) => (calls++, socket.destroy()));
	await listening(server, async (port) => {
		const { error } = await submit(`https://127.0.0.1:${port}`);
		expect(error.message).toBe('The connection could not be made (ECONNRESET)');
		// Repeated, as one that was refused.
		expect(calls).toBe(4);
	});
});

test('one that breaks without encryption may have carried the request', async () => {
	let calls = 0;
	const server = net.createServer((socket) => (calls++, socket.destroy()));
	await listening(server, async (port) => {
		const { error } = await submit(`http://127.0.0.1:${port}`);
		expect(error.message).toMatch(/may exist and may be billed/);
		expect(calls).toBe(1);
	});
});

test.each([
	'sk-of-nobody-1',
	'sk-of-nobody-2\n',
	' sk-of-nobody-3 ',
	'sk/of+nobody=4',
	'sk-of\n-5-nobody',
])('the key %j, repeated by an answer, gets nowhere', async (apiKey) => {
	const repeated = [];
	const server = gateway((key) => {
		repeated.push(key);
		return { status: 401, body: { message: `"${key}" and ${encodeURIComponent(key)} are wrong` } };
	});
	await listening(server, async (port) => {
		const item = JSON.stringify(await submit(`http://127.0.0.1:${port}`, apiKey));
		expect(item).toMatch(/\*\*\*.* and .*\*\*\* are wrong/);
		for (const key of repeated) expect(item).not.toContain(key.trim());
	});
});

test.each(['id', '1', 'status', ''])(
	'a key that is none (%j, of a gateway that asks for none) does not garble answers',
	async (apiKey) => {
		const server = gateway(() => ({ body: { id: 'd758n65e878c73cmdg20', status: 'in_progress' } }));
		await listening(server, async (port) => {
			expect(await submit(`http://127.0.0.1:${port}`, apiKey)).toMatchObject({
				jobId: 'd758n65e878c73cmdg20',
				status: 'running',
			});
		});
	},
);
