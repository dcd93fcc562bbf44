import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { fingerprint } from '../../jobs/fingerprint';
import type { OpenSubmit } from '../../jobs/registry';
import type { Picture } from '../../media/picture/load';
import {
	checkValues,
	requireModel,
	toPayload,
	type Format,
	type VideoValues,
} from '../../models/request';
import { FIELD_LABELS, FieldError } from '../../models/fieldError';
import type { Model, VideoOperation } from '../../providers/modelTypes';
import type { Submission } from '../../providers/types';
import { readFinishOptions, type FinishOptions } from '../../n8n/finishJob';
import { isTool } from '../../n8n/isTool';
import { asText, readMaxPrice } from '../../n8n/fieldValues';
import type { Session } from '../../n8n/session';
import type { KnownJob } from './paidJobs';
import { loadFrame, readValues } from './values';

/** One item, checked: nothing that the model is known to refuse is left in it. */
export interface Prepared {
	item: number;
	operation: VideoOperation;
	model: Model;
	values: VideoValues;
	format: Format;
	/** The same request has the same one, with pictures counted by what they show. */
	fingerprint: string;
	/** Whether to go on as soon as the job is submitted. */
	submitOnly: boolean;
	options: FinishOptions;
	/** USD; the job is not submitted when it would cost more. */
	maxPrice?: number;
	/** What an earlier try paid for. */
	known?: KnownJob;
	/** The submit of an earlier try that got no answer, while its job is to be found. */
	unresolved?: OpenSubmit;
}

/**
 * Checks an item without any request. Its pictures are looked at and let go again, because a batch of them would not
 * fit into memory; they are read once more when their turn comes.
 *
 * @throws FieldError or ImageRefused, which name the field, the rule and the fix
 */
export async function prepare(
	context: IExecuteFunctions,
	session: Session,
	operation: VideoOperation,
	item: number,
): Promise<Prepared> {
	const text = (name: string, label: string) =>
		asText(context.getNodeParameter(name, item, '') as unknown, label) ?? '';
	const { provider, baseUrl } = session;
	const model = requireModel(
		provider.id,
		operation,
		text('model', 'Model'),
		text('customModel', FIELD_LABELS.customModel),
	);
	const missing = model.api && provider.apiMissing?.(model.api, baseUrl);
	if (missing) throw new FieldError('Model', `${model.name} ${missing.rule}`, missing.fix);
	const options = context.getNodeParameter('options', item, {}) as IDataObject;
	const values = readValues(context, item, operation);
	const format = checkValues(model, operation, values);
	const marks: VideoValues = { ...values };
	for (const frame of ['firstFrame', 'lastFrame'] as const) {
		if (values[frame] === undefined) continue;
		marks[frame] = markOf(await loadFrame(context, item, frame, session));
	}
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
		submitOnly: context.getNodeParameter('continueWhen', item, 'finished') === 'submitted',
		options: readFinishOptions(options, !isTool(context)),
		maxPrice: readMaxPrice(options.maxPrice),
	};
}

const markOf = (picture: Picture) => (picture.kind === 'url' ? picture.url : picture.sha256);

/** How a picture gets to the provider: as a URL, or as text inside the request. @throws the signal's reason when stopped */
export type PlacePicture = (picture: Picture, signal?: AbortSignal) => Promise<string>;

/** The submission of a prepared item, its pictures where the provider can get them. */
export async function submissionOf(
	context: IExecuteFunctions,
	session: Session,
	prepared: Prepared,
	place: PlacePicture,
	signal?: AbortSignal,
): Promise<Submission> {
	const { item, model, operation, values, format } = prepared;
	const placed: VideoValues = { ...values };
	for (const frame of ['firstFrame', 'lastFrame'] as const) {
		if (values[frame] === undefined) continue;
		placed[frame] = await place(await loadFrame(context, item, frame, session), signal);
	}
	return { model: model.id, api: model.api, input: toPayload(model, operation, placed, format) };
}
