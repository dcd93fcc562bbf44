'use strict';

const { startSimulator, namedFaults } = require('.');
const { clients, call, failing, useSimulator, STANDARD } = require('./testClient');

const { sim, ...api } = useSimulator({ jobTime: 20_000 });

const submit = (how) => api.wave(STANDARD, { body: { prompt: 'x' }, ...how });
const accepted = () => [sim.paidPosts(), sim.acceptedJobs()];

test.each([400, 401, 402, 403, 404, 429, 500, 502, 503, 504])(
	'status %i stands for the request, which is not accepted',
	async (status) => {
		sim.fail({ kind: 'submit', times: 1, fault: { status } });
		const answer = await submit();
		expect(answer.status).toBe(status);
		expect(accepted()).toEqual([1, 0]);
		expect(sim.requests[0]).toMatchObject({ status, fault: { status } });
		expect((await submit()).status).toBe(200);
	},
);

test('a body and headers of its own, and a status that comes after accepting', async () => {
	const headers = { 'retry-after': '7' };
	sim.fail({ times: 1, fault: { status: 429, body: { detail: 'slow down' }, headers } });
	const answer = await submit();
	expect(answer.json).toEqual({ detail: 'slow down' });
	expect(answer.headers.get('retry-after')).toBe('7');
	sim.fail({ times: 1, fault: { status: 500, accept: true } });
	expect((await submit()).status).toBe(500);
	expect(accepted()).toEqual([2, 1]);
});

test('drop: before and after the job is accepted', async () => {
	sim.fail({ kind: 'submit', times: 1, fault: { drop: 'before' } });
	await failing(submit());
	expect(accepted()).toEqual([1, 0]);
	sim.fail({ kind: 'submit', times: 1, fault: { drop: 'after' } });
	await failing(submit());
	expect(accepted()).toEqual([2, 1]);
	expect(sim.requests[1]).toMatchObject({ status: 0, jobId: [...sim.jobs.keys()][0] });
	expect(sim.account('waveSpeed').balance).toBe(99.77);
});

