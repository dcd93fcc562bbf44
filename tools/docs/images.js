'use strict';

// `npm run docs:images [-- folder]`: the pictures of the README, made small from those of `npm run screenshots`.
const fs = require('node:fs');
const path = require('node:path');
const { ensureFfmpeg } = require('../n8n/system');
const { run } = require('../n8n/processes');

const ROOT = path.join(__dirname, '..', '..');
const IMAGES = path.join(ROOT, 'docs', 'images');
const MAX_BYTES = 150_000;

/** By the name of the README's picture: the screenshot, and its width in px. */
const PICTURES = {
	'image-to-video': ['panel-waveSpeed-imageToVideo-minimax-hailuo-02-fast', 900],
	output: ['output-video', 1000],
	search: ['search-hailuo', 1000],
	trigger: ['panel-trigger-waveSpeed', 900],
	vtrix: ['panel-vtrix-imageToVideo-minimax_hailuo_02_i2v', 900],
	workflow: ['workflow', 1000],
};

async function main() {
	const [folder = path.join(ROOT, 'demo-output', 'screenshots')] = process.argv.slice(2);
	const ffmpeg = await ensureFfmpeg(console.log);
	fs.mkdirSync(IMAGES, { recursive: true });
	for (const [name, [source, width]] of Object.entries(PICTURES)) {
		const from = path.join(folder, `${source}.png`);
		if (!fs.existsSync(from)) throw new Error(`${from} is missing: run \`npm run screenshots\``);
		const to = path.join(IMAGES, `${name}.png`);
		const colours = 'split[a][b];[a]palettegen=max_colors=128[p];[b][p]paletteuse=dither=none';
		const filter = `scale=${width}:-1:flags=lanczos,${colours}`;
		await run(name, ffmpeg, ['-v', 'error', '-y', '-i', from, '-vf', filter, to]);
		const { size } = fs.statSync(to);
		if (size > MAX_BYTES) throw new Error(`${name}.png has ${size} bytes, too many`);
		console.log(`docs/images/${name}.png: ${size} bytes`);
	}
}

main().catch((error) => {
	console.error(error.message);
	process.exit(1);
});
