'use strict';

const { hasFfmpeg } = require('./simulator/video');

/* `test` and `describe` for what needs ffmpeg. Without it these are skipped, and a line says so. */

const isThere = hasFfmpeg();
if (!isThere) {
	process.stderr.write(
		'ffmpeg is missing, so the tests that need it are skipped: apt-get install ffmpeg\n',
	);
}

module.exports = {
	describeWithFfmpeg: isThere ? describe : describe.skip,
	testWithFfmpeg: isThere ? test : test.skip,
};
