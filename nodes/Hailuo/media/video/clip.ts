import {
	BufferSource,
	EncodedPacketSink,
	Input,
	MP4,
	QTFF,
	type AudioCodec,
	type EncodedPacket,
	type InputAudioTrack,
	type InputVideoTrack,
	type VideoCodec,
} from './mp4Library';
import { isSameH264 } from './h264Setup';
import { outlineOf, type ClipSource, type Outline, type Room } from './outline';
import { forgedTable, MAX_PACKETS } from './sampleTables';

/** A clip that cannot be joined. The message continues after the clip's name: "is not an MP4". */
export class ClipRefused extends Error {
	constructor(
		message: string,
		/** What the user can do. */
		readonly fix: string,
	) {
		super(message);
		this.name = 'ClipRefused';
	}
}

interface SoundFacts {
	/** As the library names it, e.g. `aac`. */
	kind: AudioCodec;
	/** As browsers name it, e.g. `mp4a.40.2`. */
	codec: string;
	/** The setup data of the decoder, in hex. */
	setup: string;
	/** Hz */
	sampleRate: number;
	channels: number;
}

/** A frame of a track, or a piece of its sound. */
export interface Packet {
	/** s, from the beginning of the clip. */
	at: number;
	/** s */
	seconds: number;
	isKey: boolean;
	/** The position of its bytes in the clip. */
	start: number;
	bytes: number;
}

/** The content of a clip. Its bytes are not copied. */
export interface Clip {
	facts: ClipFacts;
	/** In the order of decoding. */
	pictures: Packet[];
	/** Empty if there is no sound. */
	sounds: Packet[];
	/** What a decoder is set up with. */
	videoConfig: VideoDecoderConfig;
	audioConfig?: AudioDecoderConfig;
}

/** The facts that decide whether clips fit together, and that messages show. */
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
	/** The setup data of the decoder, in hex. Only clips in H.264 may differ in it (h264Setup.ts). */
	setup: string;
	frames: number;
	/** s; from the first frame to the end of the last. */
	seconds: number;
	sound?: SoundFacts;
}

export const MAKE_AGAIN = 'Fetch the video again (Job: Wait with its job ID is free), or remove it';

/** For these codecs, the index of the file contains everything needed; the pictures need not be read. */
const TOLD_BY_INDEX = new Set(['avc', 'hevc']);

/** Reads the facts of an MP4 (or MOV) from its index. @throws ClipRefused */
export async function readClip(source: ClipSource, room: Room): Promise<Clip> {
	const clip = await parsed(await outlineOf(source, room, false));
	if (TOLD_BY_INDEX.has(clip.facts.kind)) return clip;
	return await parsed(await outlineOf(source, room, true));
}

async function parsed({ data, isMp4, isCut }: Outline): Promise<Clip> {
	if (isMp4 && isCut) throw new ClipRefused('is cut off', MAKE_AGAIN);
	const forged = forgedTable(data);
	if (forged) throw new ClipRefused(forged, MAKE_AGAIN);
	const input = new Input({ source: new BufferSource(data), formats: [MP4, QTFF] });
	try {
		return await described(input, data);
	} catch (error) {
		throw error instanceof ClipRefused ? error : damaged(error);
	} finally {
		input.dispose();
	}
}

/** The error of the library for a file that it cannot read. */
export const damaged = (error: unknown): ClipRefused =>
	new ClipRefused(`is damaged (${String((error as Error)?.message).slice(0, 120)})`, MAKE_AGAIN);

