'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describeWithFfmpeg } = require('../ffmpegTests');
const engine = require('./harness');
const {
	clip,
	complaints,
	ffmpeg,
	inFolder,
	pictures,
	probe,
	soundStarts,
	times,
} = require('./joinClips');

/* Video: Join in n8n's own engine. What comes out is decoded by ffmpeg from end to end. */

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-join-'));
const at = inFolder(folder);
const SAMPLE = fs.readFileSync(path.join(__dirname, '../simulator/data/sample.mp4'));

jest.setTimeout(120_000);
beforeAll(engine.startEngine);
afterAll(() => {
	engine.stopEngine();
	fs.rmSync(folder, { recursive: true, force: true });
});

const item = async (data, json = {}, fileName = 'clip.mp4') => ({
	json,
	...(data
		? { binary: { data: await engine.binaryFrom(data, { fileName, mimeType: 'video/mp4' }) } }
		: {}),
});

/** Runs without a credential: no provider is called. */
async function join(items, parameters = {}, node = {}) {
	const result = await engine.runNode({
		parameters: { resource: 'video', operation: 'join', ...parameters },
		items,
		credentials: {},
		node,
	});
	const files = await Promise.all(
		result.items.map(async ({ binary }, index) => {
			if (!binary) return undefined;
			const file = at(`film-${Date.now()}-${index}.mp4`);
			fs.writeFileSync(file, await engine.readBinary(Object.values(binary)[0]));
			return file;
		}),
	);
	return { ...result, file: files[0] ?? '', files };
}

test('clips become one MP4, paired with all their items, without a credential', async () => {
	const { items, error } = await join([await item(SAMPLE), await item(SAMPLE), await item(SAMPLE)]);
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	const [{ json, binary, pairedItem }] = items;
	expect(json).toMatchObject({
		clips: 3,
		width: 128,
		height: 72,
		hasSound: false,
		fileName: 'film.mp4',
	});
	expect(binary.data).toMatchObject({
		mimeType: 'video/mp4',
		fileName: 'film.mp4',
		bytes: json.bytes,
	});
	expect(pairedItem).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
});

test('Group By makes one film per value, in the order of the items', async () => {
	const names = ['b', 'a', 'b', 7];
	const items = await Promise.all(names.map(async (film) => await item(SAMPLE, { film })));
	const result = await join(items, { groupBy: '={{ $json.film }}' });
	expect(
		result.items.map(({ json, pairedItem }) => [json.group, pairedItem.map((one) => one.item)]),
	).toEqual([
		['b', [0, 2]],
		['a', [1]],
		[7, [3]],
	]);
});

test.each([
	[
		'an item without a file',
		async () => [await item(SAMPLE), await item()],
		{},
		/^'Video Input Field' names "data", but item 1 has no file/,
		/Download Video.*'Items Without a Video'/,
	],
	[
		'a file of another name',
		async () => [await item(SAMPLE)],
		{ clipField: 'video' },
		/names "video", but item 0 has only "data"/,
		/name of the field that holds the clip/,
	],
	[
		'no MP4',
		async () => [await item(SAMPLE), await item(Buffer.from('<html>'), {}, 'page.mp4')],
		{},
		/holds "page.mp4" \(item 1\), which is not an MP4/,
		/MP4/,
	],
	[
		'a cut-off one',
		async () => [await item(SAMPLE.subarray(0, SAMPLE.length - 2000)), await item(SAMPLE)],
		{},
		/holds "clip.mp4" \(item 0\), which (is|has) /,
		/Job: Wait/,
	],
	[
		'a list to group by',
		async () => [await item(SAMPLE)],
		{ groupBy: '={{ [1, 2] }}' },
		/^'Group By' must be text or a number, but is a list in item 0/,
		/text or a number/,
	],
])('%s stops the run before anything is written', async (_, items, parameters, message, fix) => {
	const result = await join(await items(), parameters);
	expect(result.error?.message).toMatch(message);
	expect(result.error?.description).toMatch(fix);
	expect(result.items).toEqual([]);
});

