import {
	BufferSource,
	EncodedPacketSink,
	Input,
	MP4,
	QTFF,
	type AudioCodec,
	type InputAudioTrack,
	type InputVideoTrack,
	type VideoCodec,
} from './mp4Library';
import { Mp4Scan } from './mp4';
import { isSameH264 } from './h264Setup';
import { forgedTable, MAX_PACKETS } from './sampleTables';

/** A clip that cannot be joined. The message goes on after the clip's name: "is no MP4". */
export class ClipRefused extends Error {
	constructor(
		message: string,
		/** What the person can do. */
		readonly fix: string,
	) {
		super(message);
		this.name = 'ClipRefused';
	}
}

export interface OpenClip {
	video: InputVideoTrack;
	audio: InputAudioTrack | null;
	facts: ClipFacts;
	close(): void;
}

interface SoundFacts {
	/** As the library names it, e.g. `aac`. */
	kind: AudioCodec;
	/** As browsers name it, e.g. `mp4a.40.2`. */
	codec: string;
	/** Hex: what a decoder is set up with. */
	setup: string;
	/** Hz */
	sampleRate: number;
	channels: number;
	packets: number;
}

/** What decides whether clips fit one another, and what is said of them. */
export interface ClipFacts {
	/** px, as it is shown. */
	width: number;
	height: number;
	/** Clockwise, in degrees. */
	rotation: number;
	/** As the library names it, e.g. `avc`. */
	kind: VideoCodec;
	/** As browsers name it, e.g. `avc1.640028`. */
	codec: string;
	/** Hex: what a decoder is set up with. Only clips of H.264 may differ in it (h264Setup.ts). */
	setup: string;
	frames: number;
	/** s; from the first frame to the end of the last. */
	seconds: number;
	/** s; when the first frame is shown. */
	startsAt: number;
	sound?: SoundFacts;
}

const MAKE_AGAIN =
	'Fetch the video again (Job: Wait with its job ID costs nothing), or leave it out';

/** Reads what an MP4 (or MOV) is. @throws ClipRefused */
export async function openClip(data: Buffer): Promise<OpenClip> {
	const scan = new Mp4Scan();
	scan.feed(data);
	if (scan.isMp4 && scan.isCut) throw new ClipRefused('is cut off', MAKE_AGAIN);
	const forged = forgedTable(data);
	if (forged) throw new ClipRefused(forged, MAKE_AGAIN);
	const input = new Input({ source: new BufferSource(data), formats: [MP4, QTFF] });
	return await described(input).catch((error) => {
		input.dispose();
		throw error instanceof ClipRefused ? error : damaged(error);
	});
}

/** What the library says of a file that it cannot read. */
export const damaged = (error: unknown): ClipRefused =>
	new ClipRefused(`is damaged (${String((error as Error)?.message).slice(0, 120)})`, MAKE_AGAIN);

async function described(input: Input): Promise<OpenClip> {
	if (!(await input.canRead())) {
		throw new ClipRefused('is no MP4', 'Give files that the Hailuo node made, or other MP4 files');
	}
	const video = await input.getPrimaryVideoTrack();
	if (!video) throw new ClipRefused('has no picture, only sound', 'Leave it out');
	const audio = await input.getPrimaryAudioTrack();
	const [kind, config] = [await video.getCodec(), await video.getDecoderConfig()];
	const timed = await countPackets(video);
	if (!kind || !config || timed.packets === 0) throw new ClipRefused('has no frames', MAKE_AGAIN);
	return {
		video,
		audio,
		facts: {
			width: await video.getDisplayWidth(),
			height: await video.getDisplayHeight(),
			rotation: await video.getRotation(),
			kind,
			codec: config.codec,
			setup: hex(config.description),
			frames: timed.packets,
			seconds: timed.end - timed.start,
			startsAt: timed.start,
			...(audio ? { sound: await soundOf(audio) } : {}),
		},
		close: () => input.dispose(),
	};
}

async function soundOf(audio: InputAudioTrack): Promise<SoundFacts> {
	const [kind, config] = [await audio.getCodec(), await audio.getDecoderConfig()];
	if (!kind || !config) throw new ClipRefused('has sound of an unknown kind', MAKE_AGAIN);
	const { packets } = await countPackets(audio);
	return {
		kind,
		codec: config.codec,
		setup: hex(config.description),
		sampleRate: config.sampleRate,
		channels: config.numberOfChannels,
		packets,
	};
}

/** How many packets there are, and from when to when they last, in s. The bytes of the last one must be there. */
async function countPackets(track: InputVideoTrack | InputAudioTrack) {
	const sink = new EncodedPacketSink(track as InputVideoTrack);
	let packets = 0;
	let start = Infinity;
	let end = -Infinity;
	for await (const { timestamp, duration } of sink.packets(undefined, undefined, {
		metadataOnly: true,
	})) {
		if (++packets > MAX_PACKETS) {
			throw new ClipRefused(
				`has more than ${MAX_PACKETS} frames`,
				'Join clips of at most 10 minutes',
			);
		}
		start = Math.min(start, timestamp);
		end = Math.max(end, timestamp + duration);
	}
	return { packets, start, end };
}

const hex = (bytes: ArrayBuffer | ArrayBufferView | undefined): string =>
	bytes === undefined
		? ''
		: Buffer.from(
				ArrayBuffer.isView(bytes)
					? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
					: new Uint8Array(bytes),
			).toString('hex');

/** Why a clip cannot follow the first one; undefined where it can. */
export function misfit(first: ClipFacts, other: ClipFacts): ClipRefused | undefined {
	const same = 'Make all clips with the same model, resolution and aspect ratio';
	if (first.width !== other.width || first.height !== other.height) {
		return new ClipRefused(
			`is ${other.width} x ${other.height} px, the first one ${first.width} x ${first.height} px`,
			`${same}, or join them in groups of one size`,
		);
	}
	if (first.rotation !== other.rotation) {
		return new ClipRefused(
			`is turned by ${other.rotation}°, the first one by ${first.rotation}°`,
			same,
		);
	}
	const isH264 = isSameH264(first, other);
	if (first.codec !== other.codec && !isH264) {
		return new ClipRefused(`is encoded as ${other.codec}, the first one as ${first.codec}`, same);
	}
	if (first.setup !== other.setup && !isH264) {
		return new ClipRefused('is encoded with other settings than the first one', same);
	}
	if (!first.sound !== !other.sound) {
		return new ClipRefused(
			other.sound ? 'has sound, the first one has none' : 'has no sound, the first one has',
			"Set 'Sound' to 'Leave Out' to make a silent film, or use clips that all have sound",
		);
	}
	if (first.sound && other.sound) {
		const [a, b] = [first.sound, other.sound];
		if (
			a.codec !== b.codec ||
			a.setup !== b.setup ||
			a.sampleRate !== b.sampleRate ||
			a.channels !== b.channels
		) {
			return new ClipRefused(
				`has other sound (${kindOf(b)}) than the first one (${kindOf(a)})`,
				"Set 'Sound' to 'Leave Out' to make a silent film, or use clips of one model",
			);
		}
	}
	return undefined;
}

const kindOf = ({ codec, sampleRate, channels }: SoundFacts) =>
	`${codec}, ${sampleRate} Hz, ${channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`}`;
