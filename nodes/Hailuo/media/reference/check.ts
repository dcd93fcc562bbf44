import { FieldError } from '../../models/fieldError';
import type { ClipRules } from '../../providers/modelTypes';
import { identify } from '../picture/fileType';
import { readClip } from './clip';
import { KINDS, type ReferenceKind } from './names';
import { soundSeconds } from './sound';

/** What is known about a video or a sound file. */
export interface CheckedClip {
	/** From its bytes. */
	mimeType: string;
	/** s; undefined if its header does not tell. */
	seconds?: number;
}

/** How a message names a file. */
interface NamedFile {
	/** The label of its field. */
	label: string;
	name: string;
}

const TYPE_NAMES: Record<string, string> = {
	'video/mp4': 'MP4',
	'video/quicktime': 'MOV',
	'audio/wav': 'WAV',
	'audio/mpeg': 'MP3',
};

/** Lengths in headers are not exact: a clip that was cut to 15 s may be one frame longer. */
const TOLERANCE_S = 0.1;

const typeNames = ({ mimeTypes }: ClipRules) =>
	mimeTypes.map((type) => TYPE_NAMES[type] ?? type).join(' or ');

const seconds = (s: number) => `${Math.round(s * 10) / 10} s`;

/** Rejects a file by its size in bytes, so that a huge one need not be read. @throws FieldError */
export function checkClipBytes(bytes: number, rules: ClipRules, { label, name }: NamedFile): void {
	if (bytes > 0 && bytes <= rules.maxBytes) return;
	const most = Math.floor(rules.maxBytes / 1_000_000);
	throw new FieldError(
		label,
		bytes === 0
			? `names '${name}', which is an empty file`
			: `names '${name}', which is ${(bytes / 1e6).toFixed(1)} MB; at most ${most} MB are allowed`,
		bytes === 0 ? 'Check the previous step' : 'Compress it, or make it shorter',
	);
}

/**
 * Checks a video or a sound file against the rules of the model, using only its bytes. What its header does not tell is
 * not checked here: the upload call rejects a bad file before anything is paid.
 *
 * @throws FieldError that names the field, the file, the rule and the fix
 */
export function checkClip(
	data: Buffer,
	kind: Exclude<ReferenceKind, 'picture'>,
	rules: ClipRules,
	file: NamedFile,
): CheckedClip {
	checkClipBytes(data.length, rules, file);
	const refuse = (rule: string, fix: string) =>
		new FieldError(file.label, `names '${file.name}', ${rule}`, fix);
	const { mimeType, name: what } = identify(data);
	if (!rules.mimeTypes.includes(mimeType)) {
		throw refuse(
			`which is ${what}; it must be ${typeNames(rules)}, whatever the file is called`,
			`Convert it to ${typeNames(rules)} in a step before this one`,
		);
	}
	const clip = kind === 'video' ? readClip(data) : { seconds: soundSeconds(data) };
	if (!clip) {
		throw refuse(
			'in which no video was found: its header is damaged or missing',
			'Open it and save it again as MP4',
		);
	}
	const { seconds: length } = clip;
	const [least, most] = rules.seconds;
	if (length !== undefined && (length < least - TOLERANCE_S || length > most + TOLERANCE_S)) {
		throw refuse(
			`which lasts ${seconds(length)}; a ${KINDS[kind].word} must last ${least} to ${most} s`,
			length > most ? 'Make it shorter' : 'Use a longer one',
		);
	}
	if ('fps' in clip && clip.fps !== undefined && rules.fps) {
		const [fewest, highest] = rules.fps;
		if (clip.fps < fewest - 0.05 || clip.fps > highest + 0.05) {
			throw refuse(
				`which has ${Math.round(clip.fps * 100) / 100} frames per second; it must have ${fewest} to ${highest}`,
				'Save it with 24 or 30 frames per second',
			);
		}
	}
	if (
		'codec' in clip &&
		clip.codec !== undefined &&
		rules.codecs &&
		!rules.codecs.includes(clip.codec)
	) {
		throw refuse(
			`which is encoded as '${clip.codec.replace(/[^\x20-\x7e]/g, '?')}'; it must be H.264 or H.265`,
			'Save it as MP4 with H.264',
		);
	}
	return { mimeType, seconds: length };
}

/** @throws FieldError if the files of one field are too long in total */
export function checkTotal(
	lengths: ReadonlyArray<number | undefined>,
	{ totalSeconds }: ClipRules,
	label: string,
): void {
	const total = lengths.reduce((sum: number, length = 0) => sum + length, 0);
	if (total <= totalSeconds + TOLERANCE_S) return;
	throw new FieldError(
		label,
		`lists files that last ${seconds(total)} in total; at most ${totalSeconds} s are allowed`,
		'Use fewer or shorter files',
	);
}
