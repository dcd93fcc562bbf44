'use strict';

const { CredentialTestContext } = require('n8n-core');
const { NodeHelpers, Workflow } = require('n8n-workflow');
const { credentialTest } = require('../../nodes/Hailuo/methods/credentialTest');
const { providerOf } = require('../../nodes/Hailuo/providers');
const { baseUrlOf } = require('../../nodes/Hailuo/providers/baseUrl');
const { startSimulator } = require('../simulator');
const { arrange, credentialCases, startAnswers } = require('./credentialCases');
const { testNode } = require('./testNode');

const TYPES = ['HailuoWaveSpeedApi', 'HailuoVtrixApi', 'HailuoMiniMaxApi'].map(
	(name) => new (require(`../../credentials/${name}.credentials`)[name])(),
);
const PROVIDERS = {
	hailuoWaveSpeedApi: 'waveSpeed',
	hailuoVtrixApi: 'vtrix',
	hailuoMiniMaxApi: 'miniMax',
};
const typeOf = (name) => TYPES.find((type) => type.name === name);

/**
 * The fields as n8n hands them on: defaults filled in, hidden ones dropped, expressions resolved.
 * @returns {Promise<any>}
 */
async function resolved(name, data) {
	const { properties } = typeOf(name);
	const filled = NodeHelpers.getNodeParameters(properties, data, true, false, null, null) ?? {};
	const node = testNode({ name: 'Temp' });
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		// As n8n has it for a credential: no node type.
		nodeTypes: /** @type {any} */ ({
			getByNameAndVersion: () => ({ description: { properties: [] } }),
		}),
	});
	await workflow.expression.acquireIsolate();
	try {
		return workflow.expression.getComplexParameterValue(
			node,
			filled,
			'internal',
			{},
			undefined,
			undefined,
			filled,
		);
	} finally {
		await workflow.expression.releaseIsolate();
	}
}

async function runTest(name, data) {
	const credential = { id: '1', name: 'n', type: name, data: await resolved(name, data) };
	return await credentialTest[`${name}Test`].call(new CredentialTestContext(), credential);
}

let sim;
let answers;
beforeAll(async () => {
	sim = await startSimulator();
	answers = await startAnswers();
});
afterAll(async () => {
	await answers.close();
	await sim.stop();
});

describe('credential tests', () => {
	it('report the right result in every case', async () => {
		for (const one of await credentialCases({ sim, answers })) {
			const restore = arrange(sim, one);
			const result = await runTest(one.type, one.data).finally(restore);
			const said = { name: one.name, ...result };
			expect(said).toMatchObject({ name: one.name, status: one.ok ? 'OK' : 'Error' });
			expect(said).toMatchObject({ message: expect.stringMatching(one.says) });
			const key = one.data.apiKey.trim();
			if (key) expect(result.message).not.toContain(key);
		}
		expect(sim.paidPosts()).toBe(0);
	});

	it('do not follow a redirect with the key', () => {
		expect(answers.requests.some(({ path }) => path === '/moved/balance')).toBe(true);
		expect(answers.requests.filter(({ path }) => path === '/followed')).toEqual([]);
	});

	it('cost one free request, two at a typed address of Vtrix', async () => {
		const before = sim.requests.length;
		const { keys } = sim.options;
		await runTest('hailuoWaveSpeedApi', { apiKey: keys.waveSpeed, baseUrl: sim.urls.waveSpeed });
		await runTest('hailuoVtrixApi', {
			apiKey: keys.vtrix,
			brand: 'other',
			customBaseUrl: sim.urls.vtrix,
		});
		const asked = sim.requests.slice(before);
		expect(asked.map(({ method, kind }) => `${method} ${kind}`)).toEqual([
			'GET balance',
			'GET probe',
			'GET probe',
		]);
		expect(asked.map(({ headers }) => headers.authorization)).toEqual([
			`Bearer ${keys.waveSpeed}`,
			`Bearer ${keys.vtrix}`,
			undefined,
		]);
	});
});

describe('base URL of a credential', () => {
	const other = { customBaseUrl: 'https://gate.example.com/a/' };
	it.each([
		['hailuoWaveSpeedApi', {}, 'https://api.wavespeed.ai/api/v3'],
		['hailuoWaveSpeedApi', { baseUrl: 'http://127.0.0.1:9/x/' }, 'http://127.0.0.1:9/x'],
		['hailuoVtrixApi', {}, 'https://cloud.vtrix.ai'],
		['hailuoVtrixApi', { brand: 'seaArt' }, 'https://cloud.seaart.ai'],
		['hailuoVtrixApi', { brand: 'other', ...other }, 'https://gate.example.com/a'],
		// The address was typed in before the choice was changed, so it no longer counts.
		['hailuoVtrixApi', { brand: 'vtrix', ...other }, 'https://cloud.vtrix.ai'],
		['hailuoVtrixApi', { baseUrl: 'http://127.0.0.1:9/seaart' }, 'http://127.0.0.1:9/seaart'],
		['hailuoMiniMaxApi', {}, 'https://api.minimax.io'],
		['hailuoMiniMaxApi', { region: 'china' }, 'https://api.minimax.cn'],
		['hailuoMiniMaxApi', { region: 'mainland' }, 'https://api.minimaxi.com'],
		['hailuoMiniMaxApi', { region: 'other', ...other }, 'https://gate.example.com/a'],
		[
			'hailuoMiniMaxApi',
			{ region: 'other', customBaseUrl: '={{ "https://" + "gate.example.com" }}' },
			'https://gate.example.com',
		],
	])('%s %j: %s, as n8n resolves it', async (name, data, expected) => {
		const credentials = await resolved(name, { apiKey: 'k', ...data });
		expect(baseUrlOf(PROVIDERS[name], credentials)).toBe(expected);
	});

	it.each(TYPES.map((type) => [type.name, type]))('%s: its parts', (name, type) => {
		expect(type.properties.map((p) => p.name)).toEqual(
			expect.arrayContaining(['apiKey', 'baseUrl']),
		);
		expect(type.properties.find((p) => p.name === 'apiKey').typeOptions.password).toBe(true);
		const { authScheme } = providerOf(PROVIDERS[name]);
		expect(type.authenticate).toEqual({
			type: 'generic',
			properties: { headers: { Authorization: `=${authScheme} {{$credentials.apiKey}}` } },
		});
	});
});
