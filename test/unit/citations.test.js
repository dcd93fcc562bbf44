'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const FOLDERS = ['nodes', 'credentials', 'test', 'tools', 'docs', 'examples'];
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** All texts of the repository except this one, which contains the names that nobody may cite. */
const files = [
	...PAGES,
	...FOLDERS.flatMap((folder) =>
		fs
			.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((file) => /\.(?:ts|js|mjs|json|md)$/.test(file) && !file.includes('node_modules'))
			.map((file) => path.join(folder, file)),
	),
].filter((file) => path.join(ROOT, file) !== __filename);

const pages = files.filter((file) => file.endsWith('.md'));

/** A section is a heading ("## A.3 Statuses", "## 3. Polling triggers") or a numbered entry ("- **F.4** …"). */
function sectionsOf(text) {
	return [...text.matchAll(/^(?:#+ |- \*\*)([A-Z]\.\d+|[A-Z](?=\. )|\d+(?:\.\d+)?)/gm)].map(
		([, section]) => section,
	);
}

const SECTIONS = {
	'docs/providers.md': sectionsOf(read('docs/providers.md')),
	'docs/n8n.md': sectionsOf(read('docs/n8n.md')),
};

/** "docs/providers.md B.2, F.12" and "docs/n8n.md 3", over a line break of a comment too. */
const CITATION =
	/docs\/(?:providers|n8n)\.md(?:[\s*/]+(?:[A-Z]\.\d+|[A-Z]\b|\d+(?:\.\d+)?)(?:(?:, | and | to )(?:[A-Z]\.\d+|[A-Z](?![\w'])))*)?/g;

/** What a text cites, as [document, section]; without a section if it names only the document. */
function citationsOf(text) {
	return [...text.matchAll(CITATION)].flatMap(([citation]) => {
		const [document, ...sections] = citation.split(/[\s*]*(?:, | and | to |\s)[\s*/]*/);
		return sections.length === 0
			? [[document, undefined]]
			: sections.filter(Boolean).map((section) => [document, section]);
	});
}

/** The anchor that GitHub gives to a heading. */
function anchorsOf(text) {
	return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replace(/\s/g, '-'),
	);
}

describe('reading citations', () => {
	test.each([
		['(docs/providers.md B.2, F.12): the text', ['B.2', 'F.12']],
		['docs/providers.md A.1 to A.6).', ['A.1', 'A.6']],
		['(docs/n8n.md 3), so a restart', ['3']],
		['docs/n8n.md 7.2 lists', ['7.2']],
		['(docs/providers.md D). WaveSpeed', ['D']],
		['docs/providers.md\n * C.3 says', ['C.3']],
		['facts come from docs/providers.md; what', [undefined]],
		['(docs/providers.md A.7, E).', ['A.7', 'E']],
	])('%j', (text, sections) => {
		expect(citationsOf(text).map(([, section]) => section)).toEqual(sections);
	});

	test('the documents have their sections', () => {
		expect(SECTIONS['docs/providers.md']).toEqual(
			expect.arrayContaining([
				'A',
				'A.3',
				'B.6',
				'C.4',
				'D',
				'E',
				'F.11',
				'G.7',
				'H',
				'I.1',
				'S.5',
			]),
		);
		expect(SECTIONS['docs/n8n.md']).toEqual(expect.arrayContaining(['1', '6', '7', '7.2']));
	});

	test('no section appears twice', () => {
		for (const sections of Object.values(SECTIONS)) {
			expect(sections).toEqual([...new Set(sections)]);
		}
	});
});

test('every cited section exists', () => {
	const cited = files.flatMap((file) =>
		citationsOf(read(file)).map(([document, section]) => ({ file, document, section })),
	);
	expect(cited.length).toBeGreaterThan(70);
	expect(
		cited.filter(
			({ document, section }) => section !== undefined && !SECTIONS[document].includes(section),
		),
	).toEqual([]);
});

test('a section without a document is one of docs/providers.md, and the same file names that document', () => {
	const wrong = files
		.filter((file) => !file.startsWith('docs'))
		.flatMap((file) => {
			const text = read(file);
			const named = text.includes('docs/providers.md');
			return [...text.matchAll(/\(([ABCFGIS]\.\d+)\b/g)]
				.filter(([, section]) => !named || !SECTIONS['docs/providers.md'].includes(section))
				.map(([, section]) => ({ file, section }));
		});
	expect(wrong).toEqual([]);
});

test('nothing cites a document that is not in the repository', () => {
	const absent =
		/\b(?:PROVIDERS|FAULTS|CASES|STRUCTURE|PEERS|DESIGN)\.md|N8N-FACTS|PACKAGE-RULES|\bseeds? 0*\d\b|seeds\//i;
	// The name of the new document is that of the old one in lower case.
	const without = (text) =>
		text.replaceAll('docs/providers.md', '').replaceAll('(providers.md', '');
	expect(
		files
			.map((file) => ({ file, found: absent.exec(without(read(file)))?.[0] }))
			.filter(({ found }) => found !== undefined),
	).toEqual([]);
});

test.each(pages)('%s: its links lead to existing files and headings', (page) => {
	const links = [...read(page).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
	const broken = links.filter(([, file, anchor]) => {
		const target = file === '' ? page : path.join(path.dirname(page), file);
		if (!fs.existsSync(path.join(ROOT, target))) return true;
		return (
			anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target)).includes(anchor)
		);
	});
	expect(broken.map(([link]) => link)).toEqual([]);
});