test('an invalid group becomes a row with an error, and the others are joined', async () => {
	const items = [await item(SAMPLE, { film: [1, 2] }), await item(SAMPLE, { film: 2 })];
	const goOn = { onError: 'continueRegularOutput' };
	const { items: rows, error } = await join(items, { groupBy: '={{ $json.film }}' }, goOn);
	expect(error).toBeUndefined();
	expect(rows.map(({ json }) => json.error?.message ?? json.clips)).toEqual([
		expect.stringMatching(/^'Group By' must be text or a number, but is a list in item 0/),
		1,
	]);
});

test('items without a video can be left out, and a bad group does not stop the others', async () => {
	const options = { missing: 'leaveOut', outputField: 'film', fileName: '../a:b.mp4' };
	const left = await join([await item(), await item(SAMPLE)], { options });
	expect(left.items[0]).toMatchObject({
		json: { clips: 1, fileName: 'a-b.mp4' },
		pairedItem: [{ item: 1 }],
	});
	expect(Object.keys(left.items[0].binary)).toEqual(['film']);
	const two = [
		await item(SAMPLE, { film: 1 }),
		await item(SAMPLE.subarray(9), { film: 2 }),
		await item(SAMPLE, { film: 3 }),
	];
	const { items, error } = await join(
		two,
		{ groupBy: '={{ $json.film }}' },
		{ onError: 'continueRegularOutput' },
	);
	expect(error).toBeUndefined();
	expect(items.map(({ json }) => json.error?.message ?? json.clips)).toEqual([
		1,
		expect.stringMatching(/item 1.*is not an MP4/),
		1,
	]);
});

test('an MP4 with random changes gives a film or a message, and never hangs', async () => {
	// In one process: a table that claims billions of frames must give a message, and not fill the memory.
	const { planFilm, JoinRefused } = require('../../nodes/Hailuo/media/video/join');
	// The library writes warnings to the console. The build removes them from the package.
	for (const level of /** @type {const} */ (['error', 'warn', 'info']))
		jest.spyOn(console, level).mockReturnValue(undefined);
	let random = 1;
	const next = () => (random = (random * 16807) % 2147483647) / 2147483647;
	let refused = 0;
	const before = process.memoryUsage().rss;
	for (let round = 0; round < 300; round++) {
		const data = Buffer.from(SAMPLE);
		for (let change = 0; change < 1 + next() * 8; change++) {
			data.writeUInt32BE(
				next() < 0.3 ? 0xffffffff : Math.floor(next() * 2 ** 32),
				Math.floor(next() * (data.length - 4)),
			);
		}
		// Changes in the index of a file do the most harm, so the second half of the rounds changes it.
		const moov = data.indexOf('moov');
		if (round % 2)
			data.writeUInt32BE(Math.floor(next() * 2 ** 32), moov + 4 + Math.floor(next() * 700));
		const clip = {
			name: 'a',
			async *bytes() {
				for (let at = 0; at < data.length; at += 1000) yield data.subarray(at, at + 1000);
			},
		};
		const film = planFilm([clip], true);
		await film
			.then(async (made) => {
				for await (const piece of made.read()) expect(piece.length).toBeGreaterThan(0);
			})
			.catch((error) => {
				expect(error).toBeInstanceOf(JoinRefused);
				refused++;
			});
	}
	jest.restoreAllMocks();
	expect(refused).toBeGreaterThan(50);
	expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
}, 120_000);

