import {
	ClipRefused,
	damaged,
	MAKE_AGAIN,
	misfit,
	readClip,
	type Clip,
	type ClipFacts,
	type Packet,
} from './clip';
import { ClipReader } from './clipReader';
import { ownSettings, setupOfAll } from './h264Setup';
import { Bytes, Layout, type Part } from './layout';
import {
	EncodedAudioPacketSource,
	EncodedPacket,
	EncodedVideoPacketSource,
	Mp4OutputFormat,
	Output,
} from './mp4Library';
import { Room, type ClipSource } from './outline';
import { soundTrack } from './soundTrack';

/** A film before it is written. */
export interface Film {
	width: number;
	height: number;
	frames: number;
	/** s */
	seconds: number;
	hasSound: boolean;
	/** Of the film. */
	bytes: number;
	/** The film from beginning to end; can be called several times. @throws JoinRefused */
	read(): AsyncGenerator<Uint8Array>;
}

/** The error of a clip that cannot be joined. `index` is its position among the clips, from 0. */
export class JoinRefused extends Error {
	constructor(
		readonly index: number,
		readonly rule: string,
		readonly fix: string,
	) {
		super(rule);
		this.name = 'JoinRefused';
	}
}

const refusal = (index: number, { message, fix }: ClipRefused) =>
	new JoinRefused(index, message, fix);

/**
 * Joins clips without re-encoding. Every clip is checked before a byte is written.
 *
 * The index of the film is at its beginning, so that a browser can play it immediately. So the film is first planned as
 * a whole, from the indexes of the clips. Then the clips are read again and written to the film piece by piece: no clip
 * is ever completely in memory.
 *
 * @throws JoinRefused
 */
export async function planFilm(sources: readonly ClipSource[], keepSound: boolean): Promise<Film> {
	const room = new Room();
	const clips: Clip[] = [];
	for (const [index, source] of sources.entries()) {
		const clip = await readClip(source, room).catch((error) => {
			throw error instanceof ClipRefused ? refusal(index, error) : error;
		});
		if (!keepSound) clip.facts = { ...clip.facts, sound: undefined };
		const wrong = index > 0 ? misfit(clips[0].facts, clip.facts) : undefined;
		if (wrong) throw refusal(index, wrong);
		clips.push(clip);
	}
	const layout = await laidOut(clips);
	const { width, height, sound } = clips[0].facts;
	const sum = (count: (one: ClipFacts) => number) =>
		clips.reduce((all, { facts }) => all + count(facts), 0);
	return {
		width,
		height,
		frames: sum(({ frames }) => frames),
		seconds: sum(({ seconds }) => seconds),
		hasSound: sound !== undefined,
		bytes: layout.bytes,
		read: () => filled(layout.pieces, sources),
	};
}

/** Fills in the parts of the clips. */
async function* filled(
	pieces: ReadonlyArray<Bytes | Part>,
	sources: readonly ClipSource[],
): AsyncGenerator<Uint8Array> {
	const open = new Map<number, ClipReader>();
	const { reach, last } = waysOf(pieces);
	try {
		for (const [index, piece] of pieces.entries()) {
			if (piece instanceof Bytes) {
				yield piece.data;
				continue;
			}
			const { clip, start, bytes } = piece;
			const ended = () =>
				new JoinRefused(clip, 'became shorter while it was being joined', MAKE_AGAIN);
			const reader =
				open.get(clip) ?? new ClipReader(sources[clip].bytes(), reach.get(clip) ?? 0, ended);
			open.set(clip, reader);
			yield* reader.part(start, bytes);
			if (last.get(clip) !== index) continue;
			open.delete(clip);
			await reader.close();
		}
	} finally {
		for (const reader of open.values()) await reader.close();
	}
}

/**
 * For each clip: how far its parts go back before what was already read, in bytes, and which piece of the film is its
 * last.
 */
