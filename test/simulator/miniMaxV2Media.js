'use strict';

const { measure } = require('./images');
const { measureHeic, measureVideo, measureAudio } = require('./media');
const { read } = require('./imageInput');

/**
 * The rules about files of MiniMax's V2 (docs/providers.md I.1). Texts: invented. MB is taken as 2^20 bytes.
 */

const MB = 1024 * 1024;
const MAX_BYTES = { image: 30 * MB, video: 50 * MB, audio: 15 * MB };
const PICTURES = ['jpeg', 'png', 'webp', 'heic'];
const CODECS = ['avc1', 'avc3', 'hvc1', 'hev1'];
const MAX_SECONDS = 15;

/** @param {'image' | 'video' | 'audio'} kind @param {Buffer} bytes @returns {{ problem?: string, seconds?: number }} */
function inspect(kind, bytes) {
	if (bytes.length > MAX_BYTES[kind]) {
		return { problem: `${kind} of ${bytes.length} bytes exceeds ${MAX_BYTES[kind] / MB} MB` };
	}
	if (kind === 'image') return { problem: picture(measure(bytes) ?? measureHeic(bytes)) };
	if (kind === 'audio') {
		const sound = measureAudio(bytes);
		return sound ? length('audio', sound.seconds) : { problem: 'audio format must be wav or mp3' };
	}
	const clip = measureVideo(bytes);
	if (!clip || !CODECS.includes(clip.codec)) {
		return { problem: 'video must be MP4 or MOV with H.264 or H.265' };
	}
	// 23.976 and 24000/1001 are the same rate: a little room for the rounding of the headers.
	if (clip.fps < 23.97 || clip.fps > 60.01) {
		return {
			problem: `video frame rate must be between 23.976 and 60, got ${clip.fps.toFixed(3)}`,
		};
	}
	const problem = sides('video', clip);
	return problem ? { problem } : length('video', clip.seconds);
}

function picture(found) {
	if (!found || !PICTURES.includes(found.type)) {
		return `image format ${found?.type ?? 'unknown'} is not one of ${PICTURES.join(', ')}`;
	}
	return sides('image', found);
}

function sides(kind, { width, height }) {
	if (Math.min(width, height) < 256 || Math.max(width, height) > 5760) {
		return `${kind} sides must be between 256 and 5760 px, got ${width}x${height}`;
	}
	if (width * 5 < height * 2 || width * 2 > height * 5) {
		return `${kind} aspect ratio must be between 0.4 and 2.5, got ${width}x${height}`;
	}
	return undefined;
}

function length(kind, seconds) {
	if (seconds >= 2 && seconds <= MAX_SECONDS) return { seconds };
	return { problem: `${kind} must be 2 to ${MAX_SECONDS} s long, got ${seconds.toFixed(2)}` };
}

/** The type of a data URI must be in lower case. @returns {string | undefined} */
function badDataUri(kind, url) {
	const type = /^data:([^;,]*)/i.exec(url)?.[1];
	if (type === undefined) return undefined;
	if (!new RegExp(`^${kind}/[a-z0-9.+-]+$`).test(type)) {
		return `data URI must begin with data:${kind}/<format>, in lower case`;
	}
	return undefined;
}

/** @param {import('./simulator').Simulator} sim @returns {Promise<Buffer | undefined>} undefined = a public address */
async function fetchMedium(sim, url) {
	const id = /^mm_file:\/\/(.+)$/.exec(url)?.[1];
	if (id === undefined) return await read(sim, url);
	const file = sim.miniMaxFiles.find(id);
	if (!file) throw new Error('file not found or expired');
	return file.bytes;
}

/**
 * Fetches and checks the files of a request. A public address is accepted unseen and counts as 0 s.
 * @param {import('./simulator').Simulator} sim
 * @param {import('./miniMaxV2Models').Medium[]} media
 * @returns {Promise<{ problem?: string, videoSeconds: number, audioSeconds: number, pictures: Record<string, Buffer> }>}
 */
async function checkMedia(sim, media) {
	const found = { videoSeconds: 0, audioSeconds: 0, pictures: {} };
	for (const { kind, role, url, field } of media) {
		let problem = badDataUri(kind, url);
		let bytes;
		try {
			bytes = problem ? undefined : await fetchMedium(sim, url);
		} catch (error) {
			problem = error.message;
		}
		if (bytes) {
			const seen = inspect(kind, bytes);
			problem = seen.problem;
			if (kind === 'image') found.pictures[role === 'first_frame' ? 'image' : role] ??= bytes;
			else found[`${kind}Seconds`] += seen.seconds ?? 0;
		}
		if (problem) return { ...found, problem: `${field}: ${problem}` };
	}
	for (const kind of ['video', 'audio']) {
		if (found[`${kind}Seconds`] > MAX_SECONDS) {
			const problem = `reference_${kind} must not be longer than ${MAX_SECONDS} s together`;
			return { ...found, problem };
		}
	}
	return found;
}

module.exports = { checkMedia, inspect };
