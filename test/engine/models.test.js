'use strict';

const { GIVEN, modelCases } = require('./modelCases');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');
const { models } = require('../../nodes/Hailuo/models/catalogue');

/*
 * Every model with every operation that it supports, in n8n's own engine. What the provider receives is compared with
 * rows that were written by hand (modelCases.js).
 */

let sim;

withSimulator({}, (given) => ({ sim } = given));

/** The queue belongs to SeaArt, so its models need the other base URL. */
function credentials(row = {}) {
	const all = engine.credentialsFor(sim);
	if (row.api === 'queue') all.hailuoVtrixApi.baseUrl = sim.urls.seaArt;
	return all;
}

const parametersOf = ({ provider, operation, model, always }, more = {}) => ({
	provider,
	resource: 'video',
	operation,
	model,
	...GIVEN[operation],
	...always,
	...more,
});

const run = async (row, parameters) =>
	await engine.runNode({
		credentials: credentials(row),
		parameters: parametersOf(row, parameters),
	});

const submits = () => sim.requests.filter(({ kind }) => kind === 'submit');

/** The path of the request, and the form of its body (docs/providers.md A.1, B.2, B.4, C.1). */
function wire(/** @type {ModelCase} */ { provider, api, model, id = model }, sent) {
	if (provider === 'waveSpeed') return { path: `/api/v3/${id}`, body: sent };
	if (provider === 'miniMax') {
		return { path: api === 'v2' ? '/v2/video_generation' : '/v1/video_generation', body: sent };
	}
	if (api === 'queue') return { path: `/seaart/model/v1/queue/${id}`, body: sent };
	return { path: '/model/v1/generation', body: { model: id, input: [{ params: sent }] } };
}

const KEYS = [
	'jobId',
	'provider',
	'model',
	'status',
	'videoUrl',
	'videos',
	'createdAt',
	'finishedAt',
	'inferenceMs',
	'cost',
	'currency',
	'nsfw',
].sort();

/**
 * @typedef {import('./modelCases').ModelCase} ModelCase
 * @type {[name: string, row: ModelCase][]}
 */
const rows = modelCases().map((row) => [`${row.provider} ${row.operation} ${row.model}`, row]);

test('there is a row for each model and operation', () => {
	const wanted = models.flatMap(({ provider, id, operations }) =>
		Object.keys(operations).map((operation) => `${provider} ${operation} ${id}`),
	);
	expect(rows.map(([name]) => name).sort()).toEqual(wanted.sort());
});

describe.each(rows)('%s', (_name, row) => {
	test('sends its defaults, and returns the usual item with the video', async () => {
		const { error, items } = await run(row);
		expect(error).toBeUndefined();
		expect(submits().map(({ path, body }) => ({ path, body }))).toEqual([wire(row, row.plain)]);

		const [{ json, binary }] = items;
		const keys = row.api === 'v2' ? [...KEYS, 'costComputed'].sort() : KEYS;
		expect(Object.keys(json).sort()).toEqual(keys);
		expect(json).toMatchObject({
			provider: row.provider,
			model: row.id ?? row.model,
			status: 'completed',
			createdAt: expect.stringMatching(/^\d{4}-/),
			finishedAt: expect.stringMatching(/^\d{4}-/),
		});
		const [{ id }] = [...sim.jobs.values()];
		expect(json.jobId.split(':').pop()).toBe(id);
		expect((await engine.readBinary(binary.data)).equals(await sim.videoFor(id))).toBe(true);
	});

	test('sends what is set', async () => {
		const { error } = await run(row, { ...row.set, continueWhen: 'submitted' });
		expect(error).toBeUndefined();
		expect(submits().map(({ path, body }) => ({ path, body }))).toEqual([wire(row, row.full)]);
	});

	test('sends no values that were set for another model', async () => {
		const left = {
			cameraMovements: row.provider === 'waveSpeed' ? { steps: [{ movements: ['shake'] }] } : {},
			customModel: row.id ?? 'left/behind',
			...(row.id ? {} : { additionalFields: '{"left": "behind"}' }),
			...(row.operation === 'textToVideo'
				? { firstFrameSource: 'url', firstFrameUrl: 'https://pictures.example.com/left.jpg' }
				: {}),
			...(row.operation === 'firstLastFrameToVideo'
				? {}
				: { lastFrameSource: 'url', lastFrameUrl: 'https://pictures.example.com/left.jpg' }),
			...(row.provider !== 'waveSpeed' ? { goFast: false } : {}),
			...(row.provider === 'waveSpeed' && !('resolution' in row.plain)
				? { resolution: '512P' }
				: {}),
			// If a model makes only one length, the field is shown but not sent.
			...('duration' in row.plain ? {} : { duration: 6 }),
			continueWhen: 'submitted',
		};
		const { error } = await run(row, left);
		expect(error).toBeUndefined();
		expect(submits()[0].body).toEqual(wire(row, row.plain).body);
	});

	test('refuses what it cannot make before any request', async () => {
		const [parameters, says] = row.no;
		const { error } = await run(row, parameters).catch((refused) => ({ error: refused }));
		expect(`${error.message} ${error.description}`).toMatch(says);
		expect(sim.requests).toEqual([]);
	});

	test('a job that fails says why, with its ID', async () => {
		const { error } = await run(row, { prompt: 'Boat #sim:fail', additionalFields: '{}' });
		const [{ id }] = [...sim.jobs.values()];
		expect(error?.message).toContain(id);
		expect(error?.message).toMatch(/did not succeed: \S/);
		expect(error?.description).toMatch(/submit it again/);
		expect(sim.paidPosts()).toBe(1);
	});
});
