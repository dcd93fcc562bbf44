'use strict';

const { memoryBench } = require('../bench/memory');

/** The whole benchmark is test/bench/memory.js; this only keeps a whole video from ever being held in memory. */
it('streams a video of 100 MB without holding it', async () => {
	const result = await memoryBench({ how: 'streamed', count: 1, bytes: 100_000_000 });
	expect(result.intact).toBe(1);
	// Far above what it takes (about 20 MB), and below what one copy of the video would.
	expect(result.growth).toBeLessThan(90_000_000);
}, 60_000);
