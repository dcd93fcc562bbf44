import type { IExecuteFunctions } from 'n8n-workflow';
import { fingerprint } from '../../jobs/fingerprint';
import type { OpenSubmit } from '../../jobs/registry';
import { modelNamed } from '../../models/catalogue';
import { isFromInside } from '../../media/hosts';
import type { Note } from '../../media/picture/load';
import { checkTotal } from '../../media/reference/check';
import type { Reference } from '../../media/reference/load';
import { checkValues } from '../../models/checkValues';
import { FIELD_LABELS, FieldError } from '../../models/fieldError';
import { toPayload } from '../../models/payload';
import { requireModel } from '../../models/requireModel';
import { REFERENCE_FIELDS } from '../../models/videoFields';
import { framesOf, type Format, type VideoValues } from '../../models/videoValues';
import type { Model, ProviderId, VideoOperation } from '../../providers/modelTypes';
import type { Submission } from '../../providers/types';
import { readFinishOptions, type FinishOptions } from '../../n8n/finishOptions';
import { isTool } from '../../n8n/isTool';
import { asChoice, asText, readMaxPrice, requireAmount } from '../../n8n/fieldValues';
import { OPTION_LABELS } from '../../n8n/optionLabels';
import { readField } from '../../n8n/readField';
import type { Session } from '../../n8n/session';
import type { KnownJob } from './paidJobs';
import { CONTINUE_WHEN } from './fields/continueWhen';
import type { Asked } from './values/asked';
import { loadFrame } from './values/frames';
import { loadReferenceAt } from './values/references';
import { blankWarnings, readOptions, readValues } from './values/readValues';

/** One item, checked: it contains nothing that the model is known to reject. */
export interface Prepared {
	item: number;
	operation: VideoOperation;
	model: Model;
	values: VideoValues;
	format: Format;
	/** Identical for identical requests; pictures are compared by their bytes. */
	fingerprint: string;
	/** Whether to continue as soon as the job is submitted. */
	submitOnly: boolean;
	options: FinishOptions;
	/** Warnings about the paid request. */
	warnings: readonly string[];
	/** Properties of the pictures that may look different in the video. */
	notes: readonly Note[];
	/** In USD; a job that would cost more is not submitted. */
	maxPrice?: number;
	/** The job that an earlier try paid for. */
	known?: KnownJob;
	/** Set while an earlier attempt's unanswered submit is being searched for. */
	unresolved?: OpenSubmit;
}

/**
 * Checks an item before any paid request. Its files are checked and released, because those of a whole batch would not
 * fit into memory. They are read again when their turn comes.
 *
 * @throws FieldError, which names the field, the rule and the fix
 */
export async function prepare(
	context: IExecuteFunctions,
	session: Session,
	operation: VideoOperation,
	item: number,
): Promise<Prepared> {
	const { provider, baseUrl } = session;
	const model = readModel(context, item, provider.id, operation);
	const missing = model.api && provider.apiMissing?.(model.api, baseUrl);
	if (missing) throw new FieldError('Model', `${model.name} ${missing.rule}`, missing.fix);
	const asked = { context, session, item, operation, model };
	const options = readOptions(asked);
	for (const name of AMOUNTS) requireAmount(options[name], OPTION_LABELS[name]);
	const values = readValues(asked, options);
	const format = checkValues(model, operation, values);
	checkCallbackHost(values.callbackUrl, baseUrl);
	const notes: Note[] = [];
	const marks = await withFiles(asked, values, async (file) => {
		if (file.kind === 'url') return file.url;
		notes.push(...(file.notes ?? []));
		return file.sha256;
	});
	return {
		item,
		operation,
		model,
		values,
		format,
		fingerprint: fingerprint({
			model: model.id,
			input: toPayload(model, operation, marks, format),
		}),
		submitOnly: readContinueWhen(context, item) === 'submitted',
		warnings: [
			...blankWarnings(asked, values),
			...notes.filter(({ isGuess }) => !isGuess).map(({ text }) => text),
		],
		notes,
		options: readFinishOptions(options, !isTool(context)),
		maxPrice: readMaxPrice(options.maxPrice),
	};
}

