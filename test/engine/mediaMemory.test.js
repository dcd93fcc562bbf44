'use strict';

const { memoryBench } = require('../../tools/bench/memory');

/** The whole benchmark is tools/bench/memory.js; this only keeps a whole video from ever being held in memory. */
it('streams a video of 300 MB without holding it', async () => {
	const result = await memoryBench({ how: 'streamed', count: 1, bytes: 300_000_000 });
	expect(result.intact).toBe(1);
	// More than V8 keeps before it collects written buffers (40 MB on Node 20, 100 MB on Node 24 with a busy
	// machine), and far below one copy of the video.
	expect(result.growth).toBeLessThan(200_000_000);
});
