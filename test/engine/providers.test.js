'use strict';

const { GIVEN } = require('./modelCases');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');
const { httpClient } = require('../../nodes/Hailuo/n8n/http');
const { miniMax } = require('../../nodes/Hailuo/providers/miniMax/api');
const { vtrix } = require('../../nodes/Hailuo/providers/vtrix/api');

/* What is special about MiniMax's own API and SeaArt's queue, and what happens if a workflow changes its provider. */

let sim;
let credentials;

withSimulator({}, (given) => ({ sim } = given));
beforeEach(() => (credentials = engine.credentialsFor(sim)));

const make = async (provider, model, more = {}, node) =>
	await engine.runNode({
		credentials,
		node,
		parameters: {
			provider,
			resource: 'video',
			operation: 'textToVideo',
			model,
			...GIVEN.textToVideo,
			...more,
		},
	});

/** @param {Pick<engine.Result, 'error'>} result */
const said = ({ error }) => `${error?.message} | ${error?.description}`;

/** The functions of a provider over real HTTP, without n8n. */
const direct = (baseUrl, key) =>
	httpClient(
		// The only part that the client uses of what n8n passes to a node.
		/** @type {any} */ ({
			helpers: {
				async httpRequestWithAuthentication(_type, { url, method, body, qs }) {
					const query = qs ? `?${new URLSearchParams(qs)}` : '';
					const response = await fetch(url + query, {
						method,
						headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
						body: body === undefined ? undefined : JSON.stringify(body),
					});
					return {
						statusCode: response.status,
						headers: Object.fromEntries(response.headers),
						body: await response.text(),
					};
				},
			},
		}),
		'test',
		baseUrl,
		key,
	);

describe('MiniMax', () => {
	const text = (more, node) => make('miniMax', 'MiniMax-Hailuo-2.3', more, node);

	test.each([
		['miniMax1008', /1008.*insufficient balance.*\(sk-api-…\).*top it up.*\(sk-cp-…\)/],
		['miniMax2049', /2049.*Region/],
		[{ code: 1004, text: 'login fail' }, /1004.*Region/],
		[{ code: 1026, text: 'input sensitive' }, /1026.*change it/],
		[{ code: 2013, text: 'invalid params' }, /2013.*Check the values/],
		[{ code: 2013, text: 'invalid params, callback_url' }, /2013.*'Callback URL'.*3 seconds/],
		['miniMax1042', /1042.*invisible characters/],
		['miniMax2056', /2056.*weekly.*resets at 2026-11-30T00:00:00Z/],
		['miniMax2056Http429', /HTTP 429.*2056.*weekly.*resets at 2026-11-30T00:00:00Z/],
		[{ code: 2056, text: 'usage limit exceeded' }, /2056.*wait until it resets, upgrade/],
		['miniMax2061', /2061.*not support model.*Pick a model that is included in your subscription/],
	])('a permanent refusal: %j', async (refusal, says) => {
		const bodyOf = ({ code, text: message }) => ({
			base_resp: { status_code: code, status_msg: message },
		});
		const fault = typeof refusal === 'string' ? refusal : { status: 200, body: bodyOf(refusal) };
		sim.fail({ provider: 'miniMax', kind: 'submit', fault });
		const result = await text();
		expect(said(result)).toMatch(says);
		expect(sim.paidPosts()).toBe(1);
		expect(sim.acceptedJobs()).toBe(0);
	});

	test.each(['miniMax1002', 'miniMax1041', 'miniMax2045'])(
		'a limit of the moment slows down, and the job is made once: %s',
		async (fault) => {
			sim.fail({ provider: 'miniMax', kind: 'submit', times: 2, fault });
			const { error, items } = await text();
			expect(error).toBeUndefined();
			expect(items[0].json.status).toBe('completed');
			expect(sim.paidPosts()).toBe(3);
			expect(sim.acceptedJobs()).toBe(1);
		},
	);

	test('an internal error proves nothing, so the submit is not repeated', async () => {
		const body = { base_resp: { status_code: 1033, status_msg: 'system error' } };
		sim.fail({ provider: 'miniMax', kind: 'submit', fault: { accept: true, status: 200, body } });
		const result = await text();
		expect(said(result)).toMatch(/may exist and may be billed.*not sent again.*usage page/);
		expect(sim.paidPosts()).toBe(1);
	});

	test('a transient fault of the status call or the file call does not end the wait', async () => {
		sim.fail({ kind: 'status', times: 2, fault: 'miniMax1002' });
		sim.fail({ kind: 'fileRetrieve', times: 2, fault: { status: 503 } });
		const { error, items } = await text();
		expect(error).toBeUndefined();
		expect(items[0].json.videoUrl).toMatch(/^http/);
	});

	test('the error of a job that MiniMax considers sensitive says so, and does not call it a fault of MiniMax', async () => {
		const result = await text({ prompt: 'Boat #sim:blocked' });
		expect(said(result)).toMatch(/did not succeed: output sensitive \[1027\].*Change the prompt/);
	});

	test('each poll of a finished job gets a fresh link', async () => {
		const { items } = await text({ options: { download: false } });
		const http = direct(sim.urls.miniMax, sim.options.keys.miniMax);
		sim.skip(50 * 60_000);
		const again = await miniMax.get(http, items[0].json.jobId);
		expect(again.videoUrl).not.toBe(items[0].json.videoUrl);
		sim.skip(20 * 60_000);
		const [old, fresh] = await Promise.all(
			[items[0].json.videoUrl, again.videoUrl].map(async (url) => (await fetch(url)).status),
		);
		expect([old, fresh]).toEqual([403, 200]);
	});

	test('an unknown job is reported as such', async () => {
		const http = direct(sim.urls.miniMax, sim.options.keys.miniMax);
		await expect(miniMax.get(http, '123456789012345')).rejects.toMatchObject({
			kind: 'notFound',
			message: 'MiniMax does not know the job 123456789012345 in this account',
		});
	});
});

