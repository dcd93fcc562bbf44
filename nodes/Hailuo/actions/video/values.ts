import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { jsonParse } from 'n8n-workflow';
import { fetchFile } from '../../media/fetchFile';
import {
	loadPicture,
	type Fetch,
	type Picture,
	type PictureSource,
} from '../../media/picture/load';
import { loadReference, type Reference } from '../../media/reference/load';
import { isAddress, referenceNames } from '../../media/reference/names';
import { settle } from '../../jobs/settle';
import { fieldOf, modelNamed } from '../../models/catalogue';
import { choiceNamed } from '../../models/choices';
import { FIELD_LABELS, FieldError } from '../../models/fieldError';
import {
	FIELD_NAMES,
	REFERENCE_FIELDS,
	VIDEO_FIELDS,
	type FieldValues,
	type ReferenceField,
} from '../../models/videoFields';
import { framesOf, type Frame, type VideoValues } from '../../models/videoValues';
import type { FieldName, Model, VideoOperation } from '../../providers/modelTypes';
import {
	asChoice,
	asResolution,
	asSeconds,
	asSwitch,
	asText,
	isBlank,
	unwrapped,
} from '../../n8n/fieldValues';
import { OPTIONS } from '../../n8n/optionLabels';
import { isExpression, readCollection, readField, UnreadableField } from '../../n8n/readField';
import type { Session } from '../../n8n/session';
import {
	FRAME_FIELDS,
	FRAME_SOURCES,
	NEXT_ITEM,
	REFERENCE_SOURCE,
	REFERENCE_SOURCES,
} from './fields';

/**
 * How a field of each kind is read, whatever an expression gives. Files and pictures are references to places: see
 * below.
 */
const READERS = {
	text: (value: unknown, label: string) => asText(value, label),
	switch: asSwitch,
	resolution: asResolution,
	seconds: asSeconds,
};

/** The replacement that a message suggests for a missing value of each kind. */
const INSTEAD = { text: "''", choice: "''", switch: 'false', resolution: "''", seconds: "''" };

/** An item, and what its video is made with. */
export interface Asked {
	context: IExecuteFunctions;
	session: Session;
	item: number;
	operation: VideoOperation;
	model: Model;
}

/** The options of an item that count for its model. @throws FieldError or UnreadableField, see `readCollection` */
export function readOptions({ context, item, operation, model }: Asked): IDataObject {
	const isUsed = (name: string) =>
		!FIELD_NAMES.includes(name as FieldName) ||
		fieldOf(model, operation, name as FieldName) !== undefined;
	return readCollection(context, item, { ...OPTIONS, isUsed });
}

/**
 * Reads the user's values for one item, under the catalogue's names. Fields that are not shown stay undefined.
 *
 * @throws FieldError or UnreadableField for an expression without a usable value
 */
export function readValues(asked: Asked, options: IDataObject): VideoValues {
	const { context, item, operation, model } = asked;
	const frames: readonly FieldName[] = framesOf(operation);
	const values: Partial<Record<FieldName, unknown>> = {};
	for (const name of FIELD_NAMES) {
		const { kind, label, where } = VIDEO_FIELDS[name];
		if (kind === 'picture') {
			if (frames.includes(name)) values[name] = framePlace(context, item, name as Frame);
		} else if (kind === 'files') {
			if (operation === 'referenceToVideo') {
				values[name] = referencePlaces(context, item, name as ReferenceField);
			}
		} else if (isTaken(model, operation, name)) {
			const value =
				where === 'option'
					? options[name]
					: readField(context, item, name, label, { instead: INSTEAD[kind] });
			values[name] =
				kind === 'choice' ? asChoiceOf(model, operation, name, value) : READERS[kind](value, label);
		}
	}
	const additional = FIELD_LABELS.additionalFields;
	return {
		...(values as FieldValues),
		callbackUrl: (values.callbackUrl as string | undefined)?.trim() || undefined,
		cameraMovements: readCamera(readField(context, item, 'cameraMovements', CAMERA)),
		additionalFields: model.custom
			? readJson(readField(context, item, 'additionalFields', additional))
			: undefined,
	};
}

/**
 * Whether a field applies to the model: n8n shows all fields if the model is an expression, and keeps values that were
 * entered for another model. The duration always applies: a model without a choice has one length.
 */
const isTaken = (model: Model, operation: VideoOperation, name: FieldName): boolean =>
	name === 'duration' || fieldOf(model, operation, name) !== undefined;

/** @throws FieldError if the value is not text. A value that the model does not have is reported by `checkValues` */
function asChoiceOf(
	model: Model,
	operation: VideoOperation,
	name: FieldName,
	given: unknown,
): string | undefined {
	const value = unwrapped(given);
	const text = asText(typeof value === 'boolean' ? String(value) : value, FIELD_LABELS[name]);
	if (isBlank(text) || text.trim() === '') return undefined;
	return choiceNamed(name, fieldOf(model, operation, name)?.choices ?? [], text);
}

/**
 * For these fields, an empty value means the model's default, which affects the price, or a video without a
 * description.
 */
const BLANK_WARNINGS = {
	prompt: 'the video was made without a description',
	resolution: "the model's default was used",
	duration: "the model's default was used",
} as const;

