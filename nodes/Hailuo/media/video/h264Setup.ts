/** What decides whether one decoder can play two clips. */
interface Coded {
	/** As browsers name it, e.g. `avc1.640028`. */
	codec: string;
	/** Hex: the content of `avcC`. */
	setup: string;
}

/** How many bytes tell the length of each unit of a frame. */
const lengthSize = (avcC: Buffer) => (avcC[4] & 3) + 1;

/**
 * Whether two clips of H.264 need no other decoder: the same profile, and frames that are laid out alike. In all else
 * their settings may differ (level, frame rate, reference frames), because each clip can bring its own along.
 */
export function isSameH264(one: Coded, other: Coded): boolean {
	const [a, b] = [one, other].map(({ setup }) => Buffer.from(setup, 'hex'));
	const isAvc = [one, other].every(({ codec }) => codec.startsWith('avc1.'));
	if (!isAvc || a.length < 7 || b.length < 7) return false;
	const isWhole = parameterSets(a) !== undefined && parameterSets(b) !== undefined;
	return isWhole && a[1] === b[1] && lengthSize(a) === lengthSize(b);
}

/** The sequence and picture parameter sets of an `avcC`, as they stand inside a frame; undefined for a damaged one. */
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
 * What stands before every key frame of each clip; nothing where all clips have the same settings. An MP4 says once for
 * the whole film how its pictures are encoded. Where clips differ in that, each brings its own settings along, before
 * every key frame: a decoder takes them from there, wherever the film is entered.
 */
export function ownSettings(clips: readonly Coded[]): Array<Buffer | undefined> {
	const differ = clips.some(({ setup }) => setup !== clips[0].setup);
	return clips.map(({ setup }) => (differ ? parameterSets(Buffer.from(setup, 'hex')) : undefined));
}

/** The `avcC` of the first clip with the highest level of all: a decoder must be up to each of them. */
export function setupOfAll(clips: readonly Coded[]): Buffer {
	const setups = clips.map(({ setup }) => Buffer.from(setup, 'hex'));
	const first = Buffer.from(setups[0]);
	first[3] = Math.max(...setups.map((setup) => setup[3]));
	return first;
}