test('afterAccept, badJson, emptyBody: accepted, and the answer is worth nothing', async () => {
	sim.fail({ times: 1, fault: { afterAccept: { status: 502 } } });
	expect((await submit()).status).toBe(502);
	sim.fail({ times: 1, fault: { badJson: true } });
	const bad = await submit();
	expect([bad.status, bad.json]).toEqual([200, undefined]);
	expect(bad.bytes.toString()).toMatch(/^\{"code":200/);
	sim.fail({ times: 1, fault: { emptyBody: true } });
	expect((await submit()).bytes).toHaveLength(0);
	expect(accepted()).toEqual([3, 3]);
});

test('delay: accepted at once, answered late', async () => {
	sim.fail({ times: 1, fault: { delay: 60_000 } });
	const began = sim.now();
	const answer = submit();
	const job = await new Promise((resolve) => sim.once('created', resolve));
	expect(job.status).toBe('created');
	expect((await answer).status).toBe(200);
	expect(sim.now() - began).toBeGreaterThanOrEqual(60_000);
});

test('hang: no answer at all, with or without a job behind it', async () => {
	for (const [hang, jobs] of [
		[true, 1],
		['before', 1],
	]) {
		sim.fail({ times: 1, fault: { hang } });
		expect(await failing(submit({ signal: AbortSignal.timeout(250) }))).toBe('TimeoutError');
		expect(sim.acceptedJobs()).toBe(jobs);
	}
});

test('envelope and redirect', async () => {
	sim.fail({ times: 1, fault: { envelope: { code: 500, message: 'no' } } });
	const answer = await submit();
	expect([answer.status, answer.json.code]).toEqual([200, 500]);
	sim.fail({ times: 1, fault: { redirect: 'http://127.0.0.1:9/elsewhere' } });
	const moved = await submit();
	expect(moved.status).toBe(302);
	expect(moved.headers.get('location')).toBe('http://127.0.0.1:9/elsewhere');
	sim.fail({ times: 1, fault: { redirect: '/x', redirectStatus: 308 } });
	expect((await submit()).status).toBe(308);
	expect(accepted()).toEqual([3, 0]);
});

test('an outcome forced by a rule', async () => {
	sim.fail({ kind: 'submit', times: 1, fault: { outcome: { fail: 1403 } } });
	const { id } = (await submit()).json.data;
	expect(await sim.finished(id)).toMatchObject({ status: 'failed', error: { code: 1403 } });
});

test('times, skip, probability, match, provider, removal', async () => {
	const remove = sim.fail({ kind: 'balance', fault: { status: 503 } });
	expect((await api.wave('/balance')).status).toBe(503);
	expect((await api.wave('/models')).status).toBe(200);
	remove();
	sim.fail({ kind: 'balance', skip: 1, times: 2, fault: { status: 500 } });
	const seen = [];
	for (let i = 0; i < 4; i++) seen.push((await api.wave('/balance')).status);
	expect(seen).toEqual([200, 500, 500, 200]);
	sim.fail({ provider: 'vtrix', fault: { status: 500 } });
	expect((await api.wave('/balance')).status).toBe(200);
	expect((await api.vtrix('/task/probe-1')).status).toBe(500);
	sim.reset();
	sim.fail({ match: (req) => req.json?.prompt === 'bad', fault: { status: 400 } });
	sim.fail({ match: { path: '/pro$', body: '"ugly"' }, fault: { status: 403 } });
	expect((await submit({ body: { prompt: 'bad' } })).status).toBe(400);
	expect((await submit()).status).toBe(200);
	expect((await submit({ body: { prompt: 'ugly' } })).status).toBe(200);
	const pro = await api.wave('/minimax/hailuo-02/pro', { body: { prompt: 'ugly' } });
	expect(pro.status).toBe(403);
});

test('probability is seeded', async () => {
	const run = async () => {
		sim.reset();
		sim.fail({ kind: 'balance', probability: 0.5, fault: { status: 500 } });
		const seen = [];
		for (let i = 0; i < 12; i++) seen.push((await api.wave('/balance')).status);
		return seen.join();
	};
	const first = await run();
	expect(first).toContain('500');
	expect(first).toContain('200');
	expect(await run()).toBe(first);
});

test.each(Object.keys(namedFaults))('named fault %s', async (name) => {
	sim.fail({ fault: name, times: 1 });
	const answer = await submit();
	expect(answer.status).toBe(namedFaults[name].status);
	expect(answer.json).toEqual(namedFaults[name].body);
	expect(() => sim.fail({ fault: 'nothing' })).toThrow('No such fault');
});

test('a bare status has the body of its provider', async () => {
	sim.fail({ fault: { status: 403 } });
	expect((await submit()).json).toEqual({ code: 403, message: 'insufficient role' });
	expect((await api.vtrix('', { body: {} })).json).toHaveProperty('error.message');
	expect((await api.queue('/m', { body: {} })).json).toHaveProperty('error.code');
	expect((await api.mini('/video_generation', { body: {} })).json).toHaveProperty('base_resp');
	expect((await api.cdn('/outputs/x.mp4')).status).toBe(403);
});

test('the log keeps long strings as length and hash, and counts', async () => {
	await submit({ body: { prompt: 'x', image: `data:image/png;base64,${'A'.repeat(500)}` } });
	await api.wave('/balance');
	const [entry] = sim.requests;
	expect(entry).toMatchObject({
		n: 1,
		provider: 'waveSpeed',
		kind: 'submit',
		method: 'POST',
		path: `/api/v3${STANDARD}`,
		status: 200,
		body: { prompt: 'x', image: { length: 522, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
	});
	expect(entry.headers.authorization).toBe('Bearer test-key-wavespeed');
	expect(sim.count({ kind: ['submit', 'balance'] })).toBe(2);
	expect(sim.count({ provider: 'vtrix' })).toBe(0);
	expect(sim.count()).toBe(2);
});

test('a key that goes where it does not belong is a leak', async () => {
	await api.wave('/balance');
	expect(sim.leaks).toEqual([]);
	await call(`${sim.urls.cdn}/outputs/x.mp4`, { key: 'anything' });
	await call(`${sim.urls.cdn}/outputs/x.mp4?k=test-key-wavespeed`);
	await call(`${sim.urls.vtrix}/model/v1/generation/task/a`, { key: 'test-key-wavespeed' });
	await api.wave('/balance?key=test-key-wavespeed');
	expect(sim.leaks.map((leak) => [leak.n, leak.why])).toEqual([
		[2, 'Authorization header'],
		[3, 'key of waveSpeed'],
		[4, 'key of waveSpeed'],
		[5, 'key in the address'],
	]);
});

test('stop() ends hanging sockets and running jobs at once', async () => {
	const other = await startSimulator({});
	other.fail({ kind: 'balance', fault: { hang: true } });
	const hanging = failing(clients(other).wave('/balance'));
	await clients(other).wave(STANDARD, { body: { prompt: 'x' } });
	await other.stop();
	expect(await hanging).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/);
	await other.stop();
});
