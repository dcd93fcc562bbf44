import { ClipRefused, damaged, misfit, openClip, type ClipFacts, type OpenClip } from './clip';
import { ownSettings, setupOfAll } from './h264Setup';
import {
	EncodedAudioPacketSource,
	EncodedPacketSink,
	EncodedVideoPacketSource,
	Mp4OutputFormat,
	Output,
	StreamTarget,
	type StreamTargetChunk,
} from './mp4Library';

/** A clip by its name; its bytes are read when it is their turn, so that only one clip is in memory at a time. */
export interface ClipSource {
	/** As messages name it. */
	name: string;
	load(): Promise<Buffer>;
}

/** What a film is, before it is written. */
export interface Film {
	width: number;
	height: number;
	frames: number;
	/** s */
	seconds: number;
	hasSound: boolean;
	/** Of the film. */
	bytes: number;
	/** Writes the film from its beginning to its end, as often as it is called. */
	write(sink: (data: Uint8Array) => Promise<void> | void): Promise<void>;
}

/** A clip that ends the joining. `index` is its place among the clips, from 0. */
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

/** Bytes that are put in place of what was written first, in the order they came. */
interface Patch {
	position: number;
	data: Uint8Array;
}

/**
 * Joins clips without encoding anything anew. Every clip is looked at before a byte is written.
 *
 * The index of an MP4 stands at its beginning, so that a browser plays it at once, but is known only at the end. So the
 * film is written twice: the first time only to learn what the beginning will be. Nothing but one clip is ever whole in
 * memory.
 *
 * @throws JoinRefused
 */
export async function planFilm(clips: readonly ClipSource[], keepSound: boolean): Promise<Film> {
	const facts: ClipFacts[] = [];
	for (const [index, clip] of clips.entries()) {
		const one = await described(clip, index, keepSound);
		const wrong = index > 0 ? misfit(facts[0], one) : undefined;
		if (wrong) throw refusal(index, wrong);
		facts.push(one);
	}
	const patches: Patch[] = [];
	let bytes = 0;
	await mux(clips, facts, (data, position) => {
		// A copy: the muxer uses its memory again.
		if (position < bytes) patches.push({ position, data: data.slice() });
		bytes = Math.max(bytes, position + data.length);
	});
	const { width, height, sound } = facts[0];
	return {
		width,
		height,
		frames: facts.reduce((sum, one) => sum + one.frames, 0),
		seconds: facts.reduce((sum, one) => sum + one.seconds, 0),
		hasSound: sound !== undefined,
		bytes,
		async write(sink) {
			let end = 0;
			const put = async (data: Uint8Array) => {
				const from = end;
				end += data.length;
				await sink(patched(data, from, patches));
			};
			await mux(clips, facts, async (data, position) => {
				if (position < end) return;
				if (position > end) await put(new Uint8Array(position - end));
				// Not copied: the muxer waits until it is taken.
				await put(data);
			});
			if (end !== bytes) throw new Error(`The film has ${end} bytes and not ${bytes}`);
		},
	};
}

async function described(clip: ClipSource, index: number, keepSound: boolean): Promise<ClipFacts> {
	const { facts, close } = await opened(clip, index);
	close();
	return keepSound ? facts : { ...facts, sound: undefined };
}

async function opened(clip: ClipSource, index: number): Promise<OpenClip> {
	const data = await clip.load();
	return await openClip(data).catch((error) => {
		throw error instanceof ClipRefused ? refusal(index, error) : error;
	});
}

/** The bytes with what was written over them later. Theirs is the memory. */
function patched(data: Uint8Array, from: number, patches: readonly Patch[]): Uint8Array {
	for (const { position, data: put } of patches) {
		const start = Math.max(position, from);
		const end = Math.min(position + put.length, from + data.length);
		if (start < end) data.set(put.subarray(start - position, end - position), start - from);
	}
	return data;
}

