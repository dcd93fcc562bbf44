'use strict';

const { ClipReader } = require('../../../../nodes/Hailuo/media/video/clipReader');

/* Parts of a clip that is read from its beginning to its end, and how much of it is held. */

const CLIP = Buffer.from(Array.from({ length: 10_000 }, (_, at) => at % 251));

/** @returns {AsyncIterable<Buffer> & { given: number, isClosed: boolean }} a clip in pieces */
function clipOf(data, size = 97) {
	const source = {
		given: 0,
		isClosed: false,
		async *[Symbol.asyncIterator]() {
			try {
				for (; source.given < data.length; source.given += size) {
					yield data.subarray(source.given, source.given + size);
				}
			} finally {
				source.isClosed = true;
			}
		},
	};
	return source;
}

async function read(reader, start, bytes) {
	const pieces = [];
	for await (const piece of reader.part(start, bytes)) pieces.push(piece);
	return Buffer.concat(pieces);
}

const ended = () => new Error('ended');

const held = (reader) => reader.kept.reduce((sum, { data }) => sum + data.length, 0);

test('parts that go forth and back within their reach are the bytes of the clip', async () => {
	let random = 7;
	const next = (below) => (random = (random * 16807) % 2147483647) % below;
	for (let round = 0; round < 20; round++) {
		const parts = [];
		for (let at = 0, end = 0; end < CLIP.length; ) {
			const start = Math.max(0, at + next(400) - 200);
			const bytes = Math.min(1 + next(500), CLIP.length - start);
			parts.push({ start, bytes, back: end - start });
			at = start + bytes;
			end = Math.max(end, at);
		}
		const reach = Math.max(0, ...parts.map(({ back }) => back));
		const reader = new ClipReader(clipOf(CLIP, 1 + next(300)), reach, ended);
		for (const { start, bytes } of parts) {
			const data = await read(reader, start, bytes);
			expect(data.equals(CLIP.subarray(start, start + bytes))).toBe(true);
			expect(held(reader)).toBeLessThanOrEqual(reach + 2 * 300);
		}
	}
});

test('what lies before a part and is not asked for is not held', async () => {
	const reader = new ClipReader(clipOf(CLIP), 0, ended);
	expect(await read(reader, 9000, 10)).toEqual(CLIP.subarray(9000, 9010));
	expect(held(reader)).toBeLessThanOrEqual(97);
});

test('a clip that ends too early is an error, and a closed reader closes its clip', async () => {
	const source = clipOf(CLIP.subarray(0, 500));
	const reader = new ClipReader(source, 0, ended);
	await expect(read(reader, 400, 200)).rejects.toThrow('ended');
	const open = clipOf(CLIP);
	const stopped = new ClipReader(open, 0, ended);
	await read(stopped, 0, 10);
	await stopped.close();
	expect(open).toMatchObject({ given: 0, isClosed: true });
});
