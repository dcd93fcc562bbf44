'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { compiledTree } = require('../../tools/bench/compiled');
const { openBrowser } = require('../../tools/n8n/browser');
const { simulatorCredentials } = require('../../tools/n8n/credentials');
const { chain, hailuo, manualTrigger, picture } = require('../../tools/n8n/workflows');

const PHOTO = path.join(__dirname, '..', '..', 'tools', 'demo', 'lake.jpg');

/** Where the pictures of the panels go; none are made without it. */
const FOLDER = process.env.HAILUO_SCREENSHOTS;

/**
 * @returns {Pick<typeof import('../../nodes/Hailuo/n8n/options'), 'videoOptions'>
 *   & { catalogue: typeof import('../../nodes/Hailuo/models/catalogue') }}
 */
function loadNode() {
	const tree = compiledTree();
	const load = (file) => require(path.join(tree, 'nodes/Hailuo', file));
	const parts = { catalogue: load('models/catalogue'), ...load('n8n/options') };
	fs.rmSync(tree, { recursive: true, force: true });
	return parts;
}

/**
 * The fields that a panel must show for a model under an operation, from top to bottom.
 * @typedef {import('../../nodes/Hailuo/providers/modelTypes').Model} Model
 * @param {Model} model
 */
function fieldsOf(model, operation) {
	const { fields, custom, camera } = model;
	const isReference = operation === 'referenceToVideo';
	const takes = (name) =>
		fields[name] && (!fields[name].only || fields[name].only.includes(operation));
	const when = (condition, ...names) => (condition ? names : []);
	return [
		...['provider', 'resource', 'operation', 'model'],
		...when(custom, 'customModel'),
		...when(
			['imageToVideo', 'firstLastFrameToVideo'].includes(operation),
			...['firstFrameSource', 'firstFrameBinaryField'],
		),
		...when(operation === 'firstLastFrameToVideo', 'lastFrameSource', 'lastFrameBinaryField'),
		...when(isReference, 'referencePictures', 'referenceVideos', 'referenceAudios'),
		...when(isReference, 'referenceSource'),
		'prompt',
		...when(camera, 'cameraMovements'),
		...when(fields.resolution, 'resolution'),
		...when(!custom, 'duration'),
		...when(takes('aspectRatio'), 'aspectRatio'),
		...when(fields.promptExpansionMode, 'promptExpansionMode'),
		...when(fields.promptExpansion, 'promptExpansion'),
		...when(fields.goFast, 'goFast'),
		...when(custom, 'additionalFields'),
		'continueWhen',
		'Options',
	];
}

/** The labels of the options that do not say for which providers or models they are. */
const commonOptions = (options) =>
	options
		.filter(({ displayOptions }) =>
			Object.keys(displayOptions?.show ?? {}).every((field) => !field.startsWith('/')),
		)
		.map(({ displayName }) => displayName);

/** @param {Model} model @param {string} operation @param {string[]} common the labels of the options that each model has */
function optionsOf({ provider, fields }, operation, common) {
	const takes = (name) =>
		fields[name] && (!fields[name].only || fields[name].only.includes(operation));
	return [
		...common,
		...(provider === 'miniMax' ? [] : ['Maximum Price (USD)']),
		...(takes('callbackUrl') ? ['Callback URL'] : []),
		...(takes('fastPretreatment') ? ['Fast Pretreatment'] : []),
		...(takes('watermark') ? ['Watermark'] : []),
	].sort();
}

/** The lengths at the resolution that is shown first, and below them what each of them costs. */
async function sees(assert, editor, model, operation) {
	const { fields, prices, pricePerSecond } = model;
	const lengths = model.operations[operation];
	const resolution = fields.resolution?.default ?? Object.keys(lengths)[0];
	assert.deepEqual(
		(await editor.choices('duration')).map(({ name }) => name),
		lengths[resolution].map((s) => `${s} Seconds`),
	);
	const hint = await editor.hint('duration');
	if (pricePerSecond) {
		return assert.ok(
			hint.includes(`${resolution}: $${pricePerSecond[resolution]} per second`),
			hint,
		);
	}
	if (!prices) return assert.match(hint, /publishes no prices|No list price of this model/);
	for (const s of lengths[resolution]) {
		const price = prices[resolution][s].toFixed(2);
		assert.match(hint, new RegExp(`${resolution}: [^;]*\\b${s} s \\$${price}`));
	}
	return undefined;
}