describe('WaveSpeed', () => {
	const text = async () => await make('waveSpeed', 'minimax/hailuo-02/standard');

	test.each([
		['waveSpeed401', /Invalid API key.*created before the first top-up/],
		['waveSpeed403Role', /insufficient role.*use another key/],
		['waveSpeed400NoCredit', /HTTP 400: Insufficient credits.*Top up the account/],
		['waveSpeed402', /HTTP 402.*Top up the account/],
	])('a permanent refusal: %s', async (fault, says) => {
		sim.fail({ provider: 'waveSpeed', kind: 'submit', fault });
		expect(said(await text())).toMatch(says);
		expect(sim.paidPosts()).toBe(1);
		expect(sim.acceptedJobs()).toBe(0);
	});

	test('an empty account answers with HTTP 400, which is not reported as an error in a field', async () => {
		const { balance } = sim.options.account;
		sim.options.account.balance = 0.1;
		sim.reset();
		const result = await text();
		sim.options.account.balance = balance;
		sim.reset();
		expect(said(result)).toMatch(/HTTP 400: Insufficient credits.*Top up the account/);
		expect(said(result)).not.toMatch(/fields/);
	});

	test('a refused value that mentions credit is still reported as an error in a field', async () => {
		const body = { code: 400, message: "invalid value 'a credit card' for prompt" };
		sim.fail({ provider: 'waveSpeed', kind: 'submit', fault: { status: 400, body } });
		expect(said(await text())).toMatch(/Check the values of the fields/);
	});

	test('too many jobs at the same time: sent again after a pause, and made once', async () => {
		const fault = 'waveSpeed429Concurrency';
		sim.fail({ provider: 'waveSpeed', kind: 'submit', times: 2, fault });
		const { error, items } = await text();
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
		expect(sim.paidPosts()).toBe(3);
		expect(sim.acceptedJobs()).toBe(1);
	});

	test('too many jobs at the same time until the time limit: the error names the option', async () => {
		sim.fail({
			provider: 'waveSpeed',
			kind: 'submit',
			fault: 'waveSpeed429Concurrency',
			times: 99,
		});
		expect(said(await text())).toMatch(/concurrency limit.*'Jobs at the Same Time'/);
		expect(sim.acceptedJobs()).toBe(0);
	});
});

