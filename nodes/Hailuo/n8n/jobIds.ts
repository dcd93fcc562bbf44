import type { INodeProperties } from 'n8n-workflow';
import { FieldError } from '../models/fieldError';
import { isInvisible, shownValue } from '../models/text';
import type { Provider } from '../providers/types';

export const JOB_ID_LABEL = 'Job ID';

/** An ID becomes part of a path, so `..` and empty parts are rejected. */
const ID = /^(?=.{1,128}$)[A-Za-z0-9][A-Za-z0-9._~:-]*(\/[A-Za-z0-9][A-Za-z0-9._~:-]*)*$/;

export const jobIdField: INodeProperties = {
	displayName: JOB_ID_LABEL,
	name: 'jobId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. {{ $json.jobId }}',
	description:
		'The ID of the job. Several IDs, separated by commas or line breaks or as a list, give one item each.',
	displayOptions: { show: { resource: ['job'], operation: ['cancel', 'delete', 'get', 'wait'] } },
};

/**
 * The IDs of one item: text with one or several, a number, or a list. An ID may contain a slash only if the provider
 * has such IDs; for the others, it is an address that was pasted without its beginning.
 *
 * @throws FieldError if there is none, or one that cannot be an ID; before any request
 */
export function readJobIds(value: unknown, provider: Pick<Provider, 'ownsJobId'>): string[] {
	if (typeof value === 'string' && isInvisible(value)) return readJobIds('', provider);
	const parts = (Array.isArray(value) ? value : [value]).flatMap((part: unknown) =>
		typeof part === 'string'
			? // In a list each entry is one id; only a text may hold several.
				(Array.isArray(value) ? [part.trim()] : part.split(/[\s,;]+/)).filter((id) => id !== '')
			: [part],
	);
	const ids = parts.filter((part) => part !== undefined && part !== null);
	if (ids.length === 0) {
		throw new FieldError(
			JOB_ID_LABEL,
			'is empty',
			'Enter the ID of a job, e.g. {{ $json.jobId }} from the node that submitted it',
		);
	}
	return ids.map((id) => {
		if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return String(id);
		if (typeof id === 'string' && ID.test(id) && (!id.includes('/') || provider.ownsJobId(id))) {
			return id;
		}
		throw new FieldError(
			JOB_ID_LABEL,
			`has an entry that is not an ID ('${shownValue(id)}')`,
			fixFor(id),
		);
	});
}

function fixFor(id: unknown): string {
	if (typeof id === 'number') {
		return 'Pass the ID as text: a number of this size loses its last digits';
	}
	if (typeof id === 'string' && id.includes('/')) {
		return 'Enter only the ID, not the whole address';
	}
	return 'An ID may contain only letters, digits and . _ ~ : -, at most 128 characters';
}
