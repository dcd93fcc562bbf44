const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

const compile = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', '.'], { stdio: 'inherit' });

// `encoding: false`: gulp 5 reads files as UTF-8 otherwise, which breaks binary ones.
const copyAssets = () =>
	src(['nodes/**/*.{svg,json}', 'icons/*.svg'], { base: '.', encoding: false }).pipe(dest('dist'));

const join = async () => require('./tools/bundle').bundle(__dirname);

/** The full package and the single-provider ones, into build/ (docs/publishing.md). */
const pack = async () => {
	const { packEditions, packFull } = require('./tools/editions/pack');
	const { name, size } = await packFull();
	console.log(`${name}: ${size} bytes`);
	await packEditions({ log: console.log });
};

exports.build = series(clean, compile, join, copyAssets);
exports.pack = series(exports.build, pack);
exports.default = exports.build;
