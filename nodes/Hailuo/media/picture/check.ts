import { FieldError } from '../../models/fieldError';
import type { PictureRules } from '../../providers/modelTypes';
import { unreadable } from './damage';
import { readImageInfo, type ImageInfo } from './info';
import { identify } from './fileType';
import { historyOf } from './history';
import { holdsAllPixels } from './pngPixels';

/** px; the shortest side that most models accept (docs/providers.md D). */
export const MIN_SIDE = 301;

/** Pillow, which many image services use, rejects more pixels as an attack. */
const MAX_PIXELS = 178_956_970;

const TYPE_NAMES: Record<string, string> = {
	'image/jpeg': 'JPG',
	'image/png': 'PNG',
	'image/webp': 'WebP',
	'image/heic': 'HEIC',
};

/**
 * Checks a picture against a provider's limits, using only its bytes.
 *
 * The ratio must be between 2:5 and 5:2. If `strictRatio` is set, exactly 2:5 and 5:2 are rejected too.
 * @throws FieldError
 */
export function checkImage(data: Buffer, rules: PictureRules, field: string): ImageInfo {
	checkBytes(data.length, rules, field);
	checkType(data, rules, field);
	const info = readInfo(data, field);
	checkSides(info, rules, field);
	checkRatio(info, rules, field);
	return info;
}

/**
 * Checks that a picture that passed `checkImage` has all its pixels: half a picture would be paid for in full. A PNG
 * must be unpacked for this; everything that needs no unpacking is checked in `checkImage`.
 *
 * @throws FieldError
 */
export async function checkPixels(data: Buffer, info: ImageInfo, field: string): Promise<void> {
	if (info.mimeType !== 'image/png' || (await holdsAllPixels(data))) return;
	throw unreadable('is damaged: some of its pixels are missing', field);
}

/** Rejects a picture by its size in bytes, so that a huge file need not be read. @throws FieldError */
export function checkBytes(bytes: number, rules: PictureRules, field: string): void {
	if (bytes === 0) {
		throw new FieldError(field, 'is an empty file (0 bytes)', 'Check the previous step');
	}
	if (bytes <= rules.maxBytes) return;
	throw new FieldError(
		field,
		`is ${megabytes(bytes)} MB; at most ${megabytes(rules.maxBytes)} MB are allowed`,
		'Make it smaller: save it as JPG with quality 85, or reduce its size in pixels (2000 px are enough)',
	);
}

/** MB with one decimal, rounded up, so that no message says that "20 MB" exceeds "20 MB". */
function megabytes(bytes: number): string {
	return (Math.ceil(bytes / 100_000) / 10).toFixed(1).replace('.0', '');
}

/** `JPG, PNG or WebP`. */
export function typeNames(rules: PictureRules): string {
	const names = rules.mimeTypes.map((type) => TYPE_NAMES[type] ?? type);
	return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

const CONVERT_ANY = 'Convert the picture to JPG or PNG in a step before this one';
/** No node of n8n is suggested: whether Edit Image can read HEIC depends on how its GraphicsMagick was built. */
const CONVERT: Record<string, string> = {
	'image/heic':
		"Set the phone to JPG (iPhone: Settings > Camera > Formats > 'Most Compatible'), or convert the picture to JPG before it enters the workflow",
};

const FETCH_ANY = 'Check that the previous step really delivers a picture';
const FETCH: Record<string, string> = {
	'text/html':
		'The previous step fetched a page that shows the picture, or a sign-in page. Change it to fetch the address of the picture itself',
};

function checkType(data: Buffer, rules: PictureRules, field: string): void {
	const kind = identify(data);
	if (rules.mimeTypes.includes(kind.mimeType)) return;
	const isPicture = kind.mimeType.startsWith('image/');
	const history = isPicture ? undefined : historyOf(data);
	if (history) throw new FieldError(field, history.what, history.fix);
	throw new FieldError(
		field,
		`is ${kind.name}; it must be ${typeNames(rules)}, whatever the file is called`,
		isPicture ? (CONVERT[kind.mimeType] ?? CONVERT_ANY) : (FETCH[kind.mimeType] ?? FETCH_ANY),
	);
}

function readInfo(data: Buffer, field: string): ImageInfo {
	try {
		return readImageInfo(data);
	} catch (error) {
		const rule = error instanceof FieldError ? error.rule : 'cannot be read as a picture';
		throw unreadable(rule, field);
	}
}

function pixels({ width, height }: ImageInfo): string {
	return `${width} × ${height} px`;
}

function checkSides(info: ImageInfo, rules: PictureRules, field: string): void {
	const { minSide = MIN_SIDE, maxSide = Infinity } = rules;
	if (info.width * info.height > MAX_PIXELS) {
		throw new FieldError(
			field,
			`is ${pixels(info)}, more than any program can open`,
			'Make it smaller: 2000 px on the long side are enough',
		);
	}
	const short = Math.min(info.width, info.height);
	if (short < minSide) {
		throw new FieldError(
			field,
			`is ${pixels(info)}; its short side must have at least ${minSide} px`,
			`Use a larger picture: at least ${minSide} px on the short side, preferably 768 px or more`,
		);
	}
	if (Math.max(info.width, info.height) > maxSide) {
		throw new FieldError(
			field,
			`is ${pixels(info)}; its long side must have at most ${maxSide} px`,
			`Make it smaller: at most ${maxSide} px on the long side; 2000 px are enough`,
		);
	}
}

function checkRatio(info: ImageInfo, { strictRatio }: PictureRules, field: string): void {
	const long = Math.max(info.width, info.height);
	const short = Math.min(info.width, info.height);
	// In whole numbers: 2:5 and 5:2 are reciprocals, so comparing long:short with 5:2 covers both.
	const over = 2 * long - 5 * short;
	if (over < 0 || (over === 0 && !strictRatio)) return;
	const wide = info.width >= info.height;
	const ratio = (long / short).toFixed(2);
	const most = strictRatio ? Math.ceil((5 * short) / 2) - 1 : Math.floor((5 * short) / 2);
	throw new FieldError(
		field,
		`is ${pixels(info)}, too ${wide ? 'wide' : 'tall'}: its ratio is ${wide ? `${ratio}:1` : `1:${ratio}`} ` +
			`and must be ${strictRatio ? 'less than' : 'at most'} ${wide ? '2.5:1' : '1:2.5'}`,
		`Crop it to at most ${most} px in ${wide ? 'width' : 'height'}, or add a border to the short side`,
	);
}