async function described(input: Input, data: Buffer): Promise<Clip> {
	if (!(await input.canRead())) {
		throw new ClipRefused(
			'is not an MP4',
			'Use files that the Hailuo node made, or other MP4 files',
		);
	}
	const video = await input.getPrimaryVideoTrack();
	if (!video) throw new ClipRefused('has only sound, no picture', 'Leave it out');
	const audio = await input.getPrimaryAudioTrack();
	const [kind, config] = [await video.getCodec(), await video.getDecoderConfig()];
	const pictures = await packetsOf(video, data);
	if (!kind || !config || pictures.length === 0) throw new ClipRefused('has no frames', MAKE_AGAIN);
	if (TOLD_BY_INDEX.has(kind) && !config.description) {
		throw new ClipRefused('does not say how it is encoded', MAKE_AGAIN);
	}
	const startsAt = pictures.reduce((first, { at }) => Math.min(first, at), Infinity);
	const endsAt = pictures.reduce((last, { at, seconds }) => Math.max(last, at + seconds), 0);
	const sound = audio ? await soundOf(audio) : undefined;
	const fromStart = (packet: Packet): Packet => ({ ...packet, at: packet.at - startsAt });
	return {
		facts: {
			width: await video.getDisplayWidth(),
			height: await video.getDisplayHeight(),
			rotation: await video.getRotation(),
			kind,
			codec: config.codec,
			setup: hex(config.description),
			frames: pictures.length,
			seconds: endsAt - startsAt,
			...(sound ? { sound: sound.facts } : {}),
		},
		pictures: pictures.map(fromStart),
		sounds: audio ? (await packetsOf(audio, data)).map(fromStart) : [],
		videoConfig: kept(config),
		...(sound ? { audioConfig: kept(sound.config) } : {}),
	};
}

/** Copied, because the memory of the clip is reused for the next one. */
const kept = <T extends { description?: ArrayBuffer | ArrayBufferView }>(config: T): T => ({
	...config,
	...(config.description ? { description: Buffer.from(hex(config.description), 'hex') } : {}),
});

async function soundOf(audio: InputAudioTrack) {
	const [kind, config] = [await audio.getCodec(), await audio.getDecoderConfig()];
	if (!kind || !config) throw new ClipRefused('has sound of an unknown kind', MAKE_AGAIN);
	if (kind === 'aac' && !config.description) {
		throw new ClipRefused('does not say how its sound is encoded', MAKE_AGAIN);
	}
	const facts: SoundFacts = {
		kind,
		codec: config.codec,
		setup: hex(config.description),
		sampleRate: config.sampleRate,
		channels: config.numberOfChannels,
	};
	return { facts, config };
}

/** All packets of a track, in the order of decoding. All their bytes must be in the clip. */
async function packetsOf(track: InputVideoTrack | InputAudioTrack, clip: Buffer) {
	const sink = new EncodedPacketSink(track as InputVideoTrack);
	const packets: Packet[] = [];
	let packet = await sink.getFirstPacket();
	if (!packet && (await sink.getFirstPacket({ metadataOnly: true }))) throw missing();
	while (packet) {
		const { data, timestamp, duration, type } = packet;
		if (data.buffer !== clip.buffer) throw new ClipRefused('is encrypted', MAKE_AGAIN);
		packets.push({
			at: timestamp,
			seconds: duration,
			isKey: type === 'key',
			start: data.byteOffset - clip.byteOffset,
			bytes: data.length,
		});
		if (packets.length > MAX_PACKETS) {
			throw new ClipRefused(
				`has more than ${MAX_PACKETS} frames`,
				'Join clips of at most 10 minutes',
			);
		}
		const next: EncodedPacket | null = await sink.getNextPacket(packet);
		if (!next && (await sink.getNextPacket(packet, { metadataOnly: true }))) throw missing();
		packet = next;
	}
	return packets;
}

const missing = () => new ClipRefused('is missing some of its frames', MAKE_AGAIN);

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
			`is ${other.width} x ${other.height} px, but the first one is ${first.width} x ${first.height} px`,
			`${same}, or join them in groups of one size`,
		);
	}
	if (first.rotation !== other.rotation) {
		return new ClipRefused(
			`is rotated by ${other.rotation}°, but the first one by ${first.rotation}°`,
			same,
		);
	}
	const isH264 = isSameH264(first, other);
	if (first.codec !== other.codec && !isH264) {
		return new ClipRefused(
			`is encoded as ${other.codec}, but the first one as ${first.codec}`,
			same,
		);
	}
	if (first.setup !== other.setup && !isH264) {
		return new ClipRefused('is encoded with other settings than the first one', same);
	}
	if (!first.sound !== !other.sound) {
		return new ClipRefused(
			other.sound ? 'has sound, but the first one has none' : 'has no sound, but the first one has',
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
				`has different sound (${kindOf(b)}) than the first one (${kindOf(a)})`,
				"Set 'Sound' to 'Leave Out' to make a silent film, or use clips of one model",
			);
		}
	}
	return undefined;
}

const kindOf = ({ codec, sampleRate, channels }: SoundFacts) =>
	`${codec}, ${sampleRate} Hz, ${channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`}`;
