'use strict';

const { call, useSimulator } = require('./testClient');
const { png } = require('./pictures');

const { sim, ...api } = useSimulator({ jobTime: 1000 });
const picture = png(640, 360);

async function binary(form) {
	const response = await fetch(`${sim.urls.waveSpeed}/media/upload/binary`, {
		method: 'POST',
		headers: { authorization: 'Bearer test-key-wavespeed' },
		body: form,
	});
	return { status: response.status, json: await response.json() };
}

function form(name, bytes = picture, field = 'file') {
	const data = new FormData();
	data.append('note', 'first');
	data.append(field, new Blob([new Uint8Array(bytes)], { type: 'image/png' }), name);
	return data;
}

test('one step: the multipart body is parsed, the CDN serves the file, a job can use it', async () => {
	const { json } = await binary(form('my cat.png'));
	expect(json).toMatchObject({
		code: 200,
		data: { type: 'image', filename: 'my cat.png', size: picture.length },
	});
	const url = json.data.download_url;
	const file = await call(url);
	expect(file.bytes.equals(picture)).toBe(true);
	expect(file.headers.get('content-type')).toBe('image/png');
	const job = await api.wave('/minimax/hailuo-02/fast', { body: { image: url } });
	const done = await sim.finished(job.json.data.id);
	expect(done.status).toBe('completed');
	expect(done.images.image.equals(picture)).toBe(true);
	expect(sim.leaks).toEqual([]);
});

test('one step: wrong field, wrong body, wrong type', async () => {
	expect((await binary(form('a.png', picture, 'image'))).status).toBe(400);
	expect((await api.wave('/media/upload/binary', { body: { file: 'x' } })).status).toBe(400);
	const bad = await binary(form('a.exe', Buffer.from('MZ')));
	expect([bad.status, bad.json.code]).toEqual([200, 500]);
	expect(bad.json.message).toContain('invalid file type');
});

test('two steps: ticket, then a PUT that must not carry the key', async () => {
	const body = { filename: 'cat.png', size: picture.length, content_type: 'image/png' };
	const { data } = (await api.wave('/media/uploads', { body })).json;
	expect(data.upload).toMatchObject({ method: 'PUT', headers: { 'Content-Type': 'image/png' } });
	const put = (headers, url = data.upload.url) =>
		fetch(url, { method: 'PUT', headers, body: new Uint8Array(picture) }).then((r) => r.status);
	expect(await call(data.download_url)).toMatchObject({ status: 404 });
	expect(await put({})).toBe(403); // other headers than the signed ones
	expect(await put(data.upload.headers, data.upload.url.replace(/.$/, '~'))).toBe(403);
	const key = { authorization: 'Bearer test-key-wavespeed' };
	expect(await put({ ...data.upload.headers, ...key })).toBe(400);
	expect(sim.leaks.map((leak) => leak.kind)).toEqual(['uploadPut', 'uploadPut']);
	expect(await put(data.upload.headers)).toBe(200);
	expect((await call(data.download_url)).bytes.equals(picture)).toBe(true);
	expect((await api.wave('/media/uploads', { body: {} })).status).toBe(400);
	const big = { filename: 'a.mp4', size: 400e6 };
	expect((await api.wave('/media/uploads', { body: big })).status).toBe(413);
	expect(sim.count({ kind: 'uploadTicket' })).toBe(3);
	expect(sim.count({ kind: 'uploadPut' })).toBe(4);
});
