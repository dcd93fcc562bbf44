'use strict';

const engine = require('./harness');
const { withSimulator } = require('./withSimulator');

/*
 * Operations that a provider does not have: they are not in the editor's lists, and refused if an expression or an old
 * workflow asks for them.
 */

let sim;
const run = withSimulator({}, (given) => ({ sim } = given));

describe('what a provider cannot do', () => {
	test.each([
		['vtrix', { resource: 'job', operation: 'getAll' }, 'Get Many'],
		['vtrix', { resource: 'job', operation: 'delete', jobId: 'abc' }, 'Delete'],
		['vtrix', { resource: 'account', operation: 'getBalance' }, 'Get Balance'],
	])('%s: %j', async (provider, parameters, name) => {
		const { error } = await run({ provider, ...parameters });
		expect(error?.message).toBe(`Vtrix / SeaArt cannot do '${name}'`);
		expect(error?.description).toMatch(/WaveSpeed/);
		expect(sim.requests).toEqual([]);
	});

	test('the lists of the editor offer only what the provider can do', () => {
		const { properties } = engine.hailuo.description;
		const shows = ({ displayOptions }, provider) =>
			displayOptions?.show?.provider?.includes(provider) ?? true;
		const named = (name) => properties.filter((property) => property.name === name);
		const [resource, ...others] = named('resource');
		expect(others).toEqual([]);
		const offer = (provider) =>
			Object.fromEntries(
				resource.options
					.filter((option) => shows(option, provider))
					.map(({ value }) => [
						value,
						named('operation')
							.find(({ displayOptions }) => displayOptions.show.resource.includes(value))
							.options.filter((option) => shows(option, provider))
							.map((option) => option.value),
					]),
			);
		expect(offer('waveSpeed')).toEqual({
			account: ['getBalance'],
			job: ['delete', 'get', 'getAll', 'wait'],
			video: [
				...['firstLastFrameToVideo', 'sendAndWait', 'getPrice', 'imageToVideo', 'join'],
				...['referenceToVideo', 'textToVideo'],
			],
		});
		expect(offer('vtrix')).toEqual({
			job: ['cancel', 'get', 'wait'],
			video: [
				'firstLastFrameToVideo',
				'sendAndWait',
				'getPrice',
				'imageToVideo',
				'join',
				'textToVideo',
			],
		});
		expect(offer('miniMax')).toEqual({
			account: ['getBalance'],
			job: ['cancel', 'delete', 'get', 'getAll', 'wait'],
			video: ['firstLastFrameToVideo', 'imageToVideo', 'join', 'referenceToVideo', 'textToVideo'],
		});
		const order = properties.slice(0, 3).map(({ name }) => name);
		expect(order).toEqual(['provider', 'resource', 'operation']);
	});
});
