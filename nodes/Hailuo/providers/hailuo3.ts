import type { Lengths, ReferenceRules } from './modelTypes';

/* What is true of Hailuo 3 whoever serves it (docs/providers.md I). */

/** All whole seconds of a range, both ends included. */
export const wholeSeconds = (from: number, to: number): number[] =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** In the order that n8n's lint wants of a list. */
export const H3_RATIOS = ['1:1', '16:9', '21:9', '3:4', '4:3', '9:16'] as const;

/**
 * The shortest and longest time of a job in s. Seen: 99 s for 4 s of 768P, 402 s for 2K with a reference clip
 * (docs/providers.md I.1). It begins at 25 s, so that a job that is much shorter is not polled late either: the table in
 * jobs/schedule.ts has the delays.
 */
export const H3_JOB_SECONDS = [25, 420] as const;

export const H3_LENGTHS: Lengths = { '768P': wholeSeconds(4, 15), '2K': wholeSeconds(4, 15) };

/** Of the videos, and of the sound files. */
const CLIPS = { count: 3, seconds: [2, 15], totalSeconds: 15 } as const;

/** Of the sizes in MB the smaller reading counts, and not 2^20. */
export const H3_REFERENCES: ReferenceRules = {
	pictures: { count: 9 },
	videos: {
		...CLIPS,
		mimeTypes: ['video/mp4', 'video/quicktime'],
		maxBytes: 50_000_000,
		fps: [23.976, 60],
		codecs: ['avc1', 'avc3', 'hvc1', 'hev1'],
	},
	audios: { ...CLIPS, mimeTypes: ['audio/wav', 'audio/mpeg'], maxBytes: 15_000_000 },
	files: 12,
};
