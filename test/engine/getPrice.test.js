'use strict';

const { goOn } = require('./harness');
const { withSimulator } = require('./withSimulator');

/* What a video will cost: the operation Get Price, and the option that prevents more expensive jobs. */

let sim;
const run = withSimulator({}, (given) => ({ sim } = given));

describe('Get Price', () => {
	const price = { resource: 'video', operation: 'getPrice' };

	test.each(['price', 'pricing', 'both'])('WaveSpeed, where /model/%s answers', async (form) => {
		sim.options.priceCall = form;
		const { items } = await run({ ...price, model: 'minimax/hailuo-02/standard', duration: 10 });
		expect(items[0].json).toEqual({
			provider: 'waveSpeed',
			model: 'minimax/hailuo-02/standard',
			resolution: '768P',
			duration: 10,
			price: 0.56,
			currency: 'USD',
			fullPrice: 0.56,
			listPrice: 0.56,
			listPriceAsOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
		});
		expect(sim.paidPosts()).toBe(0);
	});

	test('a discount is shown next to the full price', async () => {
		sim.options.discount = 0.1;
		const { items } = await run({ ...price, model: 'minimax/hailuo-02/fast', duration: 6 });
		expect(items[0].json).toMatchObject({ price: 0.09, fullPrice: 0.1, listPrice: 0.1 });
	});

	test('Vtrix, by resolution and length, with no list price where none is published', async () => {
		const { items } = await run({
			...price,
			provider: 'vtrix',
			model: 'minimax_hailuo_02_i2v',
			resolution: '512P',
			duration: 10,
		});
		const [asked] = sim.requests.filter(({ kind }) => kind === 'price');
		expect(asked.body.input[0].params).toMatchObject({ resolution: '512P', duration: 10 });
		expect(items[0].json).toMatchObject({
			provider: 'vtrix',
			price: expect.any(Number),
			resolution: '512P',
			duration: 10,
		});
	});

	test('a price that Vtrix does not have yet: the error says what to do', async () => {
		sim.options.precharge = 'miss';
		const { items } = await run(
			{ ...price, provider: 'vtrix', model: 'minimax_hailuo_02_i2v' },
			goOn,
		);
		expect(items[0].json.error).toMatchObject({
			message: expect.stringMatching(/not have a price for minimax_hailuo_02_i2v.*COST_CACHE_MISS/),
			description: expect.stringMatching(/Try again after the first job/),
		});
	});

	test.each([
		[{ provider: 'vtrix', resolution: '={{ "1080P" }}', duration: '={{ 10 }}' }, 'Duration'],
		[{ provider: 'vtrix', resolution: '={{ "4K" }}' }, 'Resolution'],
		[{ model: '={{ "minimax_hailuo_02_i2v" }}' }, 'Model'],
		[{ model: '={{ "nothing" }}' }, 'Model'],
	])('%j is not available, so it is refused before any request', async (parameters, field) => {
		const { items } = await run({ ...price, ...parameters }, goOn);
		expect(items[0].json.error.field).toBe(field);
		expect(sim.requests).toEqual([]);
	});

	test('an item whose video cannot be made does not affect the others, if the workflow continues', async () => {
		const { items } = await run(
			{ ...price, model: 'minimax/hailuo-02/fast', duration: '={{ $json.s }}' },
			{ ...goOn, items: [7, 6, 10, 6, 6, 6, 6].map((s) => ({ json: { s } })) },
		);
		expect(items.map(({ json }) => json.error?.field ?? json.price)).toEqual([
			'Duration',
			...[0.1, 0.15, 0.1, 0.1, 0.1, 0.1],
		]);
	});

	test('MiniMax does not report prices', async () => {
		const { error } = await run({ ...price, provider: 'miniMax', model: 'MiniMax-Hailuo-02' });
		expect(error?.message).toMatch(/MiniMax cannot do 'Get Price'/);
		expect(error?.description).toMatch(/WaveSpeed or Vtrix/);
	});

	test('without a currency Vtrix means USD', async () => {
		sim.fail({ kind: 'price', fault: { status: 200, body: { data: { cost: 0.3 } } } });
		const { items } = await run({ ...price, provider: 'vtrix', model: 'minimax_hailuo_02_i2v' });
		expect(items[0].json).toMatchObject({ price: 0.3, fullPrice: 0.3, currency: 'USD' });
	});

	test('the same price is requested once per run', async () => {
		const { items } = await run(
			{ ...price, model: 'minimax/hailuo-02/fast', duration: '={{ $json.s }}' },
			{ items: [6, 10, 6, 6].map((s) => ({ json: { s } })) },
		);
		expect(items.map(({ json }) => json.price)).toEqual([0.1, 0.15, 0.1, 0.1]);
		expect(sim.count({ kind: 'price' })).toBe(2);
	});
});