async function open({ n8n, client, sim, log, parameters, size = {} }) {
	/** @type {Record<string, { id: string, name: string }>} */
	const credentials = {};
	for (const [type, data] of Object.entries(simulatorCredentials(sim))) {
		credentials[type] = await client.createCredential(`${type} in the panel`, type, data);
	}
	const workflow = await client.createWorkflow(
		chain('Panels', [
			manualTrigger(),
			...picture(fs.readFileSync(PHOTO)),
			hailuo({ resource: 'video', ...parameters }, credentials),
		]),
	);
	const { editor, close } = await openBrowser(n8n.url, { log, height: 1500, ...size });
	try {
		await editor.login();
		await editor.openWorkflow(workflow.id);
		await editor.openNode('Hailuo');
	} catch (error) {
		await close();
		throw error;
	}
	return { editor, close };
}

const fileOf = (...parts) =>
	path.join(FOLDER ?? '', `${parts.join('-').replace(/[^\w.-]+/g, '-')}.png`);

const names = async (editor) => (await editor.parameters()).map(({ name }) => name);
const read = async (editor, wanted) =>
	(await editor.parameters()).find(({ name }) => name === wanted)?.value;

const OLDER = '2.8.4';

/** In the older n8n only what is newest in the node: Hailuo 3 from text and from references. The others take too long. */
/** @param {Model} model @param {string} operation */
const isNewest = ({ references }, operation) =>
	references && ['textToVideo', 'referenceToVideo'].includes(operation);

/** Join has no provider, no credential and no model. */
async function seesJoin({ assert, editor, log }) {
	await editor.choose('operation', 'Join');
	assert.deepEqual(await names(editor), JOIN_FIELDS);
	assert.equal(await read(editor, 'clipField'), 'data');
	assert.deepEqual(
		(await editor.choices('sound')).map(({ name }) => name),
		['Keep', 'Leave Out'],
	);
	assert.deepEqual((await editor.addableOptions()).sort(), [
		'File Name',
		'Items Without a Video',
		'Put Output File in Field',
	]);
	assert.deepEqual(await editor.issues(), []);
	if (FOLDER) log(await editor.screenshot(fileOf('join')));
}

const JOIN_FIELDS = ['resource', 'operation', 'clipField', 'groupBy', 'sound', 'Options'];

/** Every model under every operation, chosen as a person does: exactly its fields, lists and options show. */
const panels = {
	name: 'panels: each provider, operation and model shows its own fields',
	versions: ['2.41.1', OLDER],
	timeoutMs: 600_000,

	async run(context) {
		const { assert, log, version } = context;
		const isChecked = version === OLDER ? isNewest : () => true;
		const { catalogue, videoOptions } = loadNode();
		const common = commonOptions(videoOptions);
		const { models, modelsFor, modelSummary, PROVIDER_NAMES, OPERATION_NAMES } = catalogue;
		const { editor, close } = await open({ ...context, parameters: {} });
		let seen = 0;
		try {
			for (const provider of new Set(models.map((model) => model.provider))) {
				await editor.choose('provider', PROVIDER_NAMES[provider]);
				for (const operation of catalogue.VIDEO_OPERATIONS) {
					const offered = modelsFor(provider, operation);
					const checked = offered.filter((model) => isChecked(model, operation));
					// An operation that no model of the provider can do is not in the list.
					if (checked.length === 0) continue;
					await editor.choose('operation', OPERATION_NAMES[operation]);
					if (FOLDER) {
						const list = await editor.openChoices('model');
						log(await editor.screenshot(fileOf(provider, operation, 'models')));
						await editor.closeChoices(list);
					}
					assert.deepEqual(
						await editor.choices('model'),
						offered.map((model) => ({
							name: model.name,
							description: modelSummary(model, operation),
						})),
					);
					for (const model of checked) {
						const where = `${provider} ${operation} ${model.id}`;
						await editor.choose('model', model.name);
						assert.deepEqual(await names(editor), fieldsOf(model, operation), where);
						if (model.fields.resolution) {
							assert.deepEqual(
								(await editor.choices('resolution')).map(({ name }) => name),
								Object.keys(model.operations[operation] ?? {}),
								where,
							);
						}
						if (!model.custom) await sees(assert, editor, model, operation);
						assert.deepEqual(
							(await editor.addableOptions()).sort(),
							optionsOf(model, operation, common),
							where,
						);
						seen++;
						if (FOLDER) log(await editor.screenshot(fileOf(provider, operation, model.id)));
					}
				}
			}
			const all = models.flatMap((model) =>
				Object.keys(model.operations).filter((operation) => isChecked(model, operation)),
			);
			assert.equal(seen, all.length);
			assert.ok(seen > 0);
			await seesJoin({ assert, editor, log });
		} finally {
			await close();
		}
	},
};