describe("SeaArt's queue", () => {
	const MODEL = 'minimax_hailuo_23_t2v';
	beforeEach(() => {
		credentials.hailuoVtrixApi.baseUrl = sim.urls.seaArt;
	});
	const seaArt = () => direct(sim.urls.seaArt, sim.options.keys.vtrix);
	const submitted = async (more = {}) =>
		await vtrix.submit(seaArt(), { model: MODEL, api: 'queue', input: { prompt: 'a' }, ...more });

	test('COMPLETED with an error is not a success', async () => {
		const result = await make('vtrix', MODEL, { prompt: 'Boat #sim:blocked' });
		expect(said(result)).toMatch(/did not succeed: .*\[CONTENT_BLOCKED\].*Change the prompt/);
		expect(sim.count({ kind: 'result' })).toBe(0);
	});

	test('the other status words of its own client count too', async () => {
		const { items } = await make('vtrix', MODEL, { prompt: 'Boat #sim:vocab=alt' });
		expect(items[0].json).toMatchObject({
			status: 'completed',
			jobId: expect.stringMatching(/mmsu_/),
		});
	});

	test('the ID contains the model, so the ID alone is enough to find the job', async () => {
		const { jobId } = await submitted();
		expect(jobId).toMatch(/^minimax_hailuo_23_t2v:mmsu_/);
		expect(vtrix.ownsJobId(jobId)).toBe(true);
		expect((await vtrix.get(seaArt(), jobId)).model).toBe(MODEL);
		const bare = jobId.split(':')[1];
		await expect(vtrix.get(seaArt(), bare)).rejects.toMatchObject({
			hint: `Put the model in front of it, e.g. ${MODEL}:${bare}`,
		});
	});

	test('a job can be cancelled until it has ended, but not a job of the older API', async () => {
		const { jobId } = await submitted();
		await vtrix.cancel?.(seaArt(), jobId);
		await sim.finished(jobId.split(':')[1]);
		expect(await vtrix.get(seaArt(), jobId)).toMatchObject({
			status: 'cancelled',
			error: { code: 'CANCELED' },
		});
		await expect(vtrix.cancel?.(seaArt(), jobId)).rejects.toThrow(/has already ended/);
		await expect(vtrix.cancel?.(seaArt(), 'd758n65e878c73cmdg20')).rejects.toThrow(
			/cannot be cancelled/,
		);
	});

	test('a callback is refused before the queue can refuse it', async () => {
		await expect(submitted({ webhookUrl: 'https://example.com/hook' })).rejects.toThrow(
			/does not support callbacks/,
		);
		expect(sim.requests).toEqual([]);
	});

	test('its models are refused with a credential of Vtrix', async () => {
		credentials.hailuoVtrixApi.baseUrl = 'https://cloud.vtrix.ai';
		const result = await make('vtrix', MODEL);
		expect(said(result)).toMatch(
			/'Model' Hailuo 2.3 .* available only on SeaArt Cloud.*not marked/,
		);
		expect(sim.requests).toEqual([]);
	});

	test('an address without a queue is reported as such', async () => {
		credentials.hailuoVtrixApi.baseUrl = sim.urls.vtrix;
		const result = await make('vtrix', MODEL);
		expect(said(result)).toMatch(/Not Found.*only SeaArt Cloud has one/);
		expect(sim.acceptedJobs()).toBe(0);
		// The simulator counts a key at an unknown path as leaked, but this path is on the credential's own host.
		expect(sim.leaks).toMatchObject([{ path: `/model/v1/queue/${MODEL}` }]);
		sim.reset();
	});
});

