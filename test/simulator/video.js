'use strict';

const { spawn, execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { measure } = require('./images');

/**
 * Renders what a job asked for as a real H.264 MP4: a slow zoom on the first frame, cross-fading to
 * the last one; for text a card with the prompt. It stands in for a video that a model makes.
 * Same input, same video: kept in the system's temporary folder.
 */

const FPS = 24; // docs/providers.md C.2
const SHORT_SIDES = { 512: 512, 720: 720, 768: 768, 1080: 1080 };
const CACHE = path.join(os.tmpdir(), 'hailuo-simulator-videos');

/** @type {boolean | undefined} */
let present;
/** @type {Promise<unknown>} renderings run one after the other: each uses all cores */
let line = Promise.resolve();

function hasFfmpeg() {
	if (present === undefined) {
		try {
			execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
			present = true;
		} catch {
			present = false;
		}
	}
	return present;
}

/**
 * @param {Pick<import('./jobs').Job, 'model' | 'input' | 'prompt'> & { images?: Record<string, Buffer> }} job
 * @param {{ ffmpeg?: 'auto' | false, signal?: AbortSignal }} [options]
 * @returns {Promise<Buffer | undefined>} undefined without ffmpeg, or when it fails
 */
async function renderVideo(job, options = {}) {
	if (options.ffmpeg === false || !hasFfmpeg()) return undefined;
	const plan = planOf(job);
	const file = path.join(CACHE, `${plan.hash}.mp4`);
	const task = line.then(async () => {
		if (!fs.existsSync(file)) await render(plan, file, options.signal);
		return await fs.promises.readFile(file);
	});
	line = task.catch(() => {});
	return await task.catch(() => undefined);
}

function planOf(job) {
	const images = job.images ?? {};
	const first = images.image ?? images.first_frame_image;
	const last = images.end_image ?? images.last_image ?? images.last_frame_image;
	const seconds = Math.min(15, Number(job.input?.duration) || 6);
	const { width, height } = sizeOf(job, first ?? last);
	const text = String(job.prompt ?? '')
		.replace(/#sim:\S+/g, '')
		.trim();
	const hash = createHash('sha256').update(`3 ${width}x${height} ${seconds} `);
	for (const part of [first, last, first || last ? '' : text])
		hash.update(part ?? 'none').update('|');
	return { first, last, seconds, width, height, text, hash: hash.digest('hex').slice(0, 32) };
}

/** The first frame decides the shape (docs/providers.md C.2); resolution says how long the short side is. */
function sizeOf(job, picture) {
	const named = /(\d+)p/i.exec(String(job.input?.resolution ?? ''))?.[1];
	const by = /fast-pro|pro$/.test(job.model)
		? 1080
		: /hailuo-02\/fast$/.test(job.model)
			? 512
			: 768;
	const short = SHORT_SIDES[named ?? by] ?? 768;
	const seen = picture && measure(picture);
	const ratio = seen ? seen.width / seen.height : 16 / 9;
	const even = (n) => Math.round(n / 4) * 4;
	return ratio >= 1
		? { width: even(short * ratio), height: short }
		: { width: short, height: even(short / ratio) };
}

async function render(plan, file, signal) {
	await fs.promises.mkdir(CACHE, { recursive: true });
	const folder = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'hailuo-render-'));
	try {
		const out = path.join(folder, 'out.mp4');
		const args = plan.first || plan.last ? pictureArgs(plan, folder) : cardArgs(plan, folder);
		const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '28', '-pix_fmt', 'yuv420p'];
		const tail = ['-t', String(plan.seconds), '-r', String(FPS), '-movflags', '+faststart', out];
		await ffmpeg([...args, ...encode, ...tail], signal);
		// Renamed at the end, so that two processes never read half a file.
		await fs.promises.copyFile(out, `${file}.${process.pid}`);
		await fs.promises.rename(`${file}.${process.pid}`, file);
	} finally {
		await fs.promises.rm(folder, { recursive: true, force: true });
	}
}

