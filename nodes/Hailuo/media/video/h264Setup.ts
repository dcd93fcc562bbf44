/** How a clip is encoded: this decides whether one decoder can play two clips. */
interface Coded {
	/** The name that browsers use, e.g. `avc1.640028`. */
	codec: string;
	/** The content of the box `avcC`, in hex. */
	setup: string;
}

/** Size of the length field before each unit of a frame, in bytes. */
const lengthSize = (avcC: Buffer) => (avcC[4] & 3) + 1;

/**
 * Whether one decoder can play two H.264 clips. They need the same profile and the same layout of their frames. All
 * other settings may differ (level, frame rate, reference frames), because each clip can carry its own: see ownSettings.
 */
export function isSameH264(one: Coded, other: Coded): boolean {
	const [a, b] = [one, other].map(({ setup }) => Buffer.from(setup, 'hex'));
	const isAvc = [one, other].every(({ codec }) => codec.startsWith('avc1.'));
	if (!isAvc || a.length < 7 || b.length < 7) return false;
	const isWhole = parameterSets(a) !== undefined && parameterSets(b) !== undefined;
	return isWhole && a[1] === b[1] && lengthSize(a) === lengthSize(b);
}

/** The sequence and picture parameter sets of an `avcC`, in the form they have in a frame; undefined if damaged. */
function parameterSets(avcC: Buffer): Buffer | undefined {
	const size = lengthSize(avcC);
	const parts: Buffer[] = [];
	let at = 5;
	for (const mask of [0x1f, 0xff]) {
		const count = avcC[at++] & mask;
		for (let n = 0; n < count; n++) {
			if (at + 2 > avcC.length) return undefined;
			const bytes = avcC.readUInt16BE(at);
			if (at + 2 + bytes > avcC.length || bytes >= 256 ** size) return undefined;
			const length = Buffer.alloc(size);
			length.writeUIntBE(bytes, 0, size);
			parts.push(length, avcC.subarray(at + 2, at + 2 + bytes));
			at += 2 + bytes;
		}
	}
	return Buffer.concat(parts);
}

/**
 * The settings to write before every key frame, for each clip; undefined if all clips have the same settings. An MP4
 * states once for the whole film how its pictures are encoded. If the clips differ, the settings are repeated before
 * every key frame, so that a decoder can start anywhere in the film.
 */
export function ownSettings(clips: readonly Coded[]): Array<Buffer | undefined> {
	const differ = clips.some(({ setup }) => setup !== clips[0].setup);
	return clips.map(({ setup }) => (differ ? parameterSets(Buffer.from(setup, 'hex')) : undefined));
}

/** The `avcC` of the first clip, with the highest level of all clips: the decoder must be able to play each of them. */
export function setupOfAll(clips: readonly Coded[]): Buffer {
	const setups = clips.map(({ setup }) => Buffer.from(setup, 'hex'));
	const first = Buffer.from(setups[0]);
	first[3] = Math.max(...setups.map((setup) => setup[3]));
	return first;
}