describe('a model that the provider does not have', () => {
	// If the stored value is not in the list, n8n still runs the node with it. The same happens with an expression.
	const by = (value) => `={{ ${JSON.stringify(value)} }}`;

	test('a stored model of another provider is refused, and the hint names the nearest model', async () => {
		const result = await make('vtrix', 'minimax/hailuo-02/standard');
		expect(said(result)).toMatch(
			/'Model' Hailuo 02 Standard .* is a model of WaveSpeed, .* is Vtrix .*\(minimax_hailuo_02\)/,
		);
		expect(sim.requests).toEqual([]);
	});

	test.each([
		['vtrix', 'textToVideo', 'minimax/hailuo-02/standard', 'minimax_hailuo_02)'],
		['vtrix', 'textToVideo', 'minimax/hailuo-2.3/t2v-pro', 'minimax_hailuo_23_t2v)'],
		['vtrix', 'imageToVideo', 'minimax/hailuo-2.3/fast', 'minimax_hailuo_23_fast_i2v)'],
		['vtrix', 'imageToVideo', 'minimax/hailuo-02/fast', 'minimax_hailuo_02_i2v)'],
		['miniMax', 'imageToVideo', 'minimax/hailuo-2.3/i2v-pro', 'MiniMax-Hailuo-2.3)'],
		['miniMax', 'imageToVideo', 'minimax_hailuo_23_fast_i2v', 'MiniMax-Hailuo-2.3-Fast)'],
		['miniMax', 'firstLastFrameToVideo', 'minimax_hailuo_02_i2v', 'MiniMax-Hailuo-02)'],
		['waveSpeed', 'imageToVideo', 'MiniMax-Hailuo-2.3-Fast', 'minimax/hailuo-2.3/fast'],
		['waveSpeed', 'firstLastFrameToVideo', 'MiniMax-Hailuo-02', 'minimax/hailuo-02/'],
		['waveSpeed', 'textToVideo', 'minimax_hailuo_23_t2v', 'minimax/hailuo-2.3/t2v-'],
	])('%s, %s: the counterpart of %s is %s…', async (provider, operation, model, nearest) => {
		const result = await make(provider, by(model), { operation, ...GIVEN[operation] });
		expect(said(result)).toMatch(/'Model' .* is a model of \w+/);
		expect(result.error?.description).toContain('The nearest model that can do it here is');
		expect(result.error?.description?.split('. Others')[0]).toContain(`(${nearest}`);
		expect(sim.requests).toEqual([]);
	});

	test('a model that cannot do the operation names the nearest of the same provider', async () => {
		const result = await make('waveSpeed', by('minimax/hailuo-02/i2v-pro'));
		expect(said(result)).toMatch(
			/cannot do Text to Video \| The nearest.*\(minimax\/hailuo-02\/pro\)/,
		);
	});

	test('an unknown model: the error lists the available ones', async () => {
		const result = await make('miniMax', by('Hailuo 9'));
		expect(said(result)).toMatch(/no entry 'Hailuo 9' for MiniMax \| Pick one that can: Hailuo 3/);
	});

	test('camera movements are refused, not silently dropped, if a provider has no words for them', async () => {
		const { checkValues } = require('../../nodes/Hailuo/models/checkValues');
		const { requireModel } = require('../../nodes/Hailuo/models/requireModel');
		const model = requireModel('waveSpeed', 'textToVideo', 'minimax/hailuo-02/standard');
		const values = { prompt: 'Boat', cameraMovements: [['pushIn']] };
		expect(() => checkValues(model, 'textToVideo', values)).toThrow(
			/'Camera Movements' are not available with Hailuo 02 Standard/,
		);
	});
});

