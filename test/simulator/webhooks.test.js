'use strict';

const { createHmac } = require('node:crypto');
const { startReceiver } = require('./testReceiver');
const { useSimulator, STANDARD } = require('./testClient');

const { sim, wave } = useSimulator({ jobTime: 2000 });
let hook;
let status = 200;

beforeAll(async () => {
	hook = await startReceiver(() => ({ status }));
});
beforeEach(() => {
	sim.options.webhooks = undefined;
	hook.posts.length = 0;
	status = 200;
});
afterAll(() => hook.stop());

const submit = async (prompt = 'x', url = hook.url) =>
	(await wave(`${STANDARD}?webhook=${encodeURIComponent(url)}`, { body: { prompt } })).json.data;

function verified(post) {
	const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = post.headers;
	if (!given || Math.abs(sim.now() / 1000 - Number(at)) > 300) return false;
	const key = sim.webhookSecret.slice('whsec_'.length);
	const sum = createHmac('sha256', key).update(`${id}.${at}.${post.raw}`).digest('hex');
	return given === `v3,${sum}`;
}

/** Time passes only when nothing else goes on, so whatever was to come has come by then. */
const settle = () => sim.clock.sleep(3600_000);

test('the bare prediction with its input, signed', async () => {
	const { id } = await submit();
	const [post] = await hook.got(1);
	expect(post.body).toMatchObject({
		id,
		model: 'minimax/hailuo-02/standard',
		input: { prompt: 'x' },
		status: 'completed',
		outputs: [`${sim.urls.cdn}/outputs/${id}.mp4`],
		urls: { get: expect.any(String) },
	});
	expect(post.body).not.toHaveProperty('data');
	expect(verified(post)).toBe(true);
	expect((await wave('/webhook/secret')).json.data).toBe(sim.webhookSecret);
	expect(sim.webhookSecret).toMatch(/^whsec_/);
	expect(sim.deliveries).toMatchObject([{ provider: 'waveSpeed', jobId: id, status: 200 }]);
});

test('a failure is told too', async () => {
	await submit('#sim:fail=1200');
	const [post] = await hook.got(1);
	expect(post.body).toMatchObject({ status: 'failed', code: 1200, outputs: [] });
});

test.each(['signature', 'timestamp', 'unsigned', 'body'])('forged: %s', async (forge) => {
	sim.options.webhooks = { forge };
	await submit();
	const [post] = await hook.got(1);
	expect(verified(post)).toBe(false);
});

test('lost, doubled, late, repeated', async () => {
	sim.options.webhooks = { lose: true };
	const { id } = await submit();
	await sim.finished(id);
	await settle();
	expect(hook.posts).toHaveLength(0);
	sim.options.webhooks = { duplicate: 2 };
	await submit();
	await hook.got(3);
	expect(new Set(hook.posts.map((post) => post.raw)).size).toBe(1);
	sim.options.webhooks = { delay: 50_000 };
	const late = await submit();
	const job = await sim.finished(late.id);
	await hook.got(4);
	expect(sim.now() - job.finishedAt).toBeGreaterThanOrEqual(50_000);
	status = 500;
	sim.options.webhooks = () => ({ retries: 1 });
	await submit();
	await hook.got(6);
	await settle();
	expect(hook.posts).toHaveLength(6);
});

test('before the submit is answered', async () => {
	sim.options.webhooks = { beforeAnswer: true };
	const answer = submit();
	await hook.got(1);
	const { id, status: word } = await answer;
	expect(word).toBe('created');
	expect(hook.posts[0].body).toMatchObject({ id, status: 'completed' });
	await settle();
	expect(hook.posts).toHaveLength(1);
});

test('nothing is ever sent to another machine', async () => {
	const { id } = await submit('x', 'https://hooks.example.com/a');
	await sim.finished(id);
	await settle();
	expect(sim.deliveries).toMatchObject([{ jobId: id, error: 'not on this machine' }]);
	const closed = await submit('x', 'http://127.0.0.1:9/');
	await sim.finished(closed.id);
	await settle();
	expect(sim.deliveries[1].error).toBeTruthy();
});
