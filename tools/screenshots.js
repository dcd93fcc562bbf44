'use strict';

// `npm run screenshots [-- folder [n8n version [pattern]]]`: pictures of what a user sees, made from the packed
// package in a real n8n: the list of nodes, the panel of each model with each operation that it supports,
// and the output with the video. With a pattern (a regular expression) only those whose file name it matches.
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, ensureModules } = require('./setup');

const PHOTO = path.join(__dirname, 'demo', 'lake.jpg');
const PROMPT = 'Evening on a mountain lake: the water ripples, the camera moves slowly closer';

/** Every provider, operation and model that the lists of the node offer. */
function choices(nodeType) {
	const lists = nodeType.properties.filter(
		// The panels of the callback operation are those of the video operations with one more field: see OTHERS.
		({ name, displayOptions }) =>
			name === 'model' && !displayOptions.show.operation.includes('sendAndWait'),
	);
	return lists.flatMap(({ displayOptions: { show }, options }) =>
		(show.provider ?? [undefined]).flatMap((provider) =>
			show.operation.flatMap((operation) =>
				options.map(({ value: model }) => ({ provider, operation, model })),
			),
		),
	);
}

/** The panels without a list of models. */
const OTHERS = [
	{ operation: 'sendAndWait' },
	{ provider: 'vtrix', operation: 'sendAndWait' },
	{ operation: 'join' },
	{ operation: 'firstLastFrameToVideo', more: { lastFrameSource: 'nextItem' } },
	{ resource: 'job', operation: 'get' },
	{ resource: 'job', operation: 'wait' },
	{ resource: 'job', operation: 'getAll' },
	{ resource: 'job', operation: 'delete' },
	{ provider: 'vtrix', resource: 'job', operation: 'cancel' },
	{ resource: 'account', operation: 'getBalance' },
];

const fileName = (...parts) =>
	`${parts
		.filter(Boolean)
		.join('-')
		.replace(/[^\w.-]+/g, '-')}.png`;

/** Makes the panel as tall as its content, so that one picture shows all of it. */
async function fit(page) {
	const missing = await page.evaluate(() => {
		const boxes = [...document.querySelectorAll('[data-test-id=ndv] *')];
		const over = boxes.filter((box) => getComputedStyle(box).overflowY === 'auto');
		return Math.max(0, ...over.map((box) => box.scrollHeight - box.clientHeight));
	});
	const { width, height } = page.viewportSize();
	if (missing > 0) await page.setViewportSize({ width, height: Math.min(height + missing, 3000) });
}

async function panel({ client, editor, page, folder, only }, node, file) {
	if (!only.test(file)) return;
	const { chain } = require('./n8n/workflows');
	const size = page.viewportSize();
	const workflow = await client.createWorkflow(chain('Screenshots', node));
	await editor.openWorkflow(workflow.id);
	await editor.openNode(node.at(-1).name);
	await fit(page);
	console.log(await editor.screenshot(path.join(folder, file)));
	await editor.closeNode();
	await page.setViewportSize(size);
}

async function panels(context) {
	const { client, credentials } = context;
	const { PACKAGE, hailuo, manualTrigger, picture } = require('./n8n/workflows');
	const nodeType = (await client.nodeTypes()).find(({ name }) => name.endsWith('.hailuo'));
	for (const { provider, resource = 'video', operation, model, more } of [
		...OTHERS,
		...choices(nodeType),
	]) {
		const chosen = { provider, resource, operation, model, ...more };
		const parameters = {
			...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)),
			...(resource === 'video' && operation !== 'join' && { prompt: PROMPT }),
		};
		const nodes = [
			manualTrigger(),
			...picture(fs.readFileSync(PHOTO)),
			hailuo(parameters, credentials),
		];
		await panel(
			context,
			nodes,
			fileName('panel', provider, resource !== 'video' && resource, operation, model),
		);
	}
	for (const provider of ['waveSpeed', 'vtrix', 'miniMax']) {
		const trigger = {
			name: 'Hailuo Trigger',
			type: `${PACKAGE}.hailuoTrigger`,
			parameters: { provider },
			credentials,
		};
		await panel(context, [trigger], fileName('panel', 'trigger', provider));
	}
}

async function nodeList({ editor, folder, only }) {
	if (!only.test('search')) return;
	await editor.newWorkflow();
	for (const words of ['hailuo', 'image to video']) {
		await editor.searchNodes(words);
		console.log(await editor.screenshot(path.join(folder, fileName('search', words))));
	}
}

async function output({ client, editor, page, folder, credentials, only }) {
	if (!only.test('output')) return;
	const { chain, hailuo, manualTrigger, picture } = require('./n8n/workflows');
	const parameters = { resource: 'video', operation: 'imageToVideo', prompt: PROMPT };
	const workflow = await client.createWorkflow(
		chain('Picture to video', [
			manualTrigger(),
			...picture(fs.readFileSync(PHOTO)),
			hailuo(parameters, credentials),
		]),
	);
	await editor.openWorkflow(workflow.id);
	await page.waitForTimeout(500);
	console.log(await editor.screenshot(path.join(folder, 'workflow.png')));
	await editor.openNode('Hailuo');
	await editor.executeStep();
	await page.waitForTimeout(500);
	console.log(await editor.screenshot(path.join(folder, 'output.png')));
	await page.locator('[data-test-id=output-panel]').getByText('View', { exact: true }).click();
	const video = page.locator('[data-test-id=output-panel] video');
	await video.waitFor();
	await video.evaluate((element) => {
		element.currentTime = 2;
	});
	await page.waitForTimeout(1_500);
	console.log(await editor.screenshot(path.join(folder, 'output-video.png')));
}

async function main() {
	await ensureModules();
	const { startN8n, packPackage } = require('./n8n/n8n');
	const { N8nClient } = require('./n8n/client');
	const { openBrowser } = require('./n8n/browser');
	const { simulatorCredentials } = require('./n8n/credentials');
	const { startSimulator } = require('../test/simulator');
	const [folder = path.join(ROOT, 'demo-output', 'screenshots'), version = '2.41.1', pattern = ''] =
		process.argv.slice(2);
	const only = new RegExp(pattern);
	const running = [];
	try {
		const { tarball } = await packPackage();
		const sim = await startSimulator({ render: true, jobTime: 5_000 });
		running.push(() => sim.stop());
		const n8n = await startN8n({ version, packages: [tarball], log: console.log });
		running.push(() => n8n.stop());
		const client = new N8nClient(n8n.url);
		await client.setupOwner();
		const credentials = {};
		for (const [type, data] of Object.entries(simulatorCredentials(sim))) {
			const name = type.replace(/^hailuo(.*)Api$/, '$1 account');
			credentials[type] = await client.createCredential(name, type, data);
		}
		const browser = await openBrowser(n8n.url, { log: console.log });
		running.push(() => browser.close());
		const { editor, page } = browser;
		await editor.login();
		const context = { client, editor, page, folder, credentials, only };
		await nodeList(context);
		await panels(context);
		await output(context);
	} finally {
		for (const end of running.reverse()) await end();
	}
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