function pictureArgs(plan, folder) {
	const { width, height, seconds } = plan;
	const pictures = [plan.first ?? plan.last, plan.first && plan.last].filter(Boolean);
	const inputs = pictures.flatMap((bytes, n) => {
		const at = path.join(folder, `frame${n}`);
		fs.writeFileSync(at, bytes);
		return ['-i', at];
	});
	const frames = seconds * FPS;
	// Scaled up before the zoom, or its whole-pixel steps shake the picture.
	const zoom = (n, from, step) =>
		`[${n}:v]scale=${width * 2}:${height * 2}:force_original_aspect_ratio=increase,` +
		`crop=${width * 2}:${height * 2},zoompan=z='${from}+${step}*on':d=${frames}:` +
		`x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':s=${width}x${height}:fps=${FPS},format=yuv420p,` +
		`setsar=1[v${n}]`;
	const step = (0.12 / frames).toFixed(6);
	const first = zoom(0, 1, step);
	if (pictures.length === 1) return [...inputs, '-filter_complex', first, '-map', '[v0]'];
	const fade = `[v0][v1]xfade=transition=fade:duration=${seconds / 2}:offset=${seconds / 4}[v]`;
	const graph = [first, zoom(1, 1.12, `-${step}`), fade].join(';');
	return [...inputs, '-filter_complex', graph, '-map', '[v]'];
}

function cardArgs(plan, folder) {
	const { width, height, seconds } = plan;
	const hue = parseInt(plan.hash.slice(0, 6), 16);
	const colours = [hue & 0x3f3f7f, (hue >> 3) & 0x7f3f5f].map(
		(c) => `0x${c.toString(16).padStart(6, '0')}`,
	);
	const back =
		`gradients=s=${width}x${height}:r=${FPS}:d=${seconds}:c0=${colours[0]}:c1=${colours[1]}` +
		`:speed=0.02:seed=${hue}`;
	const file = path.join(folder, 'prompt.txt');
	fs.writeFileSync(
		file,
		wrap(plan.text || '(no prompt)', 44)
			.slice(0, 9)
			.join('\n'),
	);
	const size = Math.round(Math.min(width, height) / 18);
	const font = fontFile();
	const draw =
		`drawtext=textfile=${file}:${font ? `fontfile=${font}:` : ''}fontcolor=white:fontsize=${size}:` +
		`line_spacing=${Math.round(size / 2)}:x=(w-tw)/2:y=(h-th)/2:expansion=none`;
	return ['-f', 'lavfi', '-i', back, '-vf', draw];
}

/** @returns {string | undefined} through fontconfig; without it ffmpeg looks for one itself */
function fontFile() {
	try {
		return execFileSync('fc-match', ['-f', '%{file}', 'sans'], {
			stdio: ['ignore', 'pipe', 'ignore'],
		})
			.toString()
			.trim();
	} catch {
		return undefined;
	}
}

function wrap(text, width) {
	const lines = [''];
	for (const word of text.split(/\s+/)) {
		const last = lines[lines.length - 1];
		if (last && last.length + word.length >= width) lines.push(word);
		else lines[lines.length - 1] = last ? `${last} ${word}` : word;
	}
	return lines;
}

/** @param {string[]} args @param {AbortSignal} [signal] kills it, so that stop() leaves nothing behind */
function ffmpeg(args, signal) {
	return new Promise((resolve, reject) => {
		const child = spawn('ffmpeg', ['-v', 'error', '-y', '-nostdin', ...args], {
			stdio: ['ignore', 'ignore', 'pipe'],
			signal,
		});
		let said = '';
		child.stderr.on('data', (part) => (said += part));
		child.on('error', reject);
		child.on('close', (code) =>
			code === 0 ? resolve(undefined) : reject(new Error(`ffmpeg: ${said.slice(-500)}`)),
		);
	});
}

module.exports = { renderVideo, hasFfmpeg };