/** A workflow that changes hands: what both have stays, what only the first had is not sent. */
const change = {
	name: 'panels: another provider by the one dropdown keeps prompt, picture and length',
	versions: ['2.41.1', '2.8.4'],

	async run(context) {
		const { assert, sim } = context;
		const parameters = {
			operation: 'imageToVideo',
			model: 'minimax/hailuo-2.3/fast',
			prompt: 'Fog lifts from the lake',
			firstFrameBinaryField: 'data',
			duration: 10,
			goFast: false,
			promptExpansion: false,
		};
		const { editor, close } = await open({ ...context, parameters });
		try {
			const kept = { prompt: parameters.prompt, duration: 10 };
			const sent = async () => {
				const output = await editor.executeStep();
				assert.match(output, /\.mp4/);
				const { body, path: to } = sim.requests.filter(({ kind }) => kind === 'submit').at(-1);
				const input = body.input?.[0].params ?? body;
				const { image, first_frame_image: frame, ...others } = input;
				assert.ok(image ?? frame, 'the picture is sent');
				return { to, model: body.model, ...others };
			};

			await editor.choose('provider', 'Vtrix / SeaArt');
			// A model of another provider stays until a person picks one: no dearer one is chosen in silence.
			assert.deepEqual(await editor.issues(), ['model']);
			if (FOLDER) await editor.screenshot(fileOf('provider-changed'));
			assert.match(
				await editor.executeStep(),
				/Hailuo 2\.3 Fast .*is a model of WaveSpeed, but the provider is Vtrix/,
			);
			assert.equal(sim.paidPosts(), 0);
			if (FOLDER) await editor.screenshot(fileOf('provider-changed-error'));

			await editor.choose('model', 'Hailuo 02 (Image to Video)');
			assert.equal(await read(editor, 'prompt'), parameters.prompt);
			assert.equal(await read(editor, 'duration'), '10 Seconds');
			assert.deepEqual(await editor.issues(), []);
			await editor.choose('resolution', '512P');
			assert.equal(await read(editor, 'duration'), '10 Seconds');
			assert.deepEqual(await sent(), {
				to: '/model/v1/generation',
				model: 'minimax_hailuo_02_i2v',
				...kept,
				resolution: '512P',
				prompt_optimizer: false,
				aigc_watermark: false,
			});

			// 512P is nothing that the next model has: marked, until a person picks what there is.
			await editor.choose('provider', 'MiniMax');
			await editor.choose('model', 'Hailuo 2.3');
			assert.deepEqual(await editor.issues(), ['resolution']);
			await editor.choose('resolution', '768P');
			assert.deepEqual(await editor.issues(), []);
			assert.deepEqual(await sent(), {
				to: '/v1/video_generation',
				model: 'MiniMax-Hailuo-2.3',
				...kept,
				resolution: '768P',
				prompt_optimizer: false,
				fast_pretreatment: false,
			});

			await editor.choose('provider', 'WaveSpeed');
			await editor.choose('model', 'Hailuo 2.3 Pro (Image to Video)');
			// It makes 6 seconds only: nothing else is made in silence of the 10 that were chosen.
			assert.deepEqual(await editor.issues(), ['duration']);
			await editor.choose('duration', '6 Seconds');
			assert.deepEqual(await editor.issues(), []);
			const { model: _none, ...input } = await sent();
			assert.deepEqual(input, {
				to: '/api/v3/minimax/hailuo-2.3/i2v-pro',
				prompt: parameters.prompt,
				enable_prompt_expansion: false,
			});
		} finally {
			await close();
		}
	},
};

module.exports = [panels, change];
