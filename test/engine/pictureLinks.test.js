'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { context } = require('./mediaContext');
const { jpeg, png } = require('./pictures');
const engine = require('./harness');
const { withSimulator } = require('./withSimulator');
const { listen } = require('../simulator/listen');

/*
 * Links as people really enter them: pages, several links in one field, lists and objects of other nodes. The provider
 * would find no picture there. So they are refused before anything is paid, or read in the way they are meant.
 */

let sim;
const make = withSimulator({}, (given) => ({ sim } = given));

const submitted = () => sim.requests.filter(({ kind }) => kind === 'submit');
const link = (firstFrameUrl, more) => ({
	operation: 'imageToVideo',
	firstFrameSource: 'url',
	firstFrameUrl,
	...more,
});

/** @returns {Promise<string>} what the person reads, message and hint */
async function refused(parameters, items) {
	const { error } = await make(parameters, { items });
	expect(error?.message).toMatch(/^'First Frame' /);
	expect(submitted()).toEqual([]);
	return `${error?.message} | ${error?.description}`;
}

const picture = 'https://example.com/picture.jpg';
const BY_N8N = /URL, Fetched by n8n/;

describe('a link to a page is refused, and the hint says what to do', () => {
	test.each([
		['https://drive.google.com/file/d/1AbC_d-9/view?usp=sharing', /Google Drive page/, BY_N8N],
		['https://drive.google.com/open?id=1AbC_d-9', /Google Drive page/, BY_N8N],
		['https://drive.google.com/drive/folders/1AbC', /Drive folder/, /Google Drive: Download/],
		['https://docs.google.com/document/d/1AbC/edit', /Google document/, /File From Input/],
		['https://www.dropbox.com/scl/fi/abc/a.jpg?rlkey=x&dl=0', /Dropbox page/, BY_N8N],
		['https://www.dropbox.com/s/abc/a.jpg', /Dropbox page/, /Dropbox: Download/],
		['https://1drv.ms/i/s!AbC', /OneDrive page/, /OneDrive: Download/],
		['https://acme.sharepoint.com/:i:/s/team/EAbC?e=1', /SharePoint page/, BY_N8N],
		['https://photos.app.goo.gl/AbC', /Google Photos page/, /upload it to Google Drive/],
		['https://www.canva.com/design/DAF/view', /Canva design/, /Download it in Canva/],
		['https://imgur.com/a/AbCdE', /Imgur page/, /Copy image address/],
		['https://imgur.com/AbCdEfG', /Imgur page/, BY_N8N],
		['https://www.google.com/imgres?imgurl=https%3A%2F%2Fx.com%2Fa.jpg', /search result/, BY_N8N],
		['https://files.slack.com/files-pri/T1-F1/a.jpg', /private Slack/, /HTTP Request/],
		['https://github.com/o/r/blob/main/a.jpg', /GitHub page/, BY_N8N],
		['https://example.com', /address of a website/, /Copy image address/],
		['https://example.com/clip.mp4', /address of a MP4 file/, /allowed|these types/],
		['https://example.com/a.gif', /address of a GIF file/, BY_N8N],
		['https://example.com/a.svg', /address of a SVG file/, BY_N8N],
		['https://example.com/a.HEIC', /address of a HEIC file/, BY_N8N],
		['https://example.com/a.webp', /address of a WEBP file; it must be JPG or PNG/, BY_N8N],
	])('%s', async (url, what, way) => {
		const said = await refused(link(url));
		expect(said).toMatch(what);
		expect(said).toMatch(way);
		expect(sim.requests).toEqual([]);
	});

	test("the bot's token in a Telegram link reaches neither the provider nor any text", async () => {
		const token = '123456:AAH-token_of_a_bot';
		const url = `https://api.telegram.org/file/bot${token}/photos/file_1.jpg`;
		const said = await refused(link('={{ $json.url }}'), [{ json: { url } }]);
		expect(said).toMatch(/Telegram link that contains your bot's token/);
		expect(said).not.toContain(token);
		expect(JSON.stringify(engine.logs)).not.toContain(token);
	});

	test.each([
		'https://drive.google.com/uc?export=download&id=1AbC',
		'https://www.dropbox.com/s/abc/a.jpg?dl=1',
		'https://i.imgur.com/AbCdEfG.jpg',
		'https://res.cloudinary.com/demo/image/upload/w_300,h_200,c_fill/a.jpg',
		'https://res.cloudinary.com/demo/image/fetch/https://upload.example.com/a.jpg',
		'https://bucket.s3.amazonaws.com/a.jpg?X-Amz-Signature=ab&X-Amz-Date=20260101T000000Z',
		'https://example.com/picture.webp?format=jpg',
		'https://example.com/a%20(1).jpg',
		'https://en.wikipedia.org/wiki/Boat_(ship)',
	])('but not a link that may be a picture: %s', async (url) => {
		await make(link(url));
		expect(submitted()[0].body.image).toBe(url);
	});

	test('WebP if the model accepts it', async () => {
		const url = 'https://example.com/a.webp';
		await make(link(url, { provider: 'vtrix', model: 'minimax_hailuo_02_i2v' }));
		expect(submitted()).toHaveLength(1);
	});
});

describe('if the provider cannot load a picture from its link', () => {
	const models = { vtrix: 'minimax_hailuo_02_i2v', miniMax: 'MiniMax-Hailuo-02' };

	test.each([
		['waveSpeed', 1],
		['vtrix', 1],
		// MiniMax refuses the submit, so no job is made, and n8n tries again.
		['miniMax', 3],
	])('%s: the error says what to do, and nothing is sent again', async (provider, posts) => {
		sim.options.foreignImages = 'fail';
		const model = models[provider] ? { model: models[provider] } : {};
		const { error, run } = await make(link(picture, { provider, ...model }), {
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(error?.message).toMatch(/failed to download from the URL/);
		expect(error?.description).toMatch(/could not load a file from its link\. Open the link/);
		expect(error?.description).toMatch(BY_N8N);
		expect(error?.description).not.toMatch(/submit it again/);
		expect(submitted()).toHaveLength(posts);
		expect(sim.jobs.size).toBe(provider === 'miniMax' ? 0 : 1);
		expect(run.data.resultData.runData.Hailuo).toHaveLength(1);
	});

	test.each([
		['image: failed to download from the URL', true],
		['first_frame_image: url is not accessible', true],
		['Unable to fetch image: 403', true],
		['image url timeout', true],
		['download image failed', true],
		['failed to load media file', true],
		['图片下载失败', true],
		['Internal server error', false],
		['Image generation failed', false],
		['the GPU node failed to load the model', false],
		['content blocked: the prompt could not be accepted', false],
		['overloaded, try again', false],
	])('"%s" is about a file: %p', (message, expected) => {
		const { speaksOfFile } = require('../../nodes/Hailuo/providers/fileTrouble');
		expect(speaksOfFile(message)).toBe(expected);
	});
});

describe('several in one field', () => {
	test.each([
		['line breaks', `${picture}\nhttps://example.com/2.jpg`, 2, /split\('\\n'\)\[0\]/],
		['a comma', `${picture}, https://example.com/2.jpg`, 2, /split\(','\)\[0\]/],
		['a comma alone', `${picture},https://example.com/2.jpg`, 2, /split\(','\)/],
		['blanks', `${picture} https://b.example.com/2.jpg https://c.example.com/3.jpg`, 3, /./],
		[
			'a list',
			[picture, 'https://example.com/2.jpg'],
			2,
			/\{\{ \$json\.Attachments\[0\]\.url \}\}/,
		],
		['a list of objects', [{ url: picture }, { url: picture }, { url: picture }], 3, /Split Out/],
		['a list as text', JSON.stringify([picture, picture]), 2, /./],
	])('are refused, and the hint says how to use one: %s', async (_name, value, count, way) => {
		const said = await refused(link('={{ $json.images }}'), [{ json: { images: value } }]);
		expect(said).toContain(`contains ${count} pictures or addresses`);
		expect(said).toMatch(way);
	});

	test.each([
		['twice http', 'http://https://example.com/a.jpg', /twice/],
		['an object in a template', 'https://cdn.example.com/[object Object]', /\[object Object\]/],
		['a line break inside', 'https://example.com/a\n.jpg', /line break/],
		['no https', 'example.com/a.jpg', /without https:\/\/ in front of it/],
		['a list of nothing', [], /is empty/],
		[
			'an object without an address',
			{ filename: 'a.jpg', size: 1 },
			/must be text, but is an object/,
		],
	])('a value that is not an address is refused: %s', async (_name, value, what) => {
		expect(await refused(link('={{ $json.images }}'), [{ json: { images: value } }])).toMatch(what);
	});
});

describe('one picture is accepted in every form in which nodes deliver it', () => {
	test.each([
		['Airtable', [{ id: 'att1', url: picture, filename: 'a.jpg', thumbnails: {} }]],
		['Notion, uploaded', [{ name: 'a.jpg', type: 'file', file: { url: picture } }]],
		['Notion, linked', { type: 'external', external: { url: picture } }],
		['an object', { url: picture }],
		['a list as text', JSON.stringify([{ url: picture }])],
		['Airtable as CSV', `a.jpg (${picture})`],
		['Markdown', `![a boat](${picture})`],
		['a link in Markdown', `[image](${picture})`],
		['quotes', `"${picture}"`],
		['angle brackets', `<${picture}>`],
		['a formula of Sheets', `=IMAGE("${picture}")`],
		['the end of a sentence', `${picture}.`],
		['a stray bracket', `${picture})`],
	])('%s', async (_name, value) => {
		const { error } = await make(link('={{ $json.images }}'), {
			items: [{ json: { images: value } }],
		});
		expect(error).toBeUndefined();
		expect(submitted().map(({ body }) => body.image)).toEqual([picture]);
	});

	test('a file that a Code node made, without a MIME type', async () => {
		const data = jpeg(800, 600);
		const binary = { data: { data: data.toString('base64'), fileName: 'a.jpg' } };
		const { items, error } = await make(
			{ operation: 'imageToVideo' },
			{ items: [{ json: {}, binary }] },
		);
		expect(error).toBeUndefined();
		expect(items[0].json.status).toBe('completed');
	});

	test('an address or a picture where a field name is expected gets a short error', async () => {
		const binary = { data: await engine.binaryFrom(jpeg(800, 600)) };
		const items = [{ json: {}, binary }];
		const named = (firstFrameBinaryField) => ({ operation: 'imageToVideo', firstFrameBinaryField });
		expect(await refused(named(picture), items)).toMatch(/got an address.*URL or Base64 Text/);
		const said = await refused(named('A'.repeat(4_000_000)), items);
		expect(said).toContain('(4000000 characters)');
		expect(said.length).toBeLessThan(400);
	});
});

describe('URL, Fetched by n8n', () => {
	const photo = fs.readFileSync(path.join(__dirname, '../../tools/demo/lake.jpg'));
	const routes = {
		'/photo.jpg': (res) => res.end(photo),
		'/small.png': (res) => res.end(png(400, 400)),
		'/moved': (res) => res.writeHead(302, { location: '/photo.jpg' }).end(),
		'/round': (res) => res.writeHead(302, { location: '/round' }).end(),
		'/page': (res) => res.setHeader('content-type', 'text/html').end('<!doctype html><p>Sign in'),
		'/login': (res) => res.writeHead(401).end(),
		'/huge': (res) => {
			const write = () => {
				while (!res.destroyed && res.write(Buffer.alloc(1_000_000)));
				if (!res.destroyed) res.once('drain', write);
			};
			write();
		},
		'/cut': (res) => {
			res.writeHead(200, { 'content-length': 5_000 });
			res.write(photo.subarray(0, 1_000));
			setTimeout(() => res.destroy(), 20);
		},
		'/uc': (res) => res.end(photo),
		'/s/abc/a.jpg': (res) => res.end(photo),
		'/file/bot1:tok/photos/file_1.jpg': (res) => res.end(photo),
	};
	let server;
	let base;
	let asked = [];
	let failing = 0;
	beforeAll(async () => {
		server = http.createServer((req, res) => {
			asked.push(req.url);
			expect(req.headers.authorization).toBeUndefined();
			if (failing-- > 0) return res.writeHead(503).end();
			const answer = routes[new URL(String(req.url), 'http://x').pathname];
			return answer ? answer(res) : res.writeHead(404).end();
		});
		base = `http://127.0.0.1:${await listen(server)}`;
	});
	afterAll(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	beforeEach(() => {
		asked = [];
		failing = 0;
	});

	const fetched = (url, more) => link(url, { firstFrameSource: 'fetchedUrl', ...more });

	test.each(['waveSpeed', 'vtrix', 'miniMax'])(
		'the picture is fetched, checked and handed on: %s',
		async (provider) => {
			const model = {
				vtrix: 'minimax_hailuo_02_i2v',
				miniMax: 'MiniMax-Hailuo-02',
			}[provider];
			const { items, error } = await make(
				fetched(`${base}/photo.jpg`, { provider, ...(model ? { model } : {}) }),
			);
			expect(error).toBeUndefined();
			expect(items[0].json.status).toBe('completed');
			expect(JSON.stringify(submitted()[0].body)).not.toContain(base);
		},
	);

	test('it is fetched once for all items', async () => {
		const items = [1, 2, 3].map((n) => ({ json: { n } }));
		const { items: rows } = await make(fetched(`${base}/photo.jpg`, { prompt: '={{ $json.n }}' }), {
			items,
		});
		expect(rows).toHaveLength(3);
		expect(asked).toEqual(['/photo.jpg']);
	});

	test('items do not wait for one another', async () => {
		let open = 0;
		let most = 0;
		routes['/slow'] = (res) => {
			most = Math.max(most, ++open);
			setTimeout(() => {
				open--;
				res.end(png(400, 400));
			}, 100);
		};
		const items = [...Array(6).keys()].map((n) => ({ json: { n } }));
		const { items: rows } = await make(fetched(`=${base}/slow?{{ $json.n }}`), { items });
		expect(rows).toHaveLength(6);
		expect(asked).toHaveLength(6);
		expect(most).toBeGreaterThan(2);
	});

	test('redirects are followed, transient faults are retried', async () => {
		failing = 2;
		const { error } = await make(fetched(`${base}/moved`));
		expect(error).toBeUndefined();
		expect(asked).toEqual(['/moved', '/moved', '/moved', '/photo.jpg']);
	});

	test.each([
		[
			'https://drive.google.com/file/d/1AbC_d-9/view?usp=sharing&resourcekey=0-x',
			/^\/uc\?export=download&id=1AbC_d-9&resourcekey=0-x$/,
		],
		['https://drive.google.com/open?id=1AbC', /^\/uc\?export=download&id=1AbC$/],
		['https://www.dropbox.com/s/abc/a.jpg?dl=0', /^\/s\/abc\/a\.jpg\?dl=1$/],
		['https://api.telegram.org/file/bot1:tok/photos/file_1.jpg', /file_1\.jpg$/],
	])('a share link is replaced by the address of its file: %s', async (url, direct) => {
		const back = engine.redirectHost(new URL(url).origin, base);
		try {
			const { error } = await make(fetched(url));
			expect(error).toBeUndefined();
		} finally {
			back();
		}
		expect(asked).toHaveLength(1);
		expect(asked[0]).toMatch(direct);
		expect(JSON.stringify(submitted()[0].body)).not.toContain('tok');
	});

	test.each([
		['/page', /leads to a web page, not to the picture.*private window.*File From Input/],
		['/login', /could not be fetched: the server answered with HTTP 401.*private window/],
		['/none', /could not be fetched: .*HTTP 404/],
		['/huge', /could not be fetched: it is 2\d MB or larger; at most 20 MB are allowed/],
		['/cut', /could not be fetched: /],
		['/round', /redirects too many times/],
	])('a link without a picture is refused before anything is paid: %s', async (where, what) => {
		expect(await refused(fetched(base + where))).toMatch(what);
		expect(sim.paidPosts()).toBe(0);
	});

	test('a picture that the model would refuse is refused, in the same way as a file', async () => {
		routes['/tiny.png'] = (res) => res.end(png(200, 200));
		expect(await refused(fetched(`${base}/tiny.png`))).toMatch(/200 × 200 px/);
	});

	test('an album or a private file is refused, because n8n cannot fetch it', async () => {
		expect(await refused(fetched('https://photos.app.goo.gl/AbC'))).toMatch(/Google Photos page/);
		expect(asked).toEqual([]);
	});

	test('nothing is fetched from a private network for a provider on the internet', async () => {
		const { loadPicture } = require('../../nodes/Hailuo/media/picture/load');
		const { fetchFile } = require('../../nodes/Hailuo/media/fetchFile');
		const self = context();
		const providerUrl = 'https://api.wavespeed.ai/api/v3';
		/** @type {import('../../nodes/Hailuo/media/picture/load').PictureInput} */
		const input = {
			source: 'fetchedUrl',
			value: `${base}/photo.jpg`,
			label: 'First Frame',
			rules: { mimeTypes: ['image/jpeg'], maxBytes: 1e6, strictRatio: false },
			providerUrl,
			fetch: async () => await Promise.reject(new Error('not to be called')),
		};
		await expect(loadPicture.call(self, 0, input)).rejects.toThrow('address in your own network');
		// If a public server redirects, the next address is checked too.
		const back = engine.redirectHost('https://public.example.com', base);
		routes['/inside'] = (res) => res.writeHead(302, { location: `${base}/photo.jpg` }).end();
		const options = { accept: '*/*', maxBytes: 1e6, providerUrl, clock: engine.clock };
		await expect(
			fetchFile.call(self, 'https://public.example.com/inside', options),
		).rejects.toThrow('which leads to an address in your own network');
		back();
		expect(asked).toEqual(['/inside']);
	});

	test('with Continue, each item succeeds or fails alone', async () => {
		const { items } = await make(fetched(`=${base}/{{ $json.name }}`), {
			items: [{ json: { name: 'page' } }, { json: { name: 'photo.jpg' } }],
			node: { onError: 'continueRegularOutput' },
		});
		expect(items[0].json.error).toMatchObject({ field: 'First Frame', retryable: false });
		expect(items[1].json.status).toBe('completed');
	});
});
