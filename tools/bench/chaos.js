'use strict';

const { createHash } = require('node:crypto');
const engine = require('../../test/engine/harness');
const { named } = require('../../test/simulator/random');
const { addFaults, lyingDates } = require('./chaosFaults');
const { percent } = require('./figures');
const { withSimulator } = require('./support');

/*
 * Thousands of jobs while two of five answers fail. The result is what a person would lose: jobs, money, the right video
 * for the right item.
 */

/** Number of items. A tenth is refused or never reaches the provider, so more than 5,000 jobs are made. */
const JOBS = 6_000;
const BATCH = 250;
/** One batch in this many runs with On Error: Stop, and is then retried as from the list of executions. */
const STOP_EVERY = 4;
const STOP_BATCH = 20;
/** Share of items with the same prompt as another item of their batch. They must not adopt the same job twice. */
const DUPLICATE_SHARE = 0.1;
/** Share of jobs that fail at the provider. */
const ENDS = [
	{ share: 0.03, end: { fail: 1200 } },
	{ share: 0.01, end: { cancelled: true } },
	{ share: 0.01, end: { timeout: true } },
];

const picture = { firstFrameSource: 'url', firstFrameUrl: 'https://example.com/picture.jpg' };

/** The ways to make a job: the parameters of the node, and the address of the simulator. */
const WAYS = [
	{ name: 'WaveSpeed', provider: 'waveSpeed', parameters: { operation: 'textToVideo' } },
	{ name: 'Vtrix', provider: 'vtrix', parameters: { operation: 'imageToVideo', ...picture } },
	{ name: 'MiniMax', provider: 'miniMax', parameters: { operation: 'textToVideo' } },
].filter(({ provider }) => engine.providers.includes(provider));

/** Prompts of a batch: `#<n>` tells the items apart, but duplicates share theirs. */
function promptsOf(random, count, from) {
	const prompts = [];
	for (let i = 0; i < count; i++) {
		const isDuplicate = i > 0 && random() < DUPLICATE_SHARE;
		prompts.push(isDuplicate ? prompts[Math.floor(random() * i)] : `A paper boat #${from + i}`);
	}
	return prompts;
}

/**
 * @typedef {import('../../test/engine/harness').Asked} Asked
 * @typedef {import('../../test/engine/harness').RunError} RunError
 *
 * @param {import('../../test/simulator/simulator').Simulator} sim
 * @param {typeof WAYS[number]} way
 * @param {string[]} prompts
 * @param {Pick<Asked, 'node' | 'contextData'>} how
 */
async function runNode(sim, way, prompts, { node, contextData }) {
	return await engine.runNode({
		credentials: engine.credentialsFor(sim),
		items: prompts.map((text) => ({ json: { text } })),
		parameters: {
			provider: way.provider,
			...way.parameters,
			prompt: '={{ $json.text }}',
			options: { maxConcurrent: 60, submitsPerMinute: 0 },
		},
		node,
		contextData,
	});
}

/** @type {Asked['node']} */
const GO_ON = { onError: 'continueRegularOutput' };

/**
 * Runs one batch through the node. With `stop` the first failure ends it, and a person retries it with what n8n stored.
 *
 * @returns {Promise<{ prompt: string, row: object, way: object, stopped?: boolean, unnamed?: number }[]>}
 */
async function runBatch(sim, way, prompts, stop) {
	const first = await runNode(sim, way, prompts, { node: stop ? {} : GO_ON });
	if (!first.error) return rowsFor(way, prompts, first.items);
	if (!stop) throw first.error;
	const contextData = JSON.parse(JSON.stringify(first.contextData));
	const told = toldBy(first.error, way, prompts);
	const { items, error } = await runNode(sim, way, prompts, { node: GO_ON, contextData });
	if (error) throw error;
	return [...told, ...rowsFor(way, prompts, items)];
}

