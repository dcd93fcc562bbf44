'use strict';

const fs = require('node:fs');
const path = require('node:path');
const catalogue = require('../../nodes/Hailuo/models/catalogue');
const fields = require('../../nodes/Hailuo/models/fieldError');
const { OPTION_LABELS } = require('../../nodes/Hailuo/n8n/optionLabels');
const { scripts } = require('../../package.json');
const { table, written } = require('../../tools/docs/models');

const ROOT = path.join(__dirname, '..', '..');
const PAGES = ['README.md', 'CONTRIBUTING.md'];

test('the table of models agrees with the catalogue (npm run docs:models)', () => {
	expect(written()).toBe(table(catalogue, fields));
});

test.each(PAGES)('%s: its commands exist', (page) => {
	const text = fs.readFileSync(path.join(ROOT, page), 'utf8');
	const commands = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
	expect(commands.filter((name) => !(name in scripts))).toEqual([]);
});

test('every option is in the README', () => {
	const text = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').replace(/\s+/g, ' ');
	expect(Object.values(OPTION_LABELS).filter((label) => !text.includes(label))).toEqual([]);
});

describe('the messages under Troubleshooting', () => {
	const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
	const section = /\n## Troubleshooting\n([^]*?)\n## /.exec(readme)?.[1] ?? '';
	const messages = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, message]) => message);
	/** All texts of the node. Texts on several lines are joined. */
	const said = fs
		.readdirSync(path.join(ROOT, 'nodes'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => fs.readFileSync(path.join(ROOT, 'nodes', file), 'utf8'))
		.join('\n')
		.replace(/['`] \+\s+['`]/g, '')
		.replace(/\\'/g, "'");

	test.each(messages)('%s', (message) => {
		// The label of the field comes before the text, and numbers and names are filled in.
		const parts = message
			.replace(/^'[^']+' /, '')
			.split(/…|\d+|WaveSpeed|MiniMax|The service/)
			.map((part) => part.trim())
			.filter((part) => part.length > 3);
		expect(parts.length).toBeGreaterThan(0);
		expect(parts.filter((part) => !said.includes(part))).toEqual([]);
	});

	test('there are enough of them', () => expect(messages.length).toBeGreaterThan(30));
});
