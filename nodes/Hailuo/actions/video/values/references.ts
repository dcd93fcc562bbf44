import type { IExecuteFunctions } from 'n8n-workflow';
import { loadReference, type Reference } from '../../../media/reference/load';
import { referenceNames } from '../../../media/reference/names';
import { FIELD_LABELS } from '../../../models/fieldError';
import { pictureRulesOf } from '../../../models/pictureRules';
import type { ReferenceField } from '../../../models/videoFields';
import { asChoice } from '../../../n8n/fieldValues';
import { readField } from '../../../n8n/readField';
import { REFERENCE_SOURCE, REFERENCE_SOURCES } from '../fields/references';
import type { Asked } from './asked';
import { fetcher } from './fetcher';

/** Whether n8n fetches the references that are given by an address. */
export function fetchesReferences(context: IExecuteFunctions, item: number): boolean {
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
export const referencePlaces = (
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
	return await loadReference.call(context, item, {
		place,
		kind: REFERENCE_KINDS[field],
		label: FIELD_LABELS[field],
		pictures: pictureRulesOf(model),
		rules: model.references,
		providerUrl: session.baseUrl,
		byN8n: fetchesReferences(context, item),
		fetch: fetcher(context, session),
	});
}