describeWithFfmpeg('with clips of ffmpeg', () => {
	test('every picture is there, unchanged and at its time, and so is the sound', async () => {
		const variants = [0, 120, 240].map((hue, index) => ({
			hue,
			sound: 300 + index * 200,
			seconds: 2 - index / 2,
		}));
		const clips = variants.map((variant, index) => clip(at(`s${index}.mp4`), variant));
		const { items, error, file } = await join(
			await Promise.all(clips.map(async (data) => await item(data))),
		);
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ clips: 3, frames: 113, hasSound: true });
		const [video, audio] = probe(file);
		expect(video).toMatchObject({ codec_type: 'video', frames: 113 });
		expect(video.duration).toBeCloseTo(4.52, 2);
		expect(Math.abs(audio.duration - video.duration)).toBeLessThan(0.05);
		expect(pictures(file)).toEqual(variants.flatMap((_, index) => pictures(at(`s${index}.mp4`))));
		const gaps = times(file).map((time, index, all) => (index ? time - all[index - 1] : 0.04));
		for (const gap of gaps) expect(gap).toBeCloseTo(0.04, 3);
		expect(complaints(file)).toBe('');
		// The index comes before the pictures, so that a browser can play it at once.
		const bytes = fs.readFileSync(file);
		expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
	});

	test('sound and pictures stay in sync, however many clips have longer or shorter sound', async () => {
		// A beep in the middle of each; the sound is up to 100 ms shorter or longer than the pictures.
		const beep = 'volume=volume=0:enable=not(between(t\\,0.5\\,0.6))';
		const clips = [-100, 90, 35, 100, 60, -35, 80, 11, 95, 70].map((more, index) =>
			clip(at(`b${index}.mp4`), {
				size: '64x48',
				sound: `sine=frequency=800:duration=${1 + more / 1000}:sample_rate=44100,${beep}`,
			}),
		);
		const { error, file } = await join(
			await Promise.all(clips.map(async (data) => await item(data))),
		);
		expect(error).toBeUndefined();
		// After the last beep there is silence up to the end. It is reported as well.
		const starts = soundStarts(file).slice(0, 10);
		expect(starts).toHaveLength(10);
		const [own] = soundStarts(at('b0.mp4'));
		for (const [index, start] of starts.entries()) {
			expect(Math.abs(start - index - own)).toBeLessThan(0.015);
		}
		const [video, audio] = probe(file);
		expect(Math.abs(audio.duration - video.duration)).toBeLessThan(0.03);
	});

	test('clips with different H.264 settings are decoded as each one alone, also from the middle', async () => {
		const variants = [
			{},
			{ fps: 30, encode: ['-x264-params', 'ref=1:bframes=0'] },
			{ hue: 90, encode: ['-x264-params', 'ref=5:keyint=10:level=4.0'] },
			{ hue: 180 },
		];
		const clips = variants.map((variant, index) => clip(at(`d${index}.mp4`), variant));
		const { items, error, file } = await join(
			await Promise.all(clips.map(async (data) => await item(data))),
		);
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ clips: 4, frames: 105, seconds: 4 });
		const all = variants.flatMap((_, index) => pictures(at(`d${index}.mp4`)));
		expect(all).toHaveLength(105);
		expect(pictures(file, ['-fps_mode', 'passthrough'])).toEqual(all);
		// Played from the second clip, and from the last one, whose settings (those of the first) are the ones in the index.
		expect(pictures(file, ['-fps_mode', 'passthrough'], ['-ss', '1'])).toEqual(all.slice(25));
		expect(pictures(file, ['-fps_mode', 'passthrough'], ['-ss', '3'])).toEqual(all.slice(80));
	});

	test.each([
		['another size', { size: '640x360' }, {}, /is 640 x 360 px, but the first one is 320 x 180 px/],
		['one with sound', { sound: 440 }, {}, /has sound, but the first one has none/],
		[
			'another profile',
			{ encode: ['-profile:v', 'baseline'] },
			{},
			/is encoded as avc1\.42c0.*, but the first one as avc1\.64/,
		],
		['another codec', { encode: ['-c:v', 'mpeg4'] }, {}, /(damaged|frames|encoded|unknown)/],
	])('%s is refused, and the clip is named', async (name, options, parameters, message) => {
		const items = [
			await item(clip(at('a.mp4'))),
			await item(clip(at('b.mp4'), options), {}, 'b.mp4'),
		];
		const { error } = await join(items, parameters);
		expect(error?.message).toMatch(/holds "b.mp4" \(item 1\), which /);
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/\w/);
	});

	test('Sound: Leave Out joins clips with and without sound', async () => {
		const items = [await item(clip(at('a.mp4'), { sound: 440 })), await item(clip(at('b.mp4')))];
		const { error, file } = await join(items, { sound: 'leaveOut' });
		expect(error).toBeUndefined();
		expect(probe(file)).toMatchObject([{ codec_type: 'video', frames: 50 }]);
	});

	test('a fragmented MP4 and a MOV are accepted as clips', async () => {
		clip(at('whole.mp4'));
		ffmpeg([
			'-i',
			at('whole.mp4'),
			'-c',
			'copy',
			'-movflags',
			'frag_keyframe+empty_moov',
			at('parts.mp4'),
		]);
		ffmpeg(['-i', at('whole.mp4'), '-c', 'copy', at('whole.mov')]);
		const files = ['whole.mp4', 'parts.mp4', 'whole.mov'].map((name) => fs.readFileSync(at(name)));
		const { error, file } = await join(
			await Promise.all(files.map(async (data) => await item(data))),
		);
		expect(error).toBeUndefined();
		expect(probe(file)).toMatchObject([{ frames: 75 }]);
		expect(complaints(file)).toBe('');
	});

	test('a large film is passed to n8n in pieces, and is the same', async () => {
		// 80 Mbit/s of which most is filler: large without much to encode and decode.
		const rate = ['-b:v', '80M', '-maxrate', '80M', '-bufsize', '10M'];
		const large = clip(at('large.mp4'), { encode: [...rate, '-x264-params', 'nal-hrd=cbr'] });
		const count = Math.ceil(17e6 / large.length) + 1;
		const items = await Promise.all(Array.from({ length: count }, async () => await item(large)));
		const result = await join(items);
		expect(result.error).toBeUndefined();
		expect(result.items[0].json.bytes).toBeGreaterThan(16_000_000);
		expect(fs.statSync(result.file).size).toBe(result.items[0].json.bytes);
		expect(probe(result.file)).toMatchObject([{ frames: 25 * count }]);
		expect(complaints(result.file)).toBe('');
	}, 120_000);
});

