'use strict';

// Draws lake.jpg, the picture of the demo: a lake between mountains at sunset. All of it is computed
// here, so that nobody else has rights to it. Needs ffmpeg, but only for the JPEG.
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const W = 1280;
const H = 720;
const HORIZON = 0.56;
const SUN = { x: 0.63, y: 0.43 };

const mix = (a, b, t) => a + (b - a) * t;
const mix3 = (a, b, t) => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
const clamp = (x) => Math.min(1, Math.max(0, x));
const smooth = (a, b, x) => {
	const t = clamp((x - a) / (b - a));
	return t * t * (3 - 2 * t);
};

/** The same "random" number for the same point, each time. */
function hash(x, y, seed) {
	let h = Math.imul(x | 0, 374761393) + Math.imul(y | 0, 668265263) + Math.imul(seed, 974634541);
	h = Math.imul(h ^ (h >>> 13), 1274126177);
	return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

function noise(x, y, seed) {
	const xi = Math.floor(x);
	const yi = Math.floor(y);
	const u = smooth(0, 1, x - xi);
	const v = smooth(0, 1, y - yi);
	const top = mix(hash(xi, yi, seed), hash(xi + 1, yi, seed), u);
	const bottom = mix(hash(xi, yi + 1, seed), hash(xi + 1, yi + 1, seed), u);
	return mix(top, bottom, v);
}

/** Noise of many sizes, one on the other (fractal Brownian motion), 0 to 1. */
function fractal(x, y, seed, octaves = 6) {
	let sum = 0;
	let weight = 0.5;
	for (let i = 0; i < octaves; i++) {
		sum += weight * noise(x, y, seed + i);
		x = x * 2.03 + 17.1;
		y = y * 2.03 + 9.7;
		weight /= 2;
	}
	return sum;
}

/** Mountains from far to near: how high, how jagged, their colour in the haze. */
const RANGES = [
	{ base: 0.5, height: 0.2, scale: 2.1, seed: 11, colour: [172, 141, 156], haze: 0.62 },
	{ base: 0.53, height: 0.19, scale: 2.9, seed: 37, colour: [112, 97, 124], haze: 0.42 },
	{ base: 0.555, height: 0.13, scale: 4.2, seed: 71, colour: [58, 57, 82], haze: 0.2 },
];

const ridge = ({ base, height, scale, seed }, x) => {
	const wide = 1 - Math.abs(2 * fractal(x * scale, 0.5, seed, 8) - 1) * 1.25;
	// Lower in the middle: the valley that the sun sets in.
	const valley = 0.45 + 0.75 * Math.min(1, Math.abs(x - SUN.x + 0.02) * 2.4);
	return base - height * clamp(wide) * valley;
};

function sky(x, y) {
	const t = clamp(y / HORIZON);
	let colour = mix3([58, 82, 134], [142, 132, 166], smooth(0, 0.5, t));
	colour = mix3(colour, [240, 172, 128], smooth(0.42, 0.86, t));
	colour = mix3(colour, [255, 212, 150], smooth(0.8, 1, t));
	const dx = (x - SUN.x) * (W / H);
	const distance = Math.hypot(dx, y - SUN.y);
	const glow = Math.exp(-distance * 5.2);
	colour = mix3(colour, [255, 226, 170], glow * 0.9);
	const cover = fractal(x * 3.2 + 4, y * 13 + x * 0.8, 5, 7);
	const cloud = smooth(0.5, 0.72, cover) * smooth(0.98, 0.5, t) * 0.85;
	const lit = smooth(0.78, 0.5, cover);
	const shade = mix3([96, 92, 128], [255, 196, 158], clamp(lit * 0.65 + glow * 0.8 + t * 0.2));
	colour = mix3(colour, shade, cloud);
	return mix3(colour, [255, 250, 232], smooth(0.034, 0.027, distance));
}

/** Everything above the water. */
function land(x, y) {
	let colour = sky(x, y);
	for (const range of RANGES) {
		const top = ridge(range, x);
		if (y < top) continue;
		// Light from the sun's side: the slope of the ridge, broken up by gullies.
		const slope = (ridge(range, x + 0.004) - ridge(range, x - 0.004)) * 16;
		const side = x < SUN.x ? -slope : slope;
		const gully = fractal(x * 46 + (y - top) * 30, y * 20, range.seed + 3, 5) - 0.5;
		const light = 1 + clamp(side * 0.7 + 0.1) * 0.5 + gully * 0.5;
		let rock = range.colour.map((c) => c * light);
		const snow = smooth(0.055, 0.0, y - top + gully * 0.07) * smooth(0.46, 0.36, top);
		rock = mix3(rock, [244, 216, 214], snow * 0.75);
		const haze = range.haze * smooth(top, HORIZON, y) + range.haze * 0.2;
		colour = mix3(rock, [252, 200, 158], clamp(haze));
	}
	return colour;
}

/** The lake: what is above it, upside down, broken up by ripples that grow towards the viewer. */
function lake(x, y) {
	const depth = (y - HORIZON) / (1 - HORIZON);
	const far = 1 / (depth + 0.045);
	const ripple = fractal(x * 5 * far, far * 9, 91, 4) - 0.47;
	const fine = fractal(x * 30 * Math.sqrt(far), far * 34, 53, 3) - 0.44;
	const bend = (ripple * 0.11 + fine * 0.05) * (0.12 + depth);
	const mirrored = HORIZON - (y - HORIZON) * 0.92 + bend;
	let colour = land(x + bend * 0.3, clamp(mirrored));
	colour = mix3(colour, [26, 42, 66], 0.16 + 0.42 * depth);
	const path = Math.exp(-Math.pow((x - SUN.x) / (0.02 + depth * 0.06), 2));
	const glint = smooth(0.06, 0.2, ripple + fine * 0.9) * path;
	return mix3(colour, [255, 224, 168], clamp(glint * 0.85));
}

/** A dark shore with firs, in the corners in front. */
function shore(x, y) {
	const bank = 0.985 - 0.17 * Math.pow(clamp(1 - x / 0.42), 1.5) - 0.07 * clamp((x - 0.8) / 0.2);
	if (y > bank + (fractal(x * 30, 2, 23, 5) - 0.5) * 0.02) return true;
	for (let i = 0; i < 22; i++) {
		const right = i >= 15;
		const at = right ? 0.86 + hash(i, 1, 7) * 0.14 : hash(i, 1, 7) * 0.3 - 0.01;
		const tall = (right ? 0.14 : 0.2) + hash(i, 2, 7) * (right ? 0.14 : 0.26) * (1 - at * 0.5);
		const foot = 1.0 - 0.17 * Math.pow(clamp(1 - at / 0.42), 1.5);
		const up = (foot - y) / tall;
		if (up < 0 || up > 1) continue;
		// Boughs: the outline goes in and out on the way up.
		const bough = 0.55 + 0.45 * (1 - ((up * 13 + hash(i, 3, 7)) % 1));
		const ragged = 0.75 + 0.5 * noise(x * 420, y * 260, 31 + i);
		const half = tall * 0.17 * (1.02 - up) * bough * ragged * (H / W);
		if (Math.abs(x - at) < half) return true;
	}
	return false;
}

function pixel(x, y) {
	if (shore(x, y)) {
		const speck = fractal(x * 160, y * 120, 3, 3);
		return [14 + 16 * speck, 17 + 17 * speck, 22 + 14 * speck];
	}
	return y < HORIZON ? land(x, y) : lake(x, y);
}

function draw() {
	const rgb = Buffer.alloc(W * H * 3);
	for (let py = 0; py < H; py++) {
		for (let px = 0; px < W; px++) {
			const sum = [0, 0, 0];
			for (const [ox, oy] of [
				[0.25, 0.25],
				[0.75, 0.75],
			]) {
				const colour = pixel((px + ox) / W, (py + oy) / H);
				for (let c = 0; c < 3; c++) sum[c] += colour[c] / 2;
			}
			const fromMiddle = Math.hypot(px / W - 0.5, (py / H - 0.5) * 0.7);
			const vignette = 1 - 0.38 * smooth(0.3, 0.75, fromMiddle);
			const grain = (hash(px, py, 99) + hash(px, py, 98) - 1) * 5;
			for (let c = 0; c < 3; c++) {
				rgb[(py * W + px) * 3 + c] = Math.min(255, Math.max(0, sum[c] * vignette + grain));
			}
		}
	}
	return rgb;
}

const file = process.argv[2] ?? path.join(__dirname, 'lake.jpg');
const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${W}x${H}`, '-i', '-'];
const args = ['-loglevel', 'error', '-y', ...raw, '-q:v', '2', '-pix_fmt', 'yuvj420p', file];
const { status, stderr, error } = spawnSync('ffmpeg', args, { input: draw() });
if (error || status !== 0) throw error ?? new Error(String(stderr));