/** Writes the film, back and forth as the muxer needs it. */
async function mux(
	clips: readonly ClipSource[],
	facts: readonly ClipFacts[],
	write: (data: Uint8Array, position: number) => Promise<void> | void,
): Promise<void> {
	const sink = new WritableStream<StreamTargetChunk>({
		write: async ({ data, position }) => await write(data, position),
	});
	const output = new Output({
		format: new Mp4OutputFormat({ fastStart: 'reserve' }),
		target: new StreamTarget(sink),
	});
	const sum = (count: (one: ClipFacts) => number) =>
		facts.reduce((all, one) => all + count(one), 0);
	const [{ kind, sound: firstSound }] = facts;
	const video = new EncodedVideoPacketSource(kind);
	output.addVideoTrack(video, {
		rotation: facts[0].rotation as 0,
		maximumPacketCount: sum(({ frames }) => frames),
	});
	const audio = firstSound && new EncodedAudioPacketSource(firstSound.kind);
	if (audio) {
		output.addAudioTrack(audio, { maximumPacketCount: sum(({ sound }) => sound?.packets ?? 0) });
	}
	const work = async () => {
		await output.start();
		let offset = 0;
		const sound = { end: 0 };
		const settings = settingsOf(facts);
		for (const [index, clip] of clips.entries()) {
			const open = await opened(clip, index);
			await copyClip(open, { ...facts[index], ...settings(index) }, offset, { video, audio }, sound)
				.catch((error) => {
					throw refusal(index, damaged(error));
				})
				.finally(() => open.close());
			offset += facts[index].seconds;
		}
		await output.finalize();
	};
	await work().catch(async (error) => {
		await output.cancel().catch(() => undefined);
		throw error;
	});
}

interface Tracks {
	video: EncodedVideoPacketSource;
	audio?: EncodedAudioPacketSource;
}

/** How the pictures of a clip are encoded, where the clips of the film differ in that. */
interface Settings {
	/** For the decoder of the whole film. */
	setupForAll?: Buffer;
	/** Stands before every key frame of the clip. */
	before?: Buffer;
}

function settingsOf(facts: readonly ClipFacts[]): (index: number) => Settings {
	const before = ownSettings(facts);
	const setupForAll = before[0] && setupOfAll(facts);
	return (index) => ({ setupForAll, before: before[index] });
}

/** One packet of a track, and when it is due. */
interface Due {
	/** s, in the film */
	at: number;
	add(): Promise<void>;
}

/**
 * Copies the packets of a clip. Pictures keep their times exactly. Sound that lasts longer than the pictures is cut off at
 * their end, and a packet that would lie over the one before begins after it: at most one packet (about 20 ms) late, and
 * never more than that, whatever the number of clips.
 */
async function copyClip(
	open: OpenClip,
	{ startsAt, seconds, setupForAll, before }: ClipFacts & Settings,
	offset: number,
	tracks: Tracks,
	sound: { end: number },
): Promise<void> {
	const shift = offset - startsAt;
	const ownConfig = (await open.video.getDecoderConfig()) ?? undefined;
	const videoConfig =
		ownConfig && setupForAll ? { ...ownConfig, description: setupForAll } : ownConfig;
	const pictures = duePictures();
	async function* duePictures(): AsyncGenerator<Due> {
		for await (const packet of new EncodedPacketSink(open.video).packets()) {
			const at = packet.timestamp + shift;
			yield {
				at,
				add: async () => {
					const data =
						before && packet.type === 'key' ? Buffer.concat([before, packet.data]) : packet.data;
					const moved = packet.clone({ data, timestamp: at });
					await tracks.video.add(moved, { decoderConfig: videoConfig });
				},
			};
		}
	}
	async function* dueSounds(): AsyncGenerator<Due> {
		if (!open.audio || !tracks.audio) return;
		const { audio } = tracks;
		const decoderConfig = (await open.audio.getDecoderConfig()) ?? undefined;
		for await (const packet of new EncodedPacketSink(open.audio).packets()) {
			const due = packet.timestamp + shift;
			if (due + packet.duration <= offset + 1e-6 || due >= offset + seconds - 1e-6) continue;
			const at = Math.max(due, sound.end);
			sound.end = at + packet.duration;
			yield {
				at,
				add: async () => await audio.add(packet.clone({ timestamp: at }), { decoderConfig }),
			};
		}
	}
	// Side by side by their times, as players want to read them.
	const sounds = dueSounds();
	let [picture, tone] = [await pictures.next(), await sounds.next()];
	while (!picture.done || !tone.done) {
		if (!picture.done && (tone.done || picture.value.at <= tone.value.at)) {
			await picture.value.add();
			picture = await pictures.next();
		} else if (!tone.done) {
			await tone.value.add();
			tone = await sounds.next();
		}
	}
}