describe('its fields are read in the same way as those of a video', () => {
	test.each([
		[
			'a hole in the group',
			{ groupBy: '={{ $json.flim }}' },
			/'Group By' has no value: .* gave nothing/,
		],
		['an object in it', { groupBy: '=a {{ $json.object }}' }, /'Group By' would contain/],
		[
			'an object',
			{ groupBy: '={{ $json.object }}' },
			/'Group By' must be text or a number, but is an object in item 0/,
		],
		[
			'a hole in the name of the field',
			{ clipField: '={{ $json.nope }}' },
			/'Video Input Field' has no value/,
		],
		[
			'an object as the field',
			{ clipField: '={{ $json.object }}' },
			/'Video Input Field' must be text, but is an object/,
		],
		[
			'an unknown word for the sound',
			{ sound: '={{ $json.word }}' },
			/'Sound' cannot be 'perhaps'/,
		],
		[
			'a hole in the file name',
			{ options: { fileName: '={{ $json.nope }}' } },
			/'File Name' has no value/,
		],
		[
			'an object as the output field',
			{ options: { outputField: '={{ $json.object }}' } },
			/'Put Output File in Field' must be text, but is an object/,
		],
		[
			'an unknown word for items without a video',
			{ options: { missing: '={{ $json.word }}' }, clipField: 'other' },
			/'Items Without a Video' cannot be 'perhaps'/,
		],
	])('%s is refused', async (_name, parameters, message) => {
		const { error } = await join(
			[await item(SAMPLE, { object: { a: 1 }, word: 'perhaps' })],
			parameters,
		);
		expect(`${error?.message} | ${error?.description}`).toMatch(message);
	});

	test('lists by name and in any case, blanks around names', async () => {
		const { items, error } = await join([await item(SAMPLE), await item(undefined)], {
			...{ clipField: ' data ', sound: '={{ "Leave out" }}' },
			options: { missing: '={{ "LEAVEOUT" }}', outputField: ' film ', fileName: '={{ 7 }}' },
		});
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ clips: 1, hasSound: false, fileName: '7.mp4' });
		expect(Object.keys(items[0].binary)).toEqual(['film']);
	});
});
