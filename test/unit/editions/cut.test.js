'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { cut, ownerOf } = require('../../../tools/editions/cut');
const { editions, ids } = require('../../../tools/editions/editions');
const { foreignNames, withoutForeignComments } = require('../../../tools/editions/foreign');
const { providers } = require('../../../nodes/Hailuo/providers');

const flat = (text) => text.replace(/\s+/g, ' ').trim();
const kept = (source, provider = 'waveSpeed') => flat(cut(source, { ids, kept: provider }));

test('there is an edition for each provider of the full package', () => {
	expect(ids).toEqual([...providers]);
});

test('a file belongs to the provider after which it is named', () => {
	const owner = (file) => ownerOf(file, ids);
	expect(owner('nodes/Hailuo/providers/vtrix/queueApi.ts')).toBe('vtrix');
	expect(owner('./waveSpeed')).toBe('waveSpeed');
	expect(owner('credentials/HailuoMiniMaxApi.credentials.ts')).toBe('miniMax');
	expect(owner('icons/miniMax.dark.svg')).toBe('miniMax');
	expect(owner('nodes/Hailuo/Hailuo.node.ts')).toBeUndefined();
	expect(owner('nodes/Hailuo/providers/index.ts')).toBeUndefined();
});

test('imports from a removed file are removed from lists and tables', () => {
	const source = `
		import { vtrixModels } from './vtrix';
		import { waveSpeedModels } from './waveSpeed';
		import { vtrix } from './vtrix';
		export { vtrixTest } from './vtrixTest';
		const list = [...waveSpeedModels, ...vtrixModels];
		const table = { vtrix, other: vtrix, waveSpeed: 1 };`;
	expect(kept(source)).toBe(
		"import { waveSpeedModels } from './waveSpeed'; const list = [...waveSpeedModels,]; const table = { waveSpeed: 1 };",
	);
});

test('a provider is removed from lists of ids, from types and from tables, with its comment', () => {
	const source = `
		type Id = 'waveSpeed' | 'vtrix' | 'miniMax';
		type Dialect = 'vtrix' | 'miniMax';
		const ids = ['waveSpeed', 'vtrix', 'miniMax'];
		const NAMES = {
			waveSpeed: 'WaveSpeed',
			/** Two brands. */
			vtrix: { known: { miniMax: 1 } },
			'miniMax': 'x',
		};`;
	expect(kept(source)).toBe(
		"type Id = 'waveSpeed'; type Dialect = never; const ids = ['waveSpeed',]; const NAMES = { waveSpeed: 'WaveSpeed', };",
	);
	expect(kept(source, 'vtrix')).toContain("type Dialect = 'vtrix';");
	// The tables of a provider belong to it alone: an entry for another id in them is removed as well.
	expect(kept(source, 'vtrix')).toContain('vtrix: { known: { } }');
});

test("the entries of other providers' credentials are removed", () => {
	const source = `const credentials = [
		{ name: 'hailuoWaveSpeedApi', displayOptions: { show: { provider: ['waveSpeed'] } } },
		{ name: 'hailuoVtrixApi', displayOptions: { show: { provider: ['vtrix'] } } },
	];`;
	expect(kept(source)).toBe(
		"const credentials = [ { name: 'hailuoWaveSpeedApi', displayOptions: { show: { provider: ['waveSpeed'] } } }, ];",
	);
});

test('a source that names no other provider is unchanged', () => {
	const source = "// A comment\nimport { a } from './b';\n\nexport const c = { a, d: [1, 'e'] };\n";
	expect(cut(source, { ids, kept: 'waveSpeed' })).toBe(source);
});

test('comments that name another service are removed completely; their neighbours stay', () => {
	const [waveSpeed] = editions;
	const source = `/** Of any provider. */
const a = 1; // as Vtrix does
/**
 * Unlike SeaArt.
 */
const b = 'no // comment';
// The rule goes on,
// as Vtrix says, and
// ends here.
const c = /[/]* Vtrix/; // WaveSpeed's own
`;
	expect(withoutForeignComments(source, waveSpeed)).toBe(`/** Of any provider. */
const a = 1;
const b = 'no // comment';
const c = /[/]* Vtrix/; // WaveSpeed's own
`);
});

test('the check finds another service in code, texts, comments and file names', () => {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-foreign-'));
	const write = (file, text) => fs.writeFileSync(path.join(dir, file), text);
	try {
		write('comment.ts', 'export const a = 1; /* Unlike SeaArt */');
		write('text.ts', "export const hint = `or a model of ${'x'} Vtrix`;");
		write('key.ts', 'export const b = { seaArt: 1 };');
		write('vtrixIcon.svg', '<svg/>');
		write('README.md', 'See wavespeed.ai');
		const [waveSpeed] = editions;
		expect(foreignNames(waveSpeed, dir).sort()).toEqual([
			'comment.ts: SeaArt',
			'key.ts: seaArt',
			'text.ts: Vtrix',
			'vtrixIcon.svg: vtrix',
		]);
	} finally {
		fs.rmSync(dir, { recursive: true, force: true });
	}
});
