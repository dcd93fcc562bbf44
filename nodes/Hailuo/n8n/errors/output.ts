import type { IDataObject, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { MAX_LENGTHS } from '../../models/text';
import type { Job } from '../../providers/types';
import { jobJson } from '../jobItem';
import { harmless } from '../logLine';
import { explain } from './explain';
import { sentences } from './explained';

/** The error that n8n shows, with the job ID in its context. */
export function nodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	...also: Array<string | undefined>
): NodeApiError | NodeOperationError {
	const {
		message: said,
		stopped,
		next,
		job,
		code,
		httpCode,
		fromApi,
		candidates,
		expression,
	} = explain(error);
	// A job that the provider canceled must not look like a person's Stop, or no error workflow runs.
	const message = stopped
		? said
		: harmless(said.replace(/(cancel)(ed)/gi, '$1l$2'), MAX_LENGTHS.whole);
	const description = sentences(next, ...also);
	const shown = fromApi
		? new NodeApiError(node, { message, ...(code ? { code } : {}) } as JsonObject, {
				message,
				description,
				httpCode,
				itemIndex,
			})
		: new NodeOperationError(node, message, { description, itemIndex });
	if (expression) Object.assign(shown.context, expression.context, { itemIndex });
	// n8n rewrites messages that contain network codes. This restores ours.
	shown.message = message;
	if (job) shown.context.jobId = job.jobId;
	if (candidates) shown.context.candidateJobIds = candidates;
	return shown;
}

/** Whether the whole job is known, not only its ID. Then the item has the same keys as every other item. */
const isWhole = (job: Partial<Job> | undefined): job is Job => job?.videos !== undefined;

/** The JSON of a failed item when the workflow continues; it keeps everything known about the job. */
export function failureJson(error: unknown): IDataObject {
	const { message, next, job, field, code, candidates, retryable, expression } = explain(error);
	const node = expression?.context?.nodeCause;
	return {
		...(isWhole(job) ? jobJson(job) : (job as IDataObject | undefined)),
		error: {
			message,
			...(next ? { description: next } : {}),
			...(code ? { code } : {}),
			...(field ? { field } : {}),
			...(typeof node === 'string' ? { node } : {}),
			...(candidates ? { candidateJobIds: [...candidates] } : {}),
			retryable,
		},
	};
}
