/** kbit/s of MPEG audio, layer III, by the index in the frame's header: version 1, then versions 2 and 2.5. */
const BITRATES = [
	[0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	[0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/** Hz, by version (2.5, reserved, 2, 1) and index. */
const RATES = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]];

interface Frame {
	bytes: number;
	seconds: number;
}

/**
 * The length of a WAV or MP3 in s, from its headers; nothing is decoded.
 *
 * @returns undefined if it cannot be determined
 */
export function soundSeconds(data: Buffer): number | undefined {
	return data.toString('latin1', 0, 4) === 'RIFF' ? wavSeconds(data) : mp3Seconds(data);
}

function wavSeconds(data: Buffer): number | undefined {
	let bytesPerSecond = 0;
	for (let at = 12; at + 8 <= data.length; ) {
		const name = data.toString('latin1', at, at + 4);
		const size = data.readUInt32LE(at + 4);
		const start = at + 8;
		if (name === 'fmt ' && start + 12 <= data.length) bytesPerSecond = data.readUInt32LE(start + 8);
		// A WAV that was written during recording may have no size, or one beyond its end.
		if (name === 'data') {
			const bytes = Math.min(size, data.length - start);
			return bytesPerSecond > 0 ? bytes / bytesPerSecond : undefined;
		}
		at = start + size + (size % 2);
	}
	return undefined;
}

/** Counted frame by frame, so that a variable bit rate is handled correctly, whatever the file says about itself. */
function mp3Seconds(data: Buffer): number | undefined {
	let at = afterTag(data);
	// A few stray bytes are common between the tag and the first frame.
	for (const end = Math.min(data.length, at + 4_096); at < end && !frameAt(data, at); ) at++;
	const begin = at;
	const first = frameAt(data, begin);
	let seconds = 0;
	for (let frame = first; frame; frame = frameAt(data, at)) {
		if (!isInfo(data, at, frame)) seconds += frame.seconds;
		at += frame.bytes;
	}
	// If the file is damaged early, the bit rate of its first frame is used, or a long file would count as a short one.
	if (first && at - begin < (data.length - begin) / 2) {
		return ((data.length - begin) / first.bytes) * first.seconds;
	}
	return seconds || undefined;
}

/** ID3v2: its size is written with 7 bits a byte. */
function afterTag(data: Buffer): number {
	if (data.toString('latin1', 0, 3) !== 'ID3' || data.length < 10) return 0;
	return 10 + [6, 7, 8, 9].reduce((size, index) => size * 128 + (data[index] & 0x7f), 0);
}

/** In many files, the first frame contains facts about the others, and no sound. */
function isInfo(data: Buffer, at: number, { bytes }: Frame): boolean {
	const head = data.toString('latin1', at, at + Math.min(bytes, 64));
	return head.includes('Xing') || head.includes('Info') || head.includes('VBRI');
}

function frameAt(data: Buffer, at: number): Frame | undefined {
	if (at + 4 > data.length || data[at] !== 0xff || (data[at + 1] & 0xe6) !== 0xe2) return undefined;
	const version = (data[at + 1] >> 3) & 3;
	const kbits = BITRATES[version === 3 ? 0 : 1][data[at + 2] >> 4];
	const rate = RATES[version][(data[at + 2] >> 2) & 3];
	if (!kbits || !rate) return undefined;
	const samples = version === 3 ? 1152 : 576;
	const padding = (data[at + 2] >> 1) & 1;
	return {
		bytes: Math.floor((samples / 8) * ((kbits * 1_000) / rate)) + padding,
		seconds: samples / rate,
	};
}
