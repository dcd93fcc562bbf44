import { createHash } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { FieldError } from '../../models/fieldError';
import type { PictureRules, ReferenceRules } from '../../providers/modelTypes';
import { publicUrl } from '../picture/fromText';
import {
	binaryFields,
	loadPicture,
	storedBytes,
	uploadName,
	withType,
	type Fetch,
} from '../picture/load';
import { checkClip, checkClipBytes } from './check';
import { isAddress, type ReferenceKind } from './names';

/** A file that a job refers to: by its address, or with its bytes. */
export type Reference =
	| { kind: 'url'; url: string }
	| {
			kind: 'data';
			data: Buffer;
			/** From the bytes. */
			mimeType: string;
			/** Only letters, digits, `-`, `_` and the extension of the true type. */
			fileName: string;
			/** Hex, of the bytes. */
			sha256: string;
			/** s; of a video or a sound whose header tells it. */
			seconds?: number;
	  };

interface ReferenceInput {
	/** The name of an input field, or an address. */
	place: string;
	kind: ReferenceKind;
	/** The label of the field in the editor. */
	label: string;
	pictures: PictureRules;
	/** Absent for a custom model: nothing about a video or a sound is checked then. */
	rules?: ReferenceRules;
	/** The provider's base URL; decides whether an address on a private host makes sense. */
	providerUrl: string;
	fetch: Fetch;
}

/**
 * One reference, checked against what the model takes. An address is checked for its form only: the provider fetches it.
 *
 * @throws FieldError or ImageRefused, before any request
 */
export async function loadReference(
	this: IExecuteFunctions,
	itemIndex: number,
	{ place, kind, label, pictures, rules, providerUrl, fetch }: ReferenceInput,
): Promise<Reference> {
	const byAddress = isAddress(place);
	if (kind === 'picture') {
		const source = byAddress ? 'url' : 'binary';
		return await loadPicture.call(this, itemIndex, {
			...{ source, value: place, label, rules: pictures, providerUrl, fetch },
		});
	}
	if (byAddress) return { kind: 'url', url: publicUrl(place, { field: label, providerUrl }) };
	const binary = withType(binaryFields.call(this, itemIndex).get(place)!);
	const limits = kind === 'video' ? rules?.videos : rules?.audios;
	const bytes = binary.id ? await storedBytes.call(this, binary.id) : undefined;
	if (limits && bytes !== undefined) checkClipBytes(bytes, limits, label, place);
	const data = await this.helpers.getBinaryDataBuffer(itemIndex, binary).catch((error) => {
		throw new FieldError(
			label,
			`names '${place}', which cannot be read from n8n's storage: ${(error as Error)?.message ?? String(error)}`,
			'Run the step again that delivers the file',
		);
	});
	const known = limits && checkClip(data, kind, limits, label, place);
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
