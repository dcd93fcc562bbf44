/**
 * The parts that are used of the library that reads and writes MP4. Only this file imports `mediabunny`, and the build
 * bundles it, because n8n allows a verified package no runtime dependency.
 */
export {
	BufferSource,
	EncodedAudioPacketSource,
	EncodedPacket,
	EncodedPacketSink,
	EncodedVideoPacketSource,
	Input,
	MP4,
	Mp4OutputFormat,
	Output,
	QTFF,
	Target,
} from 'mediabunny';
export type { AudioCodec, InputAudioTrack, InputVideoTrack, VideoCodec } from 'mediabunny';
