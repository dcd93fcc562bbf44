'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { EXAMPLES, isOurs, isSticky, loadExamples } = require('../../tools/examples/examples');
const { checkNode } = require('../../tools/examples/checkNode');
const { Hailuo } = require('../../nodes/Hailuo/Hailuo.node');
const { HailuoTrigger } = require('../../nodes/Hailuo/HailuoTrigger.node');
const { models } = require('../../nodes/Hailuo/models/catalogue');

const examples = loadExamples();

/** What n8n adds to a node that is used as a tool. */
const TOOL_FIELDS = [
	{ name: 'descriptionType', type: 'options', options: [{ value: 'auto' }, { value: 'manual' }] },
	{ name: 'toolDescription', type: 'string', default: '' },
];

function descriptions() {
	const { description } = new Hailuo();
	const tool = { ...description, properties: [...TOOL_FIELDS, ...description.properties] };
	const trigger = new HailuoTrigger().description;
	// n8n adds this field to every node that polls.
	const pollTimes = { name: 'pollTimes', type: 'hidden', default: '' };
	return {
		'n8n-nodes-hailuo.hailuo': description,
		'n8n-nodes-hailuo.hailuoTool': tool,
		'n8n-nodes-hailuo.hailuoTrigger': {
			...trigger,
			properties: [pollTimes, ...trigger.properties],
		},
	};
}

/** The parts of a node's box on the canvas; 96 is the side of n8n's square. */
const box = ({ type, position: [x, y], parameters: { width = 240, height = 160 } }) =>
	isSticky({ type }) ? { x, y, width, height } : { x, y, width: 96, height: 96 };

const overlap = (a, b) =>
	a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test('every use case in the README has an example', () => {
	expect(examples.map(({ file }) => file)).toEqual([
		'ai-agent-tool.json',
		'continue-a-clip.json',
		'drive-pictures-to-youtube.json',
		'fetch-later.json',
		'picture-form-to-video.json',
		'post-video-to-slack.json',
		'price-ceiling.json',
		'product-and-voice-to-video.json',
		'sheet-rows-to-videos.json',
		'start-and-end-frame.json',
		'storyboard-to-film.json',
		'submit-now.json',
		'upright-shorts.json',
	]);
	const readme = fs.readFileSync(path.join(EXAMPLES, 'README.md'), 'utf8');
	const linked = [...readme.matchAll(/\]\(([\w-]+\.json)\)/g)].map(([, file]) => file);
	expect([...new Set(linked)].sort()).toEqual(examples.map(({ file }) => file));
});

describe.each(examples)('$file', ({ workflow }) => {
	const { nodes, connections } = workflow;
	const working = nodes.filter((node) => !isSticky(node));
	const ours = nodes.filter(isOurs);

	test('every parameter of the Hailuo nodes exists, is shown and may have its value', () => {
		expect(ours.length).toBeGreaterThan(0);
		const known = descriptions();
		expect(ours.flatMap((node) => checkNode(node, known[node.type]))).toEqual([]);
		// What costs money must not depend on a default that a reader of the file cannot see.
		for (const { parameters, type } of ours) {
			if (type.endsWith('Trigger')) continue;
			// Join calls no provider.
			if (parameters.operation !== 'join') {
				expect(parameters).toMatchObject({ provider: expect.any(String) });
			}
			expect(parameters).toMatchObject({ resource: expect.any(String) });
			expect(parameters).toMatchObject({ operation: expect.any(String) });
		}
	});

	test('it contains no credential, no key and nothing of the n8n in which it was made', () => {
		expect(nodes.filter(({ credentials }) => credentials)).toEqual([]);
		expect(Object.keys(workflow).sort()).toEqual([
			'connections',
			'name',
			'nodes',
			'pinData',
			'settings',
		]);
		expect(workflow.pinData).toEqual({});
		const texts = JSON.stringify(nodes.map(({ parameters }) => parameters));
		expect(texts).not.toMatch(/Bearer|\bsk-|wsk_|xox[bp]-|apiKey|[0-9a-f]{32}/);
	});

	test('its nodes are connected, and do not overlap', () => {
		const names = nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
		const links = Object.entries(connections).flatMap(([from, outputs]) =>
			Object.values(outputs).flatMap((lists) =>
				lists.flat().map(({ node, type }) => ({ from, node, type })),
			),
		);
		const linked = new Set(links.flatMap(({ from, node }) => [from, node]));
		expect([...linked].sort()).toEqual(working.map(({ name }) => name).sort());
		const boxes = nodes.map(box);
		const over = boxes.flatMap((a, i) =>
			boxes.slice(i + 1).flatMap((b, j) => (overlap(a, b) ? [[names[i], names[i + 1 + j]]] : [])),
		);
		expect(over).toEqual([]);
	});

	test('its note says what to change, and has the prices of the catalogue', () => {
		const notes = nodes.filter(isSticky).map(({ parameters }) => parameters.content);
		expect(notes).toHaveLength(1);
		expect(notes[0]).toMatch(/\*\*To change\*\*/);
		const toChange = [...notes[0].matchAll(/^\d\. (?:All three )?\*\*(.+?)\*\*/gm)];
		expect(toChange.length).toBeGreaterThan(0);
		const prices = ours.flatMap(({ parameters: { model, options } }) => {
			const listed = models.find(({ id }) => id === model)?.prices ?? {};
			return [...Object.values(listed).flatMap((by) => Object.values(by)), options?.maxPrice];
		});
		const told = [...notes[0].matchAll(/\$(\d+\.\d\d)/g)].map(([, amount]) => Number(amount));
		expect(told.filter((amount) => !prices.includes(amount))).toEqual([]);
	});
});

test('the check finds mistakes', () => {
	const { description } = new Hailuo();
	const node = (parameters) => ({
		name: 'Hailuo',
		typeVersion: 1,
		parameters: { provider: 'waveSpeed', resource: 'video', ...parameters },
	});
	const faults = (parameters) => checkNode(node(parameters), description);
	const fast = { operation: 'imageToVideo', model: 'minimax/hailuo-02/fast' };
	expect(faults({ ...fast, duration: 10, goFast: false })).toEqual([]);
	expect(faults({ ...fast, promt: 'x' })).toEqual(['Hailuo > promt: there is no such field']);
	expect(faults({ ...fast, lastFrameUrl: 'x' })).toEqual([
		'Hailuo > lastFrameUrl: is not shown here',
	]);
	expect(faults({ ...fast, duration: 8 })).toEqual(['Hailuo > duration: may be 6, 10, not 8']);
	expect(faults({ ...fast, goFast: 'yes' })).toEqual([
		'Hailuo > goFast: is neither true nor false',
	]);
	expect(faults({ ...fast, options: { maxPrice: 0 } })).toHaveLength(1);
	expect(faults({ ...fast, options: { watermark: true } })).toHaveLength(1);
	expect(faults({ operation: 'imageToVideo', model: 'gone' })).toHaveLength(1);
});
