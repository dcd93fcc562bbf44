import { createHash } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { settle } from '../../jobs/settle';
import { FieldError } from '../../models/fieldError';
import type { PictureRules, ReferenceRules } from '../../providers/modelTypes';
import { identify } from '../picture/fileType';
import { fileUrl } from '../picture/fromText';
import {
	binaryFields,
	loadPicture,
	CHECK_LINK,
	storedBytes,
	uploadName,
	withType,
	type Fetch,
	type FileData,
	type Note,
} from '../picture/load';
import { DownloadFailed } from '../video/downloadFailed';
import { checkClip, checkClipBytes } from './check';
import { isAddress, KINDS, type ReferenceKind } from './names';

/** A reference file of a job: its address or its bytes. */
export type Reference =
	| { kind: 'url'; url: string }
	| (FileData & {
			/** Of a picture. */
			notes?: readonly Note[];
			/** s; for a video or a sound file whose header contains it. */
			seconds?: number;
	  });

interface ReferenceInput {
	/** The name of an input field, or an address. */
	place: string;
	kind: ReferenceKind;
	/** The label of the field in the editor. */
	label: string;
	pictures: PictureRules;
	/** Absent for a custom model: then videos and sound files are not checked. */
	rules?: ReferenceRules;
	/** The provider's base URL; decides whether an address on a private host is allowed. */
	providerUrl: string;
	/** Whether n8n fetches the address, not the provider. */
	byN8n: boolean;
	fetch: Fetch;
}

/**
 * One reference, checked against the rules of the model. Of an address, only the form is checked: the provider fetches
 * it.
 *
 * @throws FieldError, before any request
 */
export async function loadReference(
	this: IExecuteFunctions,
	itemIndex: number,
	input: ReferenceInput,
): Promise<Reference> {
	const { place, kind, label, pictures, rules, providerUrl, byN8n, fetch } = input;
	const byAddress = isAddress(place);
	if (kind === 'picture') {
		const source = byAddress ? (byN8n ? 'fetchedUrl' : 'url') : 'binary';
		return await loadPicture.call(this, itemIndex, {
			...{ source, value: place, label, rules: pictures, providerUrl, fetch, howByN8n: HOW_BY_N8N },
		});
	}
	if (byAddress) {
		const url = fileUrl(place, { field: label, providerUrl, byN8n, howByN8n: HOW_BY_N8N });
		return byN8n ? await fetchedClip(url, kind, input) : { kind: 'url', url };
	}
	const binary = withType(binaryFields.call(this, itemIndex).get(place)!);
	const limits = kind === 'video' ? rules?.videos : rules?.audios;
	const bytes = binary.id ? await storedBytes.call(this, binary.id) : undefined;
	if (limits && bytes !== undefined) checkClipBytes(bytes, limits, { label, name: place });
	const data = await this.helpers.getBinaryDataBuffer(itemIndex, binary).catch((error) => {
		throw new FieldError(
			label,
			`names '${place}', which cannot be read from n8n's storage: ${(error as Error)?.message ?? String(error)}`,
			'Run the step that delivers the file again',
		);
	});
	const known = limits && checkClip(data, kind, limits, { label, name: place });
	const mimeType = known?.mimeType ?? binary.mimeType;
	return {
		kind: 'data',
		data,
		mimeType,
		fileName: uploadName(binary.fileName ?? place, mimeType),
		sha256: createHash('sha256').update(data).digest('hex'),
		seconds: known?.seconds,
	};
}

/** The field and its value, as the editor calls them. */
const HOW_BY_N8N = "Choose 'Fetched by n8n' in 'Reference Addresses'";

/** Limit in bytes if the model is unknown: the maximum of any model. */
const MAX_CLIP_BYTES = 50_000_000;

/** @throws FieldError if nothing can be fetched, or the model does not accept the file */
async function fetchedClip(
	url: string,
	kind: Exclude<ReferenceKind, 'picture'>,
	{ label, rules, fetch }: ReferenceInput,
): Promise<Reference> {
	const limits = kind === 'video' ? rules?.videos : rules?.audios;
	const maxBytes = limits?.maxBytes ?? MAX_CLIP_BYTES;
	// Without its query, which may contain a token.
	const { host, pathname } = new URL(url);
	const name = `${host}/…/${pathname.split('/').at(-1)?.slice(0, 60) ?? ''}`;
	const outcome = await settle(
		async () => await fetch(url, { accept: `${KINDS[kind].mime}*, */*;q=0.1`, maxBytes }),
	);
	if (!outcome.ok) {
		const { error } = outcome;
		if (!(error instanceof DownloadFailed)) throw error;
		const what = `names '${name}', which could not be fetched: ${error.message}`;
		throw new FieldError(label, what, CHECK_LINK);
	}
	const data = outcome.value;
	const { mimeType } = identify(data);
	if (mimeType === 'text/html') {
		throw new FieldError(
			label,
			`names '${name}', which leads to a web page, not to a file`,
			CHECK_LINK,
		);
	}
	const known = limits && checkClip(data, kind, limits, { label, name });
	return {
		kind: 'data',
		data,
		mimeType: known?.mimeType ?? mimeType,
		fileName: uploadName(pathname.split('/').at(-1) ?? '', mimeType),
		sha256: createHash('sha256').update(data).digest('hex'),
		seconds: known?.seconds,
	};
}
