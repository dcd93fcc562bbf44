'use strict';

const http = require('node:http');
const net = require('node:net');
const zlib = require('node:zlib');
const engine = require('./harness');
const { listen } = require('../simulator/listen');

/* What the simulator cannot imitate: connections that break before a request, and keys that an answer repeats. */

const time = new engine.VirtualClock();
let back;

beforeAll(async () => {
	await engine.startEngine();
	back = engine.followVirtual(time);
});
afterAll(() => {
	back();
	time.stop();
	engine.stopEngine();
});

/** @param {net.Server | http.Server} server @param {(port: number) => Promise<void>} work */
async function listening(server, work) {
	const port = await listen(server);
	try {
		await work(port);
	} finally {
		if ('closeAllConnections' in server) server.closeAllConnections();
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

test('a connection that breaks before it is encrypted sent nothing: no job is in doubt', async () => {
	let calls = 0;
	const server = net.createServer((socket) => (calls++, socket.destroy()));
	await listening(server, async (port) => {
		const { error } = await submit(`https://127.0.0.1:${port}`);
		expect(error.message).toBe('The connection could not be made (ECONNRESET)');
		// Repeated, as after a refusal.
		expect(calls).toBe(4);
	});
});

test('one without encryption that breaks may have sent the request', async () => {
	let calls = 0;
	const server = net.createServer((socket) => (calls++, socket.destroy()));
	await listening(server, async (port) => {
		const { error } = await submit(`http://127.0.0.1:${port}`);
		expect(error.message).toMatch(/may exist and may be billed/);
		expect(calls).toBe(1);
	});
});

/** A WaveSpeed API in which `answer` writes every answer. @returns {http.Server} */
const waveSpeedApi = (answer) =>
	http.createServer((request, response) => {
		request.resume();
		answer(response, request);
	});

async function waveSpeedNode(port, parameters, apiKey = 'test-key-of-nobody') {
	const { items, error } = await engine.runNode({
		credentials: { hailuoWaveSpeedApi: { apiKey, baseUrl: `http://127.0.0.1:${port}` } },
		parameters: { provider: 'waveSpeed', ...parameters },
		node: { onError: 'continueRegularOutput' },
	});
	return items[0]?.json ?? error;
}

const balance = async (port, apiKey) =>
	await waveSpeedNode(port, { resource: 'account', operation: 'getBalance' }, apiKey);

const SUBMIT = { operation: 'textToVideo', prompt: 'a boat', continueWhen: 'submitted' };
const WAVE_ID = 'a'.repeat(32);

test.each([false, true])(
	'an answer without end is read to 16 MB, once (gzip: %j)',
	async (isPacked) => {
		let calls = 0;
		let sent = 0;
		const part = Buffer.alloc(1_000_000, 'x');
		const server = waveSpeedApi((response) => {
			calls++;
			response.writeHead(200, isPacked ? { 'content-encoding': 'gzip' } : {});
			const body = isPacked ? zlib.createGzip({ level: 1 }) : response;
			if (isPacked) body.pipe(response);
			response.on('close', () => (sent = Infinity));
			const more = () => {
				if (sent < 400 && !response.destroyed) (sent++, body.write(part, () => setImmediate(more)));
			};
			more();
		});
		await listening(server, async (port) => {
			const before = process.memoryUsage().rss;
			expect((await balance(port)).error.message).toBe(
				"The provider's answer is larger than 16 MB, so it was not read",
			);
			expect(calls).toBe(1);
			expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
		});
	},
);

test('a very slow answer ends with its time limit, and the request is repeated', async () => {
	let calls = 0;
	const server = waveSpeedApi((response) => {
		if (calls++) return response.end('{"code":200,"data":{"balance":5}}');
		response.write('{');
		const timer = setInterval(() => response.write(' '), 1_000);
		response.on('close', () => clearInterval(timer));
	});
	await listening(server, async (port) => {
		expect(await balance(port)).toMatchObject({ balance: 5 });
		expect(calls).toBe(2);
	});
});

test.each([
	['breaks off', (response) => setImmediate(() => response.destroy())],
	['never ends', () => undefined],
	['is endless', (response) => response.end(Buffer.alloc(20_000_000, ' '))],
])('a submit whose answer %s after the id of the job: the id is reported', async (_, then) => {
	let calls = 0;
	const server = waveSpeedApi((response) => {
		calls++;
		response.write(`{"code":200,"data":{"id":"${WAVE_ID}","model":"m",`, () => then(response));
	});
	await listening(server, async (port) => {
		expect(await waveSpeedNode(port, SUBMIT)).toMatchObject({ jobId: WAVE_ID });
		expect(calls).toBe(1);
	});
});

test('an id that is a JSON number above 2^53 keeps all digits', async () => {
	const asked = [];
	const server = http.createServer((request, response) => {
		request.resume();
		asked.push(request.url);
		const api = /v[12]/.exec(String(request.url))?.[0];
		response.statusCode = api === 'v2' ? 404 : 200;
		const answer = '{"task_id":359690885259366123,"status":"Processing"}';
		response.end(api === 'v2' ? '{}' : answer);
	});
	await listening(server, async (port) => {
		const run = async (parameters) =>
			await engine.runNode({
				credentials: { hailuoMiniMaxApi: { apiKey: 'k', baseUrl: `http://127.0.0.1:${port}` } },
				parameters: { provider: 'miniMax', model: 'MiniMax-Hailuo-2.3', ...parameters },
			});
		const { items } = await run(SUBMIT);
		expect(items[0].json.jobId).toBe('359690885259366123');
		const { jobId } = items[0].json;
		await run({ resource: 'job', operation: 'get', jobId });
		expect(asked.at(-1)).toContain('task_id=359690885259366123');
	});
});

test('an error answer of 20,000 nested brackets is an error of the provider', async () => {
	let calls = 0;
	const deep = '['.repeat(20_000) + ']'.repeat(20_000);
	const server = waveSpeedApi((response) => {
		response.statusCode = calls++ ? 200 : 500;
		response.end(calls > 1 ? '{"code":200,"data":{"balance":5}}' : deep);
	});
	await listening(server, async (port) => {
		expect(await balance(port)).toMatchObject({ balance: 5 });
	});
});

const escaped = (key) =>
	key.replace(/[^a-z-]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

test.each([
	['JSON', (key) => `{"message":"${escaped(key)} is wrong"}`],
	['JSON within JSON', (key) => JSON.stringify({ message: `{"m":"${escaped(key)} is wrong"}` })],
	['an address', (key) => JSON.stringify({ message: `/?k=${encodeURIComponent(key)} is wrong` })],
	['HTML', (key) => JSON.stringify({ message: `${key.replace(/=/g, '&#61;')} is wrong` })],
	[
		'Base64',
		(key) => JSON.stringify({ message: `${Buffer.from(key).toString('base64')} is wrong` }),
	],
	['a text', (key) => `${escaped(key)} is wrong`],
])('the key, repeated with the escapes of %s, is not shown anywhere', async (_, body) => {
	const apiKey = 'sk/of+nobody=4';
	const server = waveSpeedApi(
		(response) => ((response.statusCode = 401), response.end(body(apiKey))),
	);
	await listening(server, async (port) => {
		const { message } = (await balance(port, apiKey)).error;
		expect(message).toContain('***');
		expect(message).toContain('is wrong');
		expect(message).not.toContain('nobody');
	});
});

test.each([
	'sk-of-nobody-1',
	'sk-of-nobody-2\n',
	' sk-of-nobody-3 ',
	'sk/of+nobody=4',
	'sk-of\n-5-nobody',
])('the key %j, repeated by an answer, is not shown anywhere', async (apiKey) => {
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
