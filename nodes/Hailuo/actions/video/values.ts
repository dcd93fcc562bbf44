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
import { findModel } from '../../models/catalogue';
import { FIELD_LABELS } from '../../models/fieldError';
import { framesOf, type VideoValues } from '../../models/request';
import {
	FIELD_NAMES,
	REFERENCE_FIELDS,
	VIDEO_FIELDS,
	type FieldValues,
	type ReferenceField,
} from '../../models/videoFields';
import type { FieldName, Model, VideoOperation } from '../../providers/modelTypes';
import { asResolution, asSeconds, asSwitch, asText, isBlank } from '../../n8n/fieldValues';
import type { Session } from '../../n8n/session';
import { FRAME_FIELDS } from './fields';

/** How a field of each kind is read, whatever an expression brings in. Files and pictures are places: see below. */
const READERS = {
	text: (value: unknown, label: string) => asText(value, label),
	choice: (value: unknown, label: string) => asText(value, label)?.trim() || undefined,
	switch: asSwitch,
	resolution: asResolution,
	seconds: asSeconds,
};

/** Reads what a person chose for one item, under the catalogue's names. Fields that are not shown stay undefined. */
export function readValues(
	context: IExecuteFunctions,
	item: number,
	operation: VideoOperation,
): VideoValues {
	const read = (name: string) => context.getNodeParameter(name, item, null) as unknown;
	const options = context.getNodeParameter('options', item, {}) as IDataObject;
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
		} else {
			values[name] = READERS[kind](where === 'option' ? options[name] : read(name), label);
		}
	}
	return {
		...(values as FieldValues),
		callbackUrl: (values.callbackUrl as string | undefined)?.trim() || undefined,
		cameraMovements: readCamera(read('cameraMovements')),
		additionalFields: readJson(read('additionalFields')),
	};
}

/** Text as JSON, where it is JSON; everything else stays as it is, for the check to name. */
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

type Frame = 'firstFrame' | 'lastFrame';

function frameSource(context: IExecuteFunctions, item: number, frame: Frame): PictureSource {
	const source = context.getNodeParameter(`${frame}Source`, item, 'binary');
	return source === 'url' || source === 'fetchedUrl' ? source : 'binary';
}

const frameValue = (context: IExecuteFunctions, item: number, frame: Frame): unknown =>
	frameSource(context, item, frame) === 'binary'
		? context.getNodeParameter(`${frame}BinaryField`, item, FRAME_FIELDS[frame])
		: context.getNodeParameter(`${frame}Url`, item, '');

/** Whether a picture is named at all; the picture itself is looked at by `loadFrame`. */
function framePlace(context: IExecuteFunctions, item: number, frame: Frame): string | undefined {
	const value = frameValue(context, item, frame);
	return isBlank(value) ? undefined : frame;
}

/**
 * The picture of a frame, checked against the provider's limits.
 *
 * @throws ImageRefused, before any request
 */
export async function loadFrame(
	context: IExecuteFunctions,
	item: number,
	frame: Frame,
	model: Model,
	session: Session,
): Promise<Picture> {
	const { provider, baseUrl } = session;
	return await loadPicture.call(context, item, {
		source: frameSource(context, item, frame),
		value: frameValue(context, item, frame),
		taken: frame === 'lastFrame' ? frameValue(context, item, 'firstFrame') : undefined,
		label: FIELD_LABELS[frame],
		rules: model.pictures ?? provider.images,
		providerUrl: baseUrl,
		fetch: fetcher(context, session),
	});
}

/** Each file once a run, whatever item asks for it. */
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

/** Items whose pictures n8n fetches ahead of the one that is being checked. */
export const FETCH_AHEAD = 4;

/** Begins to fetch what an item needs, so that the items do not wait for one another; what fails is told in its turn. */
export function fetchAhead(
	context: IExecuteFunctions,
	session: Session,
	operation: VideoOperation,
	item: number,
): void {
	if (item >= context.getInputData().length) return;
	const source = (name: string) => context.getNodeParameter(name, item, '') as unknown;
	const ahead = async (load: (model: Model) => Promise<unknown>) =>
		await settle(async () => {
			const model = findModel(session.provider.id, String(source('model')));
			if (model) await load(model);
		});
	for (const frame of framesOf(operation)) {
		void ahead(async (model) => {
			if (source(`${frame}Source`) !== 'fetchedUrl') return;
			await loadFrame(context, item, frame, model, session);
		});
	}
	if (operation !== 'referenceToVideo') return;
	for (const field of REFERENCE_FIELDS) {
		void ahead(async (model) => {
			if (source('referenceSource') !== 'fetchedUrl') return;
			for (const place of referencePlaces(context, item, field)) {
				if (isAddress(place)) await loadReferenceAt(context, item, field, place, model, session);
			}
		});
	}
}

/** What each field of references holds. */
const REFERENCE_KINDS = {
	referencePictures: 'picture',
	referenceVideos: 'video',
	referenceAudios: 'audio',
} as const;

/** Names of input fields and addresses, one entry each: patterns are resolved, the files are not looked at. */
const referencePlaces = (
	context: IExecuteFunctions,
	item: number,
	field: ReferenceField,
): string[] =>
	referenceNames.call(context, item, {
		value: context.getNodeParameter(field, item, '') as unknown,
		kind: REFERENCE_KINDS[field],
		label: FIELD_LABELS[field],
	});

/**
 * One reference, checked against what the model takes.
 *
 * @param place an entry of `readValues`
 * @throws FieldError or ImageRefused, before any request
 */
export async function loadReferenceAt(
	context: IExecuteFunctions,
	item: number,
	field: ReferenceField,
	place: string,
	model: Model,
	session: Session,
): Promise<Reference> {
	const { provider, baseUrl } = session;
	return await loadReference.call(context, item, {
		place,
		kind: REFERENCE_KINDS[field],
		label: FIELD_LABELS[field],
		pictures: model.pictures ?? provider.images,
		rules: model.references,
		providerUrl: baseUrl,
		byN8n: context.getNodeParameter('referenceSource', item, 'url') === 'fetchedUrl',
		fetch: fetcher(context, session),
	});
}
