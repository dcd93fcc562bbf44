'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const { call, useSimulator, STANDARD } = require('./testClient');

const { sim, ...api } = useSimulator({ jobTime: 1000 });

const submit = () => api.wave(STANDARD, { body: { prompt: 'x' } });

test('state, jobs, requests, leaks, deliveries over HTTP, themselves in no log', async () => {
	const { id } = (await submit()).json.data;
	await sim.finished(id);
	await api.wave('/balance');
	expect((await api.control('/state')).json).toMatchObject({
		urls: sim.urls,
		keys: { waveSpeed: 'test-key-wavespeed' },
		balances: { waveSpeed: 99.77, vtrix: 100, miniMax: 100 },
		jobs: 1,
		requests: 2,
		paidPosts: 1,
		acceptedJobs: 1,
		leaks: 0,
	});
	const [job] = (await api.control('/jobs')).json;
	expect(job).toMatchObject({ id, status: 'completed', cost: 0.23, images: [] });
	const { json } = await api.control('/requests?kind=balance');
	expect(json).toMatchObject([{ n: 2, kind: 'balance', status: 200 }]);
	expect((await api.control('/requests?since=1')).json).toHaveLength(1);
	expect((await api.control('/leaks')).json).toEqual([]);
	expect((await api.control('/deliveries')).json).toEqual([]);
	expect((await api.control('/nothing')).status).toBe(404);
	expect(sim.requests).toHaveLength(2);
});

test('rules, options, skip, reset over HTTP', async () => {
	const rule = { kind: 'submit', times: 1, match: { body: 'x' }, fault: { status: 503 } };
	expect((await api.control('/fail', { body: rule })).json).toEqual({ rules: 1 });
	expect((await submit()).status).toBe(503);
	expect((await submit()).status).toBe(200);
	await api.control('/fail', { body: { fault: 'waveSpeed402' } });
	expect((await submit()).status).toBe(402);
	expect((await api.control('/fail', { body: { fault: 'none' } })).status).toBe(400);
	await api.control('/options', { body: { account: { balance: 5 }, priceCall: 'none' } });
	expect(sim.options.priceCall).toBe('none');
	const before = sim.now();
	await api.control('/skip', { body: { ms: 3600_000 } });
	expect(sim.now() - before).toBeGreaterThanOrEqual(3600_000);
	const { json } = await api.control('/reset', { body: {} });
	expect(json).toMatchObject({ jobs: 0, requests: 0, rules: 0, balances: { waveSpeed: 5 } });
});

test('the command line prints addresses and keys, and ends on SIGTERM', async () => {
	const args = ['--port', '0', '--time-scale', '1000', '--job-seconds', '8'];
	const child = spawn(process.execPath, [path.join(__dirname, 'cli.js'), ...args]);
	let out = '';
	await new Promise((resolve, reject) => {
		child.on('error', reject).on('exit', () => reject(new Error(out)));
		child.stdout.on('data', (part) => {
			out += part;
			if (out.includes('ready')) resolve(undefined);
		});
		child.stderr.on('data', (part) => (out += part));
	});
	const base = /waveSpeed\s+(\S+)/.exec(out)?.[1] ?? '';
	const key = /key waveSpeed: (\S+)/.exec(out)?.[1];
	const { json } = await call(base + STANDARD, { key, body: { prompt: 'x' } });
	const state = await call(`${new URL(base).origin}/__sim/jobs`);
	expect(state.json).toMatchObject([{ id: json.data.id, ms: 8000 }]);
	child.removeAllListeners('exit');
	const code = await new Promise((resolve) => {
		child.on('exit', resolve);
		child.kill('SIGTERM');
	});
	expect(code).toBe(0);
});
