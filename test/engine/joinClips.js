'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/* Clips for the tests of Join, made by ffmpeg, and what ffprobe and a full decode report about a file. */

const ffmpeg = (args) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);

/**
 * @param {string} file
 * @param {{ seconds?: number, size?: string, hue?: number, sound?: false | number | string, fps?: number,
 *   encode?: string[] }} [options] sound: its frequency in Hz, or a source as ffmpeg writes it
 * @returns {Buffer}
 */
function clip(file, options = {}) {
	const { seconds = 1, size = '320x180', hue = 0, sound = false, fps = 25, encode = [] } = options;
	const picture = `testsrc2=size=${size}:rate=${fps}:duration=${seconds},hue=h=${hue}`;
	const tone =
		typeof sound === 'string'
			? sound
			: `sine=frequency=${sound}:duration=${seconds}:sample_rate=44100`;
	const inputs = ['-f', 'lavfi', '-i', picture, ...(sound ? ['-f', 'lavfi', '-i', tone] : [])];
	ffmpeg([
		...inputs,
		...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
		...[...encode, '-movflags', '+faststart', file],
	]);
	return fs.readFileSync(file);
}

/** @returns {Array<{ codec_type: string, frames: number, duration: number }>} counted by decoding the whole file */
function probe(file) {
	const said = execFileSync('ffprobe', [
		...['-v', 'error', '-count_frames', '-of', 'json'],
		...['-show_entries', 'stream=codec_type,nb_read_frames,duration', file],
	]);
	return JSON.parse(said.toString()).streams.map(({ codec_type, nb_read_frames, duration }) => ({
		codec_type,
		frames: Number(nb_read_frames),
		duration: Number(duration),
	}));
}

/** @returns {string[]} a hash of each decoded picture, in the order they are shown */
const pictures = (file, output = [], input = []) =>
	execFileSync('ffmpeg', [
		...['-v', 'error', ...input, '-i', file, '-map', '0:v'],
		...[...output, '-f', 'framemd5', '-'],
	])
		.toString()
		.split('\n')
		.filter((line) => line && !line.startsWith('#'))
		.map((line) => String(line.split(',').at(-1)).trim());

/** @returns {number[]} the times at which the pictures are shown, in s */
const times = (file) =>
	execFileSync('ffprobe', [
		...['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time'],
		...['-of', 'csv=p=0', file],
	])
		.toString()
		.split('\n')
		.filter((line) => /^\d/.test(line))
		.map(parseFloat);

/** What ffmpeg reports when it decodes the whole file. @returns {string} */
const complaints = (file) =>
	spawnSync('ffmpeg', ['-v', 'warning', '-i', file, '-f', 'null', '-']).stderr.toString();

/** @returns {(name: string) => string} a path in a folder of this test */
const inFolder = (folder) => (name) => path.join(folder, name);

/** @returns {number[]} when a sound begins after silence, in s */
const soundStarts = (file) =>
	spawnSync('ffmpeg', [
		...['-hide_banner', '-i', file, '-vn', '-af', 'silencedetect=noise=-35dB:d=0.2'],
		...['-f', 'null', '-'],
	])
		.stderr.toString()
		.split('\n')
		.filter((line) => line.includes('silence_end:'))
		.map((line) => parseFloat(line.split('silence_end:')[1]));

module.exports = {
	clip,
	complaints,
	ffmpeg,
	inFolder,
	pictures,
	probe,
	soundStarts,
	times,
};
