'use strict';

const { execFile } = require('node:child_process');
const path = require('node:path');
const { startSimulator } = require('../../simulator');
const waveSpeedModels = require('../../simulator/data/waveSpeedModels.json');
const { priceOf } = require('../../../tools/models/drift');

/* `npm run models:check` against the simulator's list, which was made from the provider's list of 2026-03-13. */

const CHECK = path.join(__dirname, '../../../tools/models/check.js');

let sim;
let saved;
beforeAll(async () => {
	sim = await startSimulator();
});
beforeEach(() => {
	saved = structuredClone(models);
});
afterEach(() => {
	models.splice(0, Infinity, ...saved);
});
afterAll(async () => await sim.stop());

async function check(env = {}) {
	const given = {
		WAVESPEED_API_KEY: sim.options.keys.waveSpeed,
		WAVESPEED_BASE_URL: sim.urls.waveSpeed,
	};
	return await new Promise((resolve) => {
		const options = { env: { ...process.env, ...given, ...env } };
		execFile(process.execPath, [CHECK], options, (error, stdout, stderr) =>
			resolve({ code: error?.code ?? 0, lines: stdout.trim().split('\n'), stderr }),
		);
	});
}

/** The simulator's list. A test may change it, as the provider may. @type {any[]} */
const models = waveSpeedModels.models;
const live = (id) => models.find(({ model_id: other }) => other === `minimax/${id}`);

test('the catalogue agrees with the list', async () => {
	const { code, lines } = await check();
	expect(lines[0]).toMatch(/^\d+ models of WaveSpeed, prices of 2026-03-13: 0 differences$/);
	expect(code).toBe(0);
	expect(sim.paidPosts()).toBe(0);
});

test('each kind of difference is reported', async () => {
	models.splice(models.indexOf(live('hailuo-02/t2v-pro')), 1);
	models.push({ ...live('hailuo-2.3/fast'), model_id: 'minimax/hailuo-9/fast' });
	models.push({ ...live('hailuo-2.3/fast'), model_id: 'other/video' });
	delete live('hailuo-2.3/fast').properties.go_fast;
	live('hailuo-02/fast').properties.seed = { type: 'integer' };
	live('hailuo-02/pro').properties.enable_prompt_expansion.default = true;
	live('hailuo-02/pro').properties.prompt.maxLength = 3000;
	live('hailuo-02/i2v-standard').properties.duration.enum.push(15);
	live('hailuo-02/i2v-standard').formula = '{"total_price": (duration = 10) ? 560000 : 280000}';
	live('hailuo-2.3/i2v-pro').base_price = 0.52;
	live('hailuo-2.3/i2v-pro').required = [];
	live('hailuo-2.3/t2v-standard').formula = '{"total_price": (duration = 10) ?';
	live('h3/text-to-video').properties.duration.maximum = 10;
	live('h3/image-to-video').properties.resolution.enum.push('4k');
	live('h3-lite/text-to-video').properties.resolution.default = '480p';
	const { code, lines } = await check();
	expect(code).toBe(1);
	expect(lines.filter((line) => line.startsWith('minimax/')).sort()).toEqual([
		'minimax/h3-lite/text-to-video: the default of resolution is "480p", in the catalogue "768p"',
		'minimax/h3/image-to-video: resolution may be "768p", "2k", "4k", in the catalogue "768p", "2k"',
		'minimax/h3/text-to-video: duration may be 4, 5, 6, 7, 8, 9, 10, in the catalogue 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15',
		'minimax/hailuo-02/fast: the parameter seed is missing in the catalogue',
		'minimax/hailuo-02/i2v-standard: 6 s at 768P cost $0.28, in the catalogue $0.23 (of 2026-03-13)',
		'minimax/hailuo-02/i2v-standard: duration may be 6, 10, 15, in the catalogue 6, 10',
		'minimax/hailuo-02/pro: prompt may have 3000 characters, in the catalogue 2000',
		'minimax/hailuo-02/pro: the default of enable_prompt_expansion is true, in the catalogue false',
		'minimax/hailuo-02/t2v-pro: is gone from the list of the provider',
		'minimax/hailuo-2.3/fast: the parameter go_fast is gone',
		'minimax/hailuo-2.3/i2v-pro: 6 s at 1080P cost $0.52, in the catalogue $0.49 (of 2026-03-13)',
		'minimax/hailuo-2.3/i2v-pro: image is optional, not so in the catalogue',
		'minimax/hailuo-2.3/t2v-standard: its price formula cannot be read: {"total_price": (duration = 10) ?',
		'minimax/hailuo-2.3/t2v-standard: its price formula cannot be read: {"total_price": (duration = 10) ?',
		'minimax/hailuo-9/fast: is new (image-to-video); the catalogue does not have it',
	]);
});

test('a single difference is reported in the singular', async () => {
	models.push({ ...live('hailuo-2.3/fast'), model_id: 'minimax/hailuo-9/fast' });
	const { lines } = await check();
	expect(lines[1]).toMatch(/: 1 difference$/);
});

test('a list that cannot be loaded does not count as agreement', async () => {
	expect(await check({ WAVESPEED_API_KEY: '' })).toMatchObject({
		code: 2,
		stderr: expect.stringContaining('WAVESPEED_API_KEY'),
	});
	expect(await check({ WAVESPEED_API_KEY: 'wrong' })).toMatchObject({
		code: 2,
		stderr: expect.stringMatching(/answered HTTP 401/),
	});
});

test.each([
	['', { duration: 10 }, 0.5],
	['{"total_price": (duration = 10) ? 150000: 100000}', { duration: 10 }, 0.15],
	['{"total_price": (resolution = "1080p") ? 440000 : 250000}', { resolution: '1080p' }, 0.44],
	['duration * 40000 * (resolution = "2k" ? 2 : 1)', { duration: 6, resolution: '2k' }, 0.48],
	['$unknown(duration)', { duration: 6 }, undefined],
])('the price of %j is read', async (formula, inputs, price) => {
	expect(await priceOf({ base_price: 0.5, formula }, inputs)).toBe(price);
});
