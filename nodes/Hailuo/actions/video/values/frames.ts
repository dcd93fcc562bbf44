import type { IExecuteFunctions } from 'n8n-workflow';
import { loadPicture, type Picture, type PictureSource } from '../../../media/picture/load';
import { FIELD_LABELS, FieldError } from '../../../models/fieldError';
import { pictureRulesOf } from '../../../models/pictureRules';
import type { Frame } from '../../../models/videoValues';
import type { VideoOperation } from '../../../providers/modelTypes';
import { asChoice, asText, isBlank } from '../../../n8n/fieldValues';
import { readField, UnreadableField } from '../../../n8n/readField';
import { FRAME_FIELDS, FRAME_SOURCES, NEXT_ITEM } from '../fields/frames';
import type { Asked } from './asked';
import { fetcher } from './fetcher';

/** Longer text is the picture itself, as Base64. */
const MAX_ADDRESS = 10_000;

export function frameSource(context: IExecuteFunctions, item: number, frame: Frame): PictureSource {
	const label = FIELD_LABELS[frame];
	const source = readField(context, item, `${frame}Source`, label, { fallback: 'binary' });
	return asChoice(source, label, FRAME_SOURCES) ?? 'binary';
}

/** The last frame of a video may be the first frame of the next item, so that the videos flow into each other. */
function endsWithNext(context: IExecuteFunctions, item: number): boolean {
	const label = FIELD_LABELS.lastFrame;
	const source = readField(context, item, 'lastFrameSource', label, { fallback: 'binary' });
	return asChoice(source, label, [...FRAME_SOURCES, NEXT_ITEM]) === NEXT_ITEM.value;
}

/**
 * Whether an item is only the end of the previous video: its last frame would be that of an item that does not exist.
 *
 * @throws FieldError if it is the only item
 */
export function isLastPicture(
	context: IExecuteFunctions,
	item: number,
	operation: VideoOperation,
): boolean {
	const count = context.getInputData().length;
	if (operation !== 'firstLastFrameToVideo' || item < count - 1) return false;
	if (!endsWithNext(context, item)) return false;
	if (count > 1) return true;
	throw new FieldError(
		FIELD_LABELS.lastFrame,
		'is set to the first frame of the next item, but there is only one item',
		'Pass in at least two items, each with a picture: each item and the next become one video',
	);
}

/** Where the picture of a frame is: its item, and the frame whose fields name it. */
function standsAt(context: IExecuteFunctions, item: number, frame: Frame): [number, Frame] {
	return frame === 'lastFrame' && endsWithNext(context, item)
		? [item + 1, 'firstFrame']
		: [item, frame];
}

function frameValue(context: IExecuteFunctions, item: number, frame: Frame): unknown {
	const label = FIELD_LABELS[frame];
	if (frameSource(context, item, frame) === 'binary') {
		const fallback = FRAME_FIELDS[frame];
		return readField(context, item, `${frame}BinaryField`, label, { fallback });
	}
	const value = readField(context, item, `${frame}Url`, label, { fallback: '' });
	return typeof value === 'string' && value.length <= MAX_ADDRESS ? asText(value, label) : value;
}

/** An error about the picture of the next item names that item. */
function ofNextItem(error: unknown, next: number): Error {
	// Counted from 0, as n8n counts.
	const where = `of the next item (item ${next})`;
	if (error instanceof FieldError) {
		return new FieldError(error.field, `${where} ${error.rule}`, error.fix);
	}
	return error instanceof UnreadableField
		? new UnreadableField(`${error.field} ${where}`, error.cause)
		: (error as Error);
}

/** Checks only whether a picture is named; `loadFrame` checks the picture itself. */
export function framePlace(
	context: IExecuteFunctions,
	item: number,
	frame: Frame,
): string | undefined {
	const [at, from] = standsAt(context, item, frame);
	let failed: Error;
	try {
		const value = frameValue(context, at, from);
		if (!isBlank(value) || at === item) return isBlank(value) ? undefined : frame;
		const fix = 'Give each item of the storyboard a picture';
		failed = ofNextItem(new FieldError(FIELD_LABELS[from], 'is empty', fix), at);
	} catch (error) {
		failed = at === item ? (error as Error) : ofNextItem(error, at);
	}
	throw failed;
}

/**
 * The picture of a frame, checked against the provider's limits.
 *
 * @throws FieldError, before any request
 */
export async function loadFrame(asked: Asked, frame: Frame): Promise<Picture> {
	const { context, session, item, model } = asked;
	const [at, from] = standsAt(context, item, frame);
	const load = async () =>
		await loadPicture.call(context, at, {
			source: frameSource(context, at, from),
			value: frameValue(context, at, from),
			taken: from === 'lastFrame' ? frameValue(context, at, 'firstFrame') : undefined,
			label: FIELD_LABELS[from],
			rules: pictureRulesOf(model),
			providerUrl: session.baseUrl,
			fetch: fetcher(context, session),
		});
	if (at === item) return await load();
	const picture = await load().catch((error) => {
		throw ofNextItem(error, at);
	});
	if (picture.kind === 'url') return picture;
	const [its, ours] = [from, frame].map((name) => FIELD_LABELS[name]);
	const notes = picture.notes.map((note) => ({ ...note, text: note.text.replace(its, ours) }));
	return { ...picture, notes };
}
