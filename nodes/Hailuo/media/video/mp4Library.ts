/**
 * The library that reads and writes MP4, as far as it is used here. The build bundles this file, and nothing else imports
 * `mediabunny`: n8n allows a verified package no runtime dependency.
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
