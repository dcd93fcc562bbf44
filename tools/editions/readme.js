'use strict';

const path = require('node:path');
const { compiled } = require('../bench/compiled');
const { testedWith } = require('./editions');
const { ownRepository } = require('./repository');
const { FULL } = require('./stage');

/*
 * The README of an edition. What it says of models, prices and operations is read from the package itself, so that it
 * cannot differ from what the node does. What is true for every provider is only in the README of the full package.
 */

/** @returns {string[]} rows of a Markdown table */
function table(head, rows) {
	const line = (cells) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function models(dir, provider) {
	const catalogue = require(compiled('models/catalogue.ts', dir));
	const rows = catalogue.models
		.filter(({ custom }) => !custom)
		.map((model) => {
			const operations = catalogue.VIDEO_OPERATIONS.filter((name) => model.operations[name]);
			const summaries = new Set(operations.map((name) => catalogue.modelSummary(model, name)));
			return [
				model.name,
				`\`${model.id}\``,
				operations.map((name) => catalogue.OPERATION_NAMES[name]).join(', '),
				[...summaries].join('; '),
			];
		});
	const asOf = catalogue.pricesAsOf(provider);
	const price = asOf ? `list price of ${asOf}` : 'price';
	return table(['Model', 'ID', 'Operations', `Resolutions, lengths, ${price}`], rows);
}

function operations({ description: { properties } }) {
	const resources = properties.find(({ name }) => name === 'resource');
	return resources.options.flatMap((resource) => {
		const lists = properties.filter(
			({ name, displayOptions }) =>
				name === 'operation' && displayOptions?.show?.resource?.includes(resource.value),
		);
		return lists.flatMap(({ options }) =>
			options.map(({ name, description }) => `- **${resource.name}: ${name}**: ${description}`),
		);
	});
}

/** A workflow to paste into the editor: the smallest that makes a video. */
const example = ({ name, displayName }) => ({
	nodes: [
		{
			id: 'start',
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: 'video',
			name: displayName,
			type: `${name}.hailuo`,
			typeVersion: 1,
			position: [220, 0],
			parameters: {
				operation: 'textToVideo',
				prompt: 'A paper boat drifts down a rainy street, camera close to the water',
			},
		},
	],
	connections: { Start: { main: [[{ node: displayName, type: 'main', index: 0 }]] } },
});

/**
 * @param {import('./editions').Edition} edition
 * @param {string} dir where it is built
 * @returns {string} Markdown
 */
function readme(edition, dir) {
	const { n8n, version } = require(path.join(dir, 'package.json'));
	const nodes = n8n.nodes.map((file) => {
		const name = path.basename(file).split('.')[0];
		return new (require(path.join(dir, file))[name])();
	});
	const [action, ...triggers] = nodes;
	const [file] = n8n.credentials;
	const credential = new (require(path.join(dir, file))[path.basename(file).split('.')[0]])();
	const full = `https://github.com/${ownRepository()}`;
	return `${[
		`# ${edition.name}`,
		'',
		`Make videos with MiniMax Hailuo in [n8n](https://n8n.io), through ${edition.service}: text or pictures in, an`,
		'MP4 out, ready for the next node.',
		'',
		edition.about,
		'',
		'[Installation](#installation) · [Operations](#operations) · [Credentials](#credentials) ·',
		'[Models](#models) · [Compatibility](#compatibility) · [Usage](#usage) · [Resources](#resources) ·',
		'[Version history](#version-history)',
		'',
		'## Installation',
		'',
		`In n8n: **Settings > Community nodes > Install**, and type \`${edition.name}\`. n8n's own guide:`,
		'[community nodes](https://docs.n8n.io/integrations/community-nodes/installation/).',
		'',
		'## Operations',
		'',
		`The node **${action.description.displayName}**:`,
		'',
		...operations(action),
		...triggers.flatMap(({ description: { displayName } }) => [
			'',
			`The node **${displayName}** starts a workflow when a video is finished, or when a job did not succeed.`,
		]),
		'',
		'## Credentials',
		'',
		edition.account,
		'',
		`In n8n, create a credential **${credential.displayName}** and put the key into 'API Key'. Saving it tests the`,
		'key; the test costs nothing.',
		'',
		'## Models',
		'',
		...models(dir, edition.provider),
		'',
		'## Compatibility',
		'',
		`Tested with n8n ${testedWith.join(' and ')}. No runtime dependencies.`,
		'',
		'## Usage',
		'',
		'For a first video, copy this workflow and paste it into an empty one in the editor (Ctrl+V). Open the second',
		'node, choose the credential, and **Execute step**: it waits for the video (half a minute to some minutes) and',
		'shows it. Each video costs what the list of models says.',
		'',
		'```json',
		JSON.stringify(example(edition), null, 2),
		'```',
		'',
		'For a picture from the node before, take **Image to Video**: it reads the input field *data*.',
		'',
		`More example workflows, money, limits and troubleshooting by message are in the [README of`,
		`${FULL}](${full}#readme), of whose source this package is made.`,
		'',
		`A workflow of ${FULL} that uses ${edition.service} runs with this package once the type of its`,
		`node reads \`${edition.name}.hailuo\`: all fields and the credential have the same names. On the`,
		"way back, choose the provider in the node's list as well.",
		'',
		'## Resources',
		'',
		`- [Source and tests](${full})`,
		'- [n8n community nodes documentation](https://docs.n8n.io/integrations/#community-nodes)',
		'',
		'## Version history',
		'',
		`${version}: see the [changelog](${full}/blob/main/CHANGELOG.md).`,
	].join('\n')}\n`;
}

module.exports = { readme };
