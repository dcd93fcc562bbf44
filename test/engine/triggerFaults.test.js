'use strict';

const engine = require('./harness');
const { Trigger, minutes } = require('./pollHarness');
const { startSimulator } = require('../simulator');
const { makeJobs } = require('../simulator/makeJobs');
const { HEX, text } = require('../simulator/random');
const { list } = require('../simulator/waveSpeedHistory');

/* What may go wrong with the trigger, one test for each kind of fault. The cases of each kind are in test/unit/trigger. */

const HOUR_MS = 3_600_000;
let sim;
let back;
const { now } = engine.clock;

beforeAll(engine.startEngine);
afterAll(engine.stopEngine);

beforeEach(async () => {
	sim = await startSimulator({ time: 'virtual', jobTime: 20_000 });
	back = engine.followTime(sim);
});

afterEach(async () => {
	back();
	engine.clock.now = now;
	await sim.stop();
});

const active = async (parameters, options) => await Trigger.active(sim, parameters, options);
const pollMinutes = async (trigger, count) => await trigger.pollMinutes(count);

const makeVtrix = (prompt) =>
	makeJobs(sim, 1, {
		...{ id: text(sim.random.ids, HEX, 20), provider: 'vtrix', api: 'legacy', brand: 'vtrix' },
		...{ model: 'minimax_hailuo_02_i2v', prompt },
	})[0];

const logged = () => engine.logs.map(({ message }) => message).join('\n');
const sorted = (ids) => [...ids].sort();
const WRONG = [
	{ status: 404, body: 'default backend - 404' },
	{ status: 400 },
	{ status: 405 },
	{ status: 410 },
	{ redirect: 'https://example.com/' },
];

test.each(WRONG)(
	'WaveSpeed: %j in place of a status ends no job',
	async (fault) => {
		const trigger = await active();
		const ids = makeJobs(sim, 2, { prompt: '#sim:seconds=2400' });
		await pollMinutes(trigger, 1);
		sim.fail({ kind: 'status', fault });
		// The history first shows them as running, and then how they ended.
		await pollMinutes(trigger, 45);
		expect(sorted(trigger.ids)).toEqual(sorted(ids));
		expect(trigger.errors).toEqual([]);
	},
	30_000,
);

test.each(WRONG)(
	'Vtrix, which has no history: %j for half an hour ends no job',
	async (fault) => {
		const ids = [makeVtrix('#sim:seconds=600'), makeVtrix('#sim:seconds=3600')];
		const trigger = await active({ provider: 'vtrix', jobIds: ids.join(' ') });
		for (const id of ids) {
			const stop = sim.fail({ kind: 'status', fault });
			await pollMinutes(trigger, 30);
			expect(trigger.ids).not.toContain(id);
			stop();
			// A good answer resets the row, so the next half hour is not added to the last one.
			await pollMinutes(trigger, 3);
			expect(trigger.ids).toContain(id);
		}
		expect(trigger.errors).toEqual([]);
	},
	30_000,
);

test('a job that is completed and shows its video ten minutes later is emitted with it', async () => {
	const id = makeVtrix();
	const body = { id, status: 'completed', output: [] };
	const stop = sim.fail({ kind: 'status', fault: { afterAccept: { status: 200, body } } });
	const trigger = await active({ provider: 'vtrix', jobIds: id });
	await pollMinutes(trigger, 10);
	expect(trigger.items).toEqual([]);
	expect(logged()).toContain(`The job ${id} is completed but has no video yet`);
	stop();
	await pollMinutes(trigger, 1);
	expect(trigger.ids).toEqual([id]);
	expect(trigger.items[0].binary.data.mimeType).toBe('video/mp4');
});

test('a job that a person deleted is reported in one failed execution and in n8n’s log', async () => {
	const trigger = await active();
	const [gone] = makeJobs(sim, 1, { prompt: '#sim:seconds=36000' });
	await pollMinutes(trigger, 1);
	sim.jobs.get(gone).deleted = true;
	await pollMinutes(trigger, 70);
	const message = `The provider does not know the job ${gone} any more`;
	expect(trigger.errors.map((error) => error.message)).toEqual([
		`Hailuo Trigger no longer watches some jobs: ${message}`,
	]);
	expect(logged()).toContain(message);
	const before = trigger.polls.length;
	await pollMinutes(trigger, 1);
	expect(trigger.polls.slice(before)).toEqual([expect.objectContaining({ list: 1 })]);
	expect(trigger.polls.at(-1).status).toBeUndefined();
}, 30_000);