const rowsFor = (way, prompts, items) =>
	items.map((row) => ({ prompt: prompts[row.pairedItem.item], row, way }));

/** What the error of a stopped run says of its items; not counted as rows. */
function toldBy(/** @type {RunError} */ { message, description, context = {} }, way, prompts) {
	const items = (context.itemsInDoubt ?? []).map(({ item }) => item);
	const unnamed = items.filter((item) => !new RegExp(`\\b${item}\\b`).test(message));
	const row = { json: { said: `${message} ${description} ${JSON.stringify(context)}` } };
	return [{ way, row, stopped: true, prompt: prompts[context.itemIndex], unnamed: unnamed.length }];
}

const IN_DOUBT = /may exist and may be billed/;

/** Compares the rows of one run with the jobs that the provider made. */
async function account(sim, asked, all) {
	const delivered = all.filter(({ stopped }) => !stopped);
	const jobs = [...sim.jobs.values()];
	const logs = engine.logs.map(({ message }) => message).join('\n');
	const named = new Map();
	for (const each of all) {
		const text = JSON.stringify(each.row.json);
		for (const id of text.match(/[0-9a-z_]{15,}/gi) ?? []) named.set(id, each);
	}
	const inDoubt = delivered.filter(({ row }) => IN_DOUBT.test(row.json.error?.message ?? ''));
	const unnamed = jobs.filter(({ id }) => !named.has(id));
	const doubts = countBy(inDoubt, ({ prompt, way }) => `${way.provider} ${prompt}`);
	const lost = unnamed.filter((job) => {
		const key = `${job.provider} ${job.prompt}`;
		const told = doubts.get(key) ?? 0;
		doubts.set(key, told - 1);
		return told <= 0 && !logs.includes(job.id);
	});

	const group = (provider, prompt) => `${provider} ${prompt}`;
	const wanted = countBy(asked, ({ way, prompt }) => group(way.provider, prompt));
	// A job that did not succeed is not paid; the retry of a run that it stopped submits it again.
	const unpaid = ['failed', 'cancelled', 'timeout'];
	const paid = jobs.filter(({ status }) => !unpaid.includes(status));
	const made = countBy(paid, ({ provider, prompt }) => group(provider, prompt));
	const again = [...countBy(jobs, ({ provider, prompt }) => group(provider, prompt))].filter(
		([key, n]) => n > wanted.get(key),
	);
	const twice = [...made].reduce((sum, [key, n]) => sum + Math.max(0, n - wanted.get(key)), 0);

	const withId = delivered.filter(({ row }) => row.json.jobId);
	const ids = countBy(withId, ({ row }) => row.json.jobId);
	const wrongPair = withId.filter(({ prompt, row }) => {
		const job = sim.jobs.get(row.json.jobId);
		return job?.prompt !== prompt || ids.get(row.json.jobId) > 1;
	});
	const videos = delivered.filter(({ row }) => row.binary?.data);
	let wrongBytes = 0;
	for (const { row } of videos) {
		const bytes = await engine.readBinary(row.binary.data);
		const sum = createHash('sha256').update(bytes).digest('hex');
		if (sum !== (await sim.videoSha256(row.json.jobId))) wrongBytes++;
	}
	const silent = delivered.filter(
		({ row }) => !row.json.jobId && !row.json.error?.message && !row.json.error?.description,
	);
	const ready = jobs.filter(({ status }) => status === 'completed').length;
	return {
		items: asked.length,
		rows: delivered.length,
		jobs: jobs.length,
		lost,
		twice,
		again: again.length,
		wrongPair: wrongPair.length,
		wrongBytes,
		silent: silent.length + all.reduce((sum, { unnamed = 0 }) => sum + unnamed, 0),
		stopped: all.length - delivered.length,
		videos: videos.length,
		ready,
		linksOnly: delivered.filter(({ row }) => row.json.status === 'completed' && !row.binary).length,
		inDoubt: Object.fromEntries(
			WAYS.map(({ name, provider }) => [
				name,
				{
					items: inDoubt.filter(({ way }) => way.provider === provider).length,
					jobs: unnamed.filter((job) => job.provider === provider).length,
				},
			]),
		),
		late: delivered.filter(({ row }) => /not finished within/.test(row.json.error?.message)).length,
	};
}