/** Warnings about a paid job: an expression gave empty text, e.g. from an empty cell of a sheet. */
export function blankWarnings(asked: Asked, values: VideoValues): string[] {
	const { context, item, operation, model } = asked;
	const names = Object.keys(BLANK_WARNINGS) as Array<keyof typeof BLANK_WARNINGS>;
	return names.flatMap((name) => {
		const raw = context.getNodeParameter(name, item, null, { rawExpressions: true }) as unknown;
		const value = values[name];
		const isBlankHere = value === undefined || (typeof value === 'string' && value.trim() === '');
		if (!isBlankHere || !isExpression(raw) || !fieldOf(model, operation, name)) return [];
		return [
			`'${FIELD_LABELS[name]}' was an expression that gave empty text: ${BLANK_WARNINGS[name]}.`,
		];
	});
}

/** Parses text that is JSON. Everything else is returned unchanged, and the check reports it. */
export function readJson(value: unknown): unknown {
	if (isBlank(value)) return undefined;
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return undefined;
	return jsonParse<unknown>(value, { fallbackValue: value });
}

const CAMERA = 'Camera Movements';

function readCamera(value: unknown): string[][] {
	const { steps } = (value ?? {}) as { steps?: Array<{ movements?: unknown }> };
	return (Array.isArray(steps) ? steps : []).map(({ movements }) =>
		(Array.isArray(movements) ? movements : (asText(movements, CAMERA) ?? '').split(','))
			.map((id) => (asText(id, CAMERA) ?? '').trim())
			.filter((id) => id !== ''),
	);
}

/** Longer text is the picture itself, as Base64. */
const MAX_ADDRESS = 10_000;

function frameSource(context: IExecuteFunctions, item: number, frame: Frame): PictureSource {
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
function framePlace(context: IExecuteFunctions, item: number, frame: Frame): string | undefined {
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
	const { provider, baseUrl } = session;
	const [at, from] = standsAt(context, item, frame);
	const load = async () =>
		await loadPicture.call(context, at, {
			source: frameSource(context, at, from),
			value: frameValue(context, at, from),
			taken: from === 'lastFrame' ? frameValue(context, at, 'firstFrame') : undefined,
			label: FIELD_LABELS[from],
			rules: model.pictures ?? provider.images,
			providerUrl: baseUrl,
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

/** Fetches each file once per run, whichever item needs it. */
const fetcher =
	(context: IExecuteFunctions, { baseUrl, clock, fetched, signal }: Session): Fetch =>
	async (url, { accept, maxBytes }) =>
		await fetched.get(
			`${maxBytes} ${url}`,
			async () =>
				await fetchFile.call(context, url, {
					accept,
					maxBytes,
					providerUrl: baseUrl,
					clock,
					signal,
				}),
		);

/** Number of items whose files are fetched ahead of the one that is being checked. */
export const FETCH_AHEAD = 4;

/** Starts to fetch an item's files, so that items do not wait for each other; failures are reported when the item's turn comes. */
export function fetchAhead(
	context: IExecuteFunctions,
	session: Session,
	operation: VideoOperation,
	item: number,
): void {
	if (item >= context.getInputData().length) return;
	const ahead = async (load: (asked: Asked) => Promise<unknown>) =>
		await settle(async () => {
			const id = String(context.getNodeParameter('model', item, ''));
			const model = modelNamed(session.provider.id, id, operation);
			if (model) await load({ context, session, item, operation, model });
		});
	for (const frame of framesOf(operation)) {
		void ahead(async (asked) => {
			if (frameSource(context, item, frame) !== 'fetchedUrl') return;
			await loadFrame(asked, frame);
		});
	}
	if (operation !== 'referenceToVideo') return;
	for (const field of REFERENCE_FIELDS) {
		void ahead(async (asked) => {
			if (!fetchesReferences(context, item)) return;
			for (const place of referencePlaces(context, item, field)) {
				if (isAddress(place)) await loadReferenceAt(asked, field, place);
			}
		});
	}
}

/** Whether n8n fetches the references that are given by an address. */
function fetchesReferences(context: IExecuteFunctions, item: number): boolean {
	const source = readField(context, item, 'referenceSource', REFERENCE_SOURCE, { fallback: 'url' });
	return asChoice(source, REFERENCE_SOURCE, REFERENCE_SOURCES) === 'fetchedUrl';
}

/** The kind of file in each field of references. */
const REFERENCE_KINDS = {
	referencePictures: 'picture',
	referenceVideos: 'video',
	referenceAudios: 'audio',
} as const;

/** Names of input fields and addresses, one entry each: patterns are resolved, the files are not read. */
const referencePlaces = (
	context: IExecuteFunctions,
	item: number,
	field: ReferenceField,
): string[] =>
	referenceNames.call(context, item, {
		value: readField(context, item, field, FIELD_LABELS[field], { fallback: '', instead: "''" }),
		kind: REFERENCE_KINDS[field],
		label: FIELD_LABELS[field],
	});

/**
 * One reference, checked against the rules of the model.
 *
 * @param place an entry of `readValues`
 * @throws FieldError, before any request
 */
export async function loadReferenceAt(
	{ context, session, item, model }: Asked,
	field: ReferenceField,
	place: string,
): Promise<Reference> {
	const { provider, baseUrl } = session;
	return await loadReference.call(context, item, {
		place,
		kind: REFERENCE_KINDS[field],
		label: FIELD_LABELS[field],
		pictures: model.pictures ?? provider.images,
		rules: model.references,
		providerUrl: baseUrl,
		byN8n: fetchesReferences(context, item),
		fetch: fetcher(context, session),
	});
}
