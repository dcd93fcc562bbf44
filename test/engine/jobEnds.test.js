'use strict';

const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/* How a job can end, and what happens to its video: each end has a message, and the paid video is never lost. */

let sim;
let credentials;
const make = withSimulator({}, (given) => ({ sim, credentials } = given));

/** The answer of MiniMax's V2 for a job that it does not have (docs/providers.md I.1). */
const NOT_FOUND = {
	type: 'error',
	error: { type: 'server_error', message: 'record not found (1000)', http_code: '500' },
};

describe('how jobs end', () => {
	const text = (prompt, more) => ({ operation: 'textToVideo', prompt, ...more });
	const vtrix = (prompt, more) => ({
		provider: 'vtrix',
		operation: 'imageToVideo',
		firstFrameSource: 'url',
		firstFrameUrl: 'https://example.com/picture.jpg',
		prompt,
		...more,
	});

	test.each([
		['moderated', text('#sim:fail=1200'), /1200/, /prompt or the picture/],
		['out of retries', text('#sim:fail=1406'), /1406/, /submit it again/],
		['out of credit', text('#sim:fail=1407'), /1407/, /^Top up the account.*not charged/],
		['out of order', text('#sim:fail=5003'), /5003/, /submit it again/],
		['cancelled', text('#sim:cancelled'), /cancelled/, /./],
		['timed out at the provider', text('#sim:timeout'), /timeout/, /submit it again/],
		['deleted', text('#sim:deleted'), /deleted/, /./],
		['completed without a video', text('#sim:empty-outputs'), /no video/, /./],
		['Vtrix, its reason an object', vtrix('#sim:fail #sim:error=object'), /010004095/, /./],
		['Vtrix, its reason another object', vtrix('#sim:fail #sim:error=object2'), /Internal/, /./],
		['Vtrix, its reason a text', vtrix('#sim:fail #sim:error=string'), /Internal/, /./],
	])('%s', async (_name, parameters, message, next) => {
		const { error } = await make(parameters);
		const [{ id }] = [...sim.jobs.values()];
		expect(error?.message).toMatch(message);
		expect(error?.message).toContain(id);
		expect(error?.description).toMatch(next);
		expect(error?.context.jobId).toBe(id);
		expect(sim.paidPosts()).toBe(1);
	});

	test.each([
		['an unknown status on the way', text('#sim:status=weird')],
		['outputs as objects', text('#sim:object-outputs')],
		['Vtrix with its other words', vtrix('#sim:vocab=alt')],
		['Vtrix that answers completed at once', vtrix('#sim:immediate')],
		['Vtrix with a cost as text', vtrix('#sim:cost=string')],
		['Vtrix with a cost as number', vtrix('#sim:cost=number')],
		['Vtrix with an empty cost', vtrix('#sim:cost=empty')],
	])('%s: the video arrives', async (_name, parameters) => {
		const { items, error } = await make(parameters);
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(items[0].binary.data.bytes).toBeGreaterThan(0);
	});

	test('one that never ends reaches the time limit, and the error says how to get its video later', async () => {
		const { error } = await make(text('#sim:status=weird!', { options: { timeLimit: 2 } }));
		const [{ id }] = [...sim.jobs.values()];
		expect(error?.message).toMatch(/not finished within [23](\.\d)? minutes/);
		expect(error?.message).toContain(id);
		expect(error?.description).toMatch(/Time Limit/);
		expect(error?.description).toMatch(/Job: Wait/);
		expect(sim.count({ kind: 'status' })).toBeLessThan(40);
	});

	test('failed status calls do not end a paid job', async () => {
		for (const fault of [
			{ status: 500 },
			{ status: 429, headers: { 'retry-after': '2' } },
			{ drop: 'before' },
			{ badJson: true },
			{ status: 504 },
		]) {
			sim.fail({ kind: 'status', times: 1, fault });
		}
		const { items, error } = await make(text('a boat'));
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(sim.paidPosts()).toBe(1);
	});

	describe.each([
		['WaveSpeed', text('a boat')],
		['Vtrix', vtrix('a boat')],
		[
			'MiniMax',
			text('a boat', { provider: 'miniMax', model: 'MiniMax-Hailuo-02', resolution: '768P' }),
		],
		[
			"MiniMax's V2",
			text('a boat', { provider: 'miniMax', model: 'MiniMax-H3', aspectRatio: '16:9' }),
		],
	])('%s', (_provider, parameters) => {
		test.each([
			['404 of a gateway', { status: 404, body: 'default backend - 404' }],
			['400', { status: 400 }],
			['405', { status: 405 }],
			['410', { status: 410 }],
			['302', { status: 302, headers: { location: 'https://example.com/' } }],
			['307', { status: 307, headers: { location: 'https://example.com/' } }],
			['401', { status: 401 }],
			['a page', { status: 403, body: '<html><h1>Attention Required!</h1></html>' }],
			['500 record not found', { status: 500, body: NOT_FOUND }],
			['500 with deep brackets', { status: 500, body: '['.repeat(20_000) + ']'.repeat(20_000) }],
		])('%s in the middle of the wait does not end a paid job', async (_name, fault) => {
			// Not in the first poll: the job has been seen by then.
			let polls = 0;
			sim.fail({ kind: 'status', times: 3, match: () => ++polls > 1, fault });
			const { items, error } = await make(parameters);
			expect(error).toBeUndefined();
			expect(items[0].json.status).toBe('completed');
			expect(items[0].binary.data.bytes).toBeGreaterThan(0);
			expect(sim.paidPosts()).toBe(1);
			// If there is a history, it is read after two of them.
			expect(polls).toBeGreaterThan(2);
		});
	});

	test('a job that its status call does not find for minutes is found in the history', async () => {
		const fault = { status: 404, body: 'default backend - 404' };
		sim.fail({ kind: 'status', fault });
		const { items, error } = await make(text('a boat'));
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(sim.paidPosts()).toBe(1);
	});

	test('the node waits for a video that appears a little after the end', async () => {
		const empty = (id) => ({ id, status: 'completed', outputs: [] });
		const fault = { status: 200 };
		const match = ({ jobId }) =>
			sim.jobs.get(jobId)?.finishedAt && (fault.body = { code: 200, data: empty(jobId) }) && true;
		sim.fail({ kind: 'status', times: 2, match, fault });
		const { items, error } = await make(text('a boat'));
		expect(error).toBeUndefined();
		expect(items[0].binary.data.bytes).toBeGreaterThan(0);
	});

	test('a missing video is not reported as refunded, and a retry does not pay again', async () => {
		const node = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { error } = await make(text('#sim:empty-outputs'), { node });
		expect(error?.description).toMatch(/may be charged.*Job: Get/);
		expect(error?.description).not.toMatch(/refunded/);
		expect(sim.paidPosts()).toBe(1);
	});

	test('the error for a time limit without a good answer names the last failure', async () => {
		sim.fail({ kind: 'status', fault: { wrongType: 'text/html' } });
		const { error } = await make(text('a boat', { options: { timeLimit: 1 } }));
		expect(error?.message).toMatch(/not finished within .*; its status could not be read: .*JSON/);
	});

	test('a submit that is refused with 429 is sent again, and paid once', async () => {
		sim.fail({ kind: 'submit', times: 2, fault: { status: 429, headers: { 'retry-after': '3' } } });
		const { items, error } = await make(text('a boat'));
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(sim.acceptedJobs()).toBe(1);
		expect(sim.paidPosts()).toBe(3);
	});

	test.each([
		[
			'a wrong key',
			{ status: 401, body: { code: 401, message: 'invalid authentication' } },
			/invalid authentication/,
			/API key/,
		],
		['no credit', { status: 402, body: { code: 402, message: 'quota' } }, /402/, /[Tt]op up/],
		[
			'a refused parameter',
			{ status: 400, body: { code: 400, message: 'bad duration' } },
			/bad duration/,
			/fields/,
		],
		['an address that has nothing there', { status: 404 }, /404/, /^Check the base URL/],
	])('a submit that is refused for good: %s', async (_name, fault, message, next) => {
		sim.fail({ kind: 'submit', fault });
		const { error } = await make(text('a boat'));
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(next);
		expect(error?.name).toBe('NodeApiError');
		expect(sim.paidPosts()).toBe(1);
		expect(sim.jobs.size).toBe(0);
	});
});