describe('a custom model', () => {
	test.each([
		['', /'Model ID' is empty/],
		['minimax/../predictions/delete', /'Model ID' is not a model ID/],
		['https://example.com/x?y', /'Model ID' is not a model ID/],
	])('the ID %j is refused', async (customModel, says) => {
		expect(said(await make('waveSpeed', 'custom', { customModel }))).toMatch(says);
		expect(sim.requests).toEqual([]);
	});

	test.each([
		['waveSpeed', 'custom', 'predictions/delete'],
		['waveSpeed', 'custom', '/Predictions/Delete/'],
		['waveSpeed', 'custom', 'predictions'],
		['waveSpeed', 'custom', 'model/price'],
		['waveSpeed', 'custom', 'model/pricing'],
		['waveSpeed', 'custom', 'media/upload/binary'],
		['waveSpeed', 'custom', 'media/uploads'],
		['waveSpeed', 'custom', 'balance'],
		['waveSpeed', 'custom', 'models'],
		['waveSpeed', 'custom', 'webhook/secret'],
		['waveSpeed', 'custom', 'billings/search'],
		['waveSpeed', 'custom', 'user/usage_stats'],
		['vtrix', 'customQueue', 'minimax_x/requests/mmsu_1/cancel'],
		['vtrix', 'customQueue', 'requests'],
		['vtrix', 'customQueue', 'minimax_x:mmsu_1'],
	])(
		'%s, %s: %j is another call of the API, and is refused',
		async (provider, model, customModel) => {
			const additionalFields = '{"ids": ["x"]}';
			const result = await make(provider, model, { customModel, additionalFields });
			expect(said(result)).toMatch(/'Model ID' must be .* not (a|another) path of the API/);
			expect(sim.requests).toEqual([]);
		},
	);

	test.each([['{"duration": 6'], ['[1]'], ['"text"'], ['={{ 5 }}'], ['={{ [1] }}']])(
		'%s for its fields is refused',
		async (additionalFields) => {
			const result = await make('waveSpeed', 'custom', { customModel: 'a/b', additionalFields });
			expect(said(result)).toMatch(/'Additional Fields' must be a JSON object.*\{"duration"/);
			expect(sim.requests).toEqual([]);
		},
	);

	test.each([['{"resolution": "1080p"}'], ['={{ { resolution: "1080p" } }}']])(
		'its fields may be text or an object: %s',
		async (additionalFields) => {
			const customModel = '/minimax/video-02/';
			const { error } = await make('waveSpeed', 'custom', { customModel, additionalFields });
			expect(error).toBeUndefined();
			const [submit] = sim.requests;
			expect(submit.path).toBe('/api/v3/minimax/video-02');
			expect(submit.body).toEqual({ ...GIVEN.textToVideo, resolution: '1080p' });
		},
	);

	test('one that the provider does not have says so', async () => {
		const result = await make('waveSpeed', 'custom', { customModel: 'minimax/none' });
		expect(said(result)).toMatch(/HTTP 400: Model not found.*Check the ID of the model/);
	});
});

describe('Job: Cancel', () => {
	const cancel = async (jobId) =>
		await engine.runNode({
			credentials,
			parameters: { provider: 'vtrix', resource: 'job', operation: 'cancel', jobId },
		});
	const submit = async (operation, model) =>
		(await make('vtrix', model, { operation, continueWhen: 'submitted', ...GIVEN[operation] }))
			.items[0].json.jobId;

	test('a job of the queue is cancelled, and its wait says so', async () => {
		credentials.hailuoVtrixApi.baseUrl = sim.urls.seaArt;
		const jobId = await submit('textToVideo', 'minimax_hailuo_23_t2v');
		const { items } = await cancel(jobId);
		expect(items[0].json).toEqual({ cancelRequested: true, jobId, provider: 'vtrix' });
		await sim.finished(jobId.split(':')[1]);
		const late = await cancel(jobId);
		expect(said(late)).toMatch(/has already ended.*Job: Get/);
		expect(late.error?.context.jobId).toBe(jobId);
		const waited = await engine.runNode({
			credentials,
			parameters: { provider: 'vtrix', resource: 'job', operation: 'wait', jobId },
		});
		expect(said(waited)).toMatch(/was cancelled/);
	});

	test('a job of the older API is not cancelled, and the error says why', async () => {
		const jobId = await submit('textToVideo', 'minimax_hailuo_02');
		expect(said(await cancel(jobId))).toMatch(/cannot be cancelled.*SeaArt Only/);
		expect(sim.count({ kind: 'cancel' })).toBe(0);
	});

	test('a job that the queue does not know is reported as such', async () => {
		credentials.hailuoVtrixApi.baseUrl = sim.urls.seaArt;
		expect(said(await cancel('minimax_hailuo_23_t2v:mmsu_0'))).toMatch(/does not know the job/);
	});
});

describe('Get Price of a custom model', () => {
	const price = async (provider, more) =>
		await engine.runNode({
			credentials,
			parameters: { provider, resource: 'video', operation: 'getPrice', model: 'custom', ...more },
		});

	test('the request to WaveSpeed contains the ID and the fields', async () => {
		const { items, error } = await price('waveSpeed', {
			customModel: 'minimax/video-02',
			additionalFields: '{"resolution": "1080p"}',
		});
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({
			model: 'minimax/video-02',
			price: 0.44,
			listPrice: null,
			resolution: null,
			duration: null,
		});
		expect(sim.requests[0].body).toEqual({
			model_id: 'minimax/video-02',
			inputs: { resolution: '1080p' },
		});
		expect(sim.paidPosts()).toBe(0);
	});

	test('Vtrix too', async () => {
		const { items } = await price('vtrix', { customModel: 'minimax_t2v_01' });
		expect(items[0].json).toMatchObject({ model: 'minimax_t2v_01', price: 0.43 });
	});

	test.each([
		[{}, /'Model ID' is empty/],
		[{ customModel: 'a/b', additionalFields: '[]' }, /'Additional Fields' must be a JSON object/],
	])('%j is refused', async (more, says) => {
		expect(said(await price('waveSpeed', more))).toMatch(says);
		expect(sim.requests).toEqual([]);
	});

	test('the queue has no prices, so its models are not in the list', async () => {
		const { properties } = engine.hailuo.description;
		const [list] = properties.filter(
			({ name, displayOptions }) =>
				name === 'model' &&
				displayOptions.show.provider.includes('vtrix') &&
				displayOptions.show.operation.includes('getPrice'),
		);
		expect(list.options.map(({ value }) => value)).toEqual([
			'minimax_hailuo_23_i2v',
			'minimax_hailuo_23_fast_i2v',
			'minimax_hailuo_02',
			'minimax_hailuo_02_i2v',
			'custom',
		]);
	});
});