/**
 * @throws FieldError for an address that the provider can never reach, such as the test address of many n8n
 * installations
 */
function checkCallbackHost(callbackUrl: string | undefined, baseUrl: string): void {
	if (callbackUrl === undefined || !URL.canParse(callbackUrl)) return;
	const url = new URL(callbackUrl);
	if (!isFromInside(url, baseUrl)) return;
	throw new FieldError(
		FIELD_LABELS.callbackUrl,
		`is on "${url.host}", which only your own network can reach`,
		'Enter a public address, or remove the option',
	);
}

const AMOUNTS = ['timeLimit', 'maxConcurrent', 'submitsPerMinute'] as const;

/** @throws FieldError when the provider has no such model, or it cannot do the operation */
function readModel(
	context: IExecuteFunctions,
	item: number,
	provider: ProviderId,
	operation: VideoOperation,
): Model {
	const id = asText(readField(context, item, 'model', 'Model', { fallback: '' }), 'Model') ?? '';
	if (!modelNamed(provider, id, operation)?.custom) return requireModel(provider, operation, id);
	const label = FIELD_LABELS.customModel;
	const customId = readField(context, item, 'customModel', label, { fallback: '' });
	return requireModel(provider, operation, id, asText(customId, label));
}

function readContinueWhen(context: IExecuteFunctions, item: number) {
	const label = 'Continue When';
	const value = readField(context, item, 'continueWhen', label, { fallback: 'finished' });
	return asChoice(value, label, CONTINUE_WHEN);
}

/** An input file of a job. */
export type InputFile = Reference & {
	/** Whether it is a picture: others are never put into the request. */
	isPicture: boolean;
};

/** How a file gets to the provider: as a URL, or as text inside the request. @throws the signal's reason when stopped */
export type PlaceFile = (file: InputFile, signal?: AbortSignal) => Promise<string>;

/**
 * The values, with each file replaced by the result of `place`. The files are loaded and checked one after the other,
 * and each is released before the next, because all of them would not fit into memory.
 *
 * @throws FieldError for a file that the model would refuse
 */
async function withFiles(
	asked: Asked,
	values: VideoValues,
	place: PlaceFile,
	signal?: AbortSignal,
): Promise<VideoValues> {
	const { operation, model } = asked;
	const placed: VideoValues = { ...values };
	for (const frame of framesOf(operation)) {
		if (values[frame] === undefined) continue;
		const picture = await loadFrame(asked, frame);
		placed[frame] = await place({ ...picture, isPicture: true }, signal);
	}
	for (const field of REFERENCE_FIELDS) {
		const texts: string[] = [];
		const lengths: Array<number | undefined> = [];
		for (const from of values[field] ?? []) {
			const file = await loadReferenceAt(asked, field, from);
			lengths.push(file.kind === 'data' ? file.seconds : undefined);
			if (field !== 'referencePictures' && model.references) {
				const { videos, audios } = model.references;
				checkTotal(lengths, field === 'referenceVideos' ? videos : audios, FIELD_LABELS[field]);
			}
			texts.push(await place({ ...file, isPicture: field === 'referencePictures' }, signal));
		}
		if (values[field]) placed[field] = texts;
	}
	return placed;
}

/** The submission of a prepared item, with its files where the provider can get them. */
export async function submissionOf(
	context: IExecuteFunctions,
	session: Session,
	{ item, model, operation, values, format }: Prepared,
	{ place, signal }: { place: PlaceFile; signal?: AbortSignal },
): Promise<Submission> {
	const asked = { context, session, item, operation, model };
	const placed = await withFiles(asked, values, place, signal);
	return { model: model.id, api: model.api, input: toPayload(model, operation, placed, format) };
}