test('a wrong key of Vtrix: its service is named, because each service has its own keys', async () => {
	credentials.hailuoVtrixApi.apiKey = 'no-key-of-this-account';
	const { error } = await make({
		provider: 'vtrix',
		operation: 'textToVideo',
		model: 'minimax_hailuo_02',
		prompt: 'a boat',
	});
	expect(error?.message).toMatch(/^Vtrix answered HTTP 401/);
	expect(error?.description).toMatch(/API key .* at the selected Service/);
});

test.each([
	['none at all', () => ({}), 'WaveSpeed', {}],
	[
		'none of the chosen provider',
		({ hailuoWaveSpeedApi }) => ({ hailuoWaveSpeedApi }),
		'Vtrix / SeaArt',
		{ provider: 'vtrix', model: 'minimax_hailuo_02' },
	],
])(
	'a missing credential is reported with its provider: %s',
	async (_name, left, provider, more) => {
		const parameters = { operation: 'textToVideo', prompt: 'a boat', ...more };
		const { error } = await make(parameters, { credentials: left(credentials) });
		expect(error?.message).toBe(`'Credential' is not set for ${provider}`);
		expect(error?.description).toMatch(/^Choose one at the top of the panel/);
		expect(sim.requests).toEqual([]);
	},
);

describe('the download', () => {
	// The time limit includes the download.
	const parameters = { operation: 'textToVideo', prompt: 'a boat', options: { timeLimit: 15 } };

	test('one that was cut off is repeated', async () => {
		sim.fail({ kind: 'download', times: 2, fault: { cutAfterBytes: 100 } });
		const { items } = await make(parameters);
		const { json, binary } = items[0];
		expect((await engine.readBinary(binary.data)).equals(await sim.videoFor(json.jobId))).toBe(
			true,
		);
		expect(sim.count({ kind: 'download' })).toBe(3);
		expect(sim.paidPosts()).toBe(1);
	});

	test.each([
		['that never appears', { expired: true }, /does not have it .*, even after a minute/],
		['that brings a web page', { wrongType: 'text/html' }, /not a video/],
		['that is always cut off', { cutAfterBytes: 10 }, /before the end/],
		['that trickles', { slowCdn: 3 }, /time limit was reached/],
	])('one %s leaves the address in the item, with a warning', async (_name, fault, warning) => {
		sim.fail({ kind: 'download', fault });
		const { items, error } = await make(parameters);
		expect(error).toBeUndefined();
		const { json, binary } = items[0];
		expect(binary).toBeUndefined();
		expect(json.status).toBe('completed');
		expect(json.videoUrl).toMatch(/^http/);
		expect(json.warnings[0]).toMatch(/^The video could not be downloaded: .* Job: Wait /);
		expect(json.warnings[0]).toContain(json.jobId);
		expect(json.warnings[0]).toMatch(warning);
	});

	describe('a new video that is not served yet', () => {
		afterEach(() => jest.restoreAllMocks());

		const hintsOf = ({ run }) => run.data.resultData.runData.Hailuo.at(-1).hints;

		test.each([
			['waveSpeed', 404, 1, {}],
			['waveSpeed', 403, 3, {}],
			['vtrix', 410, 3, { model: 'minimax_hailuo_02' }],
			['miniMax', 403, 3, { model: 'MiniMax-Hailuo-02' }],
		])('is requested again: %s, HTTP %d, %d times', async (provider, status, times, more) => {
			sim.fail({ kind: 'download', times, fault: { status } });
			const made = await make({ ...parameters, provider, ...more });
			const [{ json, binary }] = made.items;
			expect((await engine.readBinary(binary.data)).equals(await sim.videoFor(json.jobId))).toBe(
				true,
			);
			expect(json.warnings).toBeUndefined();
			expect(hintsOf(made)).toEqual([]);
			expect(sim.count({ kind: 'download' })).toBe(times + 1);
			expect(sim.paidPosts()).toBe(1);
		});

		test('the address is requested from the provider once more, and the new one is used', async () => {
			sim.fail({ kind: 'download', times: 2, fault: { status: 404 } });
			const model = 'MiniMax-Hailuo-02';
			const { items } = await make({ ...parameters, provider: 'miniMax', model });
			expect(items[0].binary.data).toBeDefined();
			const [first, second, third] = sim.requests
				.filter(({ kind }) => kind === 'download')
				.map(({ query }) => query.Signature);
			expect(second).toBe(first);
			// MiniMax makes a new link at each retrieve.
			expect(third).not.toBe(first);
		});

		test('one that never appears is reported above the output, in the item and at the error output', async () => {
			sim.fail({ kind: 'download', fault: { status: 404 } });
			const began = sim.now();
			const made = await make(parameters);
			expect(made.items[0].json.warnings[0]).toMatch(/^The video could not be downloaded: /);
			expect(hintsOf(made)).toEqual([
				{
					message: expect.stringContaining(made.items[0].json.jobId),
					type: 'warning',
					location: 'outputPane',
				},
			]);
			expect(sim.count({ kind: 'download' })).toBeGreaterThan(4);
			expect(sim.now() - began).toBeLessThan(10 * 60_000);

			/** @type {Pick<engine.Asked, 'node'>} */
			const errorOutput = { node: { onError: 'continueErrorOutput' } };
			const sorted = await make(parameters, errorOutput);
			expect(sorted.items).toEqual([]);
			const [{ json }] = sorted.errorItems;
			expect(json).toMatchObject({ status: 'completed', videoUrl: expect.stringMatching(/^http/) });
			expect(json.error.message).toMatch(/^The video could not be downloaded: /);
			expect(json.error.description).toContain(`Job: Wait with the job ID ${json.jobId}`);
			expect(hintsOf(sorted)).toHaveLength(1);

			const notAsked = { ...parameters, options: { download: false } };
			expect((await make(notAsked, errorOutput)).errorItems).toEqual([]);
		});

		test('Retry On Fail fetches it again without paying again', async () => {
			// Seven attempts within the first minute, then one in each try.
			jest.spyOn(engine.clock, 'random').mockReturnValue(1);
			sim.fail({ kind: 'download', times: 8, fault: { status: 404 } });
			const { items, errorItems } = await make(parameters, {
				node: {
					onError: 'continueErrorOutput',
					retryOnFail: true,
					maxTries: 5,
					waitBetweenTries: 1,
				},
			});
			expect(errorItems).toEqual([]);
			expect(items[0].binary.data).toBeDefined();
			expect(sim.count({ kind: 'download' })).toBe(9);
			expect(sim.paidPosts()).toBe(1);
		});

		test('if n8n has no hints, the warning is in the item', async () => {
			sim.fail({ kind: 'download', fault: { status: 404 } });
			const type = Object.assign(Object.create(engine.hailuo), {
				async execute() {
					return await engine.hailuo.execute.call(
						Object.create(this, { addExecutionHints: { value: undefined } }),
					);
				},
			});
			const { items, error } = await make(parameters, { type });
			expect(error).toBeUndefined();
			expect(items[0].json.warnings).toHaveLength(1);
		});
	});

	test('can be switched off, and put into another field', async () => {
		const off = await make({ ...parameters, options: { download: false } });
		expect(off.items[0].binary).toBeUndefined();
		expect(sim.count({ kind: 'download' })).toBe(0);
		const named = await make({ ...parameters, options: { outputField: 'clip' } });
		expect(Object.keys(named.items[0].binary)).toEqual(['clip']);
	});
});