function countBy(list, key) {
	const counts = new Map();
	for (const each of list) counts.set(key(each), (counts.get(key(each)) ?? 0) + 1);
	return counts;
}

/**
 * @param {{ jobs: number, batch?: number, seed?: number, log?: (line: string) => void }} asked
 * @returns what was counted, and `failed`: the share of answers that failed
 */
async function chaos({ jobs, batch = BATCH, seed = 7, log = () => {} }) {
	const random = named(seed, 'chaos');
	const ends = named(seed, 'ends');
	const outcome = () => {
		let at = ends();
		return ENDS.find(({ share }) => (at -= share) < 0)?.end;
	};
	return await withSimulator(
		{ seed, outcome, listShuffled: true, dateSkew: lyingDates(named(seed, 'dates')) },
		async (sim) => {
			addFaults(sim);
			const share = Math.ceil(jobs / WAYS.length);
			const asked = [];
			const delivered = [];
			const began = Date.now();
			// The providers in parallel, and the batches of each provider one after the other.
			await Promise.all(
				WAYS.map(async (way, w) => {
					const total = Math.min(share, jobs - w * share);
					for (let from = 0, n = 0; from < total; n++) {
						const stop = n % STOP_EVERY === STOP_EVERY - 1;
						const size = Math.min(stop ? STOP_BATCH : batch, total - from);
						const prompts = promptsOf(random, size, from);
						asked.push(...prompts.map((prompt) => ({ way, prompt })));
						delivered.push(...(await runBatch(sim, way, prompts, stop)));
						from += size;
						log(`${way.name}: ${from} of ${total}, ${sim.requests.length} requests`);
					}
				}),
			);
			const counted = await account(sim, asked, delivered);
			const answers = sim.requests.length;
			const failed = sim.requests.filter(({ fault }) => fault).length;
			return {
				...counted,
				answers,
				failed: failed / answers,
				leaks: sim.leaks,
				ms: Date.now() - began,
				delivered,
				sim,
			};
		},
	);
}

async function run(log) {
	await engine.startEngine();
	const found = await chaos({ jobs: JOBS, log });
	engine.stopEngine();
	return rowsOf(found);
}

function rowsOf(found) {
	const zero = (what, count, beside) => ({
		what,
		ours: String(count),
		beside,
		goal: '0',
		met: count === 0,
	});
	const doubts = Object.entries(found.inDoubt)
		.map(([name, { items, jobs }]) => `${name} ${items} (${jobs} of them were made)`)
		.join(', ');
	const withHistory = found.inDoubt.WaveSpeed?.jobs ?? 0;
	return [
		{
			what: `${found.items} items, ${found.jobs} jobs made`,
			ours: `${found.answers} answers, ${percent(found.failed)} of them failing`,
			beside: `${found.videos} videos, ${found.linksOnly} links only, ${found.late} beyond the time limit`,
		},
		zero(
			'jobs lost where there is a history (WaveSpeed): made, and the ID in no item',
			withHistory,
		),
		zero('jobs made without an item that names their ID or warns of them', found.lost.length),
		{
			...zero('jobs paid twice', found.twice),
			beside: `${found.again} that did not succeed were submitted again by a retry`,
		},
		zero('items that end without a word, or in doubt and not named by a stopped run', found.silent),
		zero('keys that went elsewhere', found.leaks.length),
		zero("items with another item's job", found.wrongPair),
		zero('videos with wrong bytes', found.wrongBytes),
		{ what: 'items that warn: the job may exist, its ID is not known', ours: doubts },
	];
}

module.exports = { chaos, run, rowsOf };