test('a malformed record of the history stops nothing', async () => {
	const trigger = await active();
	const ids = makeJobs(sim, 2);
	await minutes(sim);
	const { json } = list(sim, { page_size: 100 });
	const body = /** @type {any} */ (json);
	const [first] = body.data.items;
	body.data.items.push({ ...first, id: 'f'.repeat(32), created_at: { toString: null } });
	body.data.items.push({ id: { toString: null } }, null, 'x');
	sim.fail({ kind: 'list', fault: { afterAccept: { status: 200, body } } });
	await pollMinutes(trigger, 3);
	expect(sorted(trigger.ids.filter((id) => ids.includes(id)))).toEqual(sorted(ids));
	expect(trigger.errors).toEqual([]);
});

test.each([
	['open', { k: 5 }],
	['seen', { k: null }],
	['cursor', 1e300],
	['horizon', Date.UTC(2126, 0, 1)],
	['since', 'yesterday'],
])(
	'static data with a damaged %s: the polls go on, no job is lost, and the log tells it',
	async (key, value) => {
		const trigger = await active();
		const [first] = makeJobs(sim, 1);
		await pollMinutes(trigger, 2);
		const saved = /** @type {any} */ (trigger.workflow.staticData['node:Hailuo Trigger']);
		saved.state[key] = value;
		trigger.save();
		await trigger.restart();
		const [second] = makeJobs(sim, 1);
		await pollMinutes(trigger, 3);
		// Only jobs that were settled in the last minutes are known only from `seen`. Emitting twice is better than never.
		const again = key === 'seen' ? [first] : [];
		expect(trigger.ids).toEqual([first, ...again, second]);
		expect(logged()).toMatch(/saved state (is damaged|is from the future)/);
		expect(trigger.errors).toEqual([]);
	},
);

test('n8n 20 minutes ahead of a provider that reports no time: no job made after the activation is lost', async () => {
	sim.options.dateSkew = 'none';
	const ahead = engine.clock.now;
	engine.clock.now = () => ahead() + 20 * 60_000;
	makeJobs(sim, 1, { prompt: '#sim:seconds=300' });
	await minutes(sim);
	const trigger = await active();
	const ids = makeJobs(sim, 2);
	await pollMinutes(trigger, 8);
	expect(sorted(trigger.ids)).toEqual(sorted(ids));
});

test('n8n’s clock is set back by a day: the polls continue', async () => {
	const trigger = await active();
	const down = sim.fail({ fault: { status: 503 } });
	await pollMinutes(trigger, 8);
	down();
	const right = engine.clock.now;
	engine.clock.now = () => right() - 24 * HOUR_MS;
	const [id] = makeJobs(sim, 1);
	await pollMinutes(trigger, 3);
	expect(trigger.ids).toEqual([id]);
});

test('a history that does not answer delays neither the end of the poll nor the known jobs', async () => {
	const trigger = await active();
	const ids = makeJobs(sim, 2, { prompt: '#sim:seconds=90' });
	await pollMinutes(trigger, 1);
	expect(trigger.items).toEqual([]);
	sim.fail({ kind: 'list', fault: { hang: true } });
	await pollMinutes(trigger, 2);
	expect(sorted(trigger.ids)).toEqual(sorted(ids));
	expect(Math.max(...trigger.polls.map(({ ms }) => ms))).toBeLessThan(38_000);
});

test('jobs that the history shows as ended are not requested again', async () => {
	const trigger = await active({ options: { download: false } });
	const ids = makeJobs(sim, 80);
	await pollMinutes(trigger, 3);
	expect(sorted(trigger.ids)).toEqual(sorted(ids));
	expect(sim.count({ kind: 'status' })).toBe(0);
});
