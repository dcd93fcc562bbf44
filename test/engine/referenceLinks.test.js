'use strict';

const http = require('node:http');
const { mp4Head, wav } = require('../simulator/clips');
const { png } = require('../simulator/pictures');
const engine = require('./harness');
const { REFERENCE_VIDEO } = require('./referenceVideo');
const { withSimulator } = require('./withSimulator');
const { listen } = require('../simulator/listen');

/*
 * References of Hailuo 3 by address: in the forms in which other nodes deliver them, and fetched by n8n.
 */

let sim;
const run = withSimulator({}, (given) => ({ sim } = given));

const H3 = {
	...REFERENCE_VIDEO,
	prompt: 'The bottle on a rock by the sea',
	continueWhen: 'submitted',
};

const submits = () => sim.requests.filter(({ kind }) => kind === 'submit');
const addresses = () =>
	submits()[0]
		.body.content.slice(1)
		.map((part) => part[part.type].url);

const a = 'https://pictures.example.com/a.jpg';
const b = 'https://pictures.example.com/b.jpg';
const cloudinary = 'https://res.cloudinary.com/demo/image/upload/w_300,h_200,c_fill/a.jpg';

test.each([
	['Airtable', [{ url: a, filename: 'a.jpg' }, { url: b }], [a, b]],
	['Notion', [{ file: { url: a } }, { external: { url: b } }], [a, b]],
	['a list as text', JSON.stringify([a, b]), [a, b]],
	['one object', { url: a }, [a]],
	['commas and blanks', `${a}, ${b}`, [a, b]],
	['commas alone', `${a},${b}`, [a, b]],
	['line breaks', `${a}\n${b}`, [a, b]],
	['commas inside an address', `${cloudinary},${b}`, [cloudinary, b]],
	['commas inside, and a file', `${cloudinary},data`, [cloudinary, expect.anything()]],
])('addresses in the form of %s', async (_name, value, expected) => {
	const binary = { data: await engine.binaryFrom(png(640, 480), { mimeType: 'image/png' }) };
	const { error } = await run(
		{ ...H3, referencePictures: '={{ $json.pictures }}' },
		{ items: [{ json: { pictures: value }, binary }] },
	);
	expect(error).toBeUndefined();
	expect(addresses()).toEqual(expected);
});

test('files of a Code node without a MIME type match a pattern', async () => {
	const file = (width) => ({ data: png(width, 480).toString('base64'), fileName: 'a.png' });
	const binary = { photo_1: file(640), photo_2: file(800) };
	const { error } = await run(
		{ ...H3, referencePictures: 'photo_*' },
		{ items: [{ json: {}, binary }] },
	);
	expect(error).toBeUndefined();
	expect(addresses()).toHaveLength(2);
});

const DRIVE = 'https://drive.google.com/file/d/1AbC/view';

test.each([
	['referencePictures', 'Reference Pictures'],
	['referenceVideos', 'Reference Videos'],
	['referenceAudios', 'Reference Audio'],
])('a page in %s is refused, and the hint says what to do', async (field, label) => {
	const { error } = await run({ ...H3, referencePictures: a, [field]: DRIVE });
	expect(error?.message).toMatch(new RegExp(`^'${label}' is a Google Drive page`));
	expect(error?.description).toContain("Choose 'Fetched by n8n' in 'Reference Addresses'");
	expect(submits()).toEqual([]);
});

describe('fetched by n8n', () => {
	const routes = {
		'/photo': () => png(640, 480),
		'/uc': () => png(640, 480),
		'/clip.mp4': () => mp4Head({ seconds: 4 }),
		'/long.mp4': () => mp4Head({ seconds: 40 }),
		'/voice': () => wav(3),
		'/page': () => Buffer.from('<!doctype html><p>Sign in'),
	};
	let server;
	let base;
	let asked = [];
	beforeAll(async () => {
		server = http.createServer((req, res) => {
			asked.push(req.url);
			const body = routes[new URL(String(req.url), 'http://x').pathname]?.();
			res.writeHead(body ? 200 : 404).end(body);
		});
		base = `http://127.0.0.1:${await listen(server)}`;
	});
	afterAll(async () => await new Promise((resolve) => server.close(resolve)));
	beforeEach(() => (asked = []));

	const fetched = async (more) => await run({ ...H3, referenceSource: 'fetchedUrl', ...more });

	test('a picture, a clip and a voice are checked and passed on', async () => {
		const { error } = await fetched({
			referencePictures: `${base}/photo`,
			referenceVideos: `${base}/clip.mp4`,
			referenceAudios: `${base}/voice`,
		});
		expect(error).toBeUndefined();
		expect(addresses()).toEqual([
			expect.objectContaining({ sha256: expect.anything() }),
			expect.stringMatching(/^mm_file:/),
			expect.stringMatching(/^mm_file:/),
		]);
		expect(asked.sort()).toEqual(['/clip.mp4', '/photo', '/voice']);
	});

	test('a share link is replaced by the address of its file', async () => {
		const back = engine.redirectHost('https://drive.google.com', base);
		const { error } = await fetched({ referencePictures: DRIVE });
		back();
		expect(error).toBeUndefined();
		expect(asked).toEqual(['/uc?export=download&id=1AbC']);
	});

	test.each([
		['a page', '/page?token=secret', /leads to a web page/],
		['nothing', '/none?token=secret', /could not be fetched: .*HTTP 404/],
		['a clip that is too long', '/long.mp4?token=secret', /lasts 40 s/],
	])(
		'%s is refused before anything is paid, and the error does not show the query of the address',
		async (_name, where, what) => {
			const { error } = await fetched({
				referencePictures: `${base}/photo`,
				referenceVideos: base + where,
			});
			expect(error?.message).toMatch(what);
			expect(`${error?.message} ${error?.description}`).not.toContain('secret');
			expect(submits()).toEqual([]);
		},
	);
});
