'use strict';

const { openBrowser } = require('../../tools/n8n/browser');

/**
 * Plays an MP4 from its beginning to its end in Chromium.
 *
 * @param {Buffer} video of a few seconds
 * @param {{ log?: (line: string) => void }} options
 * @returns {Promise<{ end: string, width: number, height: number, seconds: number, duration: number, frames: number }>}
 *   end: `ended`, or why it did not play to the end; seconds: where it stands; frames: how many were decoded
 */
async function playInBrowser(video, { log } = {}) {
	const { page, close } = await openBrowser('', { log });
	try {
		return await page.evaluate(
			async (source) => {
				const player = document.createElement('video');
				player.muted = true;
				document.body.append(player);
				const end = await new Promise((resolve) => {
					player.onended = () => resolve('ended');
					player.onerror = () => resolve(`error: ${player.error?.message}`);
					setTimeout(() => resolve('not ended after 60 s'), 60_000);
					player.src = source;
					player.play().catch((error) => resolve(`refused: ${error.message}`));
				});
				return {
					end,
					width: player.videoWidth,
					height: player.videoHeight,
					seconds: player.currentTime,
					duration: player.duration,
					frames: player.getVideoPlaybackQuality().totalVideoFrames,
				};
			},
			`data:video/mp4;base64,${video.toString('base64')}`,
		);
	} finally {
		await close();
	}
}

module.exports = { playInBrowser };
