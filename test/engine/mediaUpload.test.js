'use strict';

const http = require('node:http');

const { context } = require('./mediaContext');
const { toDataUri } = require('../../nodes/Hailuo/media/picture/dataUri');
const { multipart, sendingMs } = require('../../nodes/Hailuo/providers/upload');
const { listen } = require('../simulator/listen');

/** Tests that a web FormData with a Blob passes n8n's own helpers byte for byte, with a length, and more than once. */

const data = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) & 255));
let server;
let url;
let received;

beforeAll(async () => {
	server = http.createServer((req, res) => {
		const chunks = [];
		req.on('data', (chunk) => chunks.push(chunk));
		req.on('end', () => {
			received.push({ headers: req.headers, body: Buffer.concat(chunks) });
			res.setHeader('Content-Type', 'application/json');
			res.end('{"code":200}');
		});
	});
	url = `http://127.0.0.1:${await listen(server)}/media/upload/binary`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
	received = [];
});

function parse({ headers, body }) {
	const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'])?.[1];
	const text = body.toString('latin1');
	const parts = text.split(`--${boundary}`).slice(1, -1);
	expect(text.endsWith(`--${boundary}--\r\n`)).toBe(true);
	return parts.map((part) => {
		const end = part.indexOf('\r\n\r\n');
		return { head: part.slice(2, end), body: Buffer.from(part.slice(end + 4, -2), 'latin1') };
	});
}

const options = (body) => ({
	method: 'POST',
	url,
	body,
	headers: { Accept: 'application/json' },
	encoding: 'text',
	returnFullResponse: true,
	ignoreHttpStatusErrors: true,
	disableFollowRedirect: true,
});

it.each(['httpRequest', 'httpRequestWithAuthentication'])('passes through %s', async (helper) => {
	const self = context();
	const body = multipart({ data, fileName: 'Holiday-1.jpg', mimeType: 'image/jpeg' });
	const send = async () =>
		helper === 'httpRequest'
			? await self.helpers.httpRequest(options(body))
			: await self.helpers.httpRequestWithAuthentication.call(
					self,
					'hailuoWaveSpeedApi',
					options(body),
				);
	expect(await send()).toMatchObject({ statusCode: 200, body: '{"code":200}' });
	// Again with the same body, as after a 429.
	await send();
	expect(received).toHaveLength(2);
	for (const request of received) {
		const [part, ...more] = parse(request);
		expect(more).toEqual([]);
		expect(part.head).toContain('name="file"; filename="Holiday-1.jpg"');
		expect(part.head).toContain('Content-Type: image/jpeg');
		expect(part.body.equals(data)).toBe(true);
		expect(Number(request.headers['content-length'])).toBe(request.body.length);
		expect(request.headers.accept).toBe('application/json');
		expect(request.headers.authorization).toBe(
			helper === 'httpRequest' ? undefined : 'Bearer the-key',
		);
	}
});

it('writes data URIs in the normal form', () => {
	expect(toDataUri(Buffer.from('abc'), 'image/png')).toBe('data:image/png;base64,YWJj');
});

it('gives a large body the time that a slow connection needs', () => {
	expect(sendingMs(0)).toBe(0);
	// A picture of 20 MB as base64 at 1 Mbit/s: 3 min 33 s.
	expect(sendingMs(26_666_668)).toBe(213_334);
});
