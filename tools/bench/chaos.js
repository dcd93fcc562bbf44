'use strict';

const { createHash } = require('node:crypto');
const engine = require('../../test/engine/harness');
const { named } = require('../../test/simulator/random');
const { addFaults } = require('./chaosFaults');
const { itemOf, percent, withSimulator } = require('./support');

/*
 * Thousands of jobs while 30 % of all answers fail. Counted is what a person would lose: jobs, money, the right video
 * for the right item.
 */

/** Items; a tenth of them is refused or never gets to the provider, so that more than 2,000 jobs are made. */
const JOBS = 2_250;
const BATCH = 250;
/** Of the items, how many have a twin with the same prompt in their batch: they must not adopt each other's job twice. */
const TWINS = 0.1;
/** Of the jobs, how many do not succeed at the provider. */
const ENDS = [
	[0.03, { fail: 1200 }],
	[0.01, { cancelled: true }],
	[0.01, { timeout: true }],
];

const picture = { firstFrameSource: 'url', firstFrameUrl: 'https://example.com/picture.jpg' };

/** The ways to make a job: what is chosen in the node, and the simulator's address. */
const WAYS = [
	{ name: 'WaveSpeed', provider: 'waveSpeed', parameters: { operation: 'textToVideo' } },
	{ name: 'Vtrix', provider: 'vtrix', parameters: { operation: 'imageToVideo', ...picture } },
	{ name: 'MiniMax', provider: 'miniMax', parameters: { operation: 'textToVideo' } },
].filter(({ provider }) => engine.providers.includes(provider));

/** Prompts of a batch: `#<n>` tells the items apart, but twins share theirs. */
function promptsOf(random, count, from) {
	const prompts = [];
	for (let i = 0; i < count; i++) {
		const twin = i > 0 && random() < TWINS;
		prompts.push(twin ? prompts[Math.floor(random() * i)] : `A paper boat #${from + i}`);
	}
	return prompts;
}

/** Runs one batch through the node. @returns {Promise<{ prompt: string, row: object }[]>} */
async function runBatch(sim, way, prompts) {
	const { items, error } = await engine.runNode({
		credentials: engine.credentialsFor(sim),
		items: prompts.map((text) => ({ json: { text } })),
		parameters: {
			provider: way.provider,
			...way.parameters,
			prompt: '={{ $json.text }}',
			options: { maxConcurrent: 60, submitsPerMinute: 0 },
		},
		node: { onError: 'continueRegularOutput' },
	});
	if (error) throw error;
	return items.map((row) => ({ prompt: prompts[row.pairedItem.item], row, way }));
}

const IN_DOUBT = /may exist and may be billed/;

/** What became of the jobs of one run, against what the provider made. */
async function account(sim, asked, delivered) {
	const jobs = [...sim.jobs.values()];
	const logs = engine.logs.map(({ message }) => message).join('\n');
	const named = new Map();
	for (const each of delivered) {
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
	const made = countBy(jobs, ({ provider, prompt }) => group(provider, prompt));
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
		wrongPair: wrongPair.length,
		wrongBytes,
		silent: silent.length,
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
 * @param {{ jobs: number, batch?: number, timeScale?: number, seed?: number, log?: (line: string) => void }} asked
 * @returns what was counted, and `failed`: the share of answers that failed
 */
async function chaos({ jobs, batch = BATCH, timeScale = 20, seed = 7, log = () => {} }) {
	const random = named(seed, 'chaos');
	const ends = named(seed, 'ends');
	const outcome = () => {
		let at = ends();
		return ENDS.find(([share]) => (at -= share) < 0)?.[1];
	};
	return await withSimulator(
		{ timeScale, seed, outcome },
		async (sim) => {
			addFaults(sim);
			const share = Math.ceil(jobs / WAYS.length);
			const asked = [];
			const delivered = [];
			const began = Date.now();
			// The providers side by side, the batches of each one after the other.
			await Promise.all(
				WAYS.map(async (way, w) => {
					const total = Math.min(share, jobs - w * share);
					for (let from = 0; from < total; from += batch) {
						const prompts = promptsOf(random, Math.min(batch, total - from), from);
						asked.push(...prompts.map((prompt) => ({ way, prompt })));
						delivered.push(...(await runBatch(sim, way, prompts)));
						log(
							`${way.name}: ${from + prompts.length} of ${total}, ${sim.requests.length} requests`,
						);
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
		{ timeouts: true },
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
		zero('jobs paid twice', found.twice),
		zero("items with another item's job", found.wrongPair),
		zero('videos with wrong bytes', found.wrongBytes),
		{ what: 'items that warn: the job may exist, its ID is not known', ours: doubts },
	];
}

module.exports = { chaos, run, rowsOf };