describe('Maximum Price', () => {
	const make = (options, more = {}) => ({
		resource: 'video',
		operation: 'textToVideo',
		model: 'minimax/hailuo-02/standard',
		prompt: 'a boat',
		duration: '={{ $json.s ?? 6 }}',
		continueWhen: 'submitted',
		options,
		...more,
	});

	test('a more expensive job is not submitted, and the item says so', async () => {
		const { items } = await run(make({ maxPrice: 0.3 }), {
			items: [{ json: { s: 6 } }, { json: { s: 10 } }, { json: { s: 6 } }],
			...goOn,
		});
		expect(items.map(({ json }) => Boolean(json.error))).toEqual([false, true, false]);
		expect(items[1].json.error).toMatchObject({
			field: 'Maximum Price (USD)',
			message:
				"'Maximum Price (USD)' is $0.30, but this job would cost $0.56 (Hailuo 02 Standard, 768P, 10 s)",
			description: expect.stringMatching(/^Nothing was submitted/),
		});
		expect(sim.paidPosts()).toBe(2);
		expect(sim.count({ kind: 'price' })).toBe(2);
	});

	test('a limit below one cent is shown in full', async () => {
		const { error } = await run(make({ maxPrice: 0.1255 }));
		expect(error?.message).toMatch(/is \$0\.1255, but this job would cost \$0\.23/);
	});

	test('one item that is too expensive stops the run before anything is paid', async () => {
		const { error } = await run(make({ maxPrice: 0.3 }), {
			items: [{ json: { s: 6 } }, { json: { s: 10 } }],
		});
		expect(error?.message).toMatch(/would cost \$0\.56/);
		expect(sim.paidPosts()).toBe(0);
	});

	test('a price equal to the limit is allowed, and the discounted price counts', async () => {
		await run(make({ maxPrice: '={{ "0.23" }}' }));
		sim.options.discount = 0.5;
		await run(make({ maxPrice: 0.12 }));
		expect(sim.paidPosts()).toBe(2);
	});

	test.each([
		['Vtrix has no price at hand', 'vtrix', { precharge: 'miss' }, undefined, /not have a price/],
		['Vtrix has no such call', 'vtrix', { precharge: 'none' }, undefined, /404/],
		[
			'WaveSpeed has neither call',
			'waveSpeed',
			{ priceCall: 'none' },
			undefined,
			/Model not found/,
		],
		['the provider is down', 'waveSpeed', {}, { status: 503 }, /503/],
		[
			'the connection breaks',
			'waveSpeed',
			{},
			{ drop: 'after' },
			/lost before the answer arrived: ECONNRESET/,
		],
	])('%s: nothing is submitted', async (_, provider, options, fault, says) => {
		Object.assign(sim.options, options);
		if (fault) sim.fail({ kind: 'price', fault });
		const parameters =
			provider === 'vtrix'
				? {
						provider,
						operation: 'imageToVideo',
						model: 'minimax_hailuo_02_i2v',
						firstFrameSource: 'url',
						firstFrameUrl: 'https://example.com/a.jpg',
					}
				: {};
		const { items } = await run(make({ maxPrice: 0.5 }, parameters), goOn);
		expect(items[0].json.error.message).toMatch(/nothing was submitted/);
		expect(items[0].json.error.message).toMatch(says);
		const { description } = items[0].json.error;
		expect(description).toMatch(/remove the option 'Maximum Price \(USD\)'/);
		expect(description).not.toMatch(/job ID/);
		expect(sim.paidPosts()).toBe(0);
	});

	test.each(['={{ 0 }}', '={{ "" }}', '={{ "cheap" }}', '={{ -1 }}'])(
		'%s is no limit, and is not passed over',
		async (maxPrice) => {
			const { error } = await run(make({ maxPrice }));
			expect(error?.message).toMatch(/'Maximum Price \(USD\)' must be greater than 0/);
			expect(sim.requests).toEqual([]);
		},
	);

	test('different prices are requested in parallel, at most five at a time', async () => {
		let open = 0;
		let most = 0;
		const asked = () => (most = Math.max(most, ++open)) > 0;
		sim.fail({ kind: 'price', match: asked, fault: { delay: 20_000 } });
		const answered = ({ kind }) => (open -= kind === 'price' ? 1 : 0);
		sim.on('request', answered);
		const model = 'minimax/hailuo-02/t2v-standard minimax/hailuo-02/standard'.split(' ');
		const items = [6, 10].flatMap((s) => model.map((m) => ({ json: { s, m } })));
		for (const m of ['02/pro', '02/t2v-pro', '2.3/t2v-pro']) {
			items.push({ json: { s: 6, m: `minimax/hailuo-${m}` } });
		}
		const made = await run(make({ maxPrice: 1 }, { model: '={{ $json.m }}' }), { items });
		sim.off('request', answered);
		expect(made.error).toBeUndefined();
		expect(sim.count({ kind: 'price' })).toBe(7);
		expect(most).toBe(5);
	});

	test('no price is requested without the option', async () => {
		await run(make({}));
		expect(sim.count({ kind: 'price' })).toBe(0);
		expect(sim.paidPosts()).toBe(1);
	});
});
