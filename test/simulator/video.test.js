'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { testWithFfmpeg } = require('../ffmpegTests');
const { startSimulator } = require('.');
const { clients, call } = require('./testClient');
const { renderVideo } = require('./video');
const { sampleVideo } = require('./videoSource');
const { measure } = require('./images');
const { png, jpegHead, webpHead, dataUri } = require('./pictures');

function probe(bytes) {
	const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'sim-')), 'video.mp4');
	fs.writeFileSync(file, bytes);
	const args = ['-v', 'error', '-show_entries', 'stream=codec_name,width,height:format=duration'];
	const out = execFileSync('ffprobe', [...args, '-of', 'json', file]).toString();
	fs.rmSync(path.dirname(file), { recursive: true });
	const { streams, format } = JSON.parse(out);
	return { ...streams[0], seconds: Number(format.duration) };
}

test('sizes are read from PNG, JPEG and WebP', () => {
	expect(measure(png(7, 5))).toEqual({ type: 'png', width: 7, height: 5 });
	expect(measure(jpegHead(640, 360))).toEqual({ type: 'jpeg', width: 640, height: 360 });
	expect(measure(webpHead(640, 360))).toEqual({ type: 'webp', width: 640, height: 360 });
	const gif = Buffer.from('GIF89a\x40\x01\xf0\x00', 'latin1');
	expect(measure(gif)).toEqual({ type: 'gif', width: 320, height: 240 });
	expect(measure(Buffer.from('hello'))).toBeUndefined();
});

testWithFfmpeg('the committed clip plays', () => {
	expect(sampleVideo().length).toBeLessThan(20_000);
	expect(probe(sampleVideo())).toMatchObject({ codec_name: 'h264', seconds: 1 });
});

testWithFfmpeg(
	'renders first and last frame, and a card for text',
	async () => {
		const sim = await startSimulator({ time: 'virtual', jobTime: 1000, render: true });
		const { wave } = clients(sim);
		const make = async (model, body) => {
			const { json } = await wave(`/minimax/hailuo-02/${model}`, { body });
			await sim.finished(json.data.id);
			return probe((await call(`${sim.urls.cdn}/outputs/${json.data.id}.mp4`)).bytes);
		};
		const image = dataUri(png(640, 480));
		const shape = { codec_name: 'h264', width: 684, height: 512, seconds: 6 };
		expect(await make('fast', { image })).toMatchObject(shape);
		const both = { image, end_image: dataUri(png(400, 600)), duration: 6 };
		expect(await make('i2v-standard', both)).toMatchObject({ width: 1024, height: 768 });
		const text = { prompt: "100% of it's: \\ [push in] 'quoted' #sim:seconds=1", duration: 6 };
		expect(await make('standard', text)).toMatchObject({ width: 1364, height: 768, seconds: 6 });
		await sim.stop();
	},
	60_000,
);

test('without ffmpeg, and with a picture ffmpeg cannot read, the small clip is served', async () => {
	const job = { model: 'minimax/hailuo-02/fast', input: {}, prompt: 'x' };
	expect(await renderVideo(job, { ffmpeg: false })).toBeUndefined();
	const broken = { ...job, images: { image: jpegHead(640, 360) } };
	expect(await renderVideo(broken)).toBeUndefined();
});