function waysOf(pieces: ReadonlyArray<Bytes | Part>) {
	const [end, reach, last] = [0, 0, 0].map(() => new Map<number, number>());
	for (const [index, piece] of pieces.entries()) {
		if (piece instanceof Bytes) continue;
		const { clip, start, bytes } = piece;
		const read = end.get(clip) ?? 0;
		reach.set(clip, Math.max(reach.get(clip) ?? 0, read - start));
		end.set(clip, Math.max(read, start + bytes));
		last.set(clip, index);
	}
	return { reach, last };
}

/** Lets the muxer lay out the film, with a placeholder for every picture. */
async function laidOut(clips: readonly Clip[]): Promise<Layout> {
	const layout = new Layout();
	const output = new Output({
		format: new Mp4OutputFormat({ fastStart: 'in-memory' }),
		target: layout,
	});
	const [{ kind, rotation, sound }] = clips.map(({ facts }) => facts);
	const video = new EncodedVideoPacketSource(kind);
	output.addVideoTrack(video, { rotation: rotation as 0 });
	const audio = sound && new EncodedAudioPacketSource(sound.kind);
	if (audio) output.addAudioTrack(audio);
	const work = async () => {
		await output.start();
		const settings = settingsOf(clips.map(({ facts }) => facts));
		const places = audio ? soundTrack(clips) : [];
		let start = 0;
		for (const [index, clip] of clips.entries()) {
			const tracks = { video, audio };
			const placing = { ...settings(index), index, start, places: places[index] };
			await addClip(clip, placing, tracks, layout).catch((error) => {
				throw refusal(index, damaged(error));
			});
			start += clip.facts.seconds;
		}
		await output.finalize();
	};
	await work().catch(async (error) => {
		await output.cancel().catch(() => undefined);
		throw error;
	});
	return layout;
}

interface Tracks {
	video: EncodedVideoPacketSource;
	audio?: EncodedAudioPacketSource;
}

/** How the pictures of a clip are encoded, if the clips of the film differ in that. */
interface Settings {
	/** For the decoder of the whole film. */
	setupForAll?: Buffer;
	/** Inserted before every key frame of the clip. */
	before?: Buffer;
}

function settingsOf(facts: readonly ClipFacts[]): (index: number) => Settings {
	const before = ownSettings(facts);
	const setupForAll = before[0] && setupOfAll(facts);
	return (index) => ({ setupForAll, before: before[index] });
}

interface Placing extends Settings {
	/** Of the clip in the film. */
	index: number;
	/** When the clip begins in the film, in s. */
	start: number;
	/** When each piece of its sound is heard in the film; undefined for one that is left out. */
	places?: ReadonlyArray<number | undefined>;
}

/** Adds the packets of a clip. Pictures keep their times exactly. */
async function addClip(
	{ pictures, sounds, videoConfig, audioConfig }: Clip,
	{ index, start, places, setupForAll, before }: Placing,
	tracks: Tracks,
	layout: Layout,
): Promise<void> {
	const video = {
		decoderConfig: setupForAll ? { ...videoConfig, description: setupForAll } : videoConfig,
	};
	const audio = audioConfig && { decoderConfig: audioConfig };
	const moved = ({ isKey, seconds, ...packet }: Packet, at: number, first?: Buffer) => {
		const part = { clip: index, start: packet.start, bytes: packet.bytes };
		return new EncodedPacket(layout.standIn(part, first), isKey ? 'key' : 'delta', at, seconds);
	};
	// Pictures and sound are interleaved by time, as players expect.
	let heard = 0;
	const addSounds = async (until: number) => {
		for (; places && heard < sounds.length; heard++) {
			const at = places[heard];
			if (at !== undefined && at >= until) return;
			if (at !== undefined) await tracks.audio?.add(moved(sounds[heard], at), audio);
		}
	};
	for (const picture of pictures) {
		const at = start + picture.at;
		await addSounds(at);
		await tracks.video.add(moved(picture, at, picture.isKey ? before : undefined), video);
	}
	await addSounds(Infinity);
}
