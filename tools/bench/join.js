'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { compiled } = require('./compiled');

/*
 * Video: Join without n8n: 20 clips of about 20 MB are read from the disk and become one film on the disk,
 * and right after it `ffmpeg -f concat -c copy` does the same.
 */

const CLIPS = 20;

/** Runs in its own process, so that nothing else is measured with it. */
const PROBE = `
	const fs = require('node:fs');
	const { planFilm } = require(process.argv[1]);
	const [, , clip, out, count] = process.argv;
	const clips = Array.from({ length: Number(count) }, (_, at) => ({
		name: String(at),
		bytes: () => fs.createReadStream(clip, { highWaterMark: 65536 }),
	}));
	(async () => {
		for await (const piece of clips[0].bytes()) void piece;
		const before = process.memoryUsage().rss;
		let peak = before;
		let buffers = 0;
		const watch = setInterval(() => {
			const { rss, arrayBuffers } = process.memoryUsage();
			[peak, buffers] = [Math.max(peak, rss), Math.max(buffers, arrayBuffers)];
		}, 10);
		const began = performance.now();
		const film = await planFilm(clips, true);
		await fs.promises.writeFile(out, film.read());
		const ms = performance.now() - began;
		clearInterval(watch);
		console.log(JSON.stringify({ ms, growth: peak - before, buffers, frames: film.frames }));
	})();
`;

const ffmpeg = (args) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);

/** @returns {number} counted by decoding the whole file */
const framesOf = (file) =>
	parseInt(
		execFileSync('ffprobe', [
			...['-v', 'error', '-select_streams', 'v', '-count_packets', '-of', 'csv=p=0'],
			...['-show_entries', 'stream=nb_read_packets', file],
		]).toString(),
		10,
	);

/** A clip of a size that no provider's has: noise hardly shrinks. */
function makeClip(file) {
	const noise = 'testsrc2=size=1280x720:rate=24:duration=6,noise=alls=40:allf=t';
	const rate = ['-b:v', '27M', '-maxrate', '27M', '-bufsize', '10M'];
	ffmpeg([
		'-f',
		'lavfi',
		'-i',
		noise,
		'-preset',
		'ultrafast',
		...rate,
		'-pix_fmt',
		'yuv420p',
		file,
	]);
}

/** @returns {Promise<import('./run').Row[]>} */
async function run(log) {
	if (spawnSync('ffmpeg', ['-version']).error) {
		log('ffmpeg is missing: nothing was measured (Debian: apt-get install ffmpeg)');
		return [];
	}
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hailuo-join-'));
	const at = (name) => path.join(folder, name);
	try {
		makeClip(at('clip.mp4'));
		const size = fs.statSync(at('clip.mp4')).size;
		const node = [compiled('media/video/join.ts'), at('clip.mp4'), at('ours.mp4'), String(CLIPS)];
		const ours = JSON.parse(execFileSync(process.execPath, ['-e', PROBE, ...node]).toString());
		fs.writeFileSync(at('list.txt'), `file '${at('clip.mp4')}'\n`.repeat(CLIPS));
		const began = performance.now();
		ffmpeg(['-f', 'concat', '-safe', '0', '-i', at('list.txt'), '-c', 'copy', at('theirs.mp4')]);
		const theirs = performance.now() - began;
		const frames = [framesOf(at('ours.mp4')), framesOf(at('theirs.mp4'))];
		log(`${CLIPS} clips of ${(size / 1e6).toFixed(1)} MB: ${frames.join(' and ')} frames`);
		const growth = ours.growth / 1e6;
		return [
			{
				what: `${CLIPS} clips of ${Math.round(size / 1e6)} MB become one film: time`,
				ours: `${(ours.ms / theirs).toFixed(1)} times (${(ours.ms / 1000).toFixed(1)} s)`,
				beside: `1 ffmpeg -f concat -c copy (${(theirs / 1000).toFixed(1)} s)`,
			},
			{
				what: 'the same: frames in the film',
				ours: String(frames[0]),
				beside: String(frames[1]),
				goal: String(ours.frames),
				met: frames[0] === ours.frames,
			},
			{
				what: `the same: growth of the peak, Node ${process.versions.node.split('.')[0]}`,
				ours: `${Math.round(growth)} MB (${Math.round(ours.buffers / 1e6)} MB of it in buffers)`,
				goal: '≤ 96 MB',
				met: growth <= 96,
			},
		];
	} finally {
		fs.rmSync(folder, { recursive: true });
	}
}

module.exports = { run };
